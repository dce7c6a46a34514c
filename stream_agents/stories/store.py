"""Everything the engine remembers, and its translation from and to durable records.

Documents live in two pools: `live`, whose generations are the days of the watermark, and `aside` for backfill and replay,
whose generations are runs of the log, so that loading the past can never push live articles out of memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from math import isnan, nan
from typing import Literal
from zlib import crc32

import msgspec
import numpy as np

from stream_agents.stories import tokens
from stream_agents.stories.groups import Groups
from stream_agents.stories.ids import hash_bytes as hash_bytes
from stream_agents.stories.judge import Side
from stream_agents.stories.keys import Keys
from stream_agents.stories.memory import Memory, Row
from stream_agents.stories.record import DocumentRecord, Facts, LinksRecord, Membership, Summary
from warta.messages import Origin, Relation

DAY_S = 86_400.0
#: Backfill and replay: log positions in one generation, and generations remembered (so at most 200,000 documents).
ASIDE_RUN = 10_000
ASIDE_GENERATIONS = 20

_ORIGINS: tuple[Origin, ...] = ("live", "backfill", "replay")
_RELATIONS: tuple[Relation, ...] = ("original", "exact", "near", "contained")
_facts_encoder = msgspec.msgpack.Encoder()
_facts_decoder = msgspec.msgpack.Decoder(Facts)


def moment(seconds: float) -> datetime:
    """POSIX seconds → UTC."""
    return datetime.fromtimestamp(seconds, UTC)


class Interned:
    """Short strings that repeat, as small numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []

    def number(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return self._numbers[text]

    def text(self, number: int) -> str:
        return self._texts[number]


class Contents:
    """Packed content of recent documents, so that a revision can hand on the text it replaces.

    Kept while a document's placing lies less than `window` log positions back: a rule on positions alone, so that a
    restart forgets exactly what an uninterrupted run has forgotten."""

    def __init__(self, window: int) -> None:
        self.window = window
        self._packed: dict[str, tuple[int, bytes]] = {}
        self._order: deque[tuple[int, str]] = deque()

    def put(self, doc_id: str, offset: int, packed: bytes) -> None:
        if self.window:
            self._packed[doc_id] = (offset, packed)
            self._order.append((offset, doc_id))

    def expire(self, offset: int) -> None:
        while self._order and self._order[0][0] <= offset - self.window:
            placed, doc_id = self._order.popleft()
            if self._packed.get(doc_id, (None,))[0] == placed:
                del self._packed[doc_id]

    def settle(self, offset: int) -> None:
        """After contents were put in any order, up to the one at `offset`: keep those that a run without a break would."""
        self._order = deque(sorted(self._order))
        self.expire(offset)

    def get(self, doc_id: str) -> bytes | None:
        kept = self._packed.get(doc_id)
        return kept[1] if kept else None

    def drop(self, doc_id: str) -> None:
        self._packed.pop(doc_id, None)


class Store:
    """Documents, stories and decisions between documents."""

    def __init__(self, content_window: int, capacity: int = 1024) -> None:
        self.live = Memory(capacity)
        self.aside = Memory()
        self.groups = Groups()
        self.links: dict[str, LinksRecord] = {}
        self.contents = Contents(content_window)
        self._names = Interned()

    def __contains__(self, doc_id: str) -> bool:
        return doc_id in self.live or doc_id in self.aside

    def __iter__(self) -> Iterator[str]:
        yield from self.live
        yield from self.aside

    def locate(self, doc_id: str) -> tuple[Memory, int]:
        """The pool and row of a remembered document (KeyError otherwise)."""
        for pool in (self.live, self.aside):
            row = pool.ids.row(doc_id)
            if row >= 0:
                return pool, row
        raise KeyError(doc_id)

    def side(self, doc_id: str) -> Side:
        """What a comparison needs of a remembered document."""
        pool, row = self.locate(doc_id)
        values = pool.row(row)
        return Side(pool.codes(row), values.body_hash.hex(), self._names.text(values.publisher))

    def get(self, doc_id: str) -> DocumentRecord:
        """The record of a remembered document (KeyError otherwise), as it would be written now."""
        pool, row = self.locate(doc_id)
        values, name = pool.row(row), self._names.text
        links = self.links.get(doc_id)
        return DocumentRecord(
            doc_id=doc_id,
            offset=values.offset,
            last=values.last,
            generation=values.generation,
            origin=_ORIGINS[values.origin],
            language=name(values.language),
            owner=name(values.owner),
            publisher=name(values.publisher),
            wire=name(values.wire),
            first_seen_at=moment(values.first_seen),
            fetched_at=moment(values.fetched),
            published_at=_published(values.published, values.published_offset),
            watermark=None,
            content_hash=values.content_hash.hex(),
            body_hash=values.body_hash.hex(),
            revision=values.revision,
            codes=pool.codes(row).tobytes(),
            facts=_facts_decoder.decode(pool.facts[row]),
            membership=self.membership(doc_id),
            summary=self.summary(doc_id),
            content=self.contents.get(doc_id),
            must=list(links.must) if links else [],
            cannot=list(links.cannot) if links else [],
        )

    def put(self, record: DocumentRecord, keys: Keys) -> None:
        """Place a document's text: a new row in the pool of its origin."""
        pool = self.live if record.origin == "live" else self.aside
        (self.aside if pool is self.live else self.live).kill(record.doc_id)
        published, number = record.published_at, self._names.number
        values = Row(
            generation=record.generation,
            offset=record.offset,
            last=record.last,
            first_seen=record.first_seen_at.timestamp(),
            fetched=record.fetched_at.timestamp(),
            published=nan if published is None else published.timestamp(),
            published_offset=_utc_offset(published),
            revision=record.revision,
            publisher=number(record.publisher),
            owner=number(record.owner),
            wire=number(record.wire),
            language=number(record.language),
            origin=_ORIGINS.index(record.origin),
            relation=_RELATIONS.index(record.membership.relation),
            similarity=record.membership.similarity,
            content_hash=hash_bytes(record.content_hash),
            body_hash=hash_bytes(record.body_hash),
        )
        pool.add(record.doc_id, values, decode_words(record), keys, _facts_encoder.encode(record.facts))
        if record.content is not None:
            self.contents.put(record.doc_id, record.offset, record.content)

    def settle(self, offset: int) -> None:
        """After documents were put in any order, up to log position `offset`: the order of the log."""
        self.live.settle()
        self.aside.settle()
        self.contents.settle(offset)

    def touch(self, record: DocumentRecord) -> None:
        """Write back what changes without a new text: last event, fetch time, revision, facts."""
        pool, row = self.locate(record.doc_id)
        column = pool.columns[row]
        column["last"] = record.last
        column["fetched"] = record.fetched_at.timestamp()
        column["revision"] = record.revision
        pool.facts[row] = _facts_encoder.encode(record.facts)

    def stand(self, doc_id: str, relation: Relation, similarity: float) -> None:
        """Set a document's relation to its story's original."""
        pool, row = self.locate(doc_id)
        pool.columns["relation"][row] = _RELATIONS.index(relation)
        pool.columns["similarity"][row] = similarity

    def membership(self, doc_id: str) -> Membership:
        pool, row = self.locate(doc_id)
        return Membership(
            story_id=self.groups.story_id(doc_id),
            original_id=self.groups.original_id(doc_id),
            relation=_RELATIONS[int(pool.columns["relation"][row])],
            similarity=float(pool.columns["similarity"][row]),
        )

    def summary(self, doc_id: str) -> Summary | None:
        """Totals of the story, where `doc_id` is the member that carries them."""
        group = self.groups.of(doc_id)
        if group is None or group.carrier != doc_id:
            return None
        return Summary(
            offset=group.summary_offset,
            copies=group.copies,
            publishers=sorted(group.publishers),
            owners=sorted(group.owners),
            first_seen_at=moment(group.first_seen),
            last_seen_at=moment(group.last_seen),
        )

    def body_hash(self, doc_id: str) -> str:
        pool, row = self.locate(doc_id)
        return bytes(pool.columns["body_hash"][row]).hex()

    def revision(self, doc_id: str) -> int:
        pool, row = self.locate(doc_id)
        return int(pool.columns["revision"][row])

    def first_seen(self, doc_id: str) -> float:
        pool, row = self.locate(doc_id)
        return float(pool.columns["first_seen"][row])

    def published(self, doc_id: str) -> float:
        """When the publisher says a document appeared (POSIX seconds; NaN where unknown or not trusted)."""
        pool, row = self.locate(doc_id)
        return float(pool.columns["published"][row])

    def text_of(self, doc_id: str, column: Literal["publisher", "owner", "wire"]) -> str:
        pool, row = self.locate(doc_id)
        return self._names.text(int(pool.columns[column][row]))

    def counted(self, doc_id: str) -> tuple[int, int, float]:
        """What a document adds to its story's totals: hashes of publisher and owner, and when it was first seen."""
        pool, row = self.locate(doc_id)
        values = pool.row(row)
        publisher = self._names.text(values.publisher)
        owner = self._names.text(values.owner) or publisher
        return crc32(publisher.encode()), crc32(owner.encode()), values.first_seen

    def forget(self, doc_id: str) -> None:
        """Drop a document and its place in its story."""
        self.live.kill(doc_id)
        self.aside.kill(doc_id)
        self.contents.drop(doc_id)
        self.groups.take(doc_id)

    def nbytes(self) -> int:
        """Bytes of the arrays of both pools."""
        return self.live.nbytes() + self.aside.nbytes()


def _published(seconds: float, offset: int) -> datetime | None:
    if isnan(seconds):
        return None
    return datetime.fromtimestamp(seconds, timezone(timedelta(seconds=offset)))


def _utc_offset(time: datetime | None) -> int:
    offset = time.utcoffset() if time else None
    return int(offset.total_seconds()) if offset else 0


def decode_words(record: DocumentRecord) -> tokens.Codes:
    """The fingerprint of a record: a copy, for loops are compiled once for arrays that can be written and once for others."""
    return np.frombuffer(record.codes, dtype="<u2").copy()
