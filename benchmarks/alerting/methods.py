"""Ways to alarm on the simulated counts: ours, what others do, and an oracle that knows the true mean."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from benchmarks.alerting.simulate import START, Counts, Floats, News
from stream_agents.alerting.detector import FLOOR, TESTED, Detector, Mode
from stream_agents.alerting.episodes import COOL_HOURS, WARM
from stream_agents.alerting.history import DAYS

Alarms = list[tuple[int, int]]
WARM_UP = 14 * 24


def ours(news: News, rate: float) -> Alarms:
    """(series, hour) of each episode's alarm, at the hours' ends, by the detector that serves live."""
    series, hours = news.negative.shape
    detector, everyone = Detector(rate), np.arange(series)
    for _ in range(series):
        detector.add(START, Mode.BOTH)
    found: Alarms = []
    until = np.full(series, -1)
    for step in range(hours):
        hour = START + step
        detector.history.reach(hour // 24)
        if hour % 24 == 6 and step >= 24:
            detector.learn(hour // 24 - 1)
        detector.expect_held(hour)
        detector.history.counts[0, :series, hour // 24 % DAYS, hour % 24] = news.negative[:, step]
        detector.history.counts[1, :series, hour // 24 % DAYS, hour % 24] = news.rest[:, step]
        looks = [look for width in TESTED for look in detector.look(everyone, np.full(series, hour), width)]
        detector.close(hour, everyone)
        looks += detector.build_ups()
        for look in looks if step >= WARM_UP else ():
            if look.p <= detector.nominal and until[look.row] < step:
                found.append((look.row, step))
                until[look.row] = step + COOL_HOURS
            elif look.p <= WARM and until[look.row] >= step:
                until[look.row] = max(until[look.row], step + COOL_HOURS)
    return found


def episodes(flags: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Alarms:
    """Flagged hours → alarms: one until three unflagged hours have passed."""
    found: Alarms = []
    for row, flagged in enumerate(flags):
        last = -9
        for hour in np.flatnonzero(flagged).tolist():
            if hour >= WARM_UP and hour - last > COOL_HOURS:
                found.append((row, hour))
            last = hour
    return found


def peers(news: News) -> dict[str, Alarms]:
    """What others use, on the last 14 days of the same counts, with the same floor of three stories."""
    counts = news.negative.astype(np.float64)
    width = WARM_UP
    windows = np.lib.stride_tricks.sliding_window_view(counts, width, axis=1)[:, :-1]
    past = np.full((4, *counts.shape), np.inf)
    past[0, :, width:], past[1, :, width:] = windows.mean(2), windows.std(2)
    median = np.median(windows, axis=2)
    past[2, :, width:] = median
    past[3, :, width:] = 1.4826 * np.median(np.abs(windows - median[:, :, None]), axis=2)
    enough = counts >= FLOOR
    return {
        "z > 3": episodes(enough & (counts > past[0] + 3 * past[1])),
        "median + 3 MAD": episodes(enough & (counts > past[2] + 3 * past[3])),
        "Poisson p < 0.001": episodes(enough & (poisson.sf(counts - 1, np.maximum(past[0], 1e-6)) < 1e-3)),
        "ratio > 3": episodes(enough & (counts > 3 * past[0])),
    }


def oracle(clean: News, burst: News, bursts: list[tuple[int, int, float]], alarms: int) -> Floats:
    """Whether each burst is found by exact one- and three-hour tests on the true mean, at the threshold that gives the
    same number of false alarms on the clean counts."""
    on_clean, on_burst = _exact(clean), _exact(burst)
    low, high = 1e-9, 1e-2
    for _ in range(25):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if len(episodes(on_clean <= middle)) <= alarms else (low, middle)
    return np.array([(on_burst[row, at : at + 4] <= low).any() for row, at, _ in bursts], np.float64)


def _exact(news: News) -> Floats:
    p = _tail(news.negative, news.mean, news.size)
    wide = _tail(_three(news.negative), _three(news.mean), None if news.size is None else 3 * news.size)
    found: Floats = np.minimum(p, wide)
    return found


def _tail(counts: Counts, mean: Floats, size: float | None) -> Floats:
    mean = np.maximum(mean, 1e-9)
    found = poisson.sf(counts - 1, mean) if size is None else nbinom.sf(counts - 1, size, size / (size + mean))
    return np.where(counts >= FLOOR, found, 1.0)


def _three(values: NDArray[Any]) -> NDArray[Any]:
    padded = np.pad(values, ((0, 0), (2, 0)))
    found: NDArray[Any] = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return found


def caught(alarms: Alarms, bursts: list[tuple[int, int, float]]) -> tuple[Floats, Floats]:
    """Whether each burst was alarmed on, and after how many hours (at the end of an hour)."""
    by_row: dict[int, list[int]] = {}
    for row, hour in alarms:
        by_row.setdefault(row, []).append(hour)
    delays = []
    for row, begin, _ in bursts:
        hits = [hour - begin + 1 for hour in by_row.get(row, []) if begin <= hour <= begin + 3]
        delays.append(min(hits) if hits else np.nan)
    found = np.array(delays, np.float64)
    return (~np.isnan(found)).astype(np.float64), found
