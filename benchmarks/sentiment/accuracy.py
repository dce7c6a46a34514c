"""The stage and ten lines of tokenizers + onnxruntime on the same 499 labelled articles: accuracy, macro-F1, ECE.

    python -m benchmarks.sentiment.accuracy [LABELLED.jsonl]

Limits: within 0.5 points of the script, ECE ≤ 0.05.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from sklearn.metrics import accuracy_score, f1_score
from tokenizers import Tokenizer

from stream_agents.sentiment.evaluation import evaluate
from stream_agents.sentiment.folder import LABELS
from stream_agents.sentiment.model import SentimentModel
from stream_agents.sentiment.text import model_input

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "models" / "sentiment-id"


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data" / "sentiment_validation.jsonl"
    if not path.exists():
        sys.exit(f"{path} is missing: give the path of a labelled file")
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    labels = np.array([LABELS.index(record["label"]) for record in records])
    theirs = script(records)
    print(
        f"script  accuracy {accuracy_score(labels, theirs):.4f}, macro-F1 {f1_score(labels, theirs, average='macro'):.4f}"
    )
    model = SentimentModel.load(FOLDER)
    logits = np.array([model.logits(model_input(record["title"], record["text"])) for record in records])
    ours = evaluate(logits, labels, model.folder.temperature)
    print(f"stage   accuracy {ours.accuracy:.4f}, macro-F1 {ours.macro_f1:.4f} (limit: the script's ± 0.005)")
    print(f"        ECE {ours.ece:.3f} at temperature {ours.temperature:g} (limit 0.05)")


def script(records: list[dict[str, str]]) -> list[int]:
    """The labels by the model card alone, sharing no code with the stage."""
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.enable_truncation(192)
    session = onnxruntime.InferenceSession(str(next(FOLDER.glob("onnx/*.onnx"))))
    found = []
    for record in records:
        title = record["title"].strip()
        text = " ".join((title + (" " if title[-1:] in (".", "!", "?") else ". ") + record["text"]).split())
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        found.append(int(session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0].argmax()))
    return found


if __name__ == "__main__":
    main()
