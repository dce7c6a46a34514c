"""How rare a count must be in a series, so that chance alone rings there as often as was wished and no less.

Counts are whole numbers: of a Poisson count with mean 1, no value has a chance between 0.0006 and 0.0037, and a quiet
night of a small series cannot ring at all (fewer than `FLOOR` stories). A fixed limit wastes that part of the wished
false alarms; here the limit of a series and day is raised until the chances of all its windows add up to the wish. Windows
that overlap mostly ring together; how many alarms come of them (`EPISODES`) is measured by simulation
(benchmarks/alerting/budget.py).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from stream_agents.alerting.dispersion import GRID
from stream_agents.alerting.negbin import POISSON, Floats

#: Smallest count of distinct negative stories that can be an alarm.
FLOOR = 3
#: Windows tested, hours, and by how much a chance counts for more in each: an hour alone says little where hours scatter,
#: so it gets little of the false alarms; what lasts three hours is what we look for.
WEIGHT = {1: 8.0, 2: 2.0, 3: 1.0}
#: False alarms for each hour's chance that a window of this length passes its limit; and how it falls with the root of
#: the hours' dispersion, for what scatters more rings more windows at once. Means known to a twentieth are allowed for.
EPISODES = {1: 0.79, 2: 0.73, 3: 0.73}
CROWDING = 0.29
#: Dispersion beyond which the errors of the means, which count for more the longer the tail, take that back; at twice as
#: much nothing is left of it (measured where a tenth of the series scatters so and the others do not).
WILD = 0.5
#: A limit is at most so many times what an hour may use, and at least this part of it.
MOST, LEAST = 16.0, 0.25
_STEP = 1.12
_MEANS = np.geomspace(2e-3, 40.0, 280)
_CHANCES = _STEP ** np.arange(-190.0, 1.0)
_COUNTS = 1200


@lru_cache(maxsize=1)
def _table() -> NDArray[np.float32]:
    """[mean, alpha, limit]: the chance of a count that is at least `FLOOR` and whose own chance is within the limit."""
    size = (1.0 / GRID)[None, :, None]
    mean = _MEANS[:, None, None]
    found = np.zeros((len(_MEANS), len(GRID), len(_CHANCES)), np.float32)
    y = np.arange(_COUNTS)[None, None, :]
    for i in range(len(_MEANS)):
        m = mean[i : i + 1]
        log = gammaln(y + size) - gammaln(size) - gammaln(y + 1.0)
        log = log + size * np.log(size / (size + m)) + y * np.log(m / (size + m))
        tails = np.exp(log[0])[:, ::-1].cumsum(axis=1)[:, ::-1]
        for j, tail in enumerate(tails):
            falling = tail[FLOOR:]
            at = len(falling) - np.searchsorted(falling[::-1], _CHANCES * (1 + 1e-9), side="right")
            found[i, j] = np.where(at < len(falling), falling[np.minimum(at, len(falling) - 1)], 0.0)
    return found


def used(mean: Floats, alpha: Floats, limit: Floats) -> Floats:
    """The chance that a negative binomial count of at least `FLOOR` is as rare as `limit`, elementwise with broadcasting.

    It is at most `limit`, and zero where no count of the table is so rare. Means above 40 are taken to use all of it.
    """
    i = np.clip(np.rint(np.log(mean / _MEANS[0]) / np.log(_MEANS[1] / _MEANS[0])), 0, len(_MEANS) - 1).astype(np.int64)
    j = np.abs(np.log(np.maximum(alpha, POISSON))[..., None] - np.log(GRID)).argmin(axis=-1)
    k = np.clip(np.floor(np.log(limit) / np.log(_STEP) + 1e-6) + len(_CHANCES) - 1, 0, len(_CHANCES) - 1).astype(
        np.int64
    )
    found: Floats = np.where(mean > _MEANS[-1], limit, np.minimum(_table()[i, j, k], limit))
    return found


def crowding(alpha: Floats) -> Floats:
    """The part of the windows' chances that becomes alarms, by the hours' dispersion."""
    together = CROWDING * np.sqrt(np.minimum(alpha, WILD))
    found: Floats = 1.0 - together * np.clip(2.0 - alpha / WILD, 0.0, 1.0)
    return found


def limits(means: dict[int, Floats], alphas: dict[int, Floats], nominal: float) -> Floats:
    """The limit of each row: the largest chance whose windows of the day ring `nominal` times an hour.

    `means` holds rows × 24 expectations by length of window, `alphas` the rows' dispersions; `nominal` is the wished
    number of false alarms an hour.
    """
    steps = _STEP ** np.arange(np.round(np.log(LEAST) / np.log(_STEP)), np.round(np.log(MOST) / np.log(_STEP)) + 1)
    tried = np.minimum(nominal * steps, 0.5)
    rate = np.zeros((len(next(iter(means.values()))), len(tried)))
    for hours, mean in means.items():
        chance = used(mean[:, :, None], alphas[hours][:, None, None], (tried / WEIGHT[hours])[None, None, :])
        rate += EPISODES[hours] * chance.mean(axis=1)
    rate *= crowding(alphas[1])[:, None]
    within = np.maximum((rate <= nominal).sum(axis=1) - 1, 0)
    found: Floats = tried[within]
    return found
