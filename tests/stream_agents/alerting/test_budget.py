"""Limits that use up the wished false alarms: against exact chances, and their promise by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from stream_agents.alerting.budget import EPISODES, FLOOR, MOST, WEIGHT, limits, used

NOMINAL = 0.1 / 168


@pytest.mark.parametrize(("mean", "alpha"), [(0.1, 1e-4), (1.0, 1e-4), (2.0, 0.5), (9.0, 0.12)])
@pytest.mark.parametrize("limit", [1e-4, 6e-4, 5e-3])
def test_the_chance_used_is_that_of_the_first_count_so_rare(mean: float, alpha: float, limit: float) -> None:
    counts = np.arange(FLOOR, 400)
    tails = poisson.sf(counts - 1, mean) if alpha < 1e-3 else nbinom.sf(counts - 1, 1 / alpha, 1 / (1 + alpha * mean))
    exact = tails[tails <= limit][0]
    found = float(used(np.array([mean]), np.array([alpha]), np.array([limit]))[0])
    # The table's means lie 3.6 % apart and its limits 12 %: either may be on the other side of a count's step.
    steps = tails[(tails <= limit * 1.25)][:2]
    assert found <= limit
    assert min(abs(np.log(found / step)) for step in [exact, *steps]) < 0.25


def _day(hours: list[float]) -> dict[int, np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    day = np.array([hours])
    return {width: sum(np.roll(day, back, 1) for back in range(width)) for width in WEIGHT}  # type: ignore[misc]


def test_a_day_rings_as_often_as_wished() -> None:
    alphas = {width: np.array([0.3 / width]) for width in WEIGHT}
    for hours in (
        busy := np.linspace(1, 3, 24).tolist(),
        [0.05] * 12 + busy[::2],
        (np.linspace(0.2, 0.8, 24)).tolist(),
    ):
        means = _day(hours)
        (limit,) = limits(means, alphas, NOMINAL)
        rate = sum(
            EPISODES[width] * used(means[width], alphas[width][:, None], np.array([[limit / WEIGHT[width]]])).mean()
            for width in WEIGHT
        )
        # What scatters rings more windows at once, so the sum of the chances may pass the wish by that.
        assert 0.6 * NOMINAL <= rate <= 1.3 * NOMINAL


def test_a_quiet_night_lends_its_false_alarms_to_the_day() -> None:
    alphas = {width: np.array([1e-4]) for width in WEIGHT}
    busy = np.linspace(2.0, 4.0, 24).tolist()
    flat, night = (limits(_day(hours), alphas, NOMINAL)[0] for hours in (busy, [0.01] * 12 + busy[::2]))
    assert night > 1.5 * flat


def test_a_limit_never_runs_away() -> None:
    alphas = {width: np.array([1e-4]) for width in WEIGHT}
    assert limits(_day([0.001] * 24), alphas, NOMINAL)[0] <= NOMINAL * MOST * 1.01
