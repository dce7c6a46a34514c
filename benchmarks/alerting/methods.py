"""Ways to alarm on the simulated counts: ours, what others do, an existing library, and an oracle that knows the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from benchmarks.alerting.simulate import START, Burst, Counts, Floats, News
from stream_agents.alerting.budget import FLOOR, WEIGHT
from stream_agents.alerting.detector import TESTED, Detector, Mode
from stream_agents.alerting.episodes import COOL_HOURS, WARM
from stream_agents.alerting.history import DAYS

#: Alarms: (series, hour).
Alarms = list[tuple[int, int]]
WARM_UP = 14 * 24
_ROWS_AT_ONCE = 16


def ours(news: News, rate: float) -> Alarms:
    """Each episode's alarm, at the hours' ends, by the detector that serves live."""
    series, hours = news.negative.shape
    detector, born = Detector(rate), news.born if news.born is not None else np.zeros(series, np.int64)
    found: Alarms = []
    until = np.full(series, -1)
    for step in range(hours):
        hour = START + step
        detector.history.reach(hour // 24)
        for _ in range(int((born == step).sum())):
            detector.add(hour, Mode.BOTH)
        known = detector.history.rows
        everyone = np.arange(known)
        if hour % 24 == 6 and step >= 24:
            detector.learn(hour // 24 - 1)
        detector.expect_held(hour)
        counts = news.negative[:known, step], news.rest[:known, step]
        detector.history.counts[:, :known, hour // 24 % DAYS, hour % 24] = counts
        warm = step >= WARM_UP
        ends = np.full(known, hour)
        looks = [look for width in TESTED for look in detector.look(everyone, ends, width)] if warm else []
        detector.close(hour, everyone)
        looks += detector.build_ups()
        for look in looks if warm else ():
            if look.p <= detector.nominal and until[look.row] < step:
                found.append((look.row, step))
                until[look.row] = step + COOL_HOURS
            elif look.p <= WARM and until[look.row] >= step:
                until[look.row] = max(until[look.row], step + COOL_HOURS)
    return found


def episodes(flags: NDArray[np.bool_]) -> Alarms:
    """Flagged hours → alarms: one until three unflagged hours have passed."""
    rows, hours = np.nonzero(flags[:, WARM_UP:])
    begins = np.ones(len(rows), bool)
    begins[1:] = (rows[1:] != rows[:-1]) | (np.diff(hours) > COOL_HOURS)
    return list(zip(rows[begins].tolist(), (hours[begins] + WARM_UP).tolist(), strict=True))


def tuned(scores: Floats, alarms: int) -> float:
    """The limit that scores must exceed so that no more than so many alarms come of them."""
    tried = np.unique(scores[np.isfinite(scores)])
    low, high = 0, len(tried) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if len(episodes(scores > tried[middle])) <= alarms else (middle + 1, high)
    return float(tried[low])


#: What others use: the score's usual limit, and how it is had from counts and the 14 days before each hour.
PEERS: dict[str, tuple[float, Callable[[Floats, Floats], Floats]]] = {
    "z > 3": (3.0, lambda y, past: _divided(y - past.mean(2), past.std(2))),
    "median + 3 MAD": (
        3.0,
        lambda y, past: _divided(
            y - np.median(past, 2), 1.4826 * np.median(np.abs(past - np.median(past, 2, keepdims=True)), 2)
        ),
    ),
    "Poisson p < 0.001": (3.0, lambda y, past: -_log10(poisson.sf(y - 1, np.maximum(past.mean(2), 1e-6)))),
    "ratio > 3": (3.0, lambda y, past: _divided(y, past.mean(2))),
}


def peers(news: News) -> dict[str, tuple[float, Floats]]:
    """The limit and the scores (series × hours) of every peer, on the same counts, with the same floor of three stories."""
    counts = news.negative
    found = {name: (limit, np.full(counts.shape, -np.inf)) for name, (limit, _) in PEERS.items()}
    for start in range(0, len(counts), _ROWS_AT_ONCE):
        some: Floats = counts[start : start + _ROWS_AT_ONCE].astype(np.float64)
        past = np.lib.stride_tricks.sliding_window_view(some, WARM_UP, axis=1)[:, :-1]
        for name, (_, score) in PEERS.items():
            found[name][1][start : start + _ROWS_AT_ONCE, WARM_UP:] = score(some[:, WARM_UP:], past)
    library = river(counts)
    if library is not None:
        found["river 0.26 (PAD)"] = library
    return {name: (limit, np.where(counts >= FLOOR, scores, -np.inf)) for name, (limit, scores) in found.items()}


def river(counts: Counts) -> tuple[float, Floats] | None:
    """river's `PredictiveAnomalyDetection` on Holt-Winters with a daily season; None where it is not installed.

    The score is the number of deviations (of squared errors, `n_std`, 3 by default) at which the library would alarm;
    what lies below its forecast scores nothing.
    """
    try:
        from river import anomaly, time_series
    except ImportError:
        return None
    forecaster: Any = time_series.HoltWinters
    found = np.full(counts.shape, -np.inf)
    for row, series in enumerate(counts.astype(np.float64).tolist()):
        model = forecaster(alpha=0.05, beta=0.002, gamma=0.1, seasonality=24)
        detector = anomaly.PredictiveAnomalyDetection(model, horizon=1, warmup_period=WARM_UP // 2)
        for hour, count in enumerate(series):
            if hour >= WARM_UP:
                error = (count - model.forecast(1)[0], detector.dynamic_mae.get(), detector.dynamic_se_variance.get())
                found[row, hour] = (error[0] ** 2 - error[1]) / max(error[2], 1e-6) ** 0.5 if error[0] > 0 else -np.inf
            if hour > 48:
                detector.score_one({}, count)
            detector.learn_one({}, count)
    return 3.0, found


def oracle(news: News) -> Floats:
    """Scores of tests that know each hour's true mean and dispersion, with the windows and weights of ours."""
    scores = np.full(news.negative.shape, -np.inf)
    for hours, weight in WEIGHT.items():
        size = None if news.size is None else hours * news.size
        chance = tail(sums(news.negative, hours), sums(news.mean, hours), size)
        scores = np.maximum(scores, -_log10(chance * weight))
    return scores


