"""How far counts scatter around their expectation: learnt from the errors of our own forecasts.

For windows of several lengths each series keeps a likelihood over a grid of dispersions, of counts that were forecast
before they were seen (prequential; Dawid 1984, JRSS A 147, 278-292). So the scatter covers not only the news' own
overdispersion but also what the baseline gets wrong, and correlation between hours widens the longer windows by itself.
The prior over the grid is what the series have in common (empirical Bayes, a few EM steps a night);
a new series starts from there. Negative stories are few: how the rest of a series' news scatters says how its negatives do, as
far as the two go together in all series (a joint prior), so that a small scattered series is not taken for a calm one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_agents.alerting.history import AHEAD, DAYS, History
from stream_agents.alerting.negbin import Floats, log_pmf, lognormal_tail, tail

#: Window lengths, hours: the last is learnt for the correlation of hours and never tested.
WINDOWS = (1, 2, 3, 12)
GRID = np.array([1e-4, 0.002, 0.006, 0.015, 0.035, 0.07, 0.12, 0.2, 0.32, 0.5, 0.8, 1.3, 2.2, 3.5], np.float64)
#: Days after which what was learnt counts half, and the part of a young history's age: the first forecasts are the worst.
HALF_LIFE = 28.0
YOUNG = 0.4
#: Standard deviations beyond which a count only says "at least so many": outbreaks must not teach that outbreaks are usual.
CENSOR = 2.5
#: EM steps of the shared prior a night, and the part of every cell that it never loses.
STEPS = 3
LEAST = 1e-3
#: Chances below which the shape of the scatter matters, and dispersions above which there is any to speak of.
RARE = 0.01
SCATTERED = 0.03
#: Belief that the scatter is log-normal.
HEAVY = 0.2
_CHUNK = 2048


class Dispersion:
    """Log-likelihoods `[row, window, grid]` of one measure, and the shared log-prior.

    The prior is `[window, grid, other]`, where `other` is the grid of the measure `beside`, or a single cell without one.
    """

    def __init__(self, measure: int, beside: Dispersion | None = None) -> None:
        self.measure = measure
        self.beside = beside
        cells = len(GRID) if beside else 1
        # At first, series whose rest scatters alike are believed to scatter alike.
        alike = np.abs(np.arange(len(GRID))[:, None] - np.arange(cells)) if beside else np.zeros((len(GRID), 1))
        joint = np.exp(-alike / 2.0)
        self.prior = np.broadcast_to(np.log(joint / joint.sum()), (len(WINDOWS), len(GRID), cells)).copy()
        self.likelihood: NDArray[np.float32] = np.zeros((0, len(WINDOWS), len(GRID)), np.float32)
        self.weights: NDArray[np.float32] = np.zeros_like(self.likelihood)

    def fit_rows(self, rows: int) -> None:
        """Make room for `rows` rows; a new one knows nothing yet."""
        known = len(self.likelihood)
        if rows > known:
            room = np.zeros((rows - known, len(WINDOWS), len(GRID)), np.float32)
            self.likelihood = np.concatenate([self.likelihood, room])
            self.weights = np.concatenate([self.weights, room + np.exp(self.prior).sum(axis=2).astype(np.float32)])

    def forget(self) -> None:
        """Every row starts again from the shared prior."""
        rows, self.likelihood = len(self.likelihood), self.likelihood[:0]
        self.weights = self.weights[:0]
        self.fit_rows(rows)

    def learn(self, history: History, day: int) -> None:
        """Take in the errors of one day, hour by hour."""
        self.fit_rows(history.rows)
        self.likelihood *= 0.5 ** (1.0 / np.clip(YOUNG * (day - history.started), 1.0, HALF_LIFE))
        for start in range(0, history.rows, _CHUNK):
            rows = slice(start, min(start + _CHUNK, history.rows))
            for index, hours in enumerate(WINDOWS):
                self.likelihood[rows, index] += self._errors(history, day, rows, hours)
        self.settle()

    def _errors(self, history: History, day: int, rows: slice, hours: int) -> Floats:
        """Rows × grid. A window's overlapping looks count together as often as it fits into the day."""
        step = 1 if hours <= 3 else 4
        back = day * 24 + np.arange(0, 24, step)[:, None] - np.arange(hours)[None, :]
        slot, hour = back // 24, back % 24
        seen = history.counts[self.measure, rows][:, slot % DAYS, hour].sum(2, dtype=np.float64)
        due = history.means[self.measure, rows][:, slot % AHEAD, hour].sum(2, dtype=np.float64)
        usable = history.usable[rows][:, slot % DAYS, hour].all(2)
        known = back.min(axis=1) >= history.started * 24
        due = np.maximum(due, 1e-6)
        fits = log_pmf(seen[:, :, None], due[:, :, None], GRID)
        alpha = self.mean(rows, hours)[:, None]
        limit = np.ceil(due + CENSOR * np.sqrt(due + alpha * due**2) + 1.0)
        far = seen >= limit
        if far.any():
            fits[far] = np.log(tail(limit[far][:, None], due[far][:, None], GRID) + 1e-300)
        found: Floats = (fits * (usable & known)[:, :, None]).sum(1) * (step / hours)
        return found

    def settle(self) -> None:
        """A few EM steps of the shared prior, then every row's weights."""
        rows = len(self.likelihood)
        if not rows:
            return
        own, other = _scaled(self.likelihood), np.ones((rows, len(WINDOWS), 1), np.float32)
        if self.beside is not None:
            self.beside.fit_rows(rows)
            other = _scaled(self.beside.likelihood[:rows])
        for window in range(len(WINDOWS)):
            mine, beside, prior = own[:, window], other[:, window], np.exp(self.prior[window])
            for _ in range(STEPS):
                total = np.einsum("ri,ij,rj->r", mine, prior, beside, optimize=True)
                shared = prior * ((mine / total[:, None]).T @ beside) / rows + LEAST / prior.shape[1]
                prior = shared / shared.sum()
            self.prior[window] = np.log(prior)
            weights = mine * (beside @ prior.T)
            self.weights[:, window] = weights / weights.sum(axis=1, keepdims=True)

    def mean(self, rows: slice | NDArray[np.int64], hours: int) -> Floats:
        """Posterior mean of alpha for windows of `hours`."""
        found: Floats = self.weights[rows, WINDOWS.index(hours)] @ GRID
        return found

    def tail(self, rows: NDArray[np.int64], hours: int, observed: Floats, mean: Floats) -> Floats:
        """P(count of the window >= observed), over the uncertainty of the dispersion, and of what scatters so: where hours
        scatter, no likelihood of some weeks tells a gamma from a log-normal, but rare counts are rarer by far under the one."""
        weights = self.weights[rows, WINDOWS.index(hours)]
        found: Floats = (tail(observed[:, None], mean[:, None], GRID) * weights).sum(axis=1)
        alpha = weights @ GRID
        unsure = (found < RARE) & (alpha > SCATTERED)
        if unsure.any():
            heavy = lognormal_tail(observed[unsure], mean[unsure], alpha[unsure])
            found[unsure] += HEAVY * np.maximum(heavy - found[unsure], 0.0)
        return found


def _scaled(likelihood: NDArray[np.float32]) -> NDArray[np.float32]:
    """Likelihoods up to a factor a row and window, none of them 0."""
    found: NDArray[np.float32] = np.exp(np.maximum(likelihood - likelihood.max(axis=2, keepdims=True), -80.0))
    return found
