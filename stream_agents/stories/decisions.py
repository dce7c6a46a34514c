"""What people decided about documents: must-link, cannot-link, forget, correct; kept and obeyed over replays."""

from __future__ import annotations

from stream_agents.stories import effects as out
from stream_agents.stories.effects import Effects
from stream_agents.stories.judge import Side
from stream_agents.stories.keys import Lookup
from stream_agents.stories.membership import Memberships
from stream_agents.stories.memory import Memory
from stream_agents.stories.record import LinksRecord
from stream_agents.stories.resolve import Match, Resolver
from stream_agents.stories.store import Store
from warta.errors import Invalid
from warta.messages import Correction, Decision, Tombstone
from warta.wire import envelope_of


class Decisions:
    """Applies decisions to a store, and filters matches by those made earlier."""

    def __init__(self, store: Store, memberships: Memberships, resolver: Resolver) -> None:
        self._store = store
        self._memberships = memberships
        self._resolver = resolver

    def apply(self, event: Decision, offset: int, effects: Effects) -> None:
        """Carry a decision out; the same one again changes nothing.

        Raises:
            Invalid: `bad-decision`, a link without its other end, or a correction without a label.
        """
        if event.action in ("must-link", "cannot-link", "unlink"):
            self._link(event, offset, effects)
        elif event.action == "forget":
            self._forget(event, offset, effects)
        else:
            self._correct(event, offset, effects)

    # --- links -------------------------------------------------------------------------------------------------------

    def _link(self, event: Decision, offset: int, effects: Effects) -> None:
        one, other = event.doc_id, event.other_id
        if not other or other == one:
            raise Invalid("bad-decision", f"{event.action} {one}: other_id must name another document")
        effects.outcome = "decided"
        for doc_id, end in ((one, other), (other, one)):
            self._note(doc_id, end, event.action)
        if one not in self._store or other not in self._store:
            return
        if event.action == "must-link" and not self.barred(one, other):
            self._memberships.merge(one, other, offset, event.trace, effects)
        elif event.action == "cannot-link":
            self._part(one, other, offset, event, effects)

    def _note(self, doc_id: str, other: str, action: str) -> None:
        links = self._store.links.setdefault(doc_id, LinksRecord(doc_id=doc_id))
        links.must = sorted({*links.must} - {other} | ({other} if action == "must-link" else set()))
        links.cannot = sorted({*links.cannot} - {other} | ({other} if action == "cannot-link" else set()))
        if links.idle:
            del self._store.links[doc_id]
        self._memberships.mark(doc_id)

    def _part(self, one: str, other: str, offset: int, event: Decision, effects: Effects) -> None:
        """Separate two documents of one story: the one seen later goes, with those bound to it by must-links; where the
        other is bound to it too, the decision about this very pair wins and only the document itself goes."""
        store = self._store
        if store.groups.story_id(one) != store.groups.story_id(other):
            return
        original = store.groups.original_id(one)
        stays, goes = sorted((one, other), key=lambda doc_id: (doc_id != original, store.first_seen(doc_id), doc_id))
        bound = self._bound(goes)
        self._memberships.separate([goes] if stays in bound else sorted(bound), offset, event.trace, effects)

    def _bound(self, doc_id: str) -> set[str]:
        """Documents tied to `doc_id` by must-links inside its story, itself included."""
        store, story = self._store, self._store.groups.story_id(doc_id)
        bound, open_ends = {doc_id}, [doc_id]
        while open_ends:
            links = store.links.get(open_ends.pop())
            for end in links.must if links else []:
                if end not in bound and end in store and store.groups.story_id(end) == story:
                    bound.add(end)
                    open_ends.append(end)
        return bound

    def barred(self, one: str, other: str) -> bool:
        """Whether a cannot-link runs between the stories of two documents."""
        store = self._store
        others = set(store.groups.members(other))
        for member in store.groups.members(one):
            links = store.links.get(member)
            if links and not others.isdisjoint(links.cannot):
                return True
        return False

    def matches(self, doc_id: str, side: Side, lookup: Lookup, pools: list[Memory]) -> list[Match]:
        """Stories of a new document: those people have tied it to first, then what the evidence says."""
        links = self._store.links.get(doc_id)
        cannot = set(links.cannot) if links else set()

        def barred(original: str) -> bool:
            return bool(cannot) and not cannot.isdisjoint(self._store.groups.members(original))

        found = self._resolver.matches(side, lookup, pools, barred)
        must = [end for end in (links.must if links else []) if end in self._store and not barred(end)]
        return self._compatible([Match(end, 2.0) for end in must] + found)

    def _compatible(self, matches: list[Match]) -> list[Match]:
        """Of stories that people have parted, the better match alone: a later copy must not tie them together again."""
        if len(matches) < 2 or not self._store.links:
            return matches
        kept: list[Match] = []
        for match in matches:
            if not any(self.barred(match.anchor, better.anchor) for better in kept):
                kept.append(match)
        return kept

    # --- the rest ----------------------------------------------------------------------------------------------------

    def _forget(self, event: Decision, offset: int, effects: Effects) -> None:
        effects.outcome = "forgotten"
        effects.documents.append(Tombstone(**envelope_of(event), decision_id=event.decision_id))
        links = self._store.links.setdefault(event.doc_id, LinksRecord(doc_id=event.doc_id))
        links.forgotten, links.correction = True, None
        self._memberships.mark(event.doc_id)
        if event.doc_id in self._store:
            effects.signals.append(out.withdrawal(self._store.get(event.doc_id), event.trace))
            self._memberships.leave(event.doc_id, offset, event.trace, effects)

    def forgotten(self, doc_id: str) -> bool:
        """Whether a person had this document taken down: later fetches of it are dropped."""
        links = self._store.links.get(doc_id)
        return bool(links and links.forgotten)

    def _correct(self, event: Decision, offset: int, effects: Effects) -> None:
        correction = event.correction if event.action == "correct" else None
        if event.action == "correct" and correction is None:
            raise Invalid("bad-decision", f"correct {event.doc_id}: the decision holds no correction")
        effects.outcome = "decided"
        if self.forgotten(event.doc_id):
            effects.outcome = "forgotten"
            return
        self._keep(event.doc_id, correction)
        if event.doc_id not in self._store:
            effects.documents.append(out.bare_patch(event, section="correction", correction=correction))
            return
        known = self._store.get(event.doc_id)
        before = out.label_of(known.facts)
        known.facts.correction = correction
        known.last = max(known.last, offset)
        self._store.touch(known)
        effects.documents.append(out.patch(known, event.trace, section="correction", correction=correction))
        effects.signals.append(out.signal(known, event.trace, previous_label=before, series_before=known.facts.series))

    def _keep(self, doc_id: str, correction: Correction | None) -> None:
        """Remember a person's label beyond the document's own memory."""
        links = self._store.links.setdefault(doc_id, LinksRecord(doc_id=doc_id))
        links.correction = correction
        if links.idle:
            del self._store.links[doc_id]
        self._memberships.mark(doc_id)

    def correction(self, doc_id: str) -> Correction | None:
        """The label that a person gave to a document, whether it is remembered or not."""
        links = self._store.links.get(doc_id)
        return links.correction if links else None
