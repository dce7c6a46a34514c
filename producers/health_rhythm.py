"""How many articles a source gives in an hour, and how odd its silence is. Pure; no clock.

A source's articles in an hour of the week (168 of them, Jakarta's clock) are taken as negative binomial: a Poisson rate whose
mean μ(h) is a gamma posterior over what that hour showed (decayed, shrunk to the hour of the day and that to the whole week)
and whose spread has two parts: φ_hour, how clumpy hours are, and φ_day, how much whole days differ; both moment estimates
(Breslow 1984). An hour is empty with chance exp(-x), x = c·log(1 + φ_hour·μ)/φ_hour (Greenwood and Yule 1920), where c ≤ 1 is
learnt from how often hours were empty: sites that publish in batches have more empty hours than their spread tells.

The level of a day is gamma too: shape 1/φ_day, raised by what the half day before the silence gave. For a silence over hours
with X = Σx the chance is (1 + l·X/s)^(-s), s and l the shape and mean of that posterior. Since every gap between two articles
is one more trial, silences are judged by how often chance makes one so long *in a week*: gaps a week times that chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WEEK = 168
#: Days after which what a week showed counts half.
HALF_LIFE_DAYS = 28.0
#: Strength of the hour of the day in the estimate of an hour of the week, and of the week's mean in that of an hour of the
#: day; in watched hours.
DAY_HOURS = 3.0
MEAN_HOURS = 4.0
#: The same for the two neighbouring hours.
NEAR_HOURS = 0.5
#: Articles an hour a source is taken to give before anything is known, and for how many hours that counts.
FIRST_GUESS = 0.25
FIRST_HOURS = 12.0
#: Spread of hours and of days before they are known, and the hours and days for which that counts.
FIRST_HOUR_SPREAD, FIRST_HOUR_WEIGHT = 0.5, 48.0
FIRST_DAY_SPREAD, FIRST_DAY_WEIGHT = 0.1, 4.0
#: No source is more regular than that from day to day.
LEAST_DAY_SPREAD = 0.01
#: An hour with more than so many times the expected articles counts as this many: a flood says nothing about silence.
FLOOD = 4.0
#: Hours tell of clumps while they are as often empty as not: x at most this.
CLUMPS_FROM = 1.0
CLUMPS_WEIGHT = 6.0
LEAST_CLUMPS = 0.05
#: However much the half day before gave, the level of the next hours is not better known than by so many articles.
MOST_SHAPE = 40.0
#: False alarms of silence that a source may raise a week, by the model. What it gives: `benchmarks/producers/health.py`.
PER_WEEK = 0.02
#: Weight, as experience, of an hour of a silence that was beyond reason: a dead feed must not teach us to expect nothing.
DOUBTED = 0.25


@dataclass(frozen=True, slots=True)
class Past:
    """What a source did hour by hour: articles that came (`seen`) and the share of the hour that was `watched`.

    Both arrays begin at hour `first` (since 1970, UTC); the last one is the hour now running.
    """

    first: int
    seen: Ints
    watched: Floats

    @property
    def end(self) -> int:
        """The hour after the last."""
        return self.first + len(self.seen)

    def since(self, hour: int) -> Past:
        """The part from an hour on."""
        at = max(0, hour - self.first)
        return Past(self.first + at, self.seen[at:], self.watched[at:])

    def until(self, hour: int) -> Past:
        """The part before an hour."""
        at = max(0, hour - self.first)
        return Past(self.first, self.seen[:at], self.watched[:at])

    def last_seen(self) -> int | None:
        """The last hour in which an article came."""
        found = np.flatnonzero(self.seen)
        return self.first + int(found[-1]) if len(found) else None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hours looked at together: M = Σμ (articles expected), Q = Σμ², X = Σx (see above), a (articles behind the estimate)."""

    expected: float = 0.0
    square: float = 0.0
    empty: float = 0.0
    behind: float = 0.0

    def scaled(self, by: float) -> Stretch:
        """The same hours when every source gives `by` times the usual."""
        return Stretch(self.expected * by, self.square * by * by, self.empty * by, self.behind)


