"""How a series' week differs smoothly from that of all series: when its day peaks, how deep its night is, its weekend.

A penalised log-linear fit of the counts by hour of week (a generalised linear mixed model; Breslow & Clayton 1993, JASA
88, 9-25) on a few harmonics of the day, for weekdays and weekends. Six weeks of a story every other hour say little of any
one hour of the week, and much of a dozen such terms. How far series differ in each term is learnt from all of them
(MacKay 1992, Neural Computation 4, 415-447, eq. 4.8): rows that say nothing of a term weigh nothing there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_agents.alerting.negbin import Floats

HARMONICS = 4
WEEKEND_HARMONICS = 2
_ITERATIONS = 4
_LEAST, _MOST = 2e-4, 1.0


def _basis() -> NDArray[np.float64]:
    """168 × terms: level, harmonics of the day, weekend, its harmonics; hours of the week from Monday 00:00."""
    hour = np.arange(168)
    angle = hour % 24 * (2 * np.pi / 24)
    weekend = np.where(hour >= 120, 5 / 7, -2 / 7)
    waves = [wave(k * angle) for k in range(1, HARMONICS + 1) for wave in (np.cos, np.sin)]
    return np.stack(
        [np.ones(168), *waves, weekend, *(weekend * wave for wave in waves[: 2 * WEEKEND_HARMONICS])], axis=1
    )


BASIS = _basis()
#: Variances of the terms before anything is learnt: the level is free, the rest as newsrooms usually differ.
FIRST = np.array([1.0, *np.repeat(0.08 / np.arange(1, HARMONICS + 1) ** 2, 2), 0.05, *[0.02] * 2 * WEEKEND_HARMONICS])
_SQUARES = (BASIS[:, :, None] * BASIS[:, None, :]).reshape(168, -1)


def departures(
    seen: Floats, due: Floats, noise: Floats, variances: Floats, moments: Floats
) -> tuple[NDArray[np.float32], Floats]:
    """Factors on the expectations (rows × 7 × 24), and `moments` (terms × 2) with these rows added to them.

    `seen` and `due` are counts and expectations by day and hour of the week, rows × 7 × 24; `noise` is the rows' variance
    to mean.
    """
    rows = len(seen)
    y, e = seen.reshape(rows, 168) / noise[:, None], due.reshape(rows, 168) / noise[:, None]
    terms, spread = np.zeros((rows, BASIS.shape[1])), np.zeros((rows, BASIS.shape[1]))
    prior = np.diag(1.0 / variances)
    for step in range(_ITERATIONS):
        mean = e * np.exp(np.clip(terms @ BASIS.T, -5, 5))
        curve = (mean @ _SQUARES).reshape(rows, *prior.shape) + prior
        score = (y - mean) @ BASIS - terms / variances
        if step == _ITERATIONS - 1:
            spread = np.diagonal(np.linalg.inv(curve), axis1=1, axis2=2)
            break
        terms = terms + np.clip(np.linalg.solve(curve, score[:, :, None])[:, :, 0], -1.0, 1.0)
    known = np.maximum(1.0 - spread / variances, 0.0)
    moments = moments + np.stack([(terms**2).sum(axis=0), known.sum(axis=0)], axis=1)
    # The level is fitted afterwards, with the trend.
    return np.exp(np.clip(terms[:, 1:] @ BASIS[:, 1:].T, -3, 3)).astype(np.float32).reshape(rows, 7, 24), moments


def learnt(before: Floats, moments: Floats) -> Floats:
    """The terms' variances after a night, from sums of squares and of what is known; the level's stays."""
    # One row's worth of the old value keeps a night without news from forgetting.
    found: Floats = np.clip((moments[:, 0] + before) / (moments[:, 1] + 1.0), _LEAST, _MOST)
    found[0] = FIRST[0]
    return found
