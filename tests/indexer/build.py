"""Messages of `warta.documents` for tests: small, valid, with only what a test says made different."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

from warta.messages import (
    Content,
    Correction,
    Document,
    Envelope,
    Label,
    Patch,
    Place,
    Score,
    Section,
    Sentiment,
    Status,
    Story,
    Superseded,
    Tombstone,
    Trace,
)
from warta.wire import encode, envelope

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
LABELS: tuple[Label, ...] = get_args(Label)


def timezone_of(hours: int) -> timezone:
    return timezone(timedelta(hours=hours))


def _envelope(doc_id: str, at: datetime, first_seen_at: datetime | None, origin: Any = "live") -> dict[str, Any]:
    return envelope(
        doc_id=doc_id, fetched_at=at, origin=origin, trace=Trace(id=f"t-{doc_id}"), first_seen_at=first_seen_at
    )


def content(title: str = "Banjir di Sumedang", body: str = "Warga mengungsi ke balai desa.", **fields: Any) -> Content:
    url = fields.pop("url", "https://media.example/a/1")
    defaults: dict[str, Any] = {
        "url": url,
        "canonical_url": url,
        "source": "media.example",
        "owner": "grup-a",
        "published_at": NOON - timedelta(hours=1),
    }
    return Content(**{**defaults, "title": title, "body": body, **fields})


def score(label: Label = "neutral", **fields: Any) -> Score:
    shares: Any = dict.fromkeys(LABELS, 0.1) | {label: 0.8}
    return Score(
        sentiment=Sentiment(label=label, confidence=0.8, model="test", **shares),
        **{
            "main_place": "32.11",
            "places": [Place(code="32.11", name="Kab. Sumedang", level="regency", province="32", strength="main")],
            **fields,
        },
    )


def story(story_id: str = "s-1", **fields: Any) -> Story:
    return Story(**{"story_id": story_id, "story_relation": "original", "original_id": "d1", **fields})


def document(
    doc_id: str = "d1", *, at: datetime = NOON, first_seen_at: datetime | None = NOON, **fields: Any
) -> Document:
    origin = fields.pop("origin", "live")
    defaults: dict[str, Any] = {
        "content": content(),
        "score": score(),
        "story": story(),
        "content_hash": "c",
        "body_hash": "b",
    }
    return Document(**_envelope(doc_id, at, first_seen_at, origin), **{**defaults, **fields})


def patch(
    doc_id: str, section: Section, value: Any, *, at: datetime = NOON, first_seen_at: datetime | None = NOON
) -> Patch:
    return Patch(section=section, **{section: value}, **_envelope(doc_id, at, first_seen_at))


def correction(label: Label = "negative", by: str = "sari") -> Correction:
    return Correction(label=label, by=by, at=NOON)


def status(**fields: bool) -> Status:
    return Status(**fields)


def tombstone(doc_id: str = "d1", *, at: datetime = NOON, first_seen_at: datetime | None = NOON) -> Tombstone:
    return Tombstone(decision_id=f"forget/{doc_id}", **_envelope(doc_id, at, first_seen_at))


def superseded(doc_id: str = "d1", revision: int = 1, *, at: datetime = NOON, **fields: Any) -> Superseded:
    return Superseded(revision=revision, content=content(**fields), **_envelope(doc_id, at, at))


def key(message: Envelope) -> bytes:
    """The record key of a message (design, section 3)."""
    if isinstance(message, Patch):
        return f"{message.doc_id}/{message.section}".encode()
    if isinstance(message, Superseded):
        return f"{message.doc_id}/revision/{message.revision}".encode()
    return message.doc_id.encode()


class Record:
    """What the indexer reads of a Kafka record."""

    def __init__(self, value: bytes | None, offset: int, *, key: bytes | None = None, partition: int = 0) -> None:
        self.topic = "warta.documents"
        self.partition = partition
        self.offset = offset
        self.key = key
        self.value = value


def records(*messages: Envelope | bytes, start: int = 0) -> list[Record]:
    """Messages (or raw bytes) as records of one partition."""
    made = []
    for offset, message in enumerate(messages, start):
        if isinstance(message, bytes):
            made.append(Record(message, offset, key=b"k"))
        else:
            made.append(Record(encode(message), offset, key=key(message)))
    return made
