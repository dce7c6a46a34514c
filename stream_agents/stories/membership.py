"""Joining, merging, splitting and leaving stories, who their original is, and telling the index and alerting about it."""

from __future__ import annotations

from collections.abc import Iterable

from stream_agents.stories import effects as out
from stream_agents.stories.effects import Effects
from stream_agents.stories.groups import Group, own_document, own_story
from stream_agents.stories.origin import precedes
from stream_agents.stories.record import DocumentRecord
from stream_agents.stories.resolve import Match, Resolver
from stream_agents.stories.store import Store
from warta.messages import Trace


class Memberships:
    """Changes the stories of a store. Every change marks the documents whose records must be written again."""

    def __init__(self, store: Store, resolver: Resolver) -> None:
        self._store = store
        self._resolver = resolver
        self._changed: set[str] = set()

    def take_changed(self) -> set[str]:
        """Documents whose records are out of date, once."""
        changed, self._changed = self._changed, set()
        return changed

    def mark(self, doc_id: str) -> None:
        """The record of `doc_id` is out of date."""
        self._changed.add(doc_id)

    def restore(self, record: DocumentRecord) -> None:
        """Put a placed document back into its story. A story of its own needs nothing; if company of it comes later, `settle`
        puts it there."""
        membership, groups, summary = record.membership, self._store.groups, record.summary
        alone = membership.story_id == own_story(record.doc_id) and membership.original_id == record.doc_id
        if alone and summary is None:
            return
        group = groups.by_story.get(membership.story_id)
        if group is None:
            group = groups.create(membership.story_id, membership.original_id)
        groups.put(group, record.doc_id)
        if summary is not None and summary.offset > group.summary_offset:
            group.original_id = membership.original_id
            group.copies = summary.copies
            group.publishers, group.owners = set(summary.publishers), set(summary.owners)
            group.first_seen = summary.first_seen_at.timestamp()
            group.last_seen = summary.last_seen_at.timestamp()
            group.summary_offset, group.carrier = summary.offset, record.doc_id

    def settle(self) -> None:
        """After the last restored document: stories get back the first members that were passed over."""
        groups = self._store.groups
        for group in list(groups.by_story.values()):
            first = own_document(group.story_id)
            if first in self._store and groups.of(first) is None:
                groups.put(group, first)
            if group.original_id not in self._store:
                groups.lost[group.original_id] = group.story_id

    # --- joining and merging -----------------------------------------------------------------------------------------

    def join(self, doc_id: str, matches: list[Match], offset: int, trace: Trace, effects: Effects) -> None:
        """Put a new document into the best of the stories it tells, and make one story of those that it ties together."""
        self._place(doc_id, matches, offset, trace, effects)
        story_id = self._store.groups.lost.pop(doc_id, None)
        orphaned = self._store.groups.by_story.get(story_id) if story_id else None
        if orphaned is not None and orphaned.original_id == doc_id and doc_id not in orphaned.members:
            # It is back, and in another story: it cannot be the original of the one that it left by age.
            self._succeed(orphaned, trace, effects)

    def _place(self, doc_id: str, matches: list[Match], offset: int, trace: Trace, effects: Effects) -> None:
        if not matches:
            self._come_back(doc_id, offset, trace, effects)
            return
        home = self._group_of(matches[0].anchor)
        self._store.groups.put(home, doc_id)
        home.count(*self._store.counted(doc_id))
        for match in matches[1:]:
            if self._resolver.ties(matches[0], match):
                self.merge(doc_id, match.anchor, offset, trace, effects, quiet=doc_id)
        home = self._group_of(doc_id)
        self._carry(home, doc_id, offset)
        original = home.original_id
        if original in self._store and precedes(self._store, doc_id, original):
            self.reroot(home, doc_id, trace, effects, quiet=doc_id)
        else:
            self._relate(doc_id, home)
            self._patch_head(home, trace, effects)

    def _come_back(self, doc_id: str, offset: int, trace: Trace, effects: Effects) -> None:
        """A document that was forgotten by age while the story it began lived on rejoins it: the id is its own. Where a person
        has parted it from those who stayed meanwhile, it takes the id along."""
        group = self._store.groups.by_story.get(own_story(doc_id))
        if group is None:
            return
        links = self._store.links.get(doc_id)
        parted = links is not None and not group.members.keys().isdisjoint(links.cannot)
        self._store.groups.put(group, doc_id)
        self._carry(group, doc_id, offset)
        self._relate(doc_id, group)
        if parted:
            self.separate([doc_id], offset, trace, effects)

    def merge(self, doc_id: str, other_id: str, offset: int, trace: Trace, effects: Effects, quiet: str = "") -> None:
        """Make one story of two. The one seen first keeps its id; the other's members are told once each, `quiet` otherwise."""
        one, other = self._group_of(doc_id), self._group_of(other_id)
        if one is other:
            return
        if (other.first_seen, other.story_id) < (one.first_seen, one.story_id):
            one, other = other, one
        moved, previous = sorted(other.members), other.story_id
        original, rival = one.original_id, other.original_id
        self._absorb(one, other)
        if original in self._store and rival in self._store and precedes(self._store, rival, original):
            one.original_id = rival
        self._carry(one, max(one.members, key=self._placed), offset)
        everyone = sorted(one.members) if one.original_id != original else moved
        for member in everyone:
            self._relate(member, one)
            if member != quiet:
                self._tell(member, trace, effects, previous if member in moved else None)
        if one.original_id == original:
            self._patch_head(one, trace, effects)

    def _absorb(self, one: Group, other: Group) -> None:
        one.copies += other.copies
        one.publishers |= other.publishers
        one.owners |= other.owners
        one.first_seen = min(one.first_seen, other.first_seen)
        one.last_seen = max(one.last_seen, other.last_seen)
        for member in list(other.members):
            self._store.groups.put(one, member)

    def _group_of(self, doc_id: str) -> Group:
        """The story of a document, as an object; a lone document gets one."""
        groups = self._store.groups
        group = groups.of(doc_id)
        if group is None:
            group = groups.create(own_story(doc_id), doc_id)
            groups.put(group, doc_id)
            group.count(*self._store.counted(doc_id))
            group.carrier = doc_id
        return group

    def _carry(self, group: Group, doc_id: str, offset: int) -> None:
        """Let the record of `doc_id` hold the story's totals from now on."""
        group.carrier, group.summary_offset = doc_id, offset
        self._changed.add(doc_id)

    def _placed(self, doc_id: str) -> tuple[int, str]:
        pool, row = self._store.locate(doc_id)
        return int(pool.columns["offset"][row]), doc_id

    # --- originals ---------------------------------------------------------------------------------------------------

    def reroot(self, group: Group, original_id: str, trace: Trace, effects: Effects, quiet: str = "") -> None:
        """Make another member the original: relations change, the story's id does not. `quiet` is told otherwise."""
        self._store.groups.lost.pop(group.original_id, None)
        group.original_id = original_id
        for member in sorted(group.members):
            self._relate(member, group)
            if member != quiet:
                self._tell(member, trace, effects)

    def _relate(self, doc_id: str, group: Group) -> None:
        """Set the relation of a member to its story's original."""
        self._changed.add(doc_id)
        if group.original_id == doc_id:
            self._store.stand(doc_id, "original", 1.0)
        elif group.original_id in self._store:
            verdict = self._resolver.standing(doc_id, group.original_id)
            self._store.stand(doc_id, verdict.relation, verdict.similarity)
        else:
            self._relate_to_lost(doc_id, group)

    def _relate_to_lost(self, doc_id: str, group: Group) -> None:
        """The original is no longer remembered: take over the standing of the nearest member that knew it."""
        store = self._store
        others = sorted((member for member in group.members if member != doc_id), key=self._placed)
        if not others:
            store.stand(doc_id, "near", 0.0)
            return
        verdicts = {member: self._resolver.standing(doc_id, member) for member in others[-8:]}
        nearest = max(verdicts, key=lambda member: (verdicts[member].similarity, member))
        known = store.membership(nearest)
        relation = known.relation if verdicts[nearest].exact else verdicts[nearest].relation
        store.stand(doc_id, relation, min(known.similarity, verdicts[nearest].similarity))

    def revised(self, doc_id: str, offset: int, trace: Trace, effects: Effects) -> None:
        """A member has a new text: its record moves on, and where it is the original the others' evidence changes."""
        group = self._store.groups.of(doc_id)
        self._changed.add(doc_id)
        if group is not None:
            self._carry(group, doc_id, offset)

    # --- leaving -----------------------------------------------------------------------------------------------------

    def separate(self, doc_ids: Iterable[str], offset: int, trace: Trace, effects: Effects) -> None:
        """Part a story in two. The part with the story's first member keeps the id; the other is named after its own."""
        store, going = self._store, set(doc_ids)
        group = store.groups.of(min(going))
        if group is None:
            return
        if any(own_story(member) == group.story_id for member in going):
            going = set(group.members) - going
        if not going or len(going) == len(group.members):
            return
        previous, original = group.story_id, group.original_id
        # A story that one of them began, and left by age, may live on without it: that id is taken.
        free = [member for member in going if own_story(member) not in store.groups.by_story]
        first = min(free or going, key=self._seen)
        rest = sorted(going - {first}, key=self._seen)
        for member in going:
            store.groups.take(member)
        apart = store.groups.by_story.get(own_story(first)) or self._group_of(first)
        store.groups.put(apart, first)
        for member in rest:
            store.groups.put(apart, member)
            apart.count(*store.counted(member))
        self._carry(apart, max(apart.members, key=self._placed), offset)
        self._recount(group, len(going), offset)
        if original in going:
            apart.original_id = original
            self._succeed(group, trace, effects)
        else:
            self._patch_head(group, trace, effects)
        for member in sorted(going):
            self._relate(member, apart)
            self._tell(member, trace, effects, previous)

    def _recount(self, group: Group, gone: int, offset: int) -> None:
        """Totals after `gone` members have left: exact while every copy is remembered, else the number alone falls."""
        members = sorted(group.members)
        group.copies = max(group.copies - gone, len(members))
        if group.copies == len(members):
            group.copies, group.publishers, group.owners = 0, set(), set()
            for member in members:
                group.count(*self._store.counted(member))
        self._carry(group, max(members, key=self._placed), offset)

    def _seen(self, doc_id: str) -> tuple[float, str]:
        return self._store.first_seen(doc_id), doc_id

    def _succeed(self, group: Group, trace: Trace, effects: Effects) -> None:
        """The original has left: the earliest of those who stay takes its place."""
        self.reroot(group, min(group.members, key=self._seen), trace, effects)

    def leave(self, doc_id: str, offset: int, trace: Trace, effects: Effects) -> None:
        """Forget a document by decision: its story goes on without it."""
        group = self._store.groups.of(doc_id)
        self._store.forget(doc_id)
        self._changed.add(doc_id)
        if group is None or not group.members:
            return
        self._recount(group, 1, offset)
        if group.original_id == doc_id:
            self._succeed(group, trace, effects)
            # Alerting counts a story by its head's label.
            effects.signals.append(out.signal(self._store.get(group.original_id), trace))
        else:
            self._patch_head(group, trace, effects)

    def evicted(self, doc_id: str, offset: int) -> None:
        """Forget a document by age: its story keeps its totals and its original's id."""
        group = self._store.groups.of(doc_id)
        self._store.forget(doc_id)
        self._changed.add(doc_id)
        if group is None or not group.members:
            return
        if group.original_id == doc_id:
            self._store.groups.lost[doc_id] = group.story_id
        if group.carrier == doc_id:
            self._carry(group, max(group.members, key=self._placed), offset)

    # --- telling -----------------------------------------------------------------------------------------------------

    def _tell(self, doc_id: str, trace: Trace, effects: Effects, previous_story_id: str | None = None) -> None:
        record = self._store.get(doc_id)
        story = out.story_of(record, self._store.groups.of(doc_id))
        effects.documents.append(out.patch(record, trace, section="story", story=story))
        if previous_story_id is not None:
            effects.signals.append(out.signal(record, trace, previous_story_id=previous_story_id))

    def _patch_head(self, group: Group, trace: Trace, effects: Effects) -> None:
        if group.original_id in self._store:
            self._tell(group.original_id, trace, effects)
