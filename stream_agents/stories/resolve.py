"""Which remembered stories a new article tells: candidates by keys, each confirmed against its story's original."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from stream_agents.stories.features import Reading, read
from stream_agents.stories.judge import Judge, Side, Verdict
from stream_agents.stories.keys import Keys
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
#: Candidates looked at, by keys shared; members confirmed in one story beside its original.
MAX_CANDIDATES = 24
MAX_STORIES = 4
MEMBERS_A_STORY = 2


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
    reading: Reading | None = None
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def matches(self, side: Side, keys: Keys, pools: list[Memory], barred: Callable[[str], bool]) -> list[Match]:
        """Stories that the article tells, best first; ties go to the story seen first. `barred(original_id)` says that a
        person has ruled a story out."""
        self.verdicts, self.reading = {}, None
        found = []
        least = 1 if len(side.codes) < SHORT_CODES else LEAST_SHARED
        for original, members in self._stories(keys, pools, least).items():
            if not barred(original):
                probability = self._confirm(side, original, members)
                if probability >= SAME:
                    found.append(Match(original, probability))
        return sorted(found, key=lambda match: (-match.probability, self.store.first_seen(match.anchor), match.anchor))

    def _stories(self, keys: Keys, pools: list[Memory], least: int) -> dict[str, list[str]]:
        """Candidate members by the (remembered) representative of their story, most keys shared first."""
        stories: dict[str, list[str]] = {}
        for pool in pools:
            rows, shared = pool.candidates(keys)
            rows = rows[shared >= least]
            for row in rows[:MAX_CANDIDATES].tolist():
                doc_id = pool.doc_ids[row]
                representative = self._representative(doc_id)
                if representative in stories or len(stories) < MAX_STORIES:
                    stories.setdefault(representative, []).append(doc_id)
        return stories

    def _representative(self, doc_id: str) -> str:
        """The story's original, or its earliest remembered member where the original is gone."""
        original = self.store.groups.original_id(doc_id)
        if original in self.store:
            return original
        return min(self.store.groups.members(doc_id), key=lambda member: (self.store.first_seen(member), member))

    def _confirm(self, side: Side, original: str, members: list[str]) -> float:
        against_original = self.verdict(side, original)
        if against_original.exact or against_original.probability >= SURE:
            return against_original.probability
        best = against_original.probability if against_original.probability >= SAME else 0.0
        for member in [member for member in members if member != original][:MEMBERS_A_STORY]:
            against_member = self.verdict(side, member)
            if against_member.exact:
                return 1.0
            if against_member.probability >= SURE and against_original.probability >= NOT_FOREIGN:
                best = max(best, against_member.probability)
        return best

    def between(self, one: str, other: str) -> Verdict:
        """The comparison of two remembered documents."""
        return self.judge.judge(self.store.side(one), self.store.side(other))

    def ties(self, home: Match, other: Match) -> bool:
        """Whether an article that tells both stories is enough to make one of them: it must be sure of both, or one of
        the two originals must not rule the other out."""
        if home.probability > 1 or other.probability > 1:
            return True
        if home.probability >= SURE and other.probability >= SURE:
            return self.between(home.anchor, other.anchor).probability >= NOT_FOREIGN
        return False

    def verdict(self, side: Side, doc_id: str) -> Verdict:
        """The (cached) comparison of the article with a remembered document."""
        if doc_id not in self.verdicts:
            if self.reading is None:
                self.reading = read(side.codes, side.publisher)
            self.verdicts[doc_id] = self.judge.judge(side, self.store.side(doc_id), self.reading)
        return self.verdicts[doc_id]
