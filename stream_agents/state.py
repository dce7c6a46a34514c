"""Durable state of a stage: one compacted topic, read to its end before any work starts.

A topic may hold several *editions* of the state side by side: the position names the one that counts. So a state can be made
anew beside the one in use, and the switch is one record. Edition 0 has the stage's keys as they are; a key of a later one
begins with a byte that no UTF-8 text holds, so that no key of a stage can be taken for it.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, Self

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from warta.errors import StateError
from warta.settings import Settings
from warta.topics import MAX_REQUEST

#: Key of the record that says up to where the other records include the input. No doc_id looks like this.
POSITION_KEY = b"position"
#: Records taken from the reader at a time: what is read is held as it came.
AT_ONCE = 1000

_MARK = b"\xff"


class Included(msgspec.Struct):
    """The state includes every event of `topic` up to and with `offset`; `generation` tells re-created topics apart,
    `edition` says whose records are the state."""

    topic: str
    offset: int
    generation: int = 0
    edition: int = 0


def encode_position(included: Included) -> tuple[bytes, bytes]:
    """The position as a state record."""
    return POSITION_KEY, msgspec.json.encode(included)


def edition_key(edition: int, key: bytes) -> bytes:
    """The key on the topic of a stage's `key` in an edition."""
    return b"%b%d/%b" % (_MARK, edition, key) if edition else key


def parse_key(key: bytes) -> tuple[int, bytes]:
    """Edition and the stage's key, of a key on the topic; an edition that is no number is none (-1)."""
    if not key.startswith(_MARK):
        return 0, key
    edition, _, own = key[1:].partition(b"/")
    return (int(edition) if edition.isdigit() else -1), own


class StateReader:
    """The state on its topic, as an asynchronous context: entering it surveys the topic, `records` reads the state.

    The topic is read twice. The survey keeps no value, only where the last one of each key is; so the second reading can
    hand over each record once, as it comes, and the state is never in memory beside what the stage makes of it. Open the
    stage's fence first: then nobody writes in between, and compaction takes only what a later record replaced.

    Raises:
        StateError: the topic could not be read to its end. Never start on half a state.
    """

    def __init__(self, settings: Settings, topic: str) -> None:
        #: What the state includes; None where there is no state yet.
        self.included: Included | None = None
        #: Keys on the topic that belong to other editions: of a rebuild that was cut off, or of what one replaced.
        self.strays: list[bytes] = []
        #: The highest edition of which there is a trace.
        self.latest_edition = 0
        self._topic = topic
        self._partition = TopicPartition(topic, 0)
        self._end = 0
        self._offsets = array("q")
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka_servers,
            client_id=f"{topic}-reader",
            enable_auto_commit=False,
            auto_offset_reset="none",
            # A step of state is a transaction: what a killed process left half written is not read.
            isolation_level="read_committed",
            fetch_max_bytes=4 * MAX_REQUEST,
            max_partition_fetch_bytes=MAX_REQUEST,
        )

    def __len__(self) -> int:
        """Records of the state, the position not counted."""
        return len(self._offsets)

    async def __aenter__(self) -> Self:
        with self._complete():
            try:
                await self._consumer.start()
                self._consumer.assign([self._partition])
                self._end = (await self._consumer.end_offsets([self._partition]))[self._partition]
                await self._survey()
            except BaseException:
                await self._consumer.stop()
                raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def records(self) -> AsyncIterator[tuple[bytes, bytes]]:
        """Key and latest value of every record of the state, once each, in the order of their writing."""
        wanted = iter(self._offsets)
        next_wanted = next(wanted, None)
        with self._complete():
            async for record in self._read():
                if record.offset == next_wanted:
                    next_wanted = next(wanted, None)
                    yield parse_key(record.key)[1], record.value
        if next_wanted is not None:
            raise StateError(f"the state in {self._topic} changed while it was read (at {next_wanted}): start again")

    async def _survey(self) -> None:
        last: dict[bytes, int] = {}
        async for record in self._read():
            if record.key == POSITION_KEY:
                self.included = msgspec.json.decode(record.value, type=Included) if record.value else None
            elif record.value is None:
                last.pop(record.key, None)
            else:
                last[record.key] = record.offset
        edition = self.included.edition if self.included else 0
        self.strays = [key for key in last if parse_key(key)[0] != edition]
        self.latest_edition = max([edition, *(parse_key(key)[0] for key in self.strays)])
        for key in self.strays:
            del last[key]
        self._offsets = array("q", sorted(last.values()))

    async def _read(self) -> AsyncIterator[Any]:
        consumer, partition = self._consumer, self._partition
        await consumer.seek_to_beginning(partition)
        while await consumer.position(partition) < self._end:
            found = await consumer.getmany(partition, timeout_ms=1000, max_records=AT_ONCE)
            for record in found.get(partition, ()):
                if record.offset < self._end:
                    yield record
            await asyncio.sleep(0)  # the loop must turn while much is restored

    @contextmanager
    def _complete(self) -> Iterator[None]:
        try:
            yield
        except (KafkaError, msgspec.MsgspecError, TimeoutError) as error:
            raise StateError(f"the state in {self._topic} could not be read to its end: {error!r}") from error
