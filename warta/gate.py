"""The gate that lets live news go first: replay, backfill and re-scores wait while a running stage is behind.

A stage counts only while somebody works on it: its group has a member, or had one in the last half minute (a restart).
Behind a stage that nobody runs there is nothing to wait for: the records keep in Kafka, and waiting would never end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from warta.clock import Clock
from warta.errors import Transient
from warta.lag import READS, group, lags

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
    """Reads lag through the admin client; a group that never committed anything has no measurable lag."""

    def __init__(self, admin: Any, stages: Mapping[str, str] = READS) -> None:
        self._admin = admin
        self._stages = stages

    def __call__(self) -> list[Lag]:
        from kafka.errors import KafkaError

        try:
            return self._read()
        except KafkaError as error:
            raise Transient(f"the stages' lag cannot be read: {error}") from error

    def _read(self) -> list[Lag]:
        existing = {found["group_id"] for found in self._admin.list_groups()}
        stages = {stage: topic for stage, topic in self._stages.items() if group(stage) in existing}
        if not stages:
            return []
        described = self._admin.describe_groups([group(stage) for stage in stages])
        return [
            Lag(
                group(lag.stage),
                None if lag.committed is None else lag.records,
                bool(described[group(lag.stage)]["members"]),
            )
            for lag in lags(self._admin, stages)
        ]

    def close(self) -> None:
        """Close the client."""
        self._admin.close()


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
