"""Story resolution of a file of articles: the engine's events made from lines, and the outcome a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from stream_agents.cleaning.clean import Cleaner
from stream_agents.stories.engine import StoryEngine
from warta.clock import ManualClock
from warta.errors import Invalid
from warta.hashing import body_hash, content_hash
from warta.identity import canonical_url, doc_id
from warta.messages import (
    Content,
    Document,
    DocumentMessage,
    Patch,
    RawArticle,
    Score,
    ScoredArticle,
    ScoredMessage,
    Story,
    Trace,
)
from warta.wire import Decoder, believable, envelope


class Input(msgspec.Struct):
    """A JSONL record; `id` may stand for `url`."""

    url: str = ""
    id: str | int = ""
    title: str | None = ""
    text: str | None = None
    html: str | None = None
    source: str | None = ""
    owner: str | None = ""
    published_at: str | None = None
    fetched_at: datetime | None = None


@dataclass(slots=True)
class Line:
    """What became of one line of the input."""

    url: str
    doc_id: str = ""
    story_id: str = ""
    relation: str = ""
    original_url: str = ""
    similarity: float = 1.0
    later: bool = False
    error: str = ""


class Maker:
    """Makes the events that live would have made of the same records."""

    def __init__(self, now: datetime, cleaned: bool) -> None:
        self._now = now
        self._cleaner = None if cleaned else Cleaner()
        self._decoder = msgspec.json.Decoder(Input)

    def event(self, line: bytes, number: int) -> tuple[str, ScoredArticle]:
        """One line → (its url as printed, its event).

        Raises:
            Invalid: the line is no record, has neither url nor id, or no text.
        """
        try:
            record = self._decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid("bad-record", f"line {number}: {error}") from None
        url = record.url or str(record.id)
        if not url:
            raise Invalid("bad-record", f"line {number}: neither url nor id")
        fetched = record.fetched_at or self._now
        if fetched.tzinfo is None:
            fetched = fetched.replace(tzinfo=self._now.tzinfo)
        content = self._content(record, url, fetched)
        identity = doc_id(canonical_url(url)) if "://" in url else doc_id(url)
        return url, ScoredArticle(
            **envelope(doc_id=identity, fetched_at=fetched, origin="live", trace=Trace(id=str(number))),
            content=content,
            score=Score(),
            content_hash=content_hash(content.title, content.body),
            body_hash=body_hash(content.body),
        )

    def _content(self, record: Input, url: str, fetched: datetime) -> Content:
        published = _time(record.published_at)
        base: dict[str, Any] = {
            "url": url,
            "canonical_url": url,
            "source": record.source or "",
            "owner": record.owner or "",
        }
        if self._cleaner is None:
            if not (record.text or "").strip():
                raise Invalid("no-text", f"{url}: the record holds no text")
            believed = published if believable(published, fetched) else None
            return Content(**base, title=record.title or "", body=record.text or "", published_at=believed)
        raw = RawArticle(
            **envelope(doc_id="", fetched_at=fetched, origin="live", trace=Trace(id="")),
            url=url,
            canonical_url=url,
            source=record.source or "",
            title=record.title or "",
            text=record.text,
            html=record.html,
            published_at=published,
        )
        cleaned = self._cleaner.clean(raw, fetched)
        return Content(
            **base,
            title=cleaned.title,
            body=cleaned.body,
            wire=cleaned.wire,
            language=cleaned.language,
            language_confidence=cleaned.language_confidence,
            published_at=cleaned.published_at,
            date_suspect=cleaned.date_suspect,
        )


def _time(text: str | None) -> datetime | None:
    """A publisher's time where it is RFC 3339 with an offset; anything else says nothing."""
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo is not None else None


def run(lines: Iterable[bytes], now: datetime, *, cleaned: bool = False, scored: bool = False) -> list[Line]:
    """Resolve all lines in order; the result says, a line each, how things stand after the last one.

    Raises:
        Invalid: with `scored`, a value that `warta.scored` could not have held.
    """
    engine = StoryEngine(ManualClock(now), content_window=0)
    urls: dict[str, str] = {}
    standing: dict[str, Story] = {}
    results: list[Line] = []
    maker, decoder = Maker(now, cleaned), Decoder(ScoredMessage)
    for number, line in enumerate(lines):
        try:
            event: ScoredMessage
            if scored:
                event = decoder.decode(line)
                url = event.content.url if isinstance(event, ScoredArticle) else ""
            else:
                url, event = maker.event(line, number + 1)
        except Invalid as error:
            results.append(Line(url=_url_of(line), error=str(error)))
            continue
        effects = engine.apply(event, number)
        _note(effects.documents, standing)
        if isinstance(event, ScoredArticle):
            urls.setdefault(event.doc_id, url)
            result = Line(url=url, doc_id=event.doc_id)
            result.later = effects.outcome in ("revision", "replay", "stale")
            results.append(result)
    for result in results:
        _finish(result, standing, urls)
    return results


def _note(documents: Iterable[DocumentMessage], standing: dict[str, Story]) -> None:
    """Keep the latest word on every document: a patch outlives the document's own memory."""
    for document in documents:
        if isinstance(document, Document | Patch) and document.story is not None:
            standing[document.doc_id] = document.story


def _finish(line: Line, standing: dict[str, Story], urls: dict[str, str]) -> None:
    story = standing.get(line.doc_id)
    if line.error:
        return
    if story is None:
        line.error = "forgotten: the document was taken down by decision"
        return
    line.story_id = story.story_id
    line.relation = "revision" if line.later else story.story_relation
    line.original_url = urls.get(story.original_id, story.original_id)
    line.similarity = story.similarity


def _url_of(line: bytes) -> str:
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    url = (record.get("url") or record.get("id")) if isinstance(record, dict) else ""
    return str(url or "")
