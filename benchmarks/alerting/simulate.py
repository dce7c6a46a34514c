"""Simulated news: hourly counts of distinct negative and other stories, by class of series, and injected bursts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

#: First hour (WIB hours since 1970): a Monday in October 2026.
START = 20_731 * 24
CLASSES = ("poisson", "over-dispersed", "weekly rhythm", "trend", "syndication", "holidays", "outages", "busy days")
RATES = (0.3, 0.6, 1.0, 2.0, 4.0, 8.0)
#: Size of the negative binomial of over-dispersed hours.
SIZE = 2.0


@dataclass(slots=True)
class News:
    """Series × hours: counts and the true mean of the negatives; `size` of the negative binomial, None for Poisson."""

    negative: Counts
    rest: Counts
    mean: Floats
    size: float | None


def simulate(kind: str, series: int, weeks: int, seed: int, rates: tuple[float, ...] = RATES) -> News:
    """News of one class; rates are cycled through the series (negative stories an hour)."""
    rng = np.random.default_rng(seed)
    hours = weeks * 168
    mean = np.resize(np.array(rates), series)[:, None] * np.ones((1, hours))
    share = rng.uniform(0.2, 0.4, series)[:, None]
    size = SIZE if kind == "over-dispersed" else None
    if kind not in ("poisson", "over-dispersed"):
        mean = mean * _rhythm(series, hours, rng)
    if kind == "trend":
        mean = mean * np.exp(rng.uniform(-0.7, 1.1, series)[:, None] * np.arange(hours) / hours)
    if kind == "holidays":
        for day in rng.choice(weeks * 7, 4, replace=False):
            mean[:, day * 24 : day * 24 + 24] *= 0.4
    busy = np.ones_like(mean)
    if kind == "busy days":
        for row in range(series):
            for begin in rng.integers(0, hours - 6, weeks):
                busy[row, begin : begin + 6] = rng.uniform(2, 5)
    negative, rest = _draw(mean * busy, size, rng), _draw(mean * busy * (1 - share) / share, size, rng)
    if kind == "outages":
        for begin in rng.integers(170, hours - 40, 6):
            gap = slice(begin, begin + rng.integers(3, 12))
            for counts in (negative, rest):
                # What was held up arrives all at once.
                counts[:, gap.stop] += counts[:, gap].sum(1)
                counts[:, gap] = 0
    return News(negative, rest, mean, size)


def _draw(mean: Floats, size: float | None, rng: np.random.Generator) -> Counts:
    return rng.poisson(mean if size is None else mean * rng.gamma(size, 1 / size, mean.shape))


def _rhythm(series: int, hours: int, rng: np.random.Generator) -> Floats:
    """Each series its own peak, depth and weekend; mean 1."""
    at = np.arange(hours) + START
    peak, depth = rng.normal(14, 2, (series, 1)), rng.uniform(0.5, 0.9, (series, 1))
    day = 1 + depth * np.cos((at % 24 - peak) / 24 * 2 * np.pi)
    shape = day * np.where((at // 24 + 3) % 7 >= 5, rng.uniform(0.4, 0.8, (series, 1)), 1.0)
    found: Floats = shape / shape.mean(1, keepdims=True)
    return found


def inject(news: News, factor: float, seed: int, warm_up: int = 2) -> list[tuple[int, int, float]]:
    """Add a burst of three hours a series and fortnight after the warm-up weeks; returns (series, first hour, mean there)."""
    rng = np.random.default_rng(seed)
    bursts = []
    for row in range(len(news.mean)):
        for week in range(warm_up, news.mean.shape[1] // 168, 2):
            begin = week * 168 + int(rng.integers(6, 320 if (week + 2) * 168 <= news.mean.shape[1] else 160))
            there = news.mean[row, begin : begin + 3]
            news.negative[row, begin : begin + 3] += rng.poisson(there * (factor - 1))
            bursts.append((row, begin, float(there.mean())))
    return bursts
