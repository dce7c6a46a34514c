"""News of another hand, for what our own simulation does not think of: many kinds of series in one stream.

`python -m benchmarks.alerting.newsroom [--series N] [--weeks W] [--streams S]`: false alarms by kind, all kinds mixed in one
stream, and with the scattered kinds a small minority among calm series.

Days are mixtures of one to three peaks of any width, or office hours, or four fixed hours of publication, or weekends
alone. Counts scatter as a gamma, a log-normal, a slow log-normal process, a two-state Markov process, or are nothing at
all three hours in ten. Levels change for a week and for good, rise and fall slowly, or begin in the middle.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import numpy as np

from benchmarks.alerting.methods import WARM_UP, ours
from benchmarks.alerting.simulate import RATES, START, Counts, Floats, News

RATE = 0.1
KINDS = (
    "calm", "office hours", "on the hour", "weekends", "log-normal", "swings", "two states", "zero-inflated", "lebaran",
    "slow waves", "steep trend", "outages", "new", "scattered", "very scattered", "clusters",
)  # fmt: skip
#: Scattered kinds that a stream of calm series holds a few of.
MINORITY = ("log-normal", "two states", "scattered", "very scattered")
_SIZES = {"scattered": 2.0, "very scattered": 1.0}
_FLAT = ("very scattered",)


def _peaks(series: int, rng: np.random.Generator) -> Floats:
    """Series × 7 × 24: peaks around usual hours, von Mises shaped, and weekdays of its own."""
    clock = np.arange(24)
    found = np.zeros((series, 7, 24))
    for row in range(series):
        peaks = rng.integers(1, 4)
        hours = rng.choice([7, 9, 12, 16, 19, 21], peaks, replace=False) + rng.normal(0, 0.7, peaks)
        parts, widths = rng.dirichlet(np.full(peaks, 2.0)), rng.uniform(1, 6, peaks)
        waves = np.exp(widths[:, None] * (np.cos((clock - hours[:, None]) / 24 * 2 * np.pi) - 1))
        week = np.exp(rng.normal(0, 0.12, 7))
        week[5:] *= rng.uniform(0.35, 0.95)
        found[row] = (rng.uniform(0.05, 0.3) + parts @ waves) * week[:, None]
    return found


def _week(kind: str, series: int, rng: np.random.Generator) -> Floats:
    """Series × 7 × 24: the shape of a kind's week."""
    if kind in _FLAT:
        return np.ones((series, 7, 24))
    if kind == "office hours":
        found = np.full((series, 7, 24), 0.08)
        for row, (opens, closes) in enumerate(
            zip(rng.integers(6, 10, series), rng.integers(16, 21, series), strict=True)
        ):
            found[row, :, opens:closes] = 1.0
        found[:, 5:] *= rng.uniform(0.1, 0.6, (series, 1, 1))
        return found
    if kind == "on the hour":
        found = np.full((series, 7, 24), 0.15)
        for row in range(series):
            found[row][:, rng.choice(np.arange(6, 23), 4, replace=False)] = rng.uniform(2, 5, 4)
        return found
    if kind == "weekends":
        found = np.full((series, 7, 24), 0.03)
        found[:, 5:, 7:22] = 1.0
        return found
    return _peaks(series, rng)


def _level(kind: str, series: int, hours: int, rng: np.random.Generator) -> Floats:
    """Series × hours: what becomes of a kind's level."""
    time, found = np.arange(hours) / hours, np.ones((series, hours))
    if kind == "slow waves":
        height, speed, phase = rng.uniform([0.2, 0.5, 0.0], [0.6, 1.5, 1.0], (series, 3)).T[:, :, None]
        found = np.exp(height * np.sin(2 * np.pi * (time * speed + phase)))
    elif kind == "steep trend":
        found = np.exp(rng.choice([-1.1, 1.1], series)[:, None] * (time - 0.5))
    elif kind == "lebaran":
        begin = int(rng.integers(WARM_UP + 168, max(WARM_UP + 169, hours - 240)))
        found[:, begin : begin + 168] = np.where(rng.random(series) < 0.5, 0.35, 1.7)[:, None]
    return found


def _scatter(kind: str, series: int, hours: int, rng: np.random.Generator) -> Floats:
    """Series × hours, mean 1: how a kind's hours scatter."""
    shape = series, hours
    if kind in _SIZES:
        return rng.gamma(_SIZES[kind], 1 / _SIZES[kind], shape)
    if kind == "log-normal":
        return np.exp(rng.normal(-0.18, 0.6, shape))
    if kind == "zero-inflated":
        return (rng.random(shape) > 0.3) / 0.7
    if kind not in ("swings", "two states"):
        return np.ones(shape)
    state, found = rng.normal(0, 1, series) if kind == "swings" else np.zeros(series), np.ones(shape)
    for hour in range(hours):
        if kind == "swings":
            state = 0.8 * state + 0.6 * rng.normal(0, 1, series)
            found[:, hour] = np.exp(0.35 * state - 0.35**2 / 2)
        else:
            state = (rng.random(series) < np.where(state == 1, 0.8, 0.04)).astype(np.float64)
            found[:, hour] = np.where(state == 1, 2.2, 0.76)
    return found


