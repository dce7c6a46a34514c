"""Is this beyond chance? Counts of all series against what was expected, hour by hour.

A window is judged by three questions. *Count*: how likely are so many negative stories (negative binomial, windows of one
and three hours). *Share*: how likely is such a share of negatives among the window's stories (beta-binomial). *CUSUM*: a
slow build-up that no window shows. A series' mode says which of them must answer; see `Mode`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from stream_agents.alerting import calendar
from stream_agents.alerting.baseline import Baseline
from stream_agents.alerting.budget import FLOOR, MOST, WEIGHT, limits
from stream_agents.alerting.dispersion import Dispersion
from stream_agents.alerting.history import AHEAD, DAYS, NEGATIVE, REST
from stream_agents.alerting.negbin import Floats, log_pmf
from stream_agents.alerting.outages import Outages, grown
from stream_agents.alerting.share import ShareScatter

Rows = NDArray[np.int64]

HOURS_A_WEEK = 168
#: Windows tested, hours.
TESTED = tuple(WEIGHT)
#: Separate chances a nominal hour gives to false alarms of the share.
LOOKS = 1.1
#: Chances above this are no matter of fine limits.
LIKELY = 0.05
#: The rest of the news is "more than usual" below this chance, and then the share must be extraordinary too.
BUSY = 0.03
SHARE_GATE = 0.01
#: The multiple of the usual that the CUSUM waits for.
SHIFT = 2.0
#: Hours after which late events no longer move an hour.
SETTLED = 6
#: Hours before counts are forecast well enough to learn from the errors.
FIRST_LESSON = 5


class Mode(IntEnum):
    """What must be out of the ordinary."""

    BOTH = 0  #: the count, unless more news of every kind explains it
    COUNT = 1  #: the count alone: bad by nature
    SHARE = 2  #: the share alone: contested or mostly good news
    NONE = 3  #: never alarms


@dataclass(frozen=True, slots=True)
class Looked:
    """The answer for one series and one window. Times are WIB hours, `end` the window's last; chances are 0 to 1.

    `p` is the chance of the count or share that decides, made good for the number of looks; `ratio` observed to expected.
    """

    row: int
    end: int
    hours: int
    observed: int
    expected: float
    total: int
    share_usual: float
    p: float
    p_count: float
    p_share: float
    p_busy: float
    cusum: bool = False


class Detector(Outages):
    """History, baselines and dispersions of all series, and the tests on them."""

    def __init__(self, rate: float = 0.1) -> None:
        super().__init__()
        self.baselines = (Baseline(NEGATIVE), Baseline(REST))
        rest = Dispersion(REST)
        self.scatter = (Dispersion(NEGATIVE, rest), rest)
        self.rho = ShareScatter()
        self.nominal = rate / HOURS_A_WEEK
        self.mode: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self.cusum: NDArray[np.float32] = np.zeros(0, np.float32)
        #: Since the CUSUM last stood at nothing: negative and rest seen, negative and rest expected; and since when.
        self.runs: NDArray[np.float32] = np.zeros((4, 0), np.float32)
        self.began: NDArray[np.int32] = np.zeros(0, np.int32)
        self.learnt = -1

    # --- rows --------------------------------------------------------------------------------------------------------

    def add(self, hour: int, mode: Mode) -> int:
        """A new series, first seen in `hour`; returns its row. It starts from what the others share."""
        row = self.history.add(hour)
        size = self.history.capacity
        if size > len(self.mode):
            self.mode = grown(self.mode, size)
            self.cusum = grown(self.cusum, size)
            self.began = grown(self.began, size)
            self._grow_outages(size)
            self.runs = np.concatenate([self.runs, np.zeros((4, size - self.runs.shape[1]), np.float32)], axis=1)
        self.mode[row] = mode
        for scatter in self.scatter:
            scatter.fit_rows(size)
        self.expect_new(row)
        return row

    def expect_new(self, row: int) -> None:
        """Expect of a row what the others share, until it is learnt."""
        for measure, baseline in enumerate(self.baselines):
            for day in range(self.history.day - 1, self.history.day + 3):
                rhythm = baseline.pool.rhythm[calendar.weekday(day)]
                self.history.means[measure, row, day % AHEAD] = baseline.pool.level * rhythm

    # --- learning ----------------------------------------------------------------------------------------------------

    def learn(self, day: int) -> None:
        """Learn from a day that no event can move any more, and look ahead. Called once a day, in order."""
        self.history.reach(day + 2)
        self._cap(day)
        self.lesson(day)

    def lesson(self, day: int) -> None:
        """Learn from a day whose outbreaks are capped already."""
        history, rows = self.history, self.history.rows
        if day - history.started >= FIRST_LESSON:
            for scatter in reversed(self.scatter):
                scatter.learn(history, day)
            self.rho.learn(history, day)
        for baseline, scatter in zip(self.baselines, self.scatter, strict=True):
            everyone = slice(0, rows)
            scatter.fit_rows(rows)
            noise = scatter.mean(everyone, 1), scatter.mean(everyone, 12)
            baseline.fit(history, day, [day + 1, day + 2], noise)
        self.learnt = day

    def _cap(self, day: int) -> None:
        """Past outbreaks are down-weighted by capping them where a count would have been hardly believable."""
        history, n = self.history, self.history.rows
        if day - history.started < 7:
            return
        for measure, scatter in enumerate(self.scatter):
            mean = history.means[measure, :n, day % AHEAD]
            alpha = scatter.mean(slice(0, n), 1)[:, None]
            cap = np.ceil(mean + 4.0 * np.sqrt(mean + alpha * mean**2) + 2.0)
            counts = history.counts[measure, :n, day % DAYS]
            np.minimum(counts, cap.astype(np.uint16), out=counts)

    # --- hours -------------------------------------------------------------------------------------------------------

    def close(self, hour: int, stream: Rows) -> None:
        """An hour has passed: watch for outages (`stream`: rows that speak for the whole stream) and move the CUSUMs."""
        n = self.history.rows
        if not n:
            return
        if hour // 24 - self.history.started >= 7:
            self.watch(hour, stream)
        self._accumulate(hour - SETTLED)

    def _accumulate(self, hour: int) -> None:
        """CUSUM of log-likelihood ratios for a doubling (Page 1954; NB form: Höhle & Paul 2008, CSDA 52, 4357-4368).

        Ratios are tempered by how much more half a day scatters than independent hours would. Runs over settled hours.
        """
        history, n = self.history, self.history.rows
        if hour // 24 < history.started + 7:
            return
        everyone = slice(0, n)
        seen = history.counts[NEGATIVE, :n, hour // 24 % DAYS, hour % 24].astype(np.float64)
        due = np.maximum(history.means[NEGATIVE, :n, hour // 24 % AHEAD, hour % 24].astype(np.float64), 1e-6)
        alpha = self.scatter[NEGATIVE].mean(everyone, 1)
        long = self.scatter[NEGATIVE].mean(everyone, 12)
        middle = self.scatter[NEGATIVE].mean(everyone, 3)
        single = 1.0 + alpha * due
        temper = np.maximum(1.0, np.maximum((1.0 + 12.0 * long * due) / single, (1.0 + 3.0 * middle * due) / single))
        ratio = (log_pmf(seen, SHIFT * due, alpha) - log_pmf(seen, due, alpha)) / temper
        ratio = np.where(history.usable[:n, hour // 24 % DAYS, hour % 24] == 1, ratio, 0.0)
        self.cusum[:n] = np.maximum(0.0, self.cusum[:n] + ratio)
        self._sum_runs(hour)

    def _sum_runs(self, hour: int) -> None:
        """Observed and expected since each CUSUM last stood at nothing."""
        history, n = self.history, self.history.rows
        slot, at = hour // 24, hour % 24
        self.runs[:2, :n] += history.counts[:, :n, slot % DAYS, at]
        self.runs[2:, :n] += history.means[:, :n, slot % AHEAD, at]
        still = self.cusum[:n] <= 0
        self.runs[:, :n][:, still] = 0
        self.began[:n][still] = hour + 1

    def build_ups(self) -> list[Looked]:
        """Series whose CUSUM passed its limit, unless more news of every kind explains it; those start anew."""
        n = self.history.rows
        rows = np.flatnonzero(self.cusum[:n] > self.cusum_limit())
        rows = rows[(self.mode[rows] == Mode.BOTH) | (self.mode[rows] == Mode.COUNT)]
        if not len(rows):
            return []
        seen, rest, due, usual_rest = self.runs[:, rows].astype(np.float64)
        usual = due / (due + usual_rest)
        p_busy = self.scatter[REST].tail(rows, 12, rest, usual_rest)
        p_share = self.rho.tail(rows, seen, seen + rest, usual)
        p = np.exp(-self.cusum[rows].astype(np.float64))
        found = [
            Looked(
                row=int(row),
                end=-1,
                hours=-int(self.began[row]),
                observed=int(seen[i]),
                expected=float(due[i]),
                total=int(seen[i] + rest[i]),
                share_usual=float(usual[i]),
                p=float(p[i]),
                p_count=float(p[i]),
                p_share=float(p_share[i]),
                p_busy=float(p_busy[i]),
                cusum=True,
            )
            for i, row in enumerate(rows)
            if seen[i] >= FLOOR
            and self.decide(rows[i : i + 1], p[i : i + 1], p_share[i : i + 1], p_busy[i : i + 1]) <= p[i]
        ]
        self.cusum[rows] = 0
        return found

    # --- looks -------------------------------------------------------------------------------------------------------

    def look(self, rows: Rows, ends: Rows, hours: int) -> list[Looked]:
        """Judge the windows of `hours` that end with each of `ends`; only what may be an alarm is answered."""
        history = self.history
        observed = history.window(ends, hours, NEGATIVE, rows)
        expected = history.expected(ends, hours, NEGATIVE, rows) + self.held_up(NEGATIVE, rows, ends)
        keep = (observed >= FLOOR) & (observed > expected) & (self.mode[rows] != Mode.NONE)
        if not keep.any():
            return []
        rows, ends, observed, expected = rows[keep], ends[keep], observed[keep], expected[keep]
        rest = history.window(ends, hours, REST, rows)
        usual_rest = history.expected(ends, hours, REST, rows) + self.held_up(REST, rows, ends)
        usual = expected / (expected + usual_rest)
        p_count = self.scatter[NEGATIVE].tail(rows, hours, observed, expected)
        near = (p_count < 0.05) | (self.mode[rows] == Mode.SHARE)
        p_busy, p_share = np.ones(len(rows)), np.ones(len(rows))
        if near.any():
            p_busy[near] = self.scatter[REST].tail(rows[near], hours, rest[near], usual_rest[near])
            p_share[near] = self.rho.tail(rows[near], observed[near], (observed + rest)[near], usual[near])
        p = self.decide(rows, p_count, p_share, p_busy) * self._looks(rows, ends, hours, p_count)
        return [
            Looked(
                row=int(rows[i]),
                end=int(ends[i]),
                hours=hours,
                observed=int(observed[i]),
                expected=float(expected[i]),
                total=int(observed[i] + rest[i]),
                share_usual=float(usual[i]),
                p=float(min(1.0, p[i])),
                p_count=float(p_count[i]),
                p_share=float(p_share[i]),
                p_busy=float(p_busy[i]),
            )
            for i in range(len(rows))
        ]

    def _looks(self, rows: Rows, ends: Rows, hours: int, p_count: Floats) -> Floats:
        """By how much a chance of a window counts for more, so that all that a row rings in a day is as wished."""
        looks = np.where(self.mode[rows] == Mode.SHARE, LOOKS, WEIGHT[hours])
        likely = max(LIKELY, MOST * self.nominal)
        counted = np.flatnonzero((p_count * WEIGHT[hours] < likely) & (self.mode[rows] != Mode.SHARE))
        if not len(counted):
            return looks
        asked, at = np.unique(np.stack([rows[counted], ends[counted] // 24]), axis=1, return_inverse=True)
        days = asked[1][:, None] * 24 + np.arange(24)
        alphas = {width: self.scatter[NEGATIVE].mean(asked[0], width) for width in TESTED}
        means = {width: self._day(asked[0], days, width) for width in TESTED}
        looks[counted] *= (self.nominal / limits(means, alphas, self.nominal))[at.ravel()]
        return looks

    def _day(self, rows: Rows, days: Rows, width: int) -> Floats:
        """Rows × 24: expectations of the windows that end in each hour of a day."""
        back = days[:, :, None] - np.arange(width)
        found: Floats = self.history.means[NEGATIVE, rows[:, None, None], back // 24 % AHEAD, back % 24].sum(
            axis=2, dtype=np.float64
        )
        return np.maximum(found, 1e-6)

    def decide(self, rows: Rows, p_count: Floats, p_share: Floats, p_busy: Floats) -> Floats:
        """The chance that decides, by each row's mode."""
        mode = self.mode[rows]
        explained = (p_busy < BUSY) & (p_share > SHARE_GATE)
        both = np.where(explained, np.maximum(p_count, p_share), p_count)
        return np.where(mode == Mode.SHARE, p_share, np.where(mode == Mode.COUNT, p_count, both))

    def cusum_limit(self) -> float:
        """The CUSUM that a nominal false alarm in ten such rates passes (Lorden 1971: mean run length ≥ exp(limit))."""
        return float(np.log(1.0 / (self.nominal * 0.3)))
