"""Scatter learnt from forecast errors: right where counts say it, and borrowed from the rest of a series where they are few."""

from __future__ import annotations

import numpy as np
import pytest

from stream_agents.alerting.dispersion import Dispersion
from stream_agents.alerting.history import AHEAD, DAYS, NEGATIVE, REST, History

ROWS, DAY = 60, 20_000
CALM, SCATTERED = slice(0, 40), slice(40, 60)


def _learnt(negative: float, rest: float, *, joint: bool) -> Dispersion:
    """Forty days of Poisson rows and rows of dispersion 1, all forecast with their true mean."""
    rng = np.random.default_rng(8)
    history = History(ROWS)
    for _ in range(ROWS):
        history.add(DAY * 24)
    other = Dispersion(REST)
    scatter = Dispersion(NEGATIVE, other if joint else None)
    for day in range(DAY, DAY + 40):
        history.reach(day)
        for measure, rate in ((NEGATIVE, negative), (REST, rest)):
            mean = np.full((ROWS, 24), rate)
            history.means[measure, :, day % AHEAD] = mean
            mean[SCATTERED] *= rng.gamma(1.0, 1.0, (20, 24))
            history.counts[measure, :, day % DAYS] = rng.poisson(mean)
        if day > DAY:
            other.learn(history, day)
            scatter.learn(history, day)
    return scatter


def test_scatter_is_found_and_falls_with_the_length_of_the_window() -> None:
    scatter = _learnt(2.0, 4.0, joint=True)
    assert scatter.mean(CALM, 1).mean() < 0.03
    assert scatter.mean(SCATTERED, 1).mean() == pytest.approx(1.0, rel=0.2)
    assert scatter.mean(SCATTERED, 3).mean() == pytest.approx(1 / 3, rel=0.35)


def test_a_small_scattered_series_is_not_taken_for_a_calm_one() -> None:
    joint, alone = _learnt(0.15, 2.0, joint=True), _learnt(0.15, 2.0, joint=False)
    assert joint.mean(SCATTERED, 1).mean() > 0.75
    assert joint.mean(CALM, 1).mean() < 0.15
    assert alone.mean(SCATTERED, 1).mean() < joint.mean(SCATTERED, 1).mean()
    assert alone.mean(CALM, 1).mean() > joint.mean(CALM, 1).mean()
