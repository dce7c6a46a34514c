"""The fold: what is stored and the log's messages about one document → the document as it has to stand.

Pure. Each section of a document is replaced as a whole and remembers the log position it stands at, so the outcome does
not depend on how the log is cut into batches or how often a part of it is read again: a message only counts where its
position is newer than the section's. A takedown (tombstone) empties the document; patches then find nothing to change,
a later whole document brings it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import fields

from warta.messages import SECTIONS, Content, Document, Envelope, Patch, Score, Section, Story, Tombstone

Outcome = Literal["applied", "stale", "orphan"]
FoldMessage = Document | Patch | Tombstone

TOMBSTONE = "tombstone"
#: The publisher's own times keep the offset they came with.
_PUBLISHER_TIMES = frozenset({"published_at", "modified_at"})
_ENVELOPE = ("fetched_at", "origin", "trace", "pipeline_version")
#: Bounds on annotations, whose shape nobody controls: the index refuses deeper nesting and longer keys.
_UPSTREAM_DEPTH = 8
_UPSTREAM_KEY = 256


class Position(NamedTuple):
    """Where a message stands in the log; a later generation of the topic is newer than any offset of an earlier one."""

    generation: int
    offset: int


_BEFORE_ALL = Position(-1, -1)


@dataclass(frozen=True, slots=True)
class Fold:
    """The document to write (None: nothing changed) and what became of each message, in order."""

    source: dict[str, Any] | None
    outcomes: list[Outcome]


def fold(stored: Mapping[str, Any] | None, messages: Iterable[tuple[Position, FoldMessage]], now: datetime) -> Fold:
    """Apply `messages` about one document, in log order, to what the index holds.

    `stored` is the `_source` as Elasticsearch returned it, or None; it is not changed. `now` becomes `indexed_at`.
    """
    standing = _Standing(stored)
    outcomes = [standing.take(position, message) for position, message in messages]
    return Fold(standing.source(now) if "applied" in outcomes else None, outcomes)


class _Standing:
    """A document while messages are applied to it."""

    def __init__(self, stored: Mapping[str, Any] | None) -> None:
        self._doc = dict(stored or {})
        marks = self._doc.get("applied") or {}
        self._applied = {name: Position(mark["generation"], mark["offset"]) for name, mark in marks.items()}

    def take(self, position: Position, message: FoldMessage) -> Outcome:
        if isinstance(message, Document):
            return self._whole(position, message)
        if isinstance(message, Tombstone):
            return self._takedown(position, message)
        return self._patch(position, message)

    def _newer(self, position: Position, name: str) -> bool:
        return position > self._applied.get(name, _BEFORE_ALL)

    def _whole(self, position: Position, message: Document) -> Outcome:
        newer = [section for section in SECTIONS if self._newer(position, section)]
        if not newer:
            return "stale"
        self._identify(message)
        self._applied.pop(TOMBSTONE, None)
        for section in newer:
            self._replace(section, message, getattr(message, section), position)
        return "applied"

    def _takedown(self, position: Position, message: Tombstone) -> Outcome:
        if not (self._newer(position, "content") and self._newer(position, TOMBSTONE)):
            return "stale"
        self._identify(message)
        kept = {name: self._doc[name] for name in ("doc_id", "first_seen_at")}
        self._doc = kept | {name: _plain(name, getattr(message, name)) for name in _ENVELOPE}
        self._doc |= {"removed": True, "hidden": True}
        self._applied = dict.fromkeys((*SECTIONS, TOMBSTONE), position)
        return "applied"

    def _patch(self, position: Position, message: Patch) -> Outcome:
        if not self._applied or TOMBSTONE in self._applied:
            return "orphan"
        if not self._newer(position, message.section):
            return "stale"
        self._replace(message.section, message, getattr(message, message.section), position)
        return "applied"

    def _identify(self, message: Envelope) -> None:
        self._doc["doc_id"] = message.doc_id
        # A stored time wins: the document stays in the month where it was first seen.
        self._doc.setdefault("first_seen_at", _stamp(message.first_seen_at or message.fetched_at))

    def _replace(self, section: Section, envelope: Envelope, value: Struct | None, position: Position) -> None:
        if section in self._applied:
            for name in _OWNED[section]:
                self._doc.pop(name, None)
        self._doc |= _section(section, value)
        if section == "content":
            self._doc |= {name: _plain(name, getattr(envelope, name)) for name in _ENVELOPE}
        self._applied[section] = position

    def source(self, now: datetime) -> dict[str, Any]:
        label = (self._doc.get("correction") or self._doc.get("sentiment") or {}).get("label")
        self._doc.pop("label", None)
        if label:
            self._doc["label"] = label
        self._doc["indexed_at"] = _stamp(now)
        self._doc["applied"] = {
            name: {"generation": generation, "offset": offset}
            for name, (generation, offset) in sorted(self._applied.items())
        }
        return self._doc


def _section(section: Section, value: Struct | None) -> dict[str, Any]:
    """The top-level fields of a section as the index names them."""
    if value is None:
        return {}
    if section == "correction":
        return {"correction": _plain("", value)}
    plain: dict[str, Any] = _plain("", value)
    if isinstance(value, Content):
        # Deleted passages are not searched: the index keeps what kind they were and how long.
        plain["cuts"] = [{"kind": cut.kind, "chars": cut.chars or len(cut.text)} for cut in value.cuts]
        plain["upstream"] = _bounded(value.upstream, _UPSTREAM_DEPTH)
        plain = {name: field for name, field in plain.items() if field not in ([], {})}
    return plain


_NUMBERS = frozenset({float, bool, int})
_ATOMS = _NUMBERS | {str, type(None)}
_names: dict[type, tuple[str, ...]] = {}


def _names_of(kind: type[Struct]) -> tuple[str, ...]:
    known = _names.get(kind)
    if known is None:
        known = _names[kind] = tuple(info.name for info in fields(kind))
    return known


def _plain(name: str, value: Any) -> Any:
    """A struct as the index stores it: defaults written out (a filter must find them), empty values left out."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is datetime:
        return value.isoformat() if name in _PUBLISHER_TIMES else _stamp(value)
    if kind is list:
        return [_plain("", item) for item in value]
    if kind is dict:
        return {key: _plain("", item) for key, item in value.items()}
    plain = {}
    for field in _names_of(kind):
        item = getattr(value, field)
        if type(item) is str:
            if item:
                plain[field] = item
        elif type(item) in _NUMBERS:
            plain[field] = item  # `False` and 0 stay: only what says nothing is left out
        elif item and (made := _plain(field, item)):
            plain[field] = made
    return plain


def _stamp(value: datetime) -> str:
    """RFC 3339 in UTC, ending in Z."""
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat()[:-6] + "Z"


def _bounded(value: Any, depth: int) -> Any:
    """Annotations cut to the depth and keys that a flattened field takes."""
    if isinstance(value, dict):
        pairs = ((_key(key), _bounded(item, depth - 1)) for key, item in value.items()) if depth else ()
        return {key: item for key, item in pairs if key and item is not None and item not in ("", [], {})}
    if isinstance(value, list):
        return [_bounded(item, depth - 1) for item in value if item is not None] if depth else []
    return value


def _key(key: str) -> str:
    # A zero byte separates key and value inside a flattened field.
    return key.replace("\x00", "").strip(". ")[:_UPSTREAM_KEY]


#: Top-level fields of the index that each section owns and replaces.
_OWNED: dict[Section, frozenset[str]] = {
    "content": frozenset({*(info.name for info in fields(Content)), *_ENVELOPE}),
    "score": frozenset(info.name for info in fields(Score)),
    "story": frozenset(info.name for info in fields(Story)),
    "correction": frozenset({"correction"}),
    "status": frozenset({"removed", "hidden"}),
}
