from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from stream_agents.sentiment.calibration import expected_calibration_error, fit_temperature, reliability
from stream_agents.sentiment.evaluation import evaluate
from stream_agents.sentiment.model import softmax
from stream_agents.sentiment.reliability import plot


def sampled(temperature: float, count: int = 3000, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Logits of a model that is right exactly as often as it would say at `temperature`."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (count, 3))
    chances = softmax(logits, temperature)
    labels = np.array([rng.choice(3, p=row) for row in chances])
    return logits, labels


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_measures_are_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(0, 2, (40, 3)), rng.integers(0, 3, 40)
    result, called = evaluate(logits, labels, 1.0), logits.argmax(axis=1)
    assert result.accuracy == pytest.approx(accuracy_score(labels, called))
    assert result.macro_f1 == pytest.approx(
        f1_score(labels, called, average="macro", labels=[0, 1, 2], zero_division=0)
    )
    assert result.confusion == confusion_matrix(labels, called, labels=[0, 1, 2]).tolist()


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_the_fitted_temperature_is_the_one_the_labels_were_drawn_with(true: float) -> None:
    assert fit_temperature(*sampled(true)) == pytest.approx(true, rel=0.1)


def test_an_overconfident_model_is_recommended_another_temperature_and_a_calibrated_one_its_own() -> None:
    assert evaluate(*sampled(2.5), 1.0).recommended == pytest.approx(2.5, rel=0.1)
    assert evaluate(*sampled(1.0), 1.0).recommended == 1.0


def test_ece_of_a_hand_made_case() -> None:
    probabilities = np.array([[0.9, 0.1, 0.0], [0.9, 0.05, 0.05], [0.6, 0.4, 0.0], [0.6, 0.2, 0.2]])
    labels = np.array([0, 1, 0, 0])
    # |0.5 - 0.9| for half of them, |1.0 - 0.6| for the other half.
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.4)
    assert [bar.count for bar in reliability(probabilities, labels)] == [2, 2]


def test_one_text_can_be_evaluated() -> None:
    result = evaluate(np.array([[2.0, 0.0, 0.0]]), np.array([0]), 1.0)
    assert (result.texts, result.accuracy, result.recommended) == (1, 1.0, 1.0)


def test_the_diagram_is_a_png(tmp_path: Path) -> None:
    target = tmp_path / "reliability.png"
    plot(evaluate(*sampled(1.0, 200), 1.0), target, "model")
    assert target.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
