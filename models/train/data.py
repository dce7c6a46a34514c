"""Labelled files for training: read, without duplicates, parted by text so that no copy is in both parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stream_agents.sentiment.folder import LABELS
from stream_agents.sentiment.offline import read_items
from stream_agents.sentiment.text import model_input
from warta.errors import Usage

#: One text in ten measures the model and never trains it.
HELD_OUT = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A text as the model reads it, and its label's position in `LABELS`."""

    text: str
    label: int


def read_examples(paths: Iterable[Path]) -> list[Example]:
    """The labelled texts of JSONL files (title, text, label); of a text that stands twice the last label counts.

    Raises:
        Usage: a line is no labelled record, or the files hold fewer than two labels; the message says which.
    """
    found: dict[str, int] = {}
    for path in paths:
        for item in read_items(path, cleaned=True, labelled=True):
            text = model_input(item.title, item.body)
            if text and item.label is not None:
                found[text] = LABELS.index(item.label)
    if len(set(found.values())) < 2:
        raise Usage(
            f"{', '.join(map(str, paths))}: needs texts of at least two labels, holds {len(set(found.values()))}"
        )
    return [Example(text, label) for text, label in found.items()]


def part(examples: Iterable[Example]) -> tuple[list[Example], list[Example]]:
    """(training, held out): by a hash of the text's beginning, so that runs, orders and shortened copies agree."""
    training: list[Example] = []
    held: list[Example] = []
    for example in examples:
        digest = hashlib.blake2b(example.text[:200].casefold().encode("utf-8", "replace"), digest_size=4).digest()
        (held if int.from_bytes(digest, "big") % HELD_OUT == 0 else training).append(example)
    return training, held
