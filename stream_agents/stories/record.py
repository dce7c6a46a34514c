"""The durable state of stories: one compacted record a document, and one a publisher that repeats paragraphs.

Everything the engine remembers can be rebuilt from these records alone, whatever their order; each carries the version of
every algorithm whose output it stores. A record of another version is refused (`StateError`): the state is then made anew
from `warta.documents` and `warta.decisions` (`stream_agents.rebuild_stories`).
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct, field

from stream_agents.stories import tokens
from warta.errors import StateError
from warta.messages import Correction, Genre, Label, Origin, Relation

#: Layout of the records below.
VERSION = 1


class Facts(Struct, array_like=True):
    """What patches and signals repeat about a document; the engine decides nothing by it.

    `series` are the alert series it counts in; `trace_id` names the record that brought it.
    """

    title: str
    url: str
    source: str
    network: str
    media_type: str
    genre: Genre
    label: Label | None
    correction: Correction | None
    series: list[str]
    trace_id: str
    hidden: bool = False
    removed: bool = False
    platform: str = ""
    date_suspect: bool = False


class Membership(Struct, array_like=True):
    """The story of a document and its standing in it; `similarity` is against the original (0 to 1)."""

    story_id: str
    original_id: str
    relation: Relation
    similarity: float


class Summary(Struct, array_like=True):
    """What outlives a story's evicted members: totals, and who its original was. Carried by one member's record, the
    one with the highest `offset`; publishers and owners are 32-bit hashes."""

    offset: int
    copies: int
    publishers: list[int]
    owners: list[int]
    first_seen_at: datetime
    last_seen_at: datetime


class Recurring(Struct, array_like=True):
    """A document among its publisher's recent ones: its running number there, and the sums of its last paragraphs (uint32,
    little-endian)."""

    number: int
    sums: bytes


class DocumentRecord(Struct, kw_only=True, tag="document", tag_field="kind", omit_defaults=True):
    """One document. `offset` is the log position of the event that last placed its text (it orders restoration), `last`
    the position of the last event that touched it. `codes` is the packed fingerprint (uint16, little-endian), `watermark`
    the engine's after the event (POSIX seconds, None while no live article has moved it)."""

    version: int = VERSION
    tokens_version: int = tokens.VERSION
    doc_id: str
    offset: int
    last: int
    generation: int
    origin: Origin
    language: str
    owner: str
    publisher: str
    wire: str
    first_seen_at: datetime
    fetched_at: datetime
    published_at: datetime | None
    watermark: float | None
    content_hash: str
    body_hash: str
    revision: int
    codes: bytes
    facts: Facts
    membership: Membership
    summary: Summary | None = None
    content: bytes | None = None
    must: list[str] = field(default_factory=list)
    cannot: list[str] = field(default_factory=list)
    recurring: Recurring | None = None


class LinksRecord(Struct, kw_only=True, tag="links", tag_field="kind", omit_defaults=True):
    """Decisions about a document that is not remembered (not seen yet, or evicted): they wait for it. Links and a label
    given by a person; `forgotten` bars the document for ever."""

    version: int = VERSION
    doc_id: str
    must: list[str] = field(default_factory=list)
    cannot: list[str] = field(default_factory=list)
    forgotten: bool = False
    correction: Correction | None = None
    watermark: float | None = None

    @property
    def idle(self) -> bool:
        """Nothing is decided (any more)."""
        return not (self.must or self.cannot or self.forgotten or self.correction)


class Witness(Struct, array_like=True):
    """A story under which a paragraph stood, and the words (hashes) that say what its title is about."""

    story_id: str
    topic: list[int]


class Candidate(Struct, array_like=True):
    """A paragraph that a publisher has repeated, on its way to a rule: `sum` and `key` (cheap and full identity), running
    numbers of the first and last document that had it, in how many it was met, and its unrelated stories."""

    sum: int
    key: str
    first: int
    last: int
    met: int
    witnesses: list[Witness]


class Rule(Struct, array_like=True):
    """A paragraph that cleaning is told to cut; `seen` is the last day of the watermark on which it was cut or met."""

    sum: int
    key: str
    example: str
    stories: int
    seen: int


class PublisherRecord(Struct, kw_only=True, tag="publisher", tag_field="kind", omit_defaults=True):
    """What a publisher repeats: `number` counts its documents, `rules_version` is the version last published."""

    version: int = VERSION
    publisher: str
    number: int
    rules_version: int = 0
    candidates: list[Candidate] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


Record = DocumentRecord | LinksRecord | PublisherRecord


def publisher_key(publisher: str) -> str:
    """Key of a publisher's record on `warta.state.stories`; no doc_id looks like it."""
    return f"publisher/{publisher}"


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Record → JSON bytes, the value on `warta.state.stories`."""
    return _encoder.encode(record)


def decode(value: bytes) -> Record:
    """JSON bytes → record.

    Raises:
        StateError: not a record, or one of another version.
    """
    try:
        record: Record = _decoder.decode(value)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StateError(f"unreadable record in the state of stories: {error}") from None
    versions = (record.version, getattr(record, "tokens_version", tokens.VERSION))
    if versions != (VERSION, tokens.VERSION):
        raise StateError(
            f"state of stories has versions {versions}, this program writes {(VERSION, tokens.VERSION)}: "
            "stop the stage, run python -m stream_agents.rebuild_stories, and start it"
        )
    return record
