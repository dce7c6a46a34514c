"""Notices that the whole process stood still: suspended, or starved by its machine."""

from __future__ import annotations

import threading

from warta.clock import Clock

_STEP_S = 0.5


class Watchdog:
    """A thread that takes short naps and compares how long each really took, on the wall clock and the monotonic one.

    Waiting for Kafka or Elasticsearch does not disturb it; only a process that does not run at all overshoots.
    """

    def __init__(self, clock: Clock, limit_s: float) -> None:
        self._clock = clock
        self._limit_s = limit_s
        self._nap = threading.Event()
        self.stood_still_s = 0.0

    def start(self) -> None:
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def _run(self) -> None:
        while True:
            before = (self._clock.monotonic(), self._clock.now())
            self._nap.wait(_STEP_S)
            after = (self._clock.monotonic(), self._clock.now())
            gap = max(after[0] - before[0], (after[1] - before[1]).total_seconds())
            if gap > self._limit_s:
                self.stood_still_s = gap
