"""Whether limits ring as often as wished where mean and dispersion are known: what `EPISODES` and `CROWDING` are set by."""

from __future__ import annotations

import numpy as np

from benchmarks.alerting.methods import WARM_UP, episodes, sums, tail
from stream_agents.alerting.budget import WEIGHT, limits
from stream_agents.alerting.negbin import POISSON

NOMINAL = 0.1 / 168
SERIES, HOURS = 300, 168 * 10
MEANS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)


def rings(mean: float, alpha: float, rng: np.random.Generator) -> float:
    """Alarms of chance for each one wished, on days whose hours lie between half and one and a half of the mean."""
    due = np.tile(mean * np.linspace(0.5, 1.5, 24)[rng.permutation(24)], HOURS // 24)[None, :]
    size = None if alpha <= POISSON else 1 / alpha
    scatter = 1.0 if size is None else rng.gamma(size, alpha, (SERIES, HOURS))
    counts = rng.poisson(due * scatter * np.ones((SERIES, 1)))
    means = {hours: sums(due, hours) for hours in WEIGHT}
    day = {hours: found[:, 24:48] for hours, found in means.items()}
    (limit,) = limits(day, {hours: np.array([alpha / hours]) for hours in WEIGHT}, NOMINAL)
    chances = [
        tail(sums(counts, hours), means[hours], None if size is None else hours * size) * weight
        for hours, weight in WEIGHT.items()
    ]
    found = episodes(np.min(chances, axis=0) <= limit)
    return len(found) / (SERIES * (HOURS - WARM_UP)) / NOMINAL


def main() -> None:
    """A table by mean and dispersion; the estimated mean's errors, which are not in it, add about a tenth."""
    print("Alarms for each wished one, mean and dispersion known")
    print("alpha   " + " ".join(f"{mean:g}/h".rjust(6) for mean in MEANS))
    rng = np.random.default_rng(2)
    for alpha in (POISSON, 0.12, 0.5, 1.0):
        print(f"{alpha:<7g} " + " ".join(f"{rings(mean, alpha, rng):6.2f}" for mean in MEANS), flush=True)


if __name__ == "__main__":
    main()
