"""Smooth departures from the shared rhythm: found where there are some, none made of noise, learnt from those who know."""

from __future__ import annotations

import numpy as np

from stream_agents.alerting.rhythm import BASIS, FIRST, departures, learnt


def _fit(shape: np.ndarray, rate: float, weeks: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = len(shape)
    due = np.full((rows, 7, 24), rate * weeks)
    seen = rng.poisson(due * shape).astype(float)
    variances, moments = FIRST, np.zeros((len(FIRST), 2))
    for _ in range(8):
        found, moments = departures(seen, due, np.ones(rows), variances, np.zeros((len(FIRST), 2)))
        variances = learnt(variances, moments)
    return found, variances


def test_a_shifted_day_is_found_from_six_weeks_of_few_stories() -> None:
    rng = np.random.default_rng(5)
    peaks = rng.normal(14, 2, (80, 1, 1))
    day = 1 + 0.7 * np.cos((np.arange(24)[None, None, :] - peaks) / 24 * 2 * np.pi)
    shape = np.broadcast_to(day, (80, 7, 24))
    found, variances = _fit(shape, 0.6, 6)
    found = found / found.mean((1, 2), keepdims=True)
    error = np.sqrt((shape * np.log(found / shape) ** 2).mean())
    # Twenty-four hours each for itself would err by 1/sqrt(0.6 * 6 * 7) = 0.2 at best.
    assert error < 0.13
    assert variances[1:3].max() > 0.05
    assert variances[5:9].max() < 0.01


def test_where_all_are_alike_nothing_departs() -> None:
    found, variances = _fit(np.ones((80, 7, 24)), 0.6, 6)
    assert np.abs(np.log(found)).mean() < 0.06
    assert variances[1:].max() < 0.01


def test_rows_that_know_nothing_do_not_talk_the_variances_down() -> None:
    rng = np.random.default_rng(6)
    tilt = np.exp(0.4 * rng.normal(size=(40, 1, 1)) * BASIS[:, 1].reshape(1, 7, 24))
    shape = np.concatenate([tilt, np.ones((400, 7, 24))])
    due = np.concatenate([np.full((40, 7, 24), 6.0), np.full((400, 7, 24), 0.001)])
    seen = rng.poisson(due * shape).astype(float)
    variances = FIRST
    for _ in range(8):
        _, moments = departures(seen, due, np.ones(440), variances, np.zeros((len(FIRST), 2)))
        variances = learnt(variances, moments)
    assert 0.08 < variances[1] < 0.3
