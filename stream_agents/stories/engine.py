"""The story engine: one event of `warta.scored` in, everything it brings about out.

How an agent uses it:

    engine = StoryEngine(clock=SystemClock(), horizon_days=settings.story_horizon_days)
    engine.load(record.decode(value) for value in values_of("warta.state.stories"))   # read to its end, any order
    effects = engine.apply(message, offset)        # message: ScoredMessage; offset: its position on warta.scored

Send `effects.documents`, `effects.signals` and `effects.rules`, then `effects.state` in its order (key, `record.encode`d
record or null), await all of it, and only then go on to the next event. Then the state on the log never runs ahead of the
outputs: what a crash interrupts is applied again and gives the same answer. `apply` raises `Invalid` for events that can
never be processed; the engine is unchanged by them.

The engine is deterministic: its answers are a function of the events, their offsets and the clock's cap on the watermark.
It keeps no clock, no threads, no randomness, and may be stopped after any event: an engine loaded from the records written
so far continues exactly as the stopped one would have.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from math import isfinite

import msgspec
import zstandard

from stream_agents.stories import effects as out
from stream_agents.stories import tokens
from stream_agents.stories.boilerplate import BoilerplateLearner
from stream_agents.stories.decisions import Decisions
from stream_agents.stories.effects import Effects
from stream_agents.stories.judge import Side
from stream_agents.stories.keys import Lookup
from stream_agents.stories.keys import lookup as lookup_of
from stream_agents.stories.membership import Memberships
from stream_agents.stories.memory import Memory
from stream_agents.stories.record import (
    DocumentRecord,
    LinksRecord,
    Membership,
    Record,
    publisher_key,
)
from stream_agents.stories.resolve import Resolver
from stream_agents.stories.store import ASIDE_GENERATIONS, ASIDE_RUN, DAY_S, Store, decode_words, hash_bytes, moment
from warta.clock import Clock
from warta.errors import Invalid
from warta.messages import (
    Content,
    Decision,
    Removed,
    Rescore,
    ScoredArticle,
    ScoredMessage,
    Status,
    Superseded,
    Tick,
)
from warta.wire import envelope, envelope_of

#: How far the watermark may run ahead of the clock: a publisher's broken clock must not age everything out.
WATERMARK_LEAD = timedelta(minutes=5)
#: Log positions for which a document's content is kept, to hand it on when a revision replaces it: two thirds of a day of all
#: Indonesian news, at 1.3 KB each.
CONTENT_WINDOW = 25_000

_content_encoder = msgspec.msgpack.Encoder()
_content_decoder = msgspec.msgpack.Decoder(Content)


class StoryEngine:
    """Resolves stories; see the module's text for the contract.

    Args:
        clock: caps the watermark; nothing else is asked of it.
        horizon_days: days of the watermark for which a live article is remembered.
        content_window: log positions for which replaced content can be handed on as `Superseded`; 0 keeps none.
        capacity: articles that there is room for at first (it grows by itself).
    """

    def __init__(
        self, clock: Clock, horizon_days: int = 14, content_window: int = CONTENT_WINDOW, capacity: int = 1024
    ) -> None:
        self._clock = clock
        self._horizon = horizon_days
        self.watermark = float("-inf")
        self._latest = 0
        self.store = Store(content_window, capacity)
        self._resolver = Resolver(self.store)
        self._memberships = Memberships(self.store, self._resolver)
        self._decisions = Decisions(self.store, self._memberships, self._resolver)
        self._boilerplate = BoilerplateLearner(self._recall_story)
        self._announced: DocumentRecord | None = None
        self._packer = zstandard.ZstdCompressor(level=1)
        self._unpacker = zstandard.ZstdDecompressor()

    # --- restoring ---------------------------------------------------------------------------------------------------

    def load(self, restored: Iterable[Record]) -> None:
        """Restore from durable records, one a key, in any order. The engine must be new."""
        for record in restored:
            self.restore(record)
        self.ready()

    def restore(self, record: Record) -> None:
        """Take one durable record back; `ready` follows the last one. Nothing of the record is held beyond its place, so that
        the state is never in memory twice."""
        if isinstance(record, DocumentRecord):
            self._restore_document(record)
        elif isinstance(record, LinksRecord):
            self.store.links[record.doc_id] = record
            self._recall(record.watermark)
        else:
            self._boilerplate.restore_publisher(record)

    def _restore_document(self, record: DocumentRecord) -> None:
        self._latest = max(self._latest, record.last)
        if record.offset + self.store.contents.window <= self._latest:
            record.content = None
        self.store.put(record, self._look(record)[0].keys)
        self.store.contents.expire(self._latest)
        self._recall(record.watermark)
        decided = LinksRecord(
            doc_id=record.doc_id, must=record.must, cannot=record.cannot, correction=record.facts.correction
        )
        if not decided.idle:
            self.store.links[record.doc_id] = decided
        self._memberships.restore(record)
        if record.recurring is not None:
            self._boilerplate.restore_document(record.doc_id, record.publisher, record.recurring)

    def ready(self) -> None:
        """Everything has been restored: put it in the order of the log."""
        self.store.settle(self._latest)
        self._memberships.settle()
        self._boilerplate.settle()

    def _recall(self, watermark: float | None) -> None:
        if watermark is not None:
            self.watermark = max(self.watermark, watermark)

    def _recall_story(self, doc_id: str) -> tuple[str, tokens.Codes]:
        return self.store.groups.story_id(doc_id), self.store.side(doc_id).codes

    # --- events ------------------------------------------------------------------------------------------------------

    def apply(self, event: ScoredMessage, offset: int) -> Effects:
        """Take one event in; `offset` is its position on `warta.scored` and rises from event to event.

        Raises:
            Invalid: `bad-message`, an event that contradicts itself.
        """
        effects = Effects()
        self._announced = None
        self.store.contents.expire(offset)
        if not isinstance(event, Decision) and self._decisions.forgotten(event.doc_id):
            effects.outcome = "forgotten"
        elif isinstance(event, ScoredArticle):
            self._article(event, offset, effects)
        elif isinstance(event, Removed):
            self._removed(event, offset, effects)
        elif isinstance(event, Rescore):
            self._rescore(event, offset, effects)
        elif isinstance(event, Decision):
            self._decisions.apply(event, offset, effects)
            if event.doc_id not in self.store:
                self._boilerplate.leave(event.doc_id)
        else:
            raise Invalid("bad-message", f"stories does not know events of type {type(event).__name__}")
        self._write(event.doc_id, effects)
        return effects

    def _write(self, doc_id: str, effects: Effects) -> None:
        """Turn the publishers and documents whose state changed into records; the event's own comes last."""
        changed = self._memberships.take_changed()
        if effects.outcome not in ("stale", "unknown", "forgotten"):
            changed.add(doc_id)
        watermark = self.watermark if isfinite(self.watermark) else None
        ordered = sorted(changed, key=lambda member: (member == doc_id, member))
        documents = [(member, self._record_of(member, watermark, member == doc_id)) for member in ordered]
        effects.state += [(publisher_key(name), record) for name, record in self._boilerplate.take_changed()]
        effects.state += documents

    def _record_of(self, doc_id: str, watermark: float | None, own: bool) -> Record | None:
        """The record of a document as it stands; None where nothing of it is remembered."""
        known = self._announced if own else None
        if known is None and doc_id in self.store:
            known = self.store.get(doc_id)
        if known is None:
            links = self.store.links.get(doc_id)
            return links and msgspec.structs.replace(links, watermark=watermark)
        recurring = self._boilerplate.recurring_of(doc_id, known.publisher)
        return msgspec.structs.replace(known, watermark=watermark, recurring=recurring)

    def _article(self, event: ScoredArticle, offset: int, effects: Effects) -> None:
        if self._is_stale(event, offset):
            effects.outcome = "stale"
            return
        self._advance(event, offset, effects)
        if event.doc_id not in self.store:
            self._new(event, offset, effects)
            return
        known = self.store.get(event.doc_id)
        if hash_bytes(event.content_hash).hex() == known.content_hash:
            self._replay(event, known, offset, effects)
        else:
            self._revision(event, known, offset, effects)

    def _is_stale(self, event: ScoredArticle, offset: int) -> bool:
        """Another text than the one remembered, but fetched or logged before it. Stale events move nothing, not even the
        watermark: they leave no record that could bring it back after a restart."""
        if event.doc_id not in self.store:
            return False
        known = self.store.get(event.doc_id)
        if hash_bytes(event.content_hash).hex() == known.content_hash:
            return False
        return event.fetched_at < known.fetched_at or offset <= known.last

    def _new(self, event: ScoredArticle, offset: int, effects: Effects) -> None:
        effects.outcome = "new"
        record = self.fresh_record(event, offset)
        record.facts.correction = self._decisions.correction(event.doc_id)
        lookup, side = self._look(record)
        matches = self._decisions.matches(record.doc_id, side, lookup, self._pools(record))
        self.store.put(record, lookup.keys)
        self._memberships.join(record.doc_id, matches, offset, event.trace, effects)
        if event.origin == "live" and not event.hidden:
            rules = self._boilerplate.learn(event.doc_id, event.content, int(self.watermark // DAY_S))
            if rules is not None:
                effects.rules.append(rules)
        self._announce(event, effects)

    def _announce(self, event: ScoredArticle, effects: Effects, superseded: Superseded | None = None) -> None:
        record = self._announced = self.store.get(event.doc_id)
        effects.documents.insert(0, out.document(event, record, self.store.groups.of(event.doc_id)))
        if superseded is not None:
            effects.documents.insert(0, superseded)
        effects.signals.append(out.signal(record, event.trace, score=event.score))

    def _replay(self, event: ScoredArticle, known: DocumentRecord, offset: int, effects: Effects) -> None:
        """The same text again: the earlier answer, whatever has been learnt since about its story."""
        effects.outcome = "replay"
        # A fetch made before the publisher took the document away does not bring it back.
        removed = known.facts.removed and event.fetched_at < known.fetched_at
        known.fetched_at = max(known.fetched_at, event.fetched_at)
        known.last = max(known.last, offset)
        known.facts = out.facts_of(event, known.facts.correction, removed=removed)
        self.store.touch(known)
        self._announce(event, effects)

    def _revision(self, event: ScoredArticle, known: DocumentRecord, offset: int, effects: Effects) -> None:
        """A later text of the same document: it stays in its story, with its relation and first-seen time."""
        effects.outcome = "revision"
        superseded = self._superseded(event, known)
        record = self.fresh_record(event, offset)
        record.revision = known.revision + 1
        record.first_seen_at = known.first_seen_at
        record.facts.correction = known.facts.correction
        record.membership = known.membership
        if known.origin == "live":
            record.origin = "live"
            record.generation = self._generation(record, offset)
        self.store.put(record, self._look(record)[0].keys)
        self._memberships.revised(record.doc_id, offset, event.trace, effects)
        self._announce(event, effects, superseded)

    def _superseded(self, event: ScoredArticle, known: DocumentRecord) -> Superseded | None:
        if known.content is None:
            return None
        content = _content_decoder.decode(self._unpacker.decompress(known.content))
        return Superseded(
            **envelope(
                doc_id=known.doc_id,
                fetched_at=known.fetched_at,
                origin=known.origin,
                trace=event.trace,
                first_seen_at=known.first_seen_at,
            ),
            revision=known.revision,
            content=content,
        )

    def _removed(self, event: Removed, offset: int, effects: Effects) -> None:
        """The publisher took the document away. It stays in its story: its copies are still copies."""
        if event.doc_id not in self.store:
            effects.documents.append(out.bare_patch(event, section="status", status=Status(removed=True)))
            return
        effects.outcome = "removed"
        known = self.store.get(event.doc_id)
        if event.fetched_at < known.fetched_at:
            effects.outcome = "stale"
            return
        known.facts.removed = True
        known.fetched_at, known.last = event.fetched_at, max(known.last, offset)
        self.store.touch(known)
        status = Status(removed=True, hidden=known.facts.hidden)
        effects.documents.append(out.patch(known, event.trace, section="status", status=status))

    def _rescore(self, event: Rescore, offset: int, effects: Effects) -> None:
        """A new score for a known text."""
        if event.doc_id not in self.store:
            effects.documents.append(out.bare_patch(event, section="score", score=event.score))
            return
        known = self.store.get(event.doc_id)
        if event.fetched_at < known.fetched_at:
            # It scored a text that a later fetch has replaced.
            effects.outcome = "stale"
            return
        effects.outcome = "rescored"
        before, series_before = out.label_of(known.facts), known.facts.series
        known.facts.label = event.score.sentiment.label if event.score.sentiment else None
        known.facts.series = out.series_of(known.facts.genre, known.owner, event.score, known.facts.hidden)
        known.last = max(known.last, offset)
        self.store.touch(known)
        effects.documents.append(out.patch(known, event.trace, section="score", score=event.score))
        effects.signals.append(
            out.signal(known, event.trace, previous_label=before, series_before=series_before, score=event.score)
        )

    # --- helpers -----------------------------------------------------------------------------------------------------

    def fresh_record(self, event: ScoredArticle, offset: int) -> DocumentRecord:
        """What is remembered of an article that nothing is known of yet: a story of its own."""
        content = event.content
        codes = tokens.encode(content.title, content.body)
        record = DocumentRecord(
            doc_id=event.doc_id,
            offset=offset,
            last=offset,
            generation=0,
            origin=event.origin,
            language=content.language,
            owner=content.owner,
            publisher=content.source,
            wire=content.wire,
            first_seen_at=event.first_seen_at or event.fetched_at,
            fetched_at=event.fetched_at,
            published_at=None if content.date_suspect else content.published_at,
            watermark=None,
            content_hash=hash_bytes(event.content_hash).hex(),
            body_hash=hash_bytes(event.body_hash).hex(),
            revision=1,
            codes=codes.tobytes(),
            facts=out.facts_of(event, None, removed=False),
            membership=Membership(
                story_id=self.store.groups.story_id(event.doc_id),
                original_id=event.doc_id,
                relation="original",
                similarity=1.0,
            ),
        )
        if self.store.contents.window:
            record.content = self._packer.compress(_content_encoder.encode(content))
        record.generation = self._generation(record, offset)
        return record

    def _generation(self, record: DocumentRecord, offset: int) -> int:
        """The day of the watermark, or for what is not live the run of the log."""
        return int(self.watermark // DAY_S) if record.origin == "live" else offset // ASIDE_RUN

    def _look(self, record: DocumentRecord) -> tuple[Lookup, Side]:
        codes = decode_words(record)
        side = Side(codes, record.body_hash, record.publisher)
        # What people are not shown (the probe) is in no story of others: it is looked up in a namespace of its own.
        namespace = f"hidden/{record.doc_id}" if record.facts.hidden else record.language
        return lookup_of(tokens.split(codes)[1], record.body_hash, namespace), side

    def _pools(self, record: DocumentRecord) -> list[Memory]:
        return [self.store.live] if record.origin == "live" else [self.store.live, self.store.aside]

    def _advance(self, event: ScoredArticle, offset: int, effects: Effects) -> None:
        """Move the watermark (live) or the run of the log, forget what fell behind the horizon, and tell the minute."""
        if event.origin != "live":
            self._evict(self.store.aside, offset // ASIDE_RUN - ASIDE_GENERATIONS + 1, offset)
            return
        cap = (self._clock.now() + WATERMARK_LEAD).timestamp()
        moved = max(self.watermark, min(event.fetched_at.timestamp(), cap))
        if moved // 60 > self.watermark // 60:
            effects.signals.append(Tick(**{**envelope_of(event), "doc_id": ""}, minute=moment(moved // 60 * 60)))
        if moved // DAY_S > self.watermark // DAY_S:
            self._evict(self.store.live, int(moved // DAY_S) - self._horizon, offset)
        self.watermark = moved

    def _evict(self, pool: Memory, oldest: int, offset: int) -> None:
        for doc_id in pool.expired(oldest):
            self._boilerplate.leave(doc_id)
            self._memberships.evicted(doc_id, offset)
        pool.drop_before(oldest)
