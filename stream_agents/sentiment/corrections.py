"""People's corrections as a training file: what `warta corrections export` writes and `models/train` reads.

One JSON object a line: `url, title, text, label` (what a person said), `was` (what the model said), `by, at, model`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

#: What of an indexed document a training line needs.
FIELDS = ("url", "title", "body", "sentiment", "correction")


def training_lines(documents: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Documents of the index → training lines; those without a correction or without a text are left out."""
    for document in documents:
        correction, sentiment = document.get("correction") or {}, document.get("sentiment") or {}
        title, body = document.get("title") or "", document.get("body") or ""
        if not correction.get("label") or not (title or body):
            continue
        yield {
            "url": document.get("url", ""),
            "title": title,
            "text": body,
            "label": correction["label"],
            "was": sentiment.get("label"),
            "by": correction.get("by", ""),
            "at": correction.get("at"),
            "model": sentiment.get("model"),
        }
