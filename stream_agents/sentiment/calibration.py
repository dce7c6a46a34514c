"""How far a model's confidence can be believed, and the temperature that mends it.

Temperature scaling and expected calibration error after Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
Networks" (ICML 2017): one number divides all logits, so no label changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from stream_agents.sentiment.model import softmax

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Search range of a temperature; beyond it the model says nothing worth calibrating.
TEMPERATURES = (0.1, 10.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a reliability diagram: texts whose confidence lies in (low, high]."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def reliability(probabilities: Floats, labels: Ints, bins: int = 10) -> list[Bin]:
    """Equal-width bins over the confidence; probabilities [n, classes], labels [n]. Empty bins are left out."""
    confidence = probabilities.max(axis=1)
    correct = (probabilities.argmax(axis=1) == labels).astype(np.float64)
    slot = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    found = []
    for index in range(bins):
        inside = slot == index
        if inside.any():
            found.append(
                Bin(
                    low=index / bins,
                    high=(index + 1) / bins,
                    count=int(inside.sum()),
                    confidence=float(confidence[inside].mean()),
                    accuracy=float(correct[inside].mean()),
                )
            )
    return found


def expected_calibration_error(probabilities: Floats, labels: Ints, bins: int = 10) -> float:
    """ECE: the mean gap between confidence and accuracy over the bins, weighted by their size."""
    total = len(labels)
    return sum(
        bar.count / total * abs(bar.accuracy - bar.confidence) for bar in reliability(probabilities, labels, bins)
    )


def negative_log_likelihood(probabilities: Floats, labels: Ints) -> float:
    """Mean of -log p(right label), in nats."""
    return float(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12)).mean())


def fit_temperature(logits: Floats, labels: Ints) -> float:
    """The temperature with the least negative log-likelihood; logits [n, classes]."""

    def loss(log_temperature: float) -> float:
        return negative_log_likelihood(softmax(logits, float(np.exp(log_temperature))), labels)

    low, high = np.log(TEMPERATURES[0]), np.log(TEMPERATURES[1])
    return float(np.exp(minimize_scalar(loss, bounds=(low, high), method="bounded").x))


def cross_fitted(logits: Floats, labels: Ints, folds: int = 5, seed: int = 0) -> tuple[float, Floats]:
    """A temperature fitted on all texts, and probabilities in which each text was scored by the other folds' temperature.

    The second value gives an ECE that was not measured on the texts it was fitted on.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    probabilities = np.empty_like(logits)
    for part in np.array_split(order, min(folds, len(labels))):
        rest = np.setdiff1d(order, part)
        temperature = fit_temperature(logits[rest], labels[rest]) if len(rest) else 1.0
        probabilities[part] = softmax(logits[part], temperature)
    return fit_temperature(logits, labels), probabilities
