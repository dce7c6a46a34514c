"""`python -m stream_agents.rebuild_stories`: the state of stories made anew from `warta.documents` and `warta.decisions`.

For a state that is unreadable or of another version; stop the stage first (a running one is fenced out). While the records
are being written the state is marked as of no generation: until the last of them is there the stage refuses to start, and
a rebuild that was interrupted is begun again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError
from msgspec.structs import replace

from stream_agents.outbox import Outbox
from stream_agents.state import Included, encode_position, read_state
from stream_agents.stories import record as records
from stream_agents.stories.rebuild import Rebuild
from warta import kafka, logs, topics
from warta.clock import Clock, SystemClock
from warta.errors import Invalid, StateError, Transient
from warta.messages import Decision, DocumentMessage
from warta.settings import Settings, settings
from warta.wire import Decoder

log = logs.get(__name__)

#: A stage refuses a state of another generation than its own; no stage has this one.
UNFINISHED = -1
#: Records written in one transaction.
CHUNK = 2000

State = tuple[bytes, bytes | None]


@dataclass(slots=True)
class _Old:
    """Keys of the state that is replaced; what publishers repeat is kept where it can still be read."""

    keys: set[bytes] = field(default_factory=set)

    def take(self, key: bytes, value: bytes | None) -> None:
        if value is None or (key.startswith(records.publisher_key("").encode()) and _is_readable(value)):
            self.keys.discard(key)
        else:
            self.keys.add(key)


def _is_readable(value: bytes) -> bool:
    try:
        records.decode(value)
    except StateError:
        return False
    return True


async def rebuild(config: Settings, clock: Clock) -> int:
    """Replace the state; returns how many records it has now.

    Raises:
        StateError: there is no state whose position could be taken over; start the stage instead.
        Transient: Kafka did not answer or did not confirm.
    """
    outbox, old = Outbox(config, "stories-rebuild", fence="warta-stories-0"), _Old()
    await outbox.start()
    try:
        position = await read_state(config, topics.STATE_STORIES, old.take, lambda at, end: None)
        if position is None:
            raise StateError(f"{topics.STATE_STORIES} holds no position to go on from: start the stage, it reads all")
        await _write(outbox, [encode_position(replace(position, generation=UNFINISHED))])
        folded = await asyncio.to_thread(_fold, config, clock)
        count = await _replace(outbox, old, folded, position)
        await _write(outbox, [encode_position(replace(position, generation=config.generation))])
    finally:
        await outbox.stop()
    return count


async def _replace(outbox: Outbox, old: _Old, folded: Rebuild, position: Included) -> int:
    count, chunk = 0, list[State]()
    for key, value in folded.records(position.offset):
        old.keys.discard(key.encode())
        chunk.append((key.encode(), records.encode(value)))
        count += 1
        if len(chunk) == CHUNK:
            await _write(outbox, chunk)
            chunk = []
    await _write(outbox, chunk)
    gone = sorted(old.keys)
    for start in range(0, len(gone), CHUNK):
        await _write(outbox, [(key, None) for key in gone[start : start + CHUNK]])
    return count


async def _write(outbox: Outbox, entries: Iterable[State]) -> None:
    await outbox.send_state(topics.STATE_STORIES, entries)


def _fold(config: Settings, clock: Clock) -> Rebuild:
    folded = Rebuild(clock, config.story_horizon_days)
    _read(config, topics.DECISIONS, Decoder(Decision), folded.decision)
    _read(config, topics.DOCUMENTS, Decoder(DocumentMessage), folded.document)
    return folded


def _read(config: Settings, topic: str, decoder: Decoder, take: Callable[[Any], None]) -> None:
    """Every message of a topic, each partition in its order, to its present end. One that is unreadable is skipped."""
    try:
        consumer = kafka.consumer(config, group=None, client_id="stories-rebuild")
        partitions = [TopicPartition(topic, number) for number in range(topics.BY_NAME[topic].partitions)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for batch in consumer.poll(timeout_ms=500).values():
                for found in batch:
                    _take(found, decoder, take)
        consumer.close()
    except KafkaError as error:
        raise Transient(f"{topic} could not be read to its end: {error!r}") from error


def _take(found: Any, decoder: Decoder, take: Callable[[Any], None]) -> None:
    if found.value is None:
        return
    try:
        take(decoder.decode(found.value))
    except Invalid as error:
        log.warning(
            "message skipped", topic=found.topic, partition=found.partition, offset=found.offset, why=str(error)
        )


def main() -> None:
    """Rebuild with the settings of the environment."""
    count = asyncio.run(rebuild(settings(), SystemClock()))
    print(f"{topics.STATE_STORIES}: {count} records; start the stage")


if __name__ == "__main__":
    main()
