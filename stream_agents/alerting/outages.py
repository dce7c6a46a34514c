"""Missing data is not zeros: where a series or the whole stream is silent beyond chance, and what arrives when it returns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream_agents.alerting.history import AHEAD, DAYS, History
from stream_agents.alerting.negbin import Floats

Rows = NDArray[np.int64]

#: After so many usual stories in a row that did not come, the silence is an outage.
SILENCE = 14.0
#: A silence longer than this is the new normal, hours.
LONGEST_OUTAGE = 72
#: Hours after an outage in which what was held up may arrive.
CATCH_UP = 3


class Outages:
    """Watches counts of `history` against its expectations; hours of an outage become unusable for learning."""

    def __init__(self) -> None:
        self.history = History()
        self._silent: NDArray[np.float32] = np.zeros(0, np.float32)
        self._quiet_hours: NDArray[np.int32] = np.zeros(0, np.int32)
        #: Hours in a row for which the whole stream was down.
        self.stream_gap = 0
        #: What an outage held up (measure × row), and the hour from which it may arrive.
        self.held: NDArray[np.float32] = np.zeros((2, 0), np.float32)
        self._held_from: NDArray[np.int32] = np.zeros(0, np.int32)

    def _grow_outages(self, size: int) -> None:
        self._silent = grown(self._silent, size)
        self._quiet_hours = grown(self._quiet_hours, size)
        self._held_from = grown(self._held_from, size)
        self.held = np.concatenate([self.held, np.zeros((2, size - self.held.shape[1]), np.float32)], axis=1)

    def watch(self, hour: int, stream: Rows) -> None:
        """An hour has passed: mark what is missing as missing (`stream`: rows that speak for the whole stream)."""
        history, n = self.history, self.history.rows
        slot, at = hour // 24 % DAYS, hour % 24
        total = history.counts[:, :n, slot, at].sum(0, dtype=np.float64)
        due = history.means[:, :n, hour // 24 % AHEAD, at].sum(0, dtype=np.float64)
        if _stream_down(total[stream].sum(), due[stream].sum()) and self.stream_gap < LONGEST_OUTAGE:
            # The pipeline itself: every series is blind, however little it was to have.
            self.stream_gap += 1
            history.usable[:n, slot, at] = 0
            return
        self.stream_gap = 0
        quiet = total == 0
        self._silent[:n] = np.where(quiet, self._silent[:n] + due, 0.0)
        self._quiet_hours[:n] = np.where(quiet, self._quiet_hours[:n] + 1, 0)
        for row in self._down():
            gap = np.arange(hour - int(self._quiet_hours[row]) + 1, hour + 1)
            history.usable[row, gap // 24 % DAYS, gap % 24] = 0
        catching_up = (self._held_from[:n] <= hour) & (hour < self._held_from[:n] + CATCH_UP)
        history.usable[:n, slot, at][catching_up] = 0

    def _down(self) -> Rows:
        n = self.history.rows
        return np.flatnonzero((self._silent[:n] >= SILENCE) & (self._quiet_hours[:n] <= LONGEST_OUTAGE))

    def expect_held(self, hour: int) -> None:
        """Before looks at the running hour: where traffic was out until now, what was held up may come all at once."""
        if self.stream_gap:
            self._hold(hour, np.arange(self.history.rows), np.full(self.history.rows, self.stream_gap))
        elif len(rows := self._down()):
            self._hold(hour, rows, self._quiet_hours[rows])

    def _hold(self, hour: int, rows: Rows, gaps: NDArray[Any]) -> None:
        longest = int(min(gaps.max(), 48))
        back = hour - 1 - np.arange(longest)
        means = self.history.means[:, rows][:, :, back // 24 % AHEAD, back % 24]
        self.held[:, rows] = np.where(np.arange(longest) < gaps[:, None], means, 0.0).sum(2)
        self._held_from[rows] = hour

    def held_up(self, measure: int, rows: Rows, ends: Rows) -> Floats:
        """What may still arrive late, on top of what is expected of each row in the hours `ends`."""
        since = ends - self._held_from[rows]
        return np.where((since >= 0) & (since < CATCH_UP), self.held[measure, rows], 0.0)


def _stream_down(total: float, due: float) -> bool:
    """Whether all sources together bring far less than ever by chance (half the usual, and five deviations)."""
    return total < 0.5 * due and due - total > 5.0 * np.sqrt(due) + 3.0


def grown(array: NDArray[Any], size: int) -> NDArray[Any]:
    """A copy with room for `size` rows, the new ones 0."""
    more = np.zeros(size, array.dtype)
    more[: len(array)] = array
    return more
