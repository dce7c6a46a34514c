"""Negative-binomial and beta-binomial probabilities, vectorised.

The negative binomial is in its NB2 form: mean `mu`, variance `mu + alpha * mu**2` (Cameron & Trivedi, Regression Analysis of
Count Data, 2nd ed., section 3.3); `alpha` → 0 is the Poisson.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc, gammaln

#: Arrays of float32 or float64; kept loose, for what numpy's ufuncs return is typed as anything.
Floats: TypeAlias = NDArray[Any]

#: Smallest dispersion told apart from Poisson.
POISSON = 1e-4
#: Standard normal deviates at which the log-normal is integrated (trapezoid), and their weights.
_DEVIATES = np.linspace(-3.0, 7.0, 81)
_DENSITY = np.exp(-(_DEVIATES**2) / 2.0) / np.sqrt(2.0 * np.pi) * (_DEVIATES[1] - _DEVIATES[0])


def tail(observed: Floats, mean: Floats, alpha: Floats) -> Floats:
    """P(Y >= observed), elementwise with broadcasting; 1 where observed is 0.

    The identity is P(Y >= y) = I_{mu/(mu+k)}(y, k) with k = 1/alpha (Johnson, Kemp & Kotz, Univariate Discrete
    Distributions, 3rd ed., eq. 5.31).
    """
    size = 1.0 / np.maximum(alpha, POISSON)
    observed = np.asarray(observed, dtype=np.float64)
    chance = betainc(np.maximum(observed, 1.0), size, mean / (mean + size))
    found: Floats = np.where(observed <= 0, 1.0, chance)
    return found


def lognormal_tail(observed: Floats, mean: Floats, alpha: Floats) -> Floats:
    """P(Y >= observed) of the Poisson-log-normal of the same mean and variance, elementwise; arguments are one-dimensional.

    Aitchison & Ho 1989 (Biometrika 76, 643-653): the log's variance is log(1 + alpha). Its tail is the heavier one.
    """
    spread = np.log1p(alpha)[:, None]
    rate = mean[:, None] * np.exp(np.sqrt(spread) * _DEVIATES - spread / 2.0)
    found: Floats = gammainc(np.maximum(observed, 1.0)[:, None], rate) @ _DENSITY
    return np.where(observed <= 0, 1.0, np.minimum(found, 1.0))


def log_pmf(observed: Floats, mean: Floats, alpha: Floats) -> Floats:
    """log P(Y = observed), without the term log(observed!) that no choice of mean or alpha changes."""
    size = 1.0 / np.maximum(alpha, POISSON)
    total = size + mean
    found: Floats = (
        gammaln(observed + size) - gammaln(size) + size * np.log(size / total) + observed * np.log(mean / total)
    )
    return found


def share_tail(negative: Floats, total: Floats, share: Floats, rho: Floats) -> Floats:
    """P(K >= negative) of `total` draws, beta-binomial with mean `share` and intra-class correlation `rho`.

    All arguments are one-dimensional and of one length. `rho` = 1/(a+b+1) of the beta (Prentice 1986, JASA 81, 321-327).
    """
    total = np.asarray(total, dtype=np.float64)[:, None]
    spread = 1.0 / np.maximum(rho, 1e-4)[:, None] - 1.0
    a, b = share[:, None] * spread, (1.0 - share[:, None]) * spread
    low = np.asarray(negative, dtype=np.float64)[:, None]
    steps = np.arange(int(np.max(total - low, initial=0)) + 1)[None, :]
    k = np.minimum(low + steps, total)
    log = (
        gammaln(total + 1) - gammaln(k + 1) - gammaln(total - k + 1)
        + gammaln(k + a) + gammaln(total - k + b) - gammaln(total + a + b)
        - gammaln(a) - gammaln(b) + gammaln(a + b)
    )  # fmt: skip
    found: Floats = np.minimum(np.sum(np.where(low + steps <= total, np.exp(log), 0.0), axis=1), 1.0)
    return found
