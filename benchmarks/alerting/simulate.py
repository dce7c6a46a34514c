"""Simulated news: hourly counts of distinct negative and other stories, by class of series, and injected bursts.

Two newsrooms: the first has one cosine day a series, the second two peaks, dead nights and weekdays of its own.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

#: First hour (WIB hours since 1970): a Monday in October 2026.
START = 20_731 * 24
CLASSES = (
    "poisson", "over-dispersed", "weekly rhythm", "trend", "syndication", "holidays", "outages", "busy days",
    "two peaks", "scattered peaks", "slow swings", "very scattered",
)  # fmt: skip
RATES = (0.3, 0.6, 1.0, 2.0, 4.0, 8.0)
#: Size of the negative binomial of scattered hours; a class that is not named is Poisson.
SIZES = {"over-dispersed": 2.0, "scattered peaks": 3.0, "very scattered": 1.0}
#: Standard deviation and hourly correlation of the log of slow swings.
SWING, SWING_KEPT = 0.3, 0.8
FLAT = ("poisson", "over-dispersed", "very scattered")
PEAKS = ("two peaks", "scattered peaks", "slow swings")


@dataclass(slots=True)
class News:
    """Series × hours: counts and the true mean of the negatives; `size` of the negative binomial, None for Poisson; `born`
    the first hour of each series, rising, None where all are there from the start."""

    negative: Counts
    rest: Counts
    mean: Floats
    size: float | None
    born: Counts | None = None


def simulate(kind: str, series: int, weeks: int, seed: int, rates: tuple[float, ...] = RATES) -> News:
    """News of one class; rates are cycled through the series (negative stories an hour)."""
    rng = np.random.default_rng(seed)
    hours, size = weeks * 168, SIZES.get(kind)
    mean = np.resize(np.array(rates), series)[:, None] * np.ones((1, hours))
    share = rng.uniform(0.2, 0.4, series)[:, None]
    if kind not in FLAT:
        mean = mean * (_peaks if kind in PEAKS else rhythm)(series, hours, rng)
    if kind == "trend":
        mean = mean * np.exp(rng.uniform(-0.7, 1.1, series)[:, None] * np.arange(hours) / hours)
    if kind == "holidays":
        for day in rng.choice(weeks * 7, 4, replace=False):
            mean[:, day * 24 : day * 24 + 24] *= 0.4
    more = _more(kind, mean.shape, weeks, rng)
    negative, rest = _draw(mean * more, size, rng), _draw(mean * more * (1 - share) / share, size, rng)
    if kind == "outages":
        for begin in rng.integers(170, hours - 40, 6):
            gap = slice(begin, begin + rng.integers(3, 12))
            for counts in (negative, rest):
                # What was held up arrives all at once.
                counts[:, gap.stop] += counts[:, gap].sum(1)
                counts[:, gap] = 0
    return News(negative, rest, mean, size)


def _more(kind: str, shape: tuple[int, ...], weeks: int, rng: np.random.Generator) -> Floats:
    """More news of every kind: busy days (2-5 times for six hours, once a week), or swings that take hours to pass."""
    found = np.ones(shape)
    if kind == "busy days":
        for row in range(shape[0]):
            for begin in rng.integers(0, shape[1] - 6, weeks):
                found[row, begin : begin + 6] = rng.uniform(2, 5)
    if kind == "slow swings":
        swing, steps = np.zeros(shape), rng.normal(0, SWING * np.sqrt(1 - SWING_KEPT**2), shape)
        for hour in range(1, shape[1]):
            swing[:, hour] = SWING_KEPT * swing[:, hour - 1] + steps[:, hour]
        found = np.exp(swing - SWING**2 / 2)
    return found


def _draw(mean: Floats, size: float | None, rng: np.random.Generator) -> Counts:
    return rng.poisson(mean if size is None else mean * rng.gamma(size, 1 / size, mean.shape))


def rhythm(series: int, hours: int, rng: np.random.Generator) -> Floats:
    """Each series its own peak, depth and weekend; mean 1."""
    at = np.arange(hours) + START
    peak, depth = rng.normal(14, 2, (series, 1)), rng.uniform(0.5, 0.9, (series, 1))
    day = 1 + depth * np.cos((at % 24 - peak) / 24 * 2 * np.pi)
    shape = day * np.where((at // 24 + 3) % 7 >= 5, rng.uniform(0.4, 0.8, (series, 1)), 1.0)
    found: Floats = shape / shape.mean(1, keepdims=True)
    return found


def _peaks(series: int, hours: int, rng: np.random.Generator) -> Floats:
    """Each series its own morning and evening, a dead night, and seven weekdays of its own; mean 1."""
    at, clock = np.arange(hours) + START, np.arange(24)[None, :]

    def peak(hour: Floats, width: float) -> Floats:
        return np.exp(-(((clock - hour + 12) % 24 - 12) ** 2) / 2 / width**2)

    part = rng.uniform(0.3, 0.7, (series, 1))
    day = 0.08 + part * peak(rng.normal(9, 1.5, (series, 1)), 2.5)
    day += (1 - part) * peak(rng.normal(19, 1.5, (series, 1)), 3.0)
    week = np.exp(rng.normal(0, 0.15, (series, 7)))
    week[:, 5:] *= rng.uniform(0.3, 1.0, (series, 1))
    shape = day[:, at % 24] * week[:, (at // 24 + 3) % 7]
    found: Floats = shape / shape.mean(1, keepdims=True)
    return found


#: A burst: series, first hour, true mean there.
Burst: TypeAlias = tuple[int, int, float]


def inject(news: News, factor: float, seed: int, warm_up: int = 2) -> list[Burst]:
    """Add a burst of three hours a series and fortnight after the warm-up weeks, in place."""
    rng = np.random.default_rng(seed)
    bursts = []
    for row in range(len(news.mean)):
        for week in range(warm_up, news.mean.shape[1] // 168, 2):
            begin = week * 168 + int(rng.integers(6, 320 if (week + 2) * 168 <= news.mean.shape[1] else 160))
            there = news.mean[row, begin : begin + 3]
            news.negative[row, begin : begin + 3] += rng.poisson(there * (factor - 1))
            bursts.append((row, begin, float(there.mean())))
    return bursts


def with_bursts(clean: News, factor: float, seed: int) -> tuple[News, list[Burst]]:
    """A copy of the news with bursts injected."""
    burst = copy.deepcopy(clean)
    return burst, inject(burst, factor, seed)
