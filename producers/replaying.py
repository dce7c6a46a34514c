"""Sending what was read: pace, gate, publish, count. What `warta replay` does once its options are understood."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from producers.files import Found, Refused
from producers.pacing import Pace
from producers.publisher import Publisher
from warta.clock import Clock
from warta.deadletters import StormGuard
from warta.gate import Gate
from warta.messages import Origin

#: Seconds between two looks while waiting for room or for stages that are behind.
POLL = 0.5


@dataclass(slots=True)
class Progress:
    """What `replay` has done so far. `waiting` says what it waits for, or is empty."""

    sent: int = 0
    dead: int = 0
    waiting: str = ""


class Replayer:
    """Sends records one after another. `gate` is None for live records: they wait for nobody."""

    def __init__(
        self,
        publisher: Publisher,
        *,
        pace: Pace,
        gate: Gate | None,
        origin: Origin,
        clock: Clock,
        guard: StormGuard,
        sleep: Callable[[float], None] = time.sleep,
        show: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._publisher = publisher
        self._pace = pace
        self._gate = gate
        self._origin = origin
        self._clock = clock
        self._guard = guard
        self._sleep = sleep
        self._show = show
        self.progress = Progress()

    def run(self, found: Iterable[Found]) -> Progress:
        """Send all of it.

        Raises:
            Storm: so many records were refused that the input is not what it was taken for.
        """
        for one in found:
            if isinstance(one, Refused):
                self._refuse(one)
            else:
                self._wait(self._pace.pause(one.event_time, self._clock.monotonic()))
                self._wait_for_room()
                self._publisher.publish(one.to_raw(self._clock.now(), self._origin))
                self._guard.good()
                self.progress.sent += 1
            self._show(self.progress)
        return self.progress

    def _refuse(self, one: Refused) -> None:
        self._publisher.refuse(one.raw, one.reason, one.detail)
        self.progress.dead += 1
        self._guard.bad()

    def _wait(self, seconds: float) -> None:
        """Waits in short steps, so that the display lives."""
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0:
            self._show(self.progress)
            self._sleep(min(left, POLL))

    def _wait_for_room(self) -> None:
        while reason := self._obstacle():
            self.progress.waiting = reason
            self._show(self.progress)
            self._sleep(POLL)
        self.progress.waiting = ""

    def _obstacle(self) -> str:
        if self._publisher.full:
            return f"Kafka: {self._publisher.waiting} records wait in the spool, which is full"
        if self._gate is None or self._gate.open():
            return ""
        return ", ".join(f"{lag.group.removeprefix('warta-')}: {lag.behind} behind" for lag in self._gate.waiting_for)
