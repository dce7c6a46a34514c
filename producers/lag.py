"""Consumer lag of the stages, and the gate that lets live news go first: replay and backfill wait while a stage is behind.

A stage counts only while somebody works on it: its group has a member, or had one in the last half minute (a restart).
Behind a stage that nobody runs there is nothing to wait for: the records keep in Kafka, and waiting would never end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from warta import topics
from warta.clock import Clock
from warta.errors import Transient

#: Consumer group → the topic it reads (design, section 3).
GROUPS: Mapping[str, str] = {
    "warta-clean": topics.RAW,
    "warta-score": topics.ARTICLES,
    "warta-stories": topics.SCORED,
    "warta-indexer": topics.DOCUMENTS,
}
#: Seconds a stage without members still counts as running: longer than a restart takes.
GRACE = 30.0
#: Seconds between two looks at the lag.
LOOK_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class Lag:
    """One stage's backlog in records, and whether its group has a member now. None: it never committed anything."""

    group: str
    behind: int | None
    running: bool


class LagReader(Protocol):
    """Where the gate gets its figures."""

    def __call__(self) -> list[Lag]: ...


class KafkaLag:
    """Reads lag through the admin client. A partition without a commit counts from its earliest record, but only in a
    group that has committed something; a group that never did has no measurable lag."""

    def __init__(self, admin: Any, groups: Mapping[str, str] = GROUPS) -> None:
        self._admin = admin
        self._groups = groups

    def __call__(self) -> list[Lag]:
        from kafka.admin import OffsetSpec
        from kafka.errors import KafkaError

        try:
            return self._read(OffsetSpec.EARLIEST, OffsetSpec.LATEST)
        except KafkaError as error:
            raise Transient(f"the stages' lag cannot be read: {error}") from error

    def _read(self, earliest: Any, latest: Any) -> list[Lag]:
        existing = {group["group_id"] for group in self._admin.list_groups()}
        groups = {group: topic for group, topic in self._groups.items() if group in existing}
        if not groups:
            return []
        described = self._admin.describe_groups(list(groups))
        committed = {group: self._admin.list_group_offsets(group)[group] for group in groups}
        partitions = self._partitions([topic for group, topic in groups.items() if committed[group]])
        ends = self._offsets(partitions, latest)
        starts = self._offsets(partitions, earliest)
        return [
            Lag(group, _behind(topic, committed[group], starts, ends), bool(described[group]["members"]))
            for group, topic in groups.items()
        ]

    def close(self) -> None:
        """Close the client."""
        self._admin.close()

    def _partitions(self, names: list[str]) -> list[Any]:
        from kafka import TopicPartition

        if not names:
            return []
        described = self._admin.describe_topics(names)
        return [TopicPartition(t["name"], p["partition_index"]) for t in described for p in t["partitions"]]

    def _offsets(self, partitions: list[Any], spec: Any) -> dict[Any, int]:
        if not partitions:
            return {}
        found = self._admin.list_partition_offsets(dict.fromkeys(partitions, spec))
        return {partition: offset.offset for partition, offset in found.items()}


def _behind(topic: str, committed: Mapping[Any, Any], starts: Mapping[Any, int], ends: Mapping[Any, int]) -> int | None:
    at: dict[Any, int] = {
        p: offset.offset for p, offset in committed.items() if p.topic == topic and offset.offset >= 0
    }
    if not at:
        return None
    return sum(max(0, end - max(at.get(p, 0), starts[p])) for p, end in ends.items() if p.topic == topic)


class Gate:
    """Says whether to send now. `waiting_for` names the stages that are behind, for people."""

    def __init__(self, read: Callable[[], list[Lag]], limit: int, clock: Clock) -> None:
        self._read = read
        self._limit = limit
        self._clock = clock
        self._alive: dict[str, float] = {}
        self._looked_at: float | None = None
        self._since_look = 0
        self.waiting_for: list[Lag] = []

    def open(self) -> bool:
        """Whether every running stage is within the limit. Looks again each second, or after half a limit of calls."""
        now = self._clock.monotonic()
        self._since_look += 1
        due = self._looked_at is None or now - self._looked_at >= LOOK_EVERY or self._since_look * 2 > self._limit
        if due:
            self._looked_at, self._since_look = now, 0
            self._look(now)
        return not self.waiting_for

    def _look(self, now: float) -> None:
        try:
            lags = self._read()
        except Transient:
            # A broker that cannot say takes no records either; what was known last stands.
            return
        self.waiting_for = [lag for lag in lags if self._counts(lag, now)]

    def _counts(self, lag: Lag, now: float) -> bool:
        if lag.running:
            self._alive[lag.group] = now
        alive = lag.running or now - self._alive.get(lag.group, now - GRACE) < GRACE
        return alive and lag.behind is not None and lag.behind > self._limit
