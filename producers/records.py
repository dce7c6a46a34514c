"""A JSONL line or a file → a raw article. Pure: bytes in, `Record` or `Invalid` out.

What is refused here (dead letter of `publish`) is what cannot be expressed as a raw article: no JSON object, no usable URL,
a `fetched_at` that is no time, a field of the wrong kind. What can be expressed goes on to `warta.raw` even if it is bad
(no text, a `fetched_at` of the year 2099 or without an offset), so that there is one judge of articles: `clean`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import msgspec

from warta import wire
from warta.errors import Invalid
from warta.identity import canonical_url, doc_id
from warta.messages import Origin, RawArticle, Robots, Trace

#: Waktu Indonesia Barat: what a publisher's time without an offset is taken for (most newsrooms write Jakarta's time).
WIB = timezone(timedelta(hours=7))

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Record:
    """An article that has not been sent yet. `fetched_at` is None until it is sent (see `to_raw`).

    `published_at` is aware; one that could not be read is kept as text in `annotations["published_at"]`.
    """

    url: str
    canonical_url: str
    title: str = ""
    text: str | None = None
    html: str | None = None
    source: str = ""
    published_at: datetime | None = None
    fetched_at: datetime | None = None
    authors: list[str] = field(default_factory=list)
    annotations: dict[str, Any] = field(default_factory=dict)
    truncated: bool = False
    robots: Robots = field(default_factory=Robots)

    @property
    def event_time(self) -> datetime | None:
        """The time by which `--speed` paces: when it was fetched, else when it was published."""
        when = self.fetched_at or self.published_at
        return when.replace(tzinfo=WIB) if when is not None and when.tzinfo is None else when

    def to_raw(self, now: datetime, origin: Origin) -> RawArticle:
        """The message for `warta.raw`; `now` stands in for a missing `fetched_at`."""
        return RawArticle(
            **wire.envelope(
                doc_id=doc_id(self.canonical_url),
                fetched_at=self.fetched_at or now,
                origin=origin,
                trace=Trace(id=uuid4().hex),
            ),
            url=self.url,
            canonical_url=self.canonical_url,
            source=self.source,
            title=self.title,
            text=self.text,
            html=self.html,
            authors=self.authors,
            published_at=self.published_at,
            annotations=self.annotations,
            truncated=self.truncated,
            robots=self.robots,
        )


def parse_line(line: bytes) -> Record:
    """One JSONL line → record. `id` stands for `url` where that is missing.

    Raises:
        Invalid: `bad-json`, `not-an-object`, `bad-record`, `no-url`, `bad-url`, `bad-fetched-at`.
    """
    record = _object(line.removeprefix(_BOM))
    url = _text(record, "url") or _text(record, "id")
    if not url:
        raise Invalid("no-url", "the record has neither 'url' nor 'id'")
    annotations = _annotations(record)
    published_at = parse_time(record.get("published_at"))
    if published_at is None and record.get("published_at"):
        annotations = {**annotations, "published_at": record["published_at"]}
    return Record(
        url=url.strip(),
        canonical_url=canonical_url(url),
        title=_text(record, "title") or "",
        text=_text(record, "text"),
        html=_text(record, "html"),
        source=_text(record, "source") or "",
        published_at=published_at,
        fetched_at=_fetched_at(record.get("fetched_at")),
        authors=_authors(record.get("authors")),
        annotations=annotations,
    )


def _object(line: bytes) -> dict[str, Any]:
    try:
        record = _loads(line)
    except (ValueError, RecursionError) as error:
        raise Invalid("bad-json", f"the line is no JSON: {str(error)[:200]}") from None
    if not isinstance(record, dict):
        raise Invalid("not-an-object", f"the line is a JSON {type(record).__name__}, not an object")
    return record


def _loads(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        # Half of a surrogate pair ("\ud83d") is legal JSON text and common where a text was cut blindly; nothing else
        # that the standard library's reader lets through is.
        record = json.loads(line, parse_constant=_no_constant)
        return json.loads(_LONE_SURROGATE.sub("\ufffd", json.dumps(record, ensure_ascii=False)))


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _text(record: dict[str, Any], name: str) -> str | None:
    value = record.get(name)
    if value is None or isinstance(value, str):
        return value
    raise Invalid("bad-record", f"'{name}' is a {type(value).__name__}, not a string")


def _annotations(record: dict[str, Any]) -> dict[str, Any]:
    value = record.get("annotations")
    if value is None or isinstance(value, dict):
        return value or {}
    raise Invalid("bad-record", f"'annotations' is a {type(value).__name__}, not an object")


def _authors(value: Any) -> list[str]:
    if value is None:
        return []
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Invalid("bad-record", "'authors' is not a list of strings")
    return [name.strip() for name in names if name.strip()]


def _fetched_at(value: Any) -> datetime | None:
    """Our own kind of time: RFC 3339; one without an offset passes, for `clean` to refuse."""
    if value is None or value == "":
        return None
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(
            "bad-fetched-at", f"fetched_at {str(value)[:60]!r} is no time: write 2026-11-20T08:15:00Z"
        ) from None


def parse_time(value: Any) -> datetime | None:
    """A publisher's time: ISO 8601 or RFC 5322; without an offset it is taken for WIB (+07:00). None if it is neither."""
    if not isinstance(value, str) or not value.strip():
        return None
    when = _iso(value.strip()) or _rfc5322(value.strip())
    if when is None:
        return None
    return when.replace(tzinfo=WIB) if when.tzinfo is None else when


def _iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _rfc5322(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value[:100])
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
