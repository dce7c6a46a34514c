"""`python -m stream_agents.rebuild_stories`: the state of stories made anew from `warta.documents` and `warta.decisions`.

For a state that is unreadable or of another version; stop the stage first. The new state is an edition of its own, written
beside the one in use; one record, the position, switches, and only then the old one is forgotten. Killed before the switch,
the old state stands; after it, the new one, and what is left of the other is forgotten by whoever opens the state next. It
holds the stage's fence: a stage that still runs cannot write any more, and one that is started ends the rebuild.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError
from msgspec.structs import replace

from stream_agents.outbox import Outbox
from stream_agents.state import StateReader, edition_key, encode_position
from stream_agents.stories import record as records
from stream_agents.stories.rebuild import Rebuild
from warta import kafka, logs, topics
from warta.clock import Clock, SystemClock
from warta.errors import Invalid, StateError, Transient
from warta.messages import Decision, DocumentMessage
from warta.settings import Settings, settings
from warta.wire import Decoder

log = logs.get(__name__)

#: Records written in one transaction.
CHUNK = 2000

State = tuple[bytes, bytes]


def _is_kept(key: bytes, value: bytes) -> bool:
    """What a publisher repeats is told nowhere else: it is taken over where it can be read."""
    if not key.startswith(records.publisher_key("").encode()):
        return False
    try:
        records.decode(value)
    except StateError:
        return False
    return True


async def rebuild(config: Settings, clock: Clock, outbox: Outbox) -> int:
    """Make the state anew and switch to it; returns how many records it has. `outbox` has the fence of the stage.

    Raises:
        StateError: there is no state whose position could be taken over; start the stage instead.
        Transient: Kafka did not answer or did not confirm, or a stage was started.
    """
    await outbox.start()
    try:
        async with StateReader(config, topics.STATE_STORIES) as old:
            if old.included is None:
                raise StateError(
                    f"{topics.STATE_STORIES} holds no position to go on from: start the stage, it reads all"
                )
            replaced, kept = list(old.strays), list[State]()
            async for key, value in old.records():
                replaced.append(edition_key(old.included.edition, key))
                if _is_kept(key, value):
                    kept.append((key, value))
        folded = await asyncio.to_thread(_fold, config, clock)
        following = replace(old.included, generation=config.generation, edition=old.latest_edition + 1)
        count = await _write(outbox, following.edition, _all(kept, folded, following.offset))
        await outbox.send_state(topics.STATE_STORIES, [encode_position(following)])
        await outbox.send_nulls(topics.STATE_STORIES, replaced)
    finally:
        await outbox.stop()
    return count


def _all(kept: list[State], folded: Rebuild, offset: int) -> Iterator[State]:
    yield from kept
    for key, value in folded.records(offset):
        yield key.encode(), records.encode(value)


async def _write(outbox: Outbox, edition: int, state: Iterator[State]) -> int:
    """Write the records of an edition; how many there are."""
    count = 0
    while chunk := [(edition_key(edition, key), value) for key, value in islice(state, CHUNK)]:
        await outbox.send_state(topics.STATE_STORIES, chunk)
        count += len(chunk)
    return count


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


async def _run(config: Settings) -> int:
    return await rebuild(config, SystemClock(), Outbox(config, "stories-rebuild", fence="warta-stories-0"))


def main() -> None:
    """Rebuild with the settings of the environment."""
    count = asyncio.run(_run(settings()))
    print(f"{topics.STATE_STORIES}: {count} records; start the stage")


if __name__ == "__main__":
    main()
