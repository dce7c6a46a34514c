"""Which remembered stories a new article tells: candidates by keys, each confirmed against its story's original."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories.judge import EXACT, Judge, Side, Verdict
from stream_agents.stories.keys import SKETCH, Lookup, containment
from stream_agents.stories.memory import Memory
from stream_agents.stories.store import Store

#: Probability from which two articles are one story.
SAME = 0.5
#: A member other than the original convinces only from here on …
SURE = 0.8
#: … and only while the original itself is not clearly another story: a chain cannot drift away from its head.
NOT_FOREIGN = 0.15
#: Keys that a candidate must share; short texts have few to share. A copy that keeps a third of a text's four-word passages
#: shares about seven of its sketch.
LEAST_SHARED = 2
SHORT_CODES = 80
#: Least share of four-word passages in common, as sketches estimate it, for a candidate to be looked at. Of 136 judged copies
#: looked up from either side none lies below, as one shared passage of seven or three of 23 already pass.
LEAST_CONTAINED = 0.12
#: … and least part of what the most promising candidate has: beside a whole copy, texts with a common background do not count.
LEAST_OF_BEST = 0.4
#: Candidates looked at, the most promising first; members confirmed in one story beside its original.
MAX_CANDIDATES = 12
#: Candidates whose sketches are compared.
MAX_SKETCHES = 32
MAX_STORIES = 3
MEMBERS_A_STORY = 2
#: A document in at least its third text that is this many times as long as the article is a live blog: it holds many stories
#: one after the other and speaks for none, be it the original or not.
GROWING = 3
OUTGROWN = 2


@dataclass(slots=True)
class Match:
    """A story that the article belongs to: one of its documents, and how sure that is."""

    anchor: str
    probability: float


@dataclass(slots=True)
class Resolver:
    """Looks up and confirms; keeps nothing between articles."""

    store: Store
    judge: Judge = field(default_factory=Judge)

    def matches(self, side: Side, lookup: Lookup, pools: list[Memory], barred: Callable[[str], bool]) -> list[Match]:
        """Stories that the article tells, best first; ties go to the story seen first. `barred(original_id)` says that a
        person has ruled a story out."""
        found = []
        least = 1 if len(side.codes) < SHORT_CODES else LEAST_SHARED
        for original, members in self._stories(lookup, pools, least).items():
            if not barred(original):
                probability = self._confirm(side, original, members)
                if probability >= SAME:
                    found.append(Match(original, probability))
                if probability == EXACT.probability:
                    break  # the same text has been here before, and has tied what it ties
        return sorted(found, key=lambda match: (-match.probability, self.store.first_seen(match.anchor), match.anchor))

    def _stories(self, lookup: Lookup, pools: list[Memory], least: int) -> dict[str, list[str]]:
        """Candidate members by the (remembered) representative of their story, most keys shared first."""
        stories: dict[str, list[str]] = {}
        for pool in pools:
            rows, shared = pool.candidates(lookup.keys)
            for row in self._likely(lookup, pool, rows[shared >= least][:MAX_SKETCHES]).tolist()[:MAX_CANDIDATES]:
                doc_id = pool.ids.name(row)
                representative = self._representative(doc_id)
                if representative in stories or len(stories) < MAX_STORIES:
                    stories.setdefault(representative, []).append(doc_id)
        return stories

    @staticmethod
    def _likely(lookup: Lookup, pool: Memory, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows whose sketches promise enough in common, the most promising first; of short texts sketches say nothing."""
        if not len(rows) or len(lookup.passages) < SKETCH:
            return rows
        promised = containment(lookup.passages, pool.sketches(rows))
        least = max(LEAST_CONTAINED, LEAST_OF_BEST * float(promised.max()))
        promised[pool.columns["length"][rows] < SHORT_CODES] = 1.0
        order = np.argsort(-promised, kind="stable")
        return rows[order[promised[order] >= least]]

    def _representative(self, doc_id: str) -> str:
        """The story's original, or its earliest remembered member where the original is gone."""
        original = self.store.groups.original_id(doc_id)
        if original == doc_id or original in self.store:
            return original
        return min(self.store.groups.members(doc_id), key=lambda member: (self.store.first_seen(member), member))

    def _confirm(self, side: Side, original: str, members: list[str]) -> float:
        others = [member for member in members if member != original][:MEMBERS_A_STORY]
        alike = [member for member in others if self.store.body_hash(member) == side.body_hash]
        if any(self.judge.exact(side, self.store.side(member)) for member in alike):
            return EXACT.probability
        revision, of_original = self.store.revision(original), self.store.side(original)
        if revision >= GROWING and len(of_original.codes) >= OUTGROWN * len(side.codes):
            against_original = 0.0
        else:
            against_original = self._probability(side, of_original)
            if against_original < NOT_FOREIGN or (against_original >= SURE and revision == 1):
                return against_original
        if revision > 1:
            others = others or self._company(original)
        against_others = [self._probability(side, self.store.side(member)) for member in others]
        if revision > 1 and against_others and max(against_others) < NOT_FOREIGN:
            return 0.0  # what the original has in common with the article, it did not have when the others joined it
        best = max(against_others, default=0.0)
        return max(best if best >= SURE else 0.0, against_original if against_original >= SAME else 0.0)

    def _company(self, original: str) -> list[str]:
        """The latest members of a story beside its original."""
        members = [member for member in self.store.groups.members(original) if member != original]
        return nlargest(MEMBERS_A_STORY, members, key=lambda member: (self.store.first_seen(member), member))

    def standing(self, one: str, other: str) -> Verdict:
        """What two remembered documents share: a verdict without its probability."""
        a, b = self.store.side(one), self.store.side(other)
        return EXACT if self.judge.exact(a, b) else self.judge.standing(a, b)

    def ties(self, home: Match, other: Match) -> bool:
        """Whether an article that tells both stories is enough to make one of them: it must be sure of both, or one of
        the two originals must not rule the other out."""
        if home.probability > 1 or other.probability > 1:
            return True
        if home.probability >= SURE and other.probability >= SURE:
            one, other_side = self.store.side(home.anchor), self.store.side(other.anchor)
            return self.judge.judge(one, other_side).probability >= NOT_FOREIGN
        return False

    def _probability(self, side: Side, other: Side) -> float:
        """Of the article and a remembered document, that they are one story."""
        return EXACT.probability if self.judge.exact(side, other) else self.judge.probability(side, other)
