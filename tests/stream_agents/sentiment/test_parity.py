"""The stage against ten lines of tokenizers and onnxruntime that share no code with it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

from stream_agents.sentiment.model import SentimentModel
from tests.stream_agents.sentiment.conftest import FOLDER, ROOT

SHARED = ROOT.parent / "shared" / "data" / "sentiment_validation.jsonl"
TEXTS = 200


def script(rows: list[tuple[str, str]]) -> list[tuple[list[int], np.ndarray]]:
    """Ids and probabilities (temperature 1) by the card alone."""
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.enable_truncation(192)
    session = onnxruntime.InferenceSession(str(next(FOLDER.glob("onnx/*.onnx"))))
    found = []
    for title, body in rows:
        text = " ".join((title + (" " if title.strip()[-1:] in (".", "!", "?") else ". ") + body).split())
        ids = np.array([tokenizer.encode(text).ids])
        logits = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        found.append((ids[0].tolist(), np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()))
    return found


@pytest.fixture(scope="module")
def rows(articles: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Real texts where the shared data lies beside the checkout, the sample's invented ones elsewhere."""
    if not SHARED.exists():
        return articles[:TEXTS]
    records = [json.loads(line) for line in SHARED.read_bytes().splitlines()]
    return [(record["title"], record["text"]) for record in records[:TEXTS]]


def test_ids_are_transformers_and_probabilities_the_bare_sessions(
    model: SentimentModel, rows: list[tuple[str, str]]
) -> None:
    from transformers import AutoTokenizer

    from stream_agents.sentiment.text import model_input

    reference = AutoTokenizer.from_pretrained(FOLDER)
    assert model.folder.temperature == 1.0, "the comparison below is at temperature 1"
    texts = [model_input(title, body) for title, body in rows]
    with ThreadPoolExecutor(2) as pool:
        ours = list(pool.map(model.probabilities, texts))
    for text, probabilities, (ids, expected) in zip(texts, ours, script(rows), strict=True):
        assert model.tokens(text).tolist() == ids == reference(text, truncation=True, max_length=192)["input_ids"]
        assert np.abs(np.array(probabilities) - expected).max() <= 1e-4


def test_a_long_body_is_cut_without_changing_the_ids(model: SentimentModel, articles: list[tuple[str, str]]) -> None:
    from transformers import AutoTokenizer

    reference = AutoTokenizer.from_pretrained(FOLDER)
    text = " ".join(body for _, body in articles for body in body.split("\n"))
    assert model.tokens(text).tolist() == reference(text, truncation=True, max_length=192)["input_ids"]


def test_shared_data_is_where_the_other_tests_look() -> None:
    if not SHARED.parent.exists():
        pytest.skip("no ../shared beside this checkout: parity was measured on the sample's texts")
    assert Path(SHARED).is_file()
