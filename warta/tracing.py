"""The way of one document through the topics: where each of its records stands, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from kafka import TopicPartition

from warta import topics
from warta.deadletters import DeadLetter
from warta.lag import group

#: Topics in the order of the flow, with the stage that wrote them.
FLOW = {
    topics.RAW: "publish",
    topics.ARTICLES: "clean",
    topics.SCORED: "score",
    topics.DOCUMENTS: "stories",
}
#: Who reads on from each.
NEXT = {topics.RAW: "clean", topics.ARTICLES: "score", topics.SCORED: "stories", topics.DOCUMENTS: "indexer"}


@dataclass(frozen=True, slots=True)
class Step:
    """One record of the document: who wrote it, where it stands, when Kafka took it, and what it says."""

    stage: str
    topic: str
    partition: int
    offset: int
    at: datetime
    says: str
    dead: bool = False


class _Glimpse(msgspec.Struct, omit_defaults=True):
    """The few fields of any message that a trace shows."""

    kind: str = ""
    doc_id: str = ""
    section: str = ""
    origin: str = ""
    revision: int = 0
    story: dict[str, Any] | None = None


_glimpse = msgspec.json.Decoder(_Glimpse)


def scan(consumer: Any, doc_id: str, since: datetime, progress: Callable[[str], None]) -> Iterator[Step]:
    """Every record of `doc_id` in the flow's topics and the dead letters, from `since` on, in the order of the flow.

    `consumer` is assigned by hand here. Records are searched by their bytes first: most are not decoded at all.
    """
    for topic, stage in FLOW.items():
        progress(topic)
        for record in _records(consumer, topic, since):
            if doc_id.encode() in (record.key or b"") or doc_id.encode() in (record.value or b""):
                step = _step(record, stage, doc_id)
                if step:
                    yield step
    for stage in topics.STAGES:
        topic = topics.dead(stage)
        progress(topic)
        for record in _records(consumer, topic, since):
            if doc_id.encode() in (record.key or b"") or doc_id.encode() in (record.value or b""):
                letter = DeadLetter.parse(record.headers)
                says = f"refused: {letter.reason}: {letter.detail}"
                yield Step(stage, topic, record.partition, record.offset, _time(record), says, dead=True)


def _records(consumer: Any, topic: str, since: datetime) -> Iterator[Any]:
    partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
    if not partitions:
        return
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    starts = consumer.offsets_for_times(dict.fromkeys(partitions, int(since.timestamp() * 1000)))
    for partition in partitions:
        found = starts.get(partition)
        consumer.seek(partition, found.offset if found else ends[partition])
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for batch in consumer.poll(timeout_ms=500, max_records=2000).values():
            yield from batch


def _step(record: Any, stage: str, doc_id: str) -> Step | None:
    try:
        message = _glimpse.decode(record.value)
    except (msgspec.MsgspecError, TypeError):
        return None
    if message.doc_id != doc_id:
        # Named in another document's record, as its original for instance.
        return None
    return Step(stage, record.topic, record.partition, record.offset, _time(record), _says(message))


def _says(message: _Glimpse) -> str:
    words = [message.kind, message.section]
    if message.story and message.kind != "patch":
        words.append(f"{message.story.get('story_relation', '')} in {message.story.get('story_id', '')}")
    if message.kind == "revision":
        words.append(f"content of revision {message.revision}")
    if message.origin != "live":
        words.append(message.origin)
    return " ".join(word for word in words if word)


def _time(record: Any) -> datetime:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)


def verdict(steps: list[Step], admin: Any, indexed: bool) -> str:
    """One sentence: where the document is now, and why it is not further."""
    if not steps:
        return "not seen: no producer sent it in the time looked at (a longer look: --since 7d)"
    dead = [step for step in steps if step.dead]
    alive = [step for step in steps if not step.dead]
    last = max(alive, key=lambda step: list(FLOW).index(step.topic), default=None)
    if dead and (last is None or max(d.at for d in dead) >= last.at):
        return (
            f"refused by {dead[-1].stage}: {dead[-1].says.removeprefix('refused: ')} (warta dead show {dead[-1].stage})"
        )
    if last is None:
        return "only dead letters are left of it"
    if last.topic == topics.DOCUMENTS and indexed:
        return "indexed"
    reader = NEXT[last.topic]
    committed = admin.list_group_offsets({group(reader): None}).get(group(reader), {})
    position = committed.get(TopicPartition(last.topic, last.partition))
    before = last.offset - (position.offset if position and position.offset >= 0 else 0)
    if before >= 0:
        return f"waiting: {reader} has {before} records of {last.topic} to read before it (warta status)"
    if last.topic == topics.DOCUMENTS:
        return "read by the indexer but not in the index: look at its log and at warta dead list"
    return f"read by {reader} without a result: a stale or replayed fetch, or still in hand"