def hours_of_week(first: int, count: int) -> Ints:
    """Hours since 1970 (UTC) → 0 (Monday, 00 WIB) … 167; 1970 began on a Thursday, WIB is UTC+7."""
    return (np.arange(first, first + count, dtype=np.int64) + 7 + 3 * 24) % WEEK


@dataclass(frozen=True, slots=True)
class Profile:
    """A rhythm: by hour of the week μ (`means`), x (`empty`) and the articles behind them (`shapes`); the spreads and c."""

    means: Floats
    empty: Floats
    shapes: Floats
    hour_spread: float
    day_spread: float
    clumps: float
    total: float
    watched: float

    @property
    def weekly(self) -> float:
        """Articles expected in a week."""
        return float(self.means.sum())

    def stretch(self, past: Past) -> Stretch:
        """The watched hours of a time, as one."""
        at = hours_of_week(past.first, len(past.seen))
        means = self.means[at] * past.watched
        return Stretch(
            float(means.sum()),
            float((means * means).sum()),
            float((self.empty[at] * past.watched).sum()),
            float((self.shapes[at] * past.watched).sum()),
        )

    def silence(self, stretch: Stretch, seen: int = 0, before: Stretch | None = None) -> float:
        """The chance of no article in a stretch, when `seen` articles came in the stretch `before` it."""
        shape, level = 1 / self.day_spread, 1.0
        if before is not None and before.expected > 0:
            # Clumpy articles tell less: their number counts by so much less as their variance is larger.
            told = 1 / (1 + self.hour_spread * before.square / before.expected)
            level = (shape + told * seen) / (shape + told * before.expected)
            shape = min(MOST_SHAPE, shape + told * before.expected)
        shape = 1 / (1 / shape + 1 / self._behind(stretch))
        return math.exp(-shape * math.log1p(level * stretch.empty / shape))

    def at_most(self, seen: int, stretch: Stretch) -> float:
        """The chance of no more than `seen` articles in a stretch (negative binomial)."""
        mean = stretch.expected
        if mean <= 0:
            return 1.0
        size = 1 / (self.hour_spread * stretch.square / mean**2 + self.day_spread + 1 / self._behind(stretch))
        part = total = math.exp(-size * math.log1p(mean / size))
        for n in range(1, seen + 1):
            part *= (size + n - 1) / n * mean / (size + mean)
            total += part
        return min(1.0, total)

    def _behind(self, stretch: Stretch) -> float:
        return max(0.5, min(self.total + FIRST_GUESS, stretch.behind))


def fit(past: Past) -> Profile:
    """Learn a source's rhythm. Silences beyond reason in it are found by a first fit and count `DOUBTED` in the second."""
    at = hours_of_week(past.first, len(past.seen))
    age = past.end - 1 - np.arange(past.first, past.end)
    weight = 0.5 ** (age / (HALF_LIFE_DAYS * 24)) * (past.watched > 0)
    first = _fit(past, at, weight)
    doubted = _doubted(first, past, at)
    return _fit(past, at, np.where(doubted, weight * DOUBTED, weight)) if doubted.any() else first


def _fit(past: Past, at: Ints, weight: Floats) -> Profile:
    counts = np.bincount(at, weights=weight * past.seen, minlength=WEEK).astype(np.float64)
    hours = np.bincount(at, weights=weight * past.watched, minlength=WEEK).astype(np.float64)
    shapes, rates = _cells(counts, hours)
    means = shapes / rates
    mean = means[at] * past.watched
    counted = np.minimum(past.seen, FLOOD * mean + 2)
    # A mean fitted to its own hours lies too near to them: the leverage of one hour is 1/rate.
    apart = (counted - mean) ** 2 / (1 - 1 / rates[at])
    prior = FIRST_HOUR_WEIGHT * float((means * means).mean())
    excess, square = float((weight * (apart - counted)).sum()), float((weight * mean * mean).sum())
    hour_spread = max(1e-6, (FIRST_HOUR_SPREAD * prior + excess) / (prior + square + 1e-12))
    day_spread = _day_spread(past, weight, mean, counted, hour_spread, float(means.sum()) / 7)
    empty = np.log1p(hour_spread * means) / hour_spread
    clumps = _clumps(past, at, weight, hour_spread)
    return Profile(
        means, clumps * empty, shapes, hour_spread, day_spread, clumps, float(counts.sum()), float(hours.sum())
    )


