"""What is usual: the expected count of every series in every hour of the next days.

After Farrington et al. (1996, JRSS A 159, 547-563) and Noufaily et al. (2013, Statistics in Medicine 32, 1206-1222):
counts of the same hour of the week with their neighbours over up to eight weeks, a log-linear trend, past outbreaks
down-weighted. Where they fit each series alone, low counts are helped here by all the others: a pooled rhythm of the
week, from which a series departs as far as its own counts say (empirical Bayes): first smoothly (`rhythm.py`), then by
gamma priors with mean 1 on hour of day, day of week, and hour of week.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stream_agents.alerting import calendar, rhythm
from stream_agents.alerting.history import AHEAD, BASELINE_DAYS, DAYS, History
from stream_agents.alerting.negbin import Floats

#: Days after which a day counts half: for a series' level, for its rhythm, which lasts longer, and for the pooled rhythm,
#: which has more to go on.
HALF_LIFE = 35.0
RHYTHM_HALF_LIFE = 90.0
POOL_HALF_LIFE = 14.0
#: Weight of days in Ramadan for a day outside it and the other way round.
OTHER_SEASON = 0.25
#: Weight of the hours before a series was ever seen.
UNBORN = 0.1
#: Stories of prior belief: in the pooled rhythm, and in the level of a series.
POOL_PRIOR = 40.0
LEVEL_PRIOR = 0.5
#: Smallest level, stories an hour.
LEAST = 1e-3
#: Weeks⁻¹; no trend is believed beyond it.
STEEPEST = 0.35
_CHUNK = 1024


@dataclass(slots=True)
class Pool:
    """What all series share: rhythm (7 × 24, mean about 1), usual level, and how far single series depart from it.

    `variances` are those of the factors hour of day, day of week, hour of week, then those of the smooth departures' terms;
    `trend` that of the slopes (weeks⁻²)."""

    rhythm: NDArray[np.float64] = field(default_factory=lambda: np.ones((7, 24)))
    level: float = 0.05
    variances: NDArray[np.float64] = field(default_factory=lambda: np.concatenate([[0.02, 0.02, 0.01], rhythm.FIRST]))
    trend: float = 0.03**2


@dataclass(slots=True)
class _Days:
    """The days a fit looks at: slots in the ring, ages before the target day, kinds of day."""

    slots: NDArray[np.int64]
    ages: NDArray[np.float32]
    kinds: NDArray[np.int64]
    season: NDArray[np.float32]
    numbers: NDArray[np.int64]


def _days(history: History, target: int, last: int) -> _Days:
    numbers = np.arange(max(history.started, last - BASELINE_DAYS + 1), last + 1)
    ramadan = calendar.in_ramadan(target)
    season = [_season(int(day), ramadan) for day in numbers]
    return _Days(
        slots=numbers % DAYS,
        ages=(target - numbers).astype(np.float32),
        kinds=np.array([calendar.weekday(int(day)) for day in numbers]),
        season=np.array(season, np.float32),
        numbers=numbers,
    )


def _season(day: int, ramadan: bool) -> float:
    """Weight of a past day for a target in or out of Ramadan; a holiday tells little of the weekday it falls on."""
    if calendar.is_holiday(day):
        return OTHER_SEASON / 5
    return 1.0 if calendar.in_ramadan(day) == ramadan else OTHER_SEASON


class Baseline:
    """Fits one measure (negative or rest) of all rows; keeps only what the rows share."""

    def __init__(self, measure: int) -> None:
        self.measure = measure
        self.pool = Pool()

    def fit(self, history: History, last: int, targets: list[int], noise: tuple[Floats, Floats]) -> None:
        """Learn from the days up to and with `last`, and write `history.means` of the days `targets`.

        `noise` holds the rows' dispersions (alpha) of single hours and of half days.
        """
        if not history.rows:
            return
        days = _days(history, targets[0], last)
        chunks = [slice(i, min(i + _CHUNK, history.rows)) for i in range(0, history.rows, _CHUNK)]
        self._learn_rhythm(history, days, chunks)
        moments = np.zeros((3 + len(rhythm.FIRST), 2))
        slopes: list[Floats] = []
        levels: list[Floats] = []
        for rows in chunks:
            fitted = _Rows(self, history, days, rows, (noise[0][rows], noise[1][rows]))
            fitted.departures(moments)
            level, slope, spread = fitted.level()
            slopes.append(slope**2 + spread)
            levels.append(level)
            for target in targets:
                mean = fitted.mean(target, level, slope, targets[0])
                history.means[self.measure, rows, target % AHEAD] = mean
        self._learn_spread(moments, np.concatenate(slopes), np.concatenate(levels))

    def _learn_rhythm(self, history: History, days: _Days, chunks: list[slice]) -> None:
        """The pooled rhythm of the week, each cell shrunk to that of its hour of day, that to a flat day."""
        age = (0.5 ** (days.ages / POOL_HALF_LIFE) * days.season)[None, :, None]
        seen, due = np.zeros((7, 24)), np.zeros((7, 24))
        for rows in chunks:
            counts, weights = _cells(history, self.measure, rows, days)
            weights *= age
            level = _ratio((weights * counts).sum((1, 2)), weights.sum((1, 2)))
            by_day = (
                (weights * counts).sum(0, dtype=np.float64),
                (weights * level[:, None, None]).sum(0, dtype=np.float64),
            )
            np.add.at(seen, days.kinds, by_day[0])
            np.add.at(due, days.kinds, by_day[1])
        by_hour = (seen.sum(0) + POOL_PRIOR) / (due.sum(0) + POOL_PRIOR)
        self.pool.rhythm = (seen + POOL_PRIOR * by_hour) / (due + POOL_PRIOR)

    def _learn_spread(self, moments: Floats, slopes: Floats, levels: Floats) -> None:
        found = moments[:, 0] / np.maximum(moments[:, 1], 1e-9)
        self.pool.variances[:3] = np.clip(found[:3], [0.002, 0.002, 0.001], [2.0, 1.0, 0.5])
        self.pool.variances[3:] = rhythm.learnt(self.pool.variances[3:], moments[3:])
        self.pool.trend = float(np.clip(slopes.mean(), 0.01**2, 0.2**2))
        self.pool.level = max(float(np.median(levels)), LEAST)


class _Rows:
    """A chunk of rows being fitted. Arrays are rows × days × hours unless said otherwise."""

    def __init__(
        self, baseline: Baseline, history: History, days: _Days, rows: slice, noise: tuple[Floats, Floats]
    ) -> None:
        self.pool, self.days = baseline.pool, days
        self.counts, self.weights = _cells(history, baseline.measure, rows, days)
        self.age = (0.5 ** (days.ages / HALF_LIFE) * days.season).astype(np.float32)
        self.aged = (
            self.weights * (0.5 ** (days.ages / RHYTHM_HALF_LIFE) * days.season).astype(np.float32)[None, :, None]
        )
        rough = _ratio((self.aged * self.counts).sum((1, 2)), (self.aged * self.pool.rhythm[days.kinds]).sum((1, 2)))
        self.rough = np.maximum(rough, LEAST)
        self.hourly = 1.0 + noise[0] * self.rough
        self.daily = 1.0 + noise[1] * self.rough * 12.0
        self.shape = np.broadcast_to(self.pool.rhythm, (len(self.rough), 7, 24)).astype(np.float32)
        self._trend0: Floats = np.zeros(len(self.rough))

    def departures(self, moments: Floats) -> None:
        """Let each series depart from the pooled rhythm: smoothly, then by hour of day, day of week and hour of week."""
        seen = np.zeros((len(self.rough), 7, 24))
        exposure = np.zeros_like(seen)
        for kind in range(7):
            chosen = self.days.kinds == kind
            seen[:, kind] = (self.aged[:, chosen] * self.counts[:, chosen]).sum(1)
            exposure[:, kind] = self.aged[:, chosen].sum(1)
        due = exposure * self.shape * self.rough[:, None, None]
        smooth, moments[3:] = rhythm.departures(seen, due, self.hourly, self.pool.variances[3:], moments[3:])
        self.shape *= smooth
        for index, axes in enumerate(((1,), (2,), ())):
            due = exposure * self.shape * self.rough[:, None, None]
            y, e = (seen.sum(axes, keepdims=True), due.sum(axes, keepdims=True)) if axes else (seen, due)
            if not axes:
                y, e = _with_neighbours(y), _with_neighbours(e)
            noise = self.hourly[:, None, None]
            # Method of moments over all series: what the departures vary beyond counting noise.
            moments[index] += (((y - e) ** 2 - noise * e) / (e + 1.0)).sum(), (e**2 / (e + 1.0)).sum()
            prior = 1.0 / self.pool.variances[index]
            self.shape = (self.shape * (y / noise + prior) / (e / noise + prior)).astype(np.float32)

    def level(self) -> tuple[Floats, Floats, Floats]:
        """Level on the first target day, slope (weeks⁻¹) and the slope's posterior variance, by penalised quasi-Poisson."""
        shape = self.shape[:, self.days.kinds]
        seen = (self.weights * self.counts).sum(2, dtype=np.float64)
        due = (self.weights * shape).sum(2, dtype=np.float64)
        age = self.age[None, :].astype(np.float64)
        weeks = -self.days.ages.astype(np.float64) / 7.0
        mass = age * due
        centre = (mass * weeks).sum(1) / np.maximum(mass.sum(1), 1e-9)
        time = weeks[None, :] - centre[:, None]
        slope = np.zeros(len(seen))
        spread = slope
        for _ in range(4):
            growth = np.exp(slope[:, None] * time)
            level = ((age * seen).sum(1) + LEVEL_PRIOR) / ((mass * growth).sum(1) + LEVEL_PRIOR / self.pool.level)
            mean = level[:, None] * growth * due
            score = (age * (seen - mean) * time).sum(1) / self.daily - slope / self.pool.trend
            spread = 1.0 / ((age * mean * time**2).sum(1) / self.daily + 1.0 / self.pool.trend)
            slope = np.clip(slope + score * spread, -STEEPEST, STEEPEST)
        return np.maximum(level * np.exp(-slope * centre), LEAST), slope, spread

    def mean(self, target: int, level: Floats, slope: Floats, first: int) -> Floats:
        """Rows × 24: the expectation of one day."""
        at = level * np.exp(slope * (target - first) / 7.0)
        shape = self.shape[:, calendar.weekday(target)]
        if calendar.is_holiday(target):
            # Some desks keep a Sunday's hours then and some do not: neither is to be an alarm.
            shape = np.maximum(shape, self.shape[:, calendar.SUNDAY])
        return np.maximum(at[:, None] * shape, LEAST / 4)


def _cells(history: History, measure: int, rows: slice, days: _Days) -> tuple[Floats, Floats]:
    counts = history.counts[measure, rows][:, days.slots].astype(np.float32)
    weights = history.usable[rows][:, days.slots].astype(np.float32)
    unborn = days.numbers[None, :] < (history.born[rows] // 24)[:, None]
    weights *= np.where(unborn, UNBORN, 1.0).astype(np.float32)[:, :, None]
    return counts, weights


def _ratio(a: Floats, b: Floats) -> Floats:
    return a / np.maximum(b, 1e-6)


def _with_neighbours(cells: Floats) -> Floats:
    """Hours of the week with their neighbours (weights ¼, ½, ¼), around the week's end."""
    flat = cells.reshape(len(cells), 168)
    return (0.5 * flat + 0.25 * np.roll(flat, 1, 1) + 0.25 * np.roll(flat, -1, 1)).reshape(cells.shape)
