"""A tiny model from a file of labels to a folder the stage runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from models.train import finetune
from stream_agents.sentiment.model import SentimentModel
from warta.errors import Usage

SHIPPED = Path(__file__).parents[3] / "models" / "sentiment-id"
BAD = ["longsor menewaskan warga", "korban tewas bertambah", "rumah hancur dan warga marah"]
GOOD = ["warga bersyukur dan senang", "bupati meraih penghargaan", "jembatan indah diresmikan"]


def test_without_torch_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Usage, match=r"training needs torch and onnx: install warta\[torch\]"):
        finetune._need("torch", "onnx")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A BERT of two thin layers with the shipped tokenizer and random weights."""
    pytest.importorskip("torch", reason="training needs the extra [torch]")
    pytest.importorskip("onnx", reason="export needs onnx, in the extra [torch]")
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path / "base"
    tokenizer: Any = AutoTokenizer.from_pretrained(SHIPPED)
    config = BertConfig(
        vocab_size=38_000,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=3,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_labels_become_a_model_that_the_stage_runs(base: Path, tmp_path: Path) -> None:
    rows = [(text, label) for texts, label in ((BAD, "negative"), (GOOD, "positive")) for text in texts]
    lines = [
        {"id": f"{n}-{text}", "title": text, "text": f"Kabar nomor {n}.", "label": label}
        for n in range(60)
        for text, label in rows
    ]
    source = tmp_path / "labels.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    out = tmp_path / "mine"
    finetune.finetune([source], str(base), out, epochs=4, batch=16, rate=3e-3, tokens=64, seed=1)
    model = SentimentModel.load(out)
    assert model.name.startswith("mine")
    for text, label in rows:
        sentiment = model.score(text, "Kabar nomor 7.")
        assert sentiment is not None
        assert sentiment.label == label
    assert "kept apart" in (out / "MODEL_CARD.md").read_text("utf-8")
    assert not (out / "onnx" / "full.onnx").exists()
    with pytest.raises(Usage, match="exists already"):
        finetune.finetune([source], str(base), out, epochs=1, batch=16, rate=1e-3, tokens=64, seed=1)
