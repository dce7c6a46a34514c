"""What people decide, as messages on `warta.decisions`: made, read back, and turned into links between documents.

A key names kind and subject, so that compaction keeps the latest word on each subject: `correct/<doc_id>`,
`forget/<doc_id>`, `link/<doc_id>/<doc_id>` (sorted), `ack/<alarm id>`, `silence/<id>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from warta import topics
from warta.errors import Invalid, Transient, Usage
from warta.identity import canonical_url, doc_id
from warta.messages import Correction, Decision, Label, Trace
from warta.settings import Settings
from warta.wire import Decoder, encode, envelope

Action = Literal["correct", "uncorrect", "forget", "must-link", "cannot-link", "unlink"]
LinkAction = Literal["must-link", "cannot-link", "unlink"]

#: Kinds of keys whose decisions are about documents; the others are about alarms.
ABOUT_DOCUMENTS = frozenset({"correct", "forget", "link"})
ABOUT_ALARMS = frozenset({"ack", "silence"})
#: Documents that stay, each of which is barred from every one that goes: the original and a few that outlive it in memory.
ANCHORS = 8
_CONFIRM_SECONDS = 60

_decoder = Decoder(Decision)


@dataclass(frozen=True, slots=True)
class Subject:
    """A document as a decision refers to it: its identity and times as the index holds them."""

    doc_id: str
    url: str = ""
    story_id: str = ""
    is_head: bool = False
    fetched_at: datetime | None = None
    first_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link to be made or lifted between two documents."""

    action: LinkAction
    one: Subject
    other: Subject


def identity_of(reference: str) -> str:
    """The doc_id of an address, or of a doc_id itself.

    Raises:
        Usage: it is neither.
    """
    if _is_id(reference):
        return reference
    try:
        return doc_id(canonical_url(reference))
    except Invalid:
        raise Usage(
            f"'{reference[:200]}' names no article: write its address (https://…) or its doc_id (32 hex digits)"
        ) from None


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)


def key(action: Action, subject: str, other: str | None = None) -> str:
    """The key of a decision about documents; a link's two ends are sorted, so either order is the same decision."""
    if other is not None:
        return "/".join(("link", *sorted((subject, other))))
    return f"{'forget' if action == 'forget' else 'correct'}/{subject}"


def kind_of(key: bytes | None) -> str:
    """`correct`, `forget`, `link`, `ack` or `silence`.

    Raises:
        Invalid: `bad-decision`, a key of no known kind.
    """
    kind, _, subject = (key or b"").decode("utf-8", "replace").partition("/")
    if not subject or kind not in ABOUT_DOCUMENTS | ABOUT_ALARMS:
        raise Invalid("bad-decision", f"key {key!r}: expected correct/…, forget/…, link/…/…, ack/… or silence/…")
    return kind


# --- making ----------------------------------------------------------------------------------------------------------


def decide(
    action: Action,
    subject: Subject,
    by: str,
    now: datetime,
    *,
    other: Subject | None = None,
    label: Label | None = None,
    note: str = "",
) -> Decision:
    """One decision. The envelope is the document's own (times of the index), so that nothing of it moves."""
    correction = Correction(label=label, by=by, at=now, note=note) if label else None
    return Decision(
        **envelope(
            doc_id=subject.doc_id,
            fetched_at=subject.fetched_at or now,
            first_seen_at=subject.first_seen_at,
            origin="live",
            trace=Trace(id=uuid4().hex, passed={"decide": now}),
        ),
        decision_id=key(action, subject.doc_id, other.doc_id if other else None),
        action=action,
        by=by,
        at=now,
        other_id=other.doc_id if other else None,
        correction=correction,
        note=note,
    )


def merge_links(one: Sequence[Subject], other: Sequence[Subject], known: Iterable[Decision]) -> list[Link]:
    """Links that make one story of two, each given by its members: earlier cannot-links between them are lifted, then the
    two heads are tied. The link is an event of the story seen first, the one that keeps its id, whichever is named first."""
    lifted = _between("cannot-link", one, other, known)
    stays, goes = sorted((one, other), key=_age)
    return [*lifted, Link("must-link", _head(stays), _head(goes))]