def _cells(counts: Floats, hours: Floats) -> tuple[Floats, Floats]:
    """Gamma posteriors by hour of the week: shapes and rates. The prior is hour of the day times day of the week, and a little
    of the neighbouring hours: the week has no steps, but offices have."""
    mean = (counts.sum() + FIRST_GUESS * FIRST_HOURS) / (hours.sum() + FIRST_HOURS)
    by_hour, by_day = counts.reshape(7, 24).sum(axis=0), counts.reshape(7, 24).sum(axis=1)
    watched_hour, watched_day = hours.reshape(7, 24).sum(axis=0), hours.reshape(7, 24).sum(axis=1)
    hour = (by_hour + MEAN_HOURS * mean) / (watched_hour + MEAN_HOURS)
    hour = (hour * (watched_hour + NEAR_HOURS) + NEAR_HOURS * (_near(hour) - hour)) / (watched_hour + NEAR_HOURS)
    day = (by_day + 3 * MEAN_HOURS * mean) / (watched_day + 3 * MEAN_HOURS)
    prior = np.outer(day, hour).ravel() / mean
    plain = (counts + DAY_HOURS * prior) / (hours + DAY_HOURS)
    return counts + DAY_HOURS * prior + NEAR_HOURS * _near(plain), hours + DAY_HOURS + NEAR_HOURS


def _near(values: Floats) -> Floats:
    """The mean of the two neighbours, round the clock."""
    near: Floats = (np.roll(values, 1) + np.roll(values, -1)) / 2
    return near


def _day_spread(past: Past, weight: Floats, mean: Floats, counted: Any, hour_spread: float, daily: float) -> float:
    day = (np.arange(past.first, past.end) + 7) // 24
    day = day - day[0] if len(day) else day
    sums = [np.bincount(day, weights=values) for values in (counted * (mean > 0), mean, mean * mean, weight)]
    seen, expected, squares, weights = sums
    leverage = 1 - 1 / (1 + len(seen) / 7)
    excess = weights / 24 * ((seen - expected) ** 2 / max(leverage, 0.5) - seen - hour_spread * squares)
    prior = FIRST_DAY_WEIGHT * daily * daily
    total = FIRST_DAY_SPREAD * prior + float(excess.sum())
    return max(LEAST_DAY_SPREAD, total / (prior + float((weights / 24 * expected * expected).sum()) + 1e-12))


def _clumps(past: Past, at: Ints, weight: Floats, hour_spread: float) -> float:
    """c: hours that were not empty, against how many should not have been. The means are those of the hour of the day, on
    working days and weekends, without any prior: what no article came in must not be due one."""
    kind = at % 24 + 24 * (at >= 5 * 24)
    counts = np.bincount(kind, weights=weight * past.seen, minlength=48)
    hours = np.bincount(kind, weights=weight * past.watched, minlength=48)
    exponents = np.log1p(hour_spread * counts / np.maximum(hours, 1e-9)) / hour_spread
    telling = (past.watched > 0.99) & (exponents[kind] <= CLUMPS_FROM)
    filled = float((weight * (past.seen > 0))[telling].sum())
    due = float((weight * -np.expm1(-exponents[kind]))[telling].sum())
    return max(LEAST_CLUMPS, min(1.0, (CLUMPS_WEIGHT + filled) / (CLUMPS_WEIGHT + due)))


def _doubted(profile: Profile, past: Past, at: Ints) -> npt.NDArray[np.bool_]:
    """Hours of silences between two articles that chance hardly makes, were all days alike: a dead fortnight makes days look
    so different that the full model would believe it."""
    doubted = np.zeros(len(past.seen), dtype=np.bool_)
    filled = np.flatnonzero(past.seen)
    if len(filled) < 2:
        return doubted
    before = np.concatenate(([0.0], np.cumsum(profile.empty[at] * past.watched)))
    exponents = before[filled[1:]] - before[filled[:-1] + 1]
    for gap in np.flatnonzero(profile.weekly * np.exp(-exponents) < PER_WEEK / 100):
        doubted[filled[gap] + 1 : filled[gap + 1]] = True
    return doubted
