"""Tails against scipy's own distributions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import betabinom, nbinom, norm, poisson

from stream_agents.alerting.negbin import lognormal_tail, share_tail, tail


@given(st.integers(0, 60), st.floats(0.01, 40), st.floats(0.01, 3))
def test_tail_is_the_negative_binomial_s(observed: int, mean: float, alpha: float) -> None:
    size = 1 / alpha
    expected = nbinom.sf(observed - 1, size, size / (size + mean))
    assert float(tail(np.array([observed]), np.array([mean]), np.array([alpha]))[0]) == pytest.approx(
        expected, abs=1e-9
    )


def test_no_dispersion_is_poisson() -> None:
    found = tail(np.array([3.0, 9.0]), np.array([0.5, 4.0]), np.array([0.0, 0.0]))
    assert found == pytest.approx(poisson.sf([2, 8], [0.5, 4.0]), rel=0.01)


@given(st.integers(1, 60), st.floats(0.05, 30), st.floats(0.03, 2))
def test_lognormal_tail_is_the_poisson_s_over_a_lognormal_mean(observed: int, mean: float, alpha: float) -> None:
    spread = np.log1p(alpha)

    def at(deviate: float) -> float:
        rate = mean * np.exp(np.sqrt(spread) * deviate - spread / 2)
        return float(norm.pdf(deviate) * poisson.sf(observed - 1, rate))

    expected, _ = quad(at, -8, 8, limit=200)
    found = lognormal_tail(np.array([observed]), np.array([mean]), np.array([alpha]))
    # What lies below three deviates under the mean is left out: it matters where the chance is large, and there nothing rings.
    assert float(found[0]) == pytest.approx(expected, rel=0.01, abs=2e-3)


def test_at_the_same_variance_rare_counts_are_rarer_by_far_under_the_gamma() -> None:
    observed, mean, alpha = np.array([16.0]), np.array([2.0]), np.array([0.5])
    assert lognormal_tail(observed, mean, alpha) > 1.5 * tail(observed, mean, alpha)


@given(st.integers(1, 40), st.data(), st.floats(0.05, 0.95), st.floats(0.01, 0.5))
def test_share_tail_is_the_beta_binomial_s(total: int, data: st.DataObject, share: float, rho: float) -> None:
    negative = data.draw(st.integers(0, total))
    spread = 1 / rho - 1
    expected = betabinom.sf(negative - 1, total, share * spread, (1 - share) * spread)
    found = share_tail(np.array([negative]), np.array([total]), np.array([share]), np.array([rho]))
    assert float(found[0]) == pytest.approx(expected, abs=1e-7)