def _followed(counts: Counts, rng: np.random.Generator) -> Counts:
    """Every story brings others of its own within the hour, with a heavy tail (Pareto, index 2.2, at most 15)."""
    more = np.minimum(rng.pareto(2.2, int(counts.sum())) * 0.55, 15).astype(np.int64)
    where = np.repeat(np.arange(counts.size), counts.ravel())
    found: Counts = counts + np.bincount(where, more, counts.size).reshape(counts.shape).astype(np.int64)
    return found


def _cut(kind: str, counts: tuple[Counts, Counts], rng: np.random.Generator) -> Counts:
    """Outages of single series, every second one caught up with; beginnings in the middle. Returns the first hours."""
    series, hours = counts[0].shape
    born = np.zeros(series, np.int64)
    for row in range(series):
        if kind == "new":
            born[row] = rng.integers(WARM_UP, WARM_UP + 20 * 24)
            counts[0][row, : born[row]] = counts[1][row, : born[row]] = 0
        for begin in rng.integers(170, hours - 60, 3) if kind == "outages" else ():
            gap, comes = slice(begin, begin + rng.integers(4, 20)), rng.random() < 0.5
            for one in counts:
                one[row, gap.stop] += one[row, gap].sum() if comes else 0
                one[row, gap] = 0
    return born


def kind_of_news(kind: str, series: int, weeks: int, rng: np.random.Generator) -> News:
    """News of one kind; rates are cycled through the series."""
    hours = weeks * 168
    at = np.arange(hours) + START
    shape = _week(kind, series, rng)[:, (at // 24 + 3) % 7, at % 24]
    mean = np.resize(np.array(RATES), series)[:, None] * shape / shape.mean(1, keepdims=True)
    mean = mean * _level(kind, series, hours, rng)
    share = rng.uniform(0.2, 0.45, (series, 1))
    if kind == "clusters":
        negative, rest = (_followed(rng.poisson(mean * part / 1.45), rng) for part in (1.0, (1 - share) / share))
    else:
        first = _scatter(kind, series, hours, rng)
        second = first if kind == "two states" else _scatter(kind, series, hours, rng)
        negative, rest = rng.poisson(mean * first), rng.poisson(mean * second * (1 - share) / share)
    born = _cut(kind, (negative, rest), rng)
    return News(negative, rest, mean, None, born)


def stream(parts: Mapping[str, int], weeks: int, seed: int) -> tuple[list[str], News]:
    """The kind of every series, and one stream of so many series of each kind, the youngest last."""
    rng = np.random.default_rng(seed)
    found = [kind_of_news(kind, series, weeks, rng) for kind, series in parts.items()]
    kinds = [kind for kind, series in parts.items() for _ in range(series)]
    born = np.concatenate([news.born for news in found if news.born is not None])
    order = np.argsort(born, kind="stable")
    negative, rest, mean = (
        np.concatenate([getattr(news, name) for news in found])[order] for name in ("negative", "rest", "mean")
    )
    return [kinds[row] for row in order], News(negative, rest, mean, None, born[order])


def report(title: str, parts: Mapping[str, int], weeks: int, streams: int) -> None:
    """False alarms a series-week by kind over some streams."""
    alarms, exposure = dict.fromkeys(parts, 0), dict.fromkeys(parts, 0.0)
    for seed in range(streams):
        kinds, news = stream(parts, weeks, 500 + seed)
        assert news.born is not None
        for row, _ in ours(news, RATE):
            alarms[kinds[row]] += 1
        for kind, born in zip(kinds, news.born, strict=True):
            exposure[kind] += weeks - max(WARM_UP, int(born)) / 168
    print(f"{title}: false alarms a series-week, nominal {RATE}, limit {1.5 * RATE:.2f}; ± is twice the standard error")
    for kind in parts:
        found = alarms[kind] / exposure[kind]
        print(
            f"{kind:16} {found:6.3f} ± {2 * alarms[kind] ** 0.5 / exposure[kind]:5.3f} {alarms[kind]:5d} alarms"
            + ("" if found <= 1.5 * RATE else "  OVER"),
            flush=True,
        )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=576)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--streams", type=int, default=3)
    arguments = parser.parse_args()
    each, few = arguments.series // len(KINDS), max(6, arguments.series // 24)
    report("All kinds in one stream", dict.fromkeys(KINDS, each), arguments.weeks, arguments.streams)
    minority = {"calm": arguments.series - few * len(MINORITY), **dict.fromkeys(MINORITY, few)}
    report("Scattered kinds in the minority", minority, arguments.weeks, arguments.streams)


if __name__ == "__main__":
    main()
