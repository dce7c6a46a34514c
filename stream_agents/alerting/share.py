"""How far the share of negatives scatters, and how likely a share is: beta-binomial, learnt from forecast shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from stream_agents.alerting.history import AHEAD, DAYS, NEGATIVE, REST, History
from stream_agents.alerting.negbin import Floats, share_tail


class ShareScatter:
    """How far the share of negatives scatters, one intra-class correlation for all series and hours."""

    GRID = np.array([1e-4, 0.005, 0.015, 0.04, 0.08, 0.15, 0.3])

    def __init__(self) -> None:
        self.likelihood = np.zeros(len(self.GRID))

    def learn(self, history: History, day: int) -> None:
        """Take in the shares of one day, as forecast."""
        n = history.rows
        y = history.counts[NEGATIVE, :n, day % DAYS].astype(np.float64)
        r = history.counts[REST, :n, day % DAYS].astype(np.float64)
        mu, nu = (history.means[m, :n, day % AHEAD].astype(np.float64) for m in (NEGATIVE, REST))
        some = (y + r >= 2) & (history.usable[:n, day % DAYS] == 1)
        if not some.any():
            return
        y, r, share = y[some], r[some], (mu / (mu + nu))[some]
        self.likelihood = self.likelihood * 0.98 + np.array(
            [_beta_binomial(y, r, share, rho).sum() for rho in self.GRID]
        )

    @property
    def rho(self) -> float:
        """Posterior mean."""
        weights = np.exp(self.likelihood - self.likelihood.max())
        return float(weights @ self.GRID / weights.sum())

    def tail(self, rows: NDArray[np.int64], negative: Floats, total: Floats, share: Floats) -> Floats:
        return share_tail(negative, total, share, np.full(len(rows), self.rho))


def _beta_binomial(y: Floats, r: Floats, share: Floats, rho: float) -> Floats:
    spread = 1.0 / rho - 1.0
    a, b = share * spread, (1.0 - share) * spread
    return betaln(y + a, r + b) - betaln(a, b)
