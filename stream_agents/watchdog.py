"""A process that slept must not write: it may have lost its partitions to another while it was away.

The watchdog ticks on the event loop. Every write asks it first; if the loop stood still for more than half a session,
by the process being stopped, the machine suspended or the loop blocked, the process ends before it writes.
"""

from __future__ import annotations

import asyncio

from warta.clock import Clock
from warta.errors import Transient
from warta.metrics import LOOP_BLOCKED

TICK_SECONDS = 0.05
#: How long the highest reading is shown before it is forgotten.
WINDOW_SECONDS = 60.0


class WokenZombie(Transient):
    """This process stood still for so long that another may own its partitions."""


class Watchdog:
    """Watches one event loop; `limit` is in seconds."""

    def __init__(self, clock: Clock, stage: str, limit: float) -> None:
        self._clock = clock
        self._limit = limit
        self._gauge = LOOP_BLOCKED.labels(stage)
        self._last = self._window_start = clock.monotonic()
        self._worst = 0.0

    async def run(self) -> None:
        """Tick until cancelled."""
        self._last = self._clock.monotonic()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.check()

    def check(self) -> None:
        """Note that the loop turns.

        Raises:
            WokenZombie: it had not turned for longer than the limit.
        """
        now = self._clock.monotonic()
        still = now - self._last
        self._last = now
        if now - self._window_start > WINDOW_SECONDS:
            self._window_start, self._worst = now, 0.0
        self._worst = max(self._worst, still - TICK_SECONDS, 0.0)
        self._gauge.set(self._worst)
        if still > self._limit:
            raise WokenZombie(f"this process stood still for {still:.1f} s (limit {self._limit:.1f} s): not writing")
