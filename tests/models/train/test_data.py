from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.train.card import card
from models.train.data import Example, part, read_examples
from warta.errors import Usage


def labelled(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    lines = [
        {"id": str(n), "title": title, "text": text, "label": label} for n, (title, text, label) in enumerate(rows)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def test_the_last_label_of_a_text_counts(tmp_path: Path) -> None:
    old = labelled(tmp_path / "old.jsonl", [("A", "satu", "neutral"), ("B", "dua", "positive")])
    corrections = labelled(tmp_path / "new.jsonl", [("A", "satu", "negative")])
    assert read_examples([old, corrections]) == [Example("A. satu", 0), Example("B. dua", 2)]


def test_one_label_alone_teaches_nothing(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="at least two labels, holds 1"):
        read_examples([labelled(tmp_path / "a.jsonl", [("A", "satu", "neutral")])])


def test_a_text_and_its_longer_copy_are_in_one_part() -> None:
    texts = [f"Berita nomor {n}. " + "isi yang sama panjang sekali " * 10 for n in range(400)]
    training, held = part([Example(text, 0) for text in texts] + [Example(text + " tambahan", 0) for text in texts])
    assert len(training) + len(held) == 800
    assert 40 <= len(held) <= 120
    beginnings = {example.text[:200] for example in held}
    assert not beginnings & {example.text[:200] for example in training}


def test_a_card_without_a_measure_says_so() -> None:
    assert "Not measured" in card("mine", "base", [Path("a.jsonl")], 5, 192, None)
