"""Durable state of a stage: one compacted topic, read to its end before any work starts."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from warta.errors import StateError
from warta.settings import Settings
from warta.topics import MAX_REQUEST

#: Key of the record that says up to where the other records include the input. No doc_id looks like this.
POSITION_KEY = b"position"


class Included(msgspec.Struct):
    """The state includes every event of `topic` up to and with `offset`; `generation` tells re-created topics apart."""

    topic: str
    offset: int
    generation: int = 0


def encode_position(included: Included) -> tuple[bytes, bytes]:
    """The position as a state record."""
    return POSITION_KEY, msgspec.json.encode(included)


async def read_state(
    settings: Settings,
    topic: str,
    take: Callable[[bytes, bytes | None], None],
    progress: Callable[[int, int], None],
) -> Included | None:
    """Read `topic` to its end, handing every record but the position to `take` in log order; returns the position.

    A later record of a key replaces an earlier one; a null value means that the key is gone.

    Raises:
        StateError: the topic could not be read to its end, or a record does not fit. Never start on half a state.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_servers,
        client_id=f"{topic}-reader",
        enable_auto_commit=False,
        auto_offset_reset="none",
        # A step of state is a transaction: what a killed process left half written is not read.
        isolation_level="read_committed",
        fetch_max_bytes=4 * MAX_REQUEST,
        max_partition_fetch_bytes=MAX_REQUEST,
    )
    position: Included | None = None
    partition = TopicPartition(topic, 0)
    try:
        await consumer.start()
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        end = (await consumer.end_offsets([partition]))[partition]
        count = 0
        while (at := await consumer.position(partition)) < end:
            progress(at, end)
            for record in (await consumer.getmany(partition, timeout_ms=1000, max_records=5000)).get(partition, ()):
                count += 1
                if record.key == POSITION_KEY:
                    position = msgspec.json.decode(record.value, type=Included)
                else:
                    take(record.key, record.value)
    except (KafkaError, msgspec.MsgspecError, TimeoutError) as error:
        raise StateError(f"the state in {topic} could not be read to its end: {error!r}") from error
    finally:
        await consumer.stop()
    return position


class CompactedView:
    """The live records of a compacted topic while it is being read: the last value of each key, nulls gone."""

    def __init__(self) -> None:
        self.records: dict[bytes, bytes] = {}

    def take(self, key: bytes, value: bytes | None) -> None:
        if value is None:
            self.records.pop(key, None)
        else:
            self.records[key] = value
