"""A model without an ONNX graph runs under torch where the extra is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stream_agents.sentiment.model import SentimentModel, softmax
from tests.stream_agents.sentiment.conftest import FOLDER


def test_a_torch_classifier_scores_as_transformers_does(tmp_path: Path) -> None:
    torch: Any = pytest.importorskip("torch", reason="needs the extra [torch]")
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=38_000,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=3,
    )
    reference = BertForSequenceClassification(config).eval()
    reference.save_pretrained(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    tokenizer.save_pretrained(tmp_path)
    names = {"0": "positive", "1": "negative", "2": "neutral"}
    (tmp_path / "warta.json").write_text(json.dumps({"name": "torchy", "labels": names}), "utf-8")
    model = SentimentModel.load(tmp_path)
    text = "Warga bersyukur jembatan selesai."
    with torch.inference_mode():
        logits = reference(**tokenizer(text, return_tensors="pt")).logits[0].numpy().astype(np.float64)
    positive, negative, neutral = softmax(logits)
    assert model.probabilities(text) == pytest.approx((negative, neutral, positive), abs=1e-5)
    assert model.name == "torchy"