def split_links(members: Sequence[Subject], named: Iterable[str], known: Iterable[Decision]) -> list[Link]:
    """Links that part the documents `named` (doc_ids) from their story and keep them together.

    Where the head is among the named, the others go: the same two parts, and the head's story keeps its head.

    Raises:
        Usage: a named document is not a member, or nobody would stay.
    """
    chosen = set(named)
    strangers = chosen - {member.doc_id for member in members}
    if strangers:
        raise Usage(f"{', '.join(sorted(strangers))}: not in this story; 'warta story ID' lists its members")
    going = [member for member in members if member.doc_id in chosen]
    staying = [member for member in members if member.doc_id not in chosen]
    if not going or not staying:
        raise Usage(
            f"all {len(members)} members are named, so nothing would be split off; name only those that do not belong"
        )
    if _head(members).doc_id in chosen:
        going, staying = staying, going
    head = _head(staying)
    anchors = [head, *(member for member in staying if member is not head)][:ANCHORS]
    together = [Link("must-link", going[0], member) for member in going[1:]]
    apart = [Link("cannot-link", member, anchor) for anchor in anchors for member in going]
    return [*_between("must-link", going, staying, known), *together, *apart]


def _age(members: Sequence[Subject]) -> tuple[datetime, str]:
    """What orders stories by age: when the first member was seen, then the story's id."""
    seen = [member.first_seen_at for member in members if member.first_seen_at]
    return min(seen, default=datetime.max.replace(tzinfo=UTC)), members[0].story_id


def _head(members: Sequence[Subject]) -> Subject:
    """The original; where the index holds it no longer, the member seen first."""
    return next((member for member in members if member.is_head), members[0])


def _between(action: str, one: Sequence[Subject], other: Sequence[Subject], known: Iterable[Decision]) -> list[Link]:
    """Links of a kind, made earlier between two groups of documents, to be lifted."""
    here, there = ({member.doc_id: member for member in group} for group in (one, other))
    lifted = []
    for decision in known:
        if decision.action == action and decision.other_id:
            for a, b in ((decision.doc_id, decision.other_id), (decision.other_id, decision.doc_id)):
                if a in here and b in there:
                    lifted.append(Link("unlink", here[a], there[b]))
    return lifted


# --- sending and reading ---------------------------------------------------------------------------------------------


def send(settings: Settings, decisions: Sequence[Decision]) -> None:
    """Send in order and wait until Kafka holds all of them.

    Raises:
        Transient: Kafka did not confirm.
    """
    from kafka.errors import KafkaError

    from warta import kafka

    try:
        producer = kafka.producer(settings, "warta-decide")
        try:
            sent = [
                producer.send(topics.DECISIONS, key=decision.decision_id.encode(), value=encode(decision))
                for decision in decisions
            ]
            producer.flush(_CONFIRM_SECONDS)
            for delivery in sent:
                delivery.get(timeout=_CONFIRM_SECONDS)
        finally:
            producer.close(timeout=5)
    except (KafkaError, OSError) as error:
        raise Transient(f"Kafka at {settings.kafka} did not take the decision: {error!r} (warta status)") from error


def links(settings: Settings) -> list[Decision]:
    """The latest word on every pair of documents that people linked.

    Raises:
        Transient: Kafka does not answer.
    """
    from kafka.errors import KafkaError

    try:
        latest = {key: value for key, value in _records(settings) if key.startswith(b"link/")}
    except (KafkaError, OSError) as error:
        raise Transient(f"Kafka at {settings.kafka} does not answer: {error!r} (warta status)") from error
    return [decision for value in latest.values() if (decision := _decoded(value))]


def _decoded(value: bytes | None) -> Decision | None:
    try:
        found: Decision = _decoder.decode(value)
    except Invalid:
        return None  # the forwarder has dead-lettered it
    return found


def _records(settings: Settings) -> Iterator[tuple[bytes, bytes | None]]:
    """Every record of the topic's one partition, up to its end as it stands now."""
    from kafka import TopicPartition

    from warta import kafka

    consumer = kafka.consumer(settings, group=None, client_id="warta-decide")
    try:
        partition = TopicPartition(topics.DECISIONS, 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        end = consumer.end_offsets([partition])[partition]
        while consumer.position(partition) < end:
            for batch in consumer.poll(timeout_ms=500).values():
                yield from ((record.key or b"", record.value) for record in batch)
    finally:
        consumer.close()


def moment(text: str | None) -> datetime | None:
    """A time of the index (RFC 3339) as a datetime in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def subject_of(source: dict[str, Any]) -> Subject:
    """A document of the index as the subject of a decision."""
    return Subject(
        doc_id=source["doc_id"],
        url=source.get("url", ""),
        story_id=source.get("story_id", ""),
        is_head=bool(source.get("is_story_head")),
        fetched_at=moment(source.get("fetched_at")),
        first_seen_at=moment(source.get("first_seen_at")),
    )
