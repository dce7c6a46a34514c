"""Files of records in, scores out: the very same cleaning and model, without a broker."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stream_agents.cleaning.clean import clean_page, clean_text
from stream_agents.sentiment.folder import LABELS
from stream_agents.sentiment.model import SentimentModel
from warta.errors import Usage
from warta.messages import Label

#: A line longer than this is not a record.
MAX_LINE = 32 * 1024 * 1024

#: Labels as labelled files write them.
SPELLINGS: dict[str, Label] = {
    "negative": "negative", "negatif": "negative", "neg": "negative",
    "neutral": "neutral", "netral": "neutral", "neu": "neutral",
    "positive": "positive", "positif": "positive", "pos": "positive",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a file: its address (or id), the text to score, and the label a reader gave, if any."""

    line: int
    url: str
    title: str
    body: str
    label: Label | None = None


def read_items(path: Path, *, cleaned: bool, labelled: bool = False) -> Iterator[Item]:
    """The records of a JSONL file; `url` (or `id`), `title` and (`text` or `html`). Cleaned first unless `cleaned`.

    Raises:
        Usage: a line is not such a record, or (with `labelled`) has no known label; the message names file and line.
    """
    now = datetime.now(UTC)
    for number, record in _records(path):
        where = f"{path}, line {number}"
        url = str(record.get("url") or record.get("id") or "")
        if not url:
            raise Usage(f"{where}: needs a url (or an id)")
        title, body = str(record.get("title") or ""), record.get("text") or record.get("body") or ""
        html = record.get("html") or ""
        if not isinstance(body, str) or not isinstance(html, str):
            raise Usage(f"{where}: text and html must be strings")
        if html and not cleaned:
            page = clean_page(html, now, url=url, title=title)
            title, body = page.title, page.body
        elif not cleaned:
            plain = clean_text(body, now, title=title)
            title, body = plain.title, plain.body
        yield Item(number, url, title, body, _label(record, where) if labelled else None)


def score_lines(model: SentimentModel, items: Iterable[Item]) -> Iterator[dict[str, Any]]:
    """One output object an item: url, label, the three probabilities, model; nulls where there was no text."""
    for item in items:
        sentiment = model.score(item.title, item.body)
        if sentiment is None:
            yield {"url": item.url, "label": None, **dict.fromkeys(LABELS), "model": model.name}
            continue
        yield {
            "url": item.url,
            "label": sentiment.label,
            "negative": sentiment.negative,
            "neutral": sentiment.neutral,
            "positive": sentiment.positive,
            "model": sentiment.model,
        }


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if len(line) > MAX_LINE:
                    raise Usage(f"{path}, line {number}: longer than {MAX_LINE // 2**20} MiB; is this a JSONL file?")
                if line.strip():
                    yield number, _record(line, f"{path}, line {number}")
    except OSError as error:
        raise Usage(f"{path}: cannot be read ({error.strerror}); check the path") from None


def _record(line: bytes, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise Usage(f"{where}: not JSON ({error}); write one object a line") from None
    if not isinstance(record, dict):
        raise Usage(f"{where}: must be a JSON object, not {type(record).__name__}")
    return record


def _label(record: dict[str, Any], where: str) -> Label:
    label = SPELLINGS.get(str(record.get("label") or "").strip().casefold())
    if label is None:
        raise Usage(f"{where}: label must be negative, neutral or positive, not {record.get('label')!r}")
    return label
