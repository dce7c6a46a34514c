"""The promise in small: false alarms on ordinary news, bursts found, and what must stay quiet.

The full simulation is benchmarks/alerting; here the seeds are fixed and the sizes fit a unit test."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.alerting.methods import delays, ours
from benchmarks.alerting.simulate import CLASSES, simulate, with_bursts

SERIES, WEEKS, RATE = 60, 5, 0.1
EXPOSURE = SERIES * (WEEKS - 2)


@pytest.mark.parametrize("kind", CLASSES)
def test_false_alarms_keep_the_promise(kind: str) -> None:
    alarms = ours(simulate(kind, SERIES, WEEKS, seed=11), RATE)
    # 18 expected at nominal: with 1.5 times that, 39 is beyond the upper 99 % of a Poisson.
    assert len(alarms) <= 39


@pytest.mark.parametrize(("kind", "rate", "least"), [("poisson", 2.0, 0.85), ("weekly rhythm", 4.0, 0.85)])
def test_bursts_are_found(kind: str, rate: float, least: float) -> None:
    news, bursts = with_bursts(simulate(kind, SERIES, WEEKS, seed=12, rates=(rate,)), 4.5, seed=13)
    late = delays(ours(news, RATE), [burst for burst in bursts if burst[2] >= 2.0])
    assert np.mean(~np.isnan(late)) >= least
    assert np.nanmedian(late) <= 2
