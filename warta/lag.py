"""Consumer lag: how many records each stage has still to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kafka import TopicPartition

from warta import topics
from warta.errors import StateError

#: Stage → the topic it reads. The consumer group of a stage is `warta-<stage>`.
READS = {
    "clean": topics.RAW,
    "score": topics.ARTICLES,
    "stories": topics.SCORED,
    "indexer": topics.DOCUMENTS,
    "decisions": topics.DECISIONS,
    "alerts": topics.SIGNALS,
}


@dataclass(frozen=True, slots=True)
class Lag:
    """Lag of one stage over all partitions of its topic; `committed` is None while the stage never ran."""

    stage: str
    topic: str
    records: int
    committed: int | None


def group(stage: str) -> str:
    """The consumer group of a stage."""
    return f"warta-{stage}"


def lags(admin: Any, stages: dict[str, str] | None = None) -> list[Lag]:
    """The lag of every stage; `admin` is a `kafka.KafkaAdminClient`.

    A stage that never committed lags by everything its topic holds. Uses four requests, whatever the number of stages.
    """
    stages = stages or READS
    starts, ends = _bounds(admin, sorted(set(stages.values())))
    committed = admin.list_group_offsets({group(stage): None for stage in stages})
    return [_lag(stage, topic, committed.get(group(stage), {}), starts, ends) for stage, topic in stages.items()]


def _lag(
    stage: str,
    topic: str,
    committed: dict[TopicPartition, Any],
    starts: dict[TopicPartition, int],
    ends: dict[TopicPartition, int],
) -> Lag:
    records, seen = 0, None
    for partition in (partition for partition in ends if partition.topic == topic):
        position = committed[partition].offset if partition in committed else -1
        if position >= 0:
            seen = (seen or 0) + position
        records += max(0, ends[partition] - max(position, starts[partition]))
    return Lag(stage, topic, records, seen)


def check_retention(admin: Any, stage: str, topic: str) -> None:
    """Refuse to skip records silently: a committed offset below the log's start means that retention deleted unread ones.

    Raises:
        StateError: it names the partition, how many records are gone, and how to accept the loss.
    """
    starts, _ = _bounds(admin, [topic])
    committed = admin.list_group_offsets({group(stage): None}).get(group(stage), {})
    for partition, start in starts.items():
        position = committed[partition].offset if partition in committed else -1
        if 0 <= position < start:
            raise StateError(
                f"{start - position} records of {topic}/{partition.partition} were deleted by retention before {stage} read "
                f"them (it stands at {position}, the log starts at {start}). Accept the loss: warta topics skip {stage}"
            )


def skip_deleted(admin: Any, stage: str, topic: str) -> int:
    """Move a stopped stage from deleted records to the start of what is left; returns how many are skipped."""
    from kafka.structs import OffsetAndMetadata

    starts, _ = _bounds(admin, [topic])
    committed = admin.list_group_offsets({group(stage): None}).get(group(stage), {})
    behind = {p: start for p, start in starts.items() if p in committed and 0 <= committed[p].offset < start}
    if behind:
        admin.alter_group_offsets(group(stage), {p: OffsetAndMetadata(start, "", -1) for p, start in behind.items()})
    return sum(start - committed[p].offset for p, start in behind.items())


def bounds(admin: Any, topic: str) -> tuple[int, int]:
    """First and next offset of a topic's partition 0."""
    starts, ends = _bounds(admin, [topic])
    partition = TopicPartition(topic, 0)
    return starts[partition], ends[partition]


def sizes(admin: Any, names: list[str]) -> dict[str, int]:
    """Topic → number of offsets its log spans (for a topic that is never compacted: its records)."""
    starts, ends = _bounds(admin, names)
    totals = dict.fromkeys(names, 0)
    for partition, end in ends.items():
        totals[partition.topic] += end - starts[partition]
    return totals


def _bounds(admin: Any, names: list[str]) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    from kafka.admin import OffsetSpec

    counts = {t["name"]: len(t["partitions"]) for t in admin.describe_topics(names)}
    partitions = [TopicPartition(topic, number) for topic, count in counts.items() for number in range(count)]
    starts = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    return {p: found.offset for p, found in starts.items()}, {p: found.offset for p, found in ends.items()}
