"""The small model that decides "one story": multinomial logistic regression over the measures of `features`.

There are four ways in which two articles with common text can stand, and each has its own boundary towards a copy: a
*follow-up*, a *template* and an *independent* report fail for different reasons, which one boundary cannot say. Weights
are in `model.json`, for measures standardised by the mean and scale beside them; `benchmarks/stories/refit.py` refits them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from stream_agents.stories.features import NAMES
from warta.errors import StateError

CLASSES = ("copy", "follow-up", "template", "independent")
_FILE = Path(__file__).with_name("model.json")


class Feature(msgspec.Struct, kw_only=True):
    """One measure: its mean and scale in the training pairs, and its weight for each class."""

    name: str
    meaning: str
    mean: float
    scale: float
    weights: dict[str, float]


class ModelFile(msgspec.Struct, kw_only=True):
    """What `model.json` holds. `threshold` is the probability of `copy` from which two articles are one story."""

    version: int
    fitted_on: str
    threshold: float
    intercepts: dict[str, float]
    features: list[Feature]


@dataclass(frozen=True, slots=True)
class Model:
    """Standardise, weigh, softmax."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    threshold: float

    def probabilities(self, measures: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of each of `CLASSES`."""
        scores = self.weights @ ((measures - self.mean) / self.scale) + self.intercepts
        odds = np.exp(scores - scores.max())
        shares: NDArray[np.float64] = odds / odds.sum()
        return shares

    def copy(self, measures: NDArray[np.float64]) -> float:
        """Probability that the pair is one story, moved so that 0.5 is the model's threshold."""
        probability = float(self.probabilities(measures)[0])
        odds = probability * (1 - self.threshold)
        return odds / (odds + (1 - probability) * self.threshold)


def of_file(file: ModelFile) -> Model:
    """A model from its file.

    Raises:
        StateError: the file was fitted for other measures.
    """
    if tuple(feature.name for feature in file.features) != NAMES:
        raise StateError("model.json was fitted for other measures: run benchmarks/stories/refit.py")
    return Model(
        mean=np.array([feature.mean for feature in file.features]),
        scale=np.array([feature.scale for feature in file.features]),
        weights=np.array([[feature.weights[name] for feature in file.features] for name in CLASSES]),
        intercepts=np.array([file.intercepts[name] for name in CLASSES]),
        threshold=file.threshold,
    )


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model of this package."""
    return of_file(msgspec.json.decode(_FILE.read_bytes(), type=ModelFile))
