from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stream_agents.sentiment.corrections import training_lines
from stream_agents.sentiment.offline import read_items

CORRECTED: dict[str, Any] = {
    "url": "https://a.example/1",
    "title": "Judul",
    "body": "Isi.",
    "sentiment": {"label": "neutral", "model": "sentiment-id-0.2"},
    "correction": {"label": "negative", "by": "rina", "at": "2026-11-20T01:00:00Z"},
}


def test_only_corrected_texts_become_training_lines() -> None:
    documents = [CORRECTED, {**CORRECTED, "correction": None}, {**CORRECTED, "title": "", "body": ""}, {}]
    assert list(training_lines(documents)) == [
        {
            "url": "https://a.example/1",
            "title": "Judul",
            "text": "Isi.",
            "label": "negative",
            "was": "neutral",
            "by": "rina",
            "at": "2026-11-20T01:00:00Z",
            "model": "sentiment-id-0.2",
        }
    ]


def test_evaluate_reads_what_export_writes(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in training_lines([CORRECTED])), "utf-8")
    (item,) = read_items(path, cleaned=True, labelled=True)
    assert (item.title, item.body, item.label) == ("Judul", "Isi.", "negative")
