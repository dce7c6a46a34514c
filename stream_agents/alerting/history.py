"""Eight weeks of hourly counts of every series, in two measures, as dense rings of days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_agents.alerting.negbin import Floats

#: Measures: distinct negative stories, and the distinct stories that are not negative.
NEGATIVE, REST = 0, 1
#: Days a baseline looks back over (Farrington and Noufaily use years of weeks; news changes faster).
BASELINE_DAYS = 56
#: Days kept: the baseline, the day being learnt, the running day, and one to spare.
DAYS = BASELINE_DAYS + 4
#: Days of the rings of expectations.
AHEAD = 4


class History:
    """Counts by row (a series), day slot and hour of the WIB day.

    `counts[measure, row, day % DAYS, hour]`; `usable[row, day % DAYS, hour]` is 0 where the count says nothing (an outage);
    `means[measure, row, day % AHEAD, hour]` is what was expected before the day began to be learnt. `born` is the first hour
    in which a row had a story.
    """

    def __init__(self, rows: int = 64) -> None:
        self.rows = 0
        self.day = -1
        self.started = -1
        self._allocate(rows)

    def _allocate(self, rows: int) -> None:
        self.counts: NDArray[np.uint16] = np.zeros((2, rows, DAYS, 24), np.uint16)
        self.usable: NDArray[np.uint8] = np.ones((rows, DAYS, 24), np.uint8)
        self.means: NDArray[np.float32] = np.zeros((2, rows, AHEAD, 24), np.float32)
        self.born: NDArray[np.int32] = np.zeros(rows, np.int32)

    @property
    def capacity(self) -> int:
        return int(self.counts.shape[1])

    def add(self, hour: int) -> int:
        """A new row, born in `hour`; returns its number."""
        if self.rows == self.capacity:
            self._grow(max(64, self.capacity + self.capacity // 4))
        self.born[self.rows] = hour
        self.rows += 1
        return self.rows - 1

    def _grow(self, rows: int) -> None:
        old, n = (self.counts, self.usable, self.means, self.born), self.rows
        self._allocate(rows)
        self.counts[:, :n], self.usable[:n], self.means[:, :n], self.born[:n] = (
            old[0][:, :n],
            old[1][:n],
            old[2][:, :n],
            old[3][:n],
        )

    def reach(self, day: int) -> None:
        """Open the slots of all days up to `day`."""
        if self.day < 0:
            self.day = self.started = day
        for opened in range(max(self.day + 1, day - DAYS + 1), day + 1):
            self.counts[:, :, opened % DAYS] = 0
            self.usable[:, opened % DAYS] = 1
        self.day = max(self.day, day)

    def window(self, ends: NDArray[np.int64], hours: int, measure: int, rows: NDArray[np.int64]) -> Floats:
        """Sum of counts of the `hours` hours up to and with each of `ends`, one a row of `rows`."""
        back = ends[:, None] - np.arange(hours)[None, :]
        found: Floats = self.counts[measure, rows[:, None], back // 24 % DAYS, back % 24].sum(axis=1, dtype=np.float64)
        return found

    def expected(self, ends: NDArray[np.int64], hours: int, measure: int, rows: NDArray[np.int64]) -> Floats:
        """Sum of expectations over the same windows."""
        back = ends[:, None] - np.arange(hours)[None, :]
        found: Floats = self.means[measure, rows[:, None], back // 24 % AHEAD, back % 24].sum(axis=1, dtype=np.float64)
        return found
