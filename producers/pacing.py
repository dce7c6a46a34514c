"""When to send the next record: so many a second, or at the speed of the events themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Pace(Protocol):
    """How long to wait before the next record."""

    def pause(self, event_time: datetime | None, now: float) -> float:
        """Seconds to wait at monotonic time `now` before sending a record of `event_time`."""
        ...


class Unpaced:
    """As fast as it goes."""

    def pause(self, event_time: datetime | None, now: float) -> float:
        return 0.0


class Rate:
    """`per_second` records a second, evenly; time lost in waiting elsewhere is not made up for in a burst."""

    def __init__(self, per_second: float) -> None:
        self._step = 1 / per_second
        self._next: float | None = None

    def pause(self, event_time: datetime | None, now: float) -> float:
        at = now if self._next is None else max(self._next, now)
        self._next = at + self._step
        return at - now


class EventTime:
    """`speed` times as fast as it happened. A record without a time, or older than one before it, goes at once."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._start: tuple[datetime, float] | None = None

    def pause(self, event_time: datetime | None, now: float) -> float:
        if event_time is None:
            return 0.0
        if self._start is None:
            self._start = (event_time, now)
        first, began = self._start
        return max(0.0, began + (event_time - first).total_seconds() / self._speed - now)
