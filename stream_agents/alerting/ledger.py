"""Stories and where they count: every story once a series, negative when its head is, in the hour it first appeared there.

Whatever a signal says (a new copy, a correction, a merge), the story's standing is derived anew from its documents and the
counts are moved by the difference; so the same signal again moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

#: Hours after which a story's documents are folded into what they counted for; and hours it is remembered at all.
FOLD_HOURS = 30
FORGET_HOURS = 14 * 24


@dataclass(slots=True)
class Sighting:
    """One document's part in a story. `rows` are the series it counts in; `voice` is empty for what is no second source."""

    doc_id: str
    story_id: str
    voice: str
    negative: bool
    head: bool
    rows: tuple[int, ...]
    hour: int
    seen: float
    title: str = ""
    owner: str = ""


@dataclass(slots=True)
class Story:
    """A story's standing: the series rows it counts in with the hour, and its documents while they are young."""

    story_id: str
    negative: bool = False
    rows: dict[int, int] = field(default_factory=dict)
    docs: dict[str, Sighting] = field(default_factory=dict)
    folded: dict[int, int] = field(default_factory=dict)
    voices: set[str] = field(default_factory=set)
    copies: int = 0
    seen: float = 0.0
    title: str = ""
    owner: str = ""
    touched: int = 0
    watched: bool = False


class Counts(Protocol):
    """Where stories are counted."""

    def move(self, row: int, hour: int, negative: bool, step: int, story: Story) -> None:
        """Count (`step` 1) or no longer count (−1) a story in a series and an hour."""
        ...


class Ledger:
    """All remembered stories; `counts` is told of every difference."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self.stories: dict[str, Story] = {}
        self._where: dict[str, str] = {}

    def apply(self, sighting: Sighting) -> Story:
        """Take a document's standing in, in place of what was known of it; returns its story."""
        before = self._where.get(sighting.doc_id)
        if before is not None and before != sighting.story_id and before in self.stories:
            left = self.stories[before]
            left.docs.pop(sighting.doc_id, None)
            self._settle(left)
            if not left.docs and not left.folded:
                del self.stories[before]
        story = self.stories.get(sighting.story_id)
        if story is None:
            story = self.stories[sighting.story_id] = Story(sighting.story_id, seen=sighting.seen)
        known = story.docs.get(sighting.doc_id)
        if known is None:
            story.copies += 1
        else:
            sighting.hour, sighting.seen = min(sighting.hour, known.hour), known.seen
        if sighting.head and known is not sighting:
            for other in story.docs.values():
                other.head = False
        story.docs[sighting.doc_id] = sighting
        self._where[sighting.doc_id] = sighting.story_id
        self._settle(story)
        return story

    def _settle(self, story: Story) -> None:
        """Derive the story's standing and tell the difference."""
        rows = dict(story.folded)
        negative, first = story.negative, None
        for doc in story.docs.values():
            for row in doc.rows:
                if row not in rows or doc.hour < rows[row]:
                    rows[row] = doc.hour
            if doc.voice:
                story.voices.add(doc.voice)
            if doc.head or (len(story.docs) == 1 and not story.folded):
                negative, story.title, story.owner = doc.negative, doc.title or story.title, doc.owner or story.owner
            first = doc if first is None or doc.seen < first.seen else first
            story.touched = max(story.touched, doc.hour, int((doc.seen + 25200) // 3600))
        move = self._counts.move
        if rows != story.rows or negative != story.negative:
            for row, hour in story.rows.items():
                if rows.get(row) != hour or negative != story.negative:
                    move(row, hour, story.negative, -1, story)
            old, was, story.rows, story.negative = story.rows, story.negative, rows, negative
            for row, hour in rows.items():
                if old.get(row) != hour or negative != was:
                    move(row, hour, negative, 1, story)

    def fold(self, hour: int) -> Iterable[str]:
        """Let go of documents no event can move any more, and of stories nobody copies; yields ids of changed stories."""
        for story_id, story in list(self.stories.items()):
            if story.touched < hour - FORGET_HOURS:
                for doc_id in story.docs:
                    self._where.pop(doc_id, None)
                del self.stories[story_id]
                yield story_id
            elif story.docs and story.touched < hour - FOLD_HOURS:
                for doc_id in story.docs:
                    self._where.pop(doc_id, None)
                story.folded, story.docs = dict(story.rows), {}
                yield story_id

    def put(self, story: Story) -> None:
        """Restore a story without counting it: the counts were restored beside it."""
        self.stories[story.story_id] = story
        for doc_id in story.docs:
            self._where[doc_id] = story.story_id
