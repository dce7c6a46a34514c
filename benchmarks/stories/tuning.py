"""What the keys find: the chance that two articles become candidates, by how much they share, computed and measured.

    python -m benchmarks.stories.tuning [--trials 200]

A shorter text of `WORDS` words has the share c of its passages in a longer one, and is r times as long. Their Jaccard index
is then c / (1 + 1/r − c). A band of `ROWS` minimal hashes agrees with the chance J^`ROWS`, and a passage of the longer
text's sketch is in the shorter one's with the chance c·r, so the keys in common are nearly Binomial(`BANDS`, J^`ROWS`) +
Binomial(`SKETCH`, c·r), of which `LEAST_SHARED` are wanted. The measured columns make such texts of random words and ask
the real keys, before and after the estimate of `containment` that the resolver adds.
"""

from __future__ import annotations

import argparse
from math import comb

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories import tokens
from stream_agents.stories.keys import BANDS, ROWS, SKETCH, containment, lookup
from stream_agents.stories.resolve import LEAST_CONTAINED, LEAST_SHARED

WORDS = 200
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
RATIOS = (1.0, 0.5, 0.25)


def _binomial(count: int, chance: float) -> NDArray[np.float64]:
    """Probability of each number of successes below `LEAST_SHARED`."""
    return np.array([comb(count, k) * chance**k * (1 - chance) ** (count - k) for k in range(LEAST_SHARED)])


def computed(share: float, ratio: float) -> float:
    """Chance of at least `LEAST_SHARED` common keys."""
    jaccard = share / (1 + 1 / ratio - share)
    bands, sketch = _binomial(BANDS, jaccard**ROWS), _binomial(SKETCH, share * ratio)
    return 1 - float(np.convolve(bands, sketch)[:LEAST_SHARED].sum())


def _draw(count: int, chance: np.random.Generator) -> tokens.Codes:
    words: tokens.Codes = (chance.integers(8, 1 << 14, count) << 2).astype(np.uint16)
    return words


def _texts(share: float, ratio: float, chance: np.random.Generator) -> tuple[tokens.Codes, tokens.Codes]:
    """Two bodies of random words; the common part is one run, as in an excerpt."""
    common = _draw(int(share * WORDS), chance)
    longer = np.concatenate((common, _draw(int(WORDS / ratio) - len(common), chance)))
    return np.concatenate((_draw(WORDS - len(common), chance), common)), longer


def measured(share: float, ratio: float, trials: int, chance: np.random.Generator) -> tuple[float, float]:
    """Share of such pairs that the real keys make candidates, and that the estimate of containment then keeps."""
    candidates = kept = 0
    for trial in range(trials):
        one, other = (lookup(body, f"{trial} {side}", "id") for side, body in enumerate(_texts(share, ratio, chance)))
        if np.isin(one.keys, other.keys).sum() >= LEAST_SHARED:
            candidates += 1
            sketch = other.keys[None, BANDS : BANDS + SKETCH]
            kept += bool(containment(one.passages, sketch)[0] >= LEAST_CONTAINED)
    return candidates / trials, kept / trials


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--trials", type=int, default=200)
    options = parser.parse_args()
    chance = np.random.default_rng(1)
    print(
        f"{BANDS} bands of {ROWS}, sketch of {SKETCH}, {LEAST_SHARED} keys in common; containment ≥ {LEAST_CONTAINED}"
    )
    print("length ratio  share of the shorter  computed  candidates  kept")
    for ratio in RATIOS:
        for share in SHARES:
            found, kept = measured(share, ratio, options.trials, chance)
            print(f"{ratio:12}  {share:20}  {computed(share, ratio):8.3f}  {found:10.3f}  {kept:4.3f}")


if __name__ == "__main__":
    main()
