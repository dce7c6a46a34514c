"""Measures of a classifier on labelled texts: accuracy, F1 by class, confusion, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stream_agents.sentiment.calibration import (
    Bin,
    Floats,
    Ints,
    cross_fitted,
    expected_calibration_error,
    negative_log_likelihood,
    reliability,
)
from stream_agents.sentiment.folder import LABELS
from stream_agents.sentiment.model import softmax


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 of one label, each 0 to 1, and how many texts carry it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a model does on labelled texts at the temperature it runs with, and the temperature that would suit it.

    `confusion[i][j]` counts texts of label i that were called j, in the order of `LABELS`. `temperature_fitted` is the one
    with the least log-loss on all texts; `recommended` is that one only if, scored by folds that did not see the text, it
    beats the present one by more than a standard error of the mean: three decimals of luck are no reason to change a model.
    """

    texts: int
    accuracy: float
    macro_f1: float
    classes: list[ClassScore]
    confusion: list[list[int]]
    ece: float
    bins: list[Bin]
    temperature: float
    temperature_fitted: float
    ece_cross_fitted: float
    recommended: float


def evaluate(logits: Floats, labels: Ints, temperature: float) -> Evaluation:
    """Measure logits [n, 3] (before any temperature) against labels [n], positions in `LABELS`."""
    probabilities = softmax(logits, temperature)
    confusion = confusion_matrix(probabilities.argmax(axis=1), labels)
    classes = [_class_score(confusion, index) for index in range(len(LABELS))]
    fitted, crossed = cross_fitted(logits, labels)
    return Evaluation(
        texts=len(labels),
        accuracy=float(np.trace(confusion) / len(labels)),
        macro_f1=float(np.mean([score.f1 for score in classes])),
        classes=classes,
        confusion=confusion.tolist(),
        ece=expected_calibration_error(probabilities, labels),
        bins=reliability(probabilities, labels),
        temperature=temperature,
        temperature_fitted=fitted,
        ece_cross_fitted=expected_calibration_error(crossed, labels),
        recommended=fitted if _clearly_better(crossed, probabilities, labels) else temperature,
    )


def confusion_matrix(predicted: Ints, labels: Ints) -> Ints:
    """[labels, labels] counts: row the right label, column the label given."""
    matrix = np.zeros((len(LABELS), len(LABELS)), dtype=np.int64)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


def _class_score(confusion: Ints, index: int) -> ClassScore:
    right = float(confusion[index, index])
    called, support = float(confusion[:, index].sum()), float(confusion[index].sum())
    precision = right / called if called else 0.0
    recall = right / support if support else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return ClassScore(LABELS[index], precision, recall, f1, int(support))


def _clearly_better(crossed: Floats, present: Floats, labels: Ints) -> bool:
    if len(labels) < 2:
        return False
    rows = np.arange(len(labels))
    gain = np.log(np.maximum(crossed[rows, labels], 1e-12)) - np.log(np.maximum(present[rows, labels], 1e-12))
    error = float(gain.std(ddof=1) / np.sqrt(len(gain)))
    return negative_log_likelihood(present, labels) - negative_log_likelihood(crossed, labels) > error