def tail(counts: Counts, mean: Floats, size: float | None) -> Floats:
    """The chance of a count at least so large, 1 below the floor; `size` of the negative binomial, None for Poisson."""
    mean = np.maximum(mean, 1e-9)
    found = poisson.sf(counts - 1, mean) if size is None else nbinom.sf(counts - 1, size, size / (size + mean))
    return np.where(counts >= FLOOR, found, 1.0)


def sums(values: NDArray[Any], hours: int) -> NDArray[Any]:
    """Sums of each hour and those before it."""
    padded = np.pad(values, ((0, 0), (hours - 1, 0)))
    found: NDArray[Any] = np.lib.stride_tricks.sliding_window_view(padded, hours, axis=1).sum(2)
    return found


def _divided(a: Any, b: Any) -> Floats:
    return np.asarray(a / np.maximum(b, 1e-6), np.float64)


def _log10(p: Any) -> Any:
    return np.log10(np.maximum(p, 1e-300))


def delays(alarms: Alarms, bursts: list[Burst]) -> Floats:
    """Hours from the start of each burst to the end of the hour that alarmed on it; NaN where none did within four."""
    by_row: dict[int, list[int]] = {}
    for row, hour in alarms:
        by_row.setdefault(row, []).append(hour)
    found = []
    for row, begin, _ in bursts:
        hits = [hour - begin + 1 for hour in by_row.get(row, []) if begin <= hour <= begin + 3]
        found.append(min(hits) if hits else np.nan)
    return np.array(found, np.float64)


def precision(alarms: Alarms, bursts: list[Burst]) -> float:
    """The part of alarms that tell of a burst (an alarm until four hours after its start)."""
    true = {(row, hour) for row, begin, _ in bursts for hour in range(begin, begin + 4)}
    return sum(alarm in true for alarm in alarms) / max(1, len(alarms))
