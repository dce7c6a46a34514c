"""The state of stories made anew from what the log keeps for ever: `warta.documents` and `warta.decisions`.

For when the state is lost, or written by another version (`StateError`). Nothing is resolved again: story, relation and
original of every document are those that the index was told, so nobody has to be told anything. Feed every message of
`warta.documents`, each partition in its order, and every decision; then take `records`.

What the log does not say is approximated: a document's place in the log by its fetch time, and the publishers of a story by
those of its remembered members. Boilerplate is learnt anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from stream_agents.stories.effects import series_of
from stream_agents.stories.engine import WATERMARK_LEAD, StoryEngine
from stream_agents.stories.groups import Group
from stream_agents.stories.record import DocumentRecord, LinksRecord, Membership, Record
from stream_agents.stories.store import ASIDE_GENERATIONS, ASIDE_RUN, DAY_S
from warta.clock import Clock
from warta.messages import Decision, Document, DocumentMessage, Patch, ScoredArticle, Story, StoryCounters, Tombstone
from warta.wire import envelope_of


@dataclass(slots=True)
class _Known:
    """A document as the messages so far leave it."""

    record: DocumentRecord
    story: Story


class Rebuild:
    """Folds messages; see the module's text. Memory: a record a document, without its content."""

    def __init__(self, clock: Clock, horizon_days: int) -> None:
        self._clock = clock
        self._horizon = horizon_days
        self._engine = StoryEngine(clock, horizon_days, content_window=0)
        self._engine.watermark = 0.0  # any: generations are set when all is known
        self._known: dict[str, _Known] = {}
        self._counters: dict[str, StoryCounters] = {}
        self._decisions: dict[str, Decision] = {}

    def document(self, message: DocumentMessage) -> None:
        """Take a message of `warta.documents`: a later one of a document counts."""
        if isinstance(message, Document):
            self._known[message.doc_id] = _Known(self._record(message), message.story)
            self._count(message.story)
        elif isinstance(message, Tombstone):
            self._known.pop(message.doc_id, None)
        elif isinstance(message, Patch):
            self._patch(message)

    def decision(self, decision: Decision) -> None:
        """Take a decision: a later one of an id counts."""
        self._decisions[decision.decision_id] = decision

    def _record(self, message: Document) -> DocumentRecord:
        event = ScoredArticle(
            **envelope_of(message),
            content=message.content,
            score=message.score,
            content_hash=message.content_hash,
            body_hash=message.body_hash,
            hidden=message.status.hidden,
        )
        record = self._engine.fresh_record(event, 0)
        record.facts.correction = message.correction
        record.facts.removed = message.status.removed
        return record

    def _patch(self, patch: Patch) -> None:
        if patch.story is not None:
            self._count(patch.story)
        known = self._known.get(patch.doc_id)
        if known is None:
            return
        facts = known.record.facts
        known.record.fetched_at = max(known.record.fetched_at, patch.fetched_at)
        if patch.story is not None:
            known.story = patch.story
        elif patch.section == "correction":
            facts.correction = patch.correction
        elif patch.status is not None:
            facts.removed, facts.hidden = patch.status.removed, patch.status.hidden
        elif patch.score is not None:
            facts.label = patch.score.sentiment.label if patch.score.sentiment else None
            facts.series = series_of(facts.genre, known.record.owner, patch.score, facts.hidden)

    def _count(self, story: Story) -> None:
        if story.story is not None:
            self._counters[story.story_id] = story.story

    # --- the result --------------------------------------------------------------------------------------------------

    def records(self, position: int) -> Iterator[tuple[str, Record]]:
        """Key and record of all that a state would hold that includes `warta.scored` up to and with `position`."""
        links = self._links()
        watermark = self._watermark()
        for known in self._remembered(watermark, position):
            own = links.pop(known.record.doc_id, None)
            if own is not None:
                # A takedown that the index has not heard of is still to be read from `warta.scored`.
                known.record.must, known.record.cannot = own.must, own.cannot
                known.record.facts.correction = own.correction or known.record.facts.correction
            self._engine.restore(known.record)
        self._engine.ready()
        for group in self._engine.store.groups.by_story.values():
            self._total(group, position)
        for doc_id in self._engine.store:
            yield doc_id, replace(self._engine.store.get(doc_id), watermark=watermark)
        for doc_id, waiting in links.items():
            yield doc_id, replace(waiting, watermark=watermark)

    def _watermark(self) -> float | None:
        cap = (self._clock.now() + WATERMARK_LEAD).timestamp()
        live = [k.record.fetched_at.timestamp() for k in self._known.values() if k.record.origin == "live"]
        return min(max(live), cap) if live else None

    def _remembered(self, watermark: float | None, position: int) -> list[_Known]:
        """The documents that an engine would still remember, as records, in the order of their fetches."""
        ordered = sorted(self._known.values(), key=lambda k: (k.record.fetched_at, k.record.doc_id))
        oldest = int((watermark or 0) // DAY_S) - self._horizon
        kept = []
        for offset, known in enumerate(ordered, position - len(ordered) + 1):
            record, story = known.record, known.story
            day, run = int(record.fetched_at.timestamp() // DAY_S), offset // ASIDE_RUN
            live = record.origin == "live"
            if day < oldest if live else run < position // ASIDE_RUN - ASIDE_GENERATIONS + 1:
                continue
            record.offset = record.last = offset
            record.generation = day if live else run
            record.revision = story.revision
            record.membership = Membership(story.story_id, story.original_id, story.story_relation, story.similarity)
            kept.append(known)
        return kept

    def _total(self, group: Group, position: int) -> None:
        """A story's totals: of its remembered members, and where the head was told of more, that."""
        store = self._engine.store
        for member in sorted(group.members):
            group.count(*store.counted(member))
        told = self._counters.get(group.story_id)
        if told is not None:
            group.copies = max(group.copies, told.copies)
            group.first_seen = min(group.first_seen, told.first_seen_at.timestamp())
            group.last_seen = max(group.last_seen, told.last_seen_at.timestamp())
        group.carrier = max(group.members, key=lambda member: (store.get(member).offset, member))
        group.summary_offset = position

    def _links(self) -> dict[str, LinksRecord]:
        """What was decided, by document."""
        links: dict[str, LinksRecord] = {}

        def of(doc_id: str) -> LinksRecord:
            return links.setdefault(doc_id, LinksRecord(doc_id=doc_id))

        for decision in self._decisions.values():
            doc_id, other = decision.doc_id, decision.other_id
            if decision.action == "forget":
                of(doc_id).forgotten = True
            elif decision.action == "correct":
                of(doc_id).correction = decision.correction
            elif other is not None and decision.action in ("must-link", "cannot-link"):
                for one, end in ((doc_id, other), (other, doc_id)):
                    ends = of(one).must if decision.action == "must-link" else of(one).cannot
                    ends.append(end)
                    ends.sort()
        return links
