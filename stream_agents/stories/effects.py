"""What one event brings about, and the messages that say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import structs

from stream_agents.stories.groups import Group
from stream_agents.stories.record import DocumentRecord, Facts, Record
from stream_agents.stories.store import moment
from warta.messages import (
    Correction,
    Document,
    DocumentMessage,
    Envelope,
    Genre,
    Label,
    Patch,
    PublisherRules,
    Score,
    ScoredArticle,
    Signal,
    SignalMessage,
    Status,
    Story,
    StoryCounters,
    Trace,
)
from warta.wire import envelope, envelope_of

#: Telling sentences of a signal, and characters of each: every signal of a negative text carries them.
TELLING = 2
TELLING_CHARS = 240

Outcome = Literal["new", "revision", "replay", "stale", "removed", "rescored", "decided", "unknown", "forgotten"]


@dataclass(slots=True)
class Effects:
    """Everything that one event asks for, each list in the order it must be sent: documents and signals first, then rules,
    then state (the event's own document last), so that what a crash cuts short is done again in full.

    `state` pairs a key of `warta.state.stories` with its new record, or None where it is evicted."""

    outcome: Outcome = "unknown"
    documents: list[DocumentMessage] = field(default_factory=list)
    signals: list[SignalMessage] = field(default_factory=list)
    rules: list[PublisherRules] = field(default_factory=list)
    state: list[tuple[str, Record | None]] = field(default_factory=list)


def label_of(facts: Facts) -> Label | None:
    """The label to show: a person's correction wins over the model's."""
    return facts.correction.label if facts.correction else facts.label


def series_of(genre: Genre, owner: str, score: Score, hidden: bool) -> list[str]:
    """Alert series a document counts in: news alone counts, and of its cases only the main ones."""
    if hidden or genre != "news":
        return []
    places = [f"place:{score.main_place}"] if score.main_place else []
    cases = [f"case:{case}" for case in score.main_cases]
    owners = [f"owner:{owner}"] if owner else []
    return ["all", *places, *cases, *owners, *(f"{place}+{case}" for place in places for case in cases)]


def facts_of(event: ScoredArticle, correction: Correction | None, removed: bool) -> Facts:
    """The facts of a scored article that later messages repeat."""
    content = event.content
    return Facts(
        title=content.title,
        url=content.url,
        source=content.source,
        network=content.network,
        media_type=content.media_type,
        genre=content.genre,
        label=event.score.sentiment.label if event.score.sentiment else None,
        correction=correction,
        series=series_of(content.genre, content.owner, event.score, event.hidden),
        trace_id=event.trace.id,
        hidden=event.hidden,
        removed=removed,
        platform=content.platform,
        date_suspect=content.date_suspect,
    )


def _envelope(record: DocumentRecord, trace: Trace | None) -> dict[str, Any]:
    return envelope(
        doc_id=record.doc_id,
        fetched_at=record.fetched_at,
        origin=record.origin,
        trace=trace or Trace(id=record.facts.trace_id),
        first_seen_at=record.first_seen_at,
    )


def story_of(record: DocumentRecord, group: Group | None) -> Story:
    """Section `story` of a document; counters only on the head."""
    membership = record.membership
    head = membership.original_id == record.doc_id
    return Story(
        story_id=membership.story_id,
        story_relation=membership.relation,
        original_id=membership.original_id,
        revision=record.revision,
        similarity=round(membership.similarity, 4),
        is_story_head=head,
        story=_counters(record, group) if head else None,
    )


def _counters(record: DocumentRecord, group: Group | None) -> StoryCounters:
    if group is None:
        seen = record.first_seen_at
        return StoryCounters(copies=1, publishers=1, owners=1, first_seen_at=seen, last_seen_at=seen)
    return StoryCounters(
        copies=group.copies,
        publishers=len(group.publishers),
        owners=len(group.owners),
        first_seen_at=moment(group.first_seen),
        last_seen_at=moment(group.last_seen),
    )


def document(event: ScoredArticle, record: DocumentRecord, group: Group | None) -> Document:
    """The whole document, every section current."""
    return Document(
        **_envelope(record, event.trace),
        content=event.content,
        score=event.score,
        story=story_of(record, group),
        content_hash=event.content_hash,
        body_hash=event.body_hash,
        correction=record.facts.correction,
        status=Status(removed=record.facts.removed, hidden=record.facts.hidden),
    )


def patch(record: DocumentRecord, trace: Trace, **section: Any) -> Patch:
    """A patch of one section: `patch(record, trace, section="story", story=…)`."""
    return Patch(**_envelope(record, trace), **section)


def bare_patch(event: Envelope, **section: Any) -> Patch:
    """A patch of a document that is not remembered: the index may still hold it."""
    return Patch(**envelope_of(event), **section)


def signal(
    record: DocumentRecord,
    trace: Trace,
    *,
    previous_story_id: str | None = None,
    previous_label: Label | None = None,
    series_before: list[str] | None = None,
    score: Score | None = None,
) -> Signal:
    """What alerting is told of a document's standing; `score` where the event brought one."""
    facts = record.facts
    return Signal(
        **_envelope(record, trace),
        story_id=record.membership.story_id,
        previous_story_id=previous_story_id,
        relation=record.membership.relation,
        revision=record.revision,
        is_story_head=record.membership.original_id == record.doc_id,
        owner=record.owner or record.publisher,
        media_type=facts.media_type,
        source=record.publisher,
        title=facts.title,
        url=facts.url,
        sentences=_telling(score) if score else [],
        genre=facts.genre,
        label=label_of(facts),
        previous_label=previous_label,
        published_at=record.published_at,
        series=facts.series,
        series_before=series_before or [],
        hidden=facts.hidden,
        wire=record.wire,
        platform=facts.platform,
        date_suspect=facts.date_suspect,
    )


def withdrawal(record: DocumentRecord, trace: Trace) -> Signal:
    """Tells alerting that a document was taken down: it leaves its series, and nothing of its text goes along."""
    told = signal(record, trace, series_before=record.facts.series)
    return structs.replace(told, title="", series=[], hidden=True)


def _telling(score: Score) -> list[str]:
    """The surest of the sentences that make a text negative, short enough for an alarm."""
    if score.sentiment is None or score.sentiment.label != "negative":
        return []
    return [sentence.text[:TELLING_CHARS] for sentence in score.sentiment.sentences[:TELLING]]
