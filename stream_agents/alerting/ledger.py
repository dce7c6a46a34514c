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
    """One document's part in a story. `rows` are the series it counts in; `voice` is empty for what is no second source.

    `source` (the outlet), `url`, `sentences` (telling ones, if it is negative) and `revised` (when `revision`
    came, POSIX seconds, 0 for the first) are what an alarm shows of it."""

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
    source: str = ""
    url: str = ""
    sentences: tuple[str, ...] = ()
    revision: int = 1
    revised: float = 0.0


@dataclass(slots=True)
class Story:
    """A story's standing: the series rows it counts in with the hour, and its documents while they are young.

    `voices` are its independent owners, `publishers` its outlets; `voiced` is when the last voice joined. What an alarm
    shows (title to `revised`) is the head's."""

    story_id: str
    negative: bool = False
    rows: dict[int, int] = field(default_factory=dict)
    docs: dict[str, Sighting] = field(default_factory=dict)
    folded: dict[int, int] = field(default_factory=dict)
    voices: set[str] = field(default_factory=set)
    publishers: set[str] = field(default_factory=set)
    copies: int = 0
    seen: float = 0.0
    voiced: float = 0.0
    title: str = ""
    owner: str = ""
    source: str = ""
    url: str = ""
    sentences: tuple[str, ...] = ()
    revised: float = 0.0
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

    def where(self, doc_id: str, previous: str | None = None) -> str | None:
        """The story that a document counts in; None for one that is not known or was folded.

        `previous` is the story that it is said to leave. A story is called after its first document, so when that one leaves
        a folded story, all of it was merged into another."""
        known = self._where.get(doc_id)
        if known is None and previous == f"s-{doc_id}" and previous in self.stories:
            return previous
        return known

    def apply(self, sighting: Sighting, previous: str | None = None) -> Story:
        """Take a document's standing in, in place of what was known of it; returns its story. For `previous` see `where`."""
        before = self.where(sighting.doc_id, previous)
        if before is not None and before != sighting.story_id and before in self.stories:
            self._leave(self.stories[before], sighting)
        story = self.stories.get(sighting.story_id)
        if story is None:
            story = self.stories[sighting.story_id] = Story(sighting.story_id, seen=sighting.seen, voiced=sighting.seen)
        known = story.docs.get(sighting.doc_id)
        if known is None:
            story.copies += 1
        else:
            sighting.hour, sighting.seen = min(sighting.hour, known.hour), known.seen
            _keep(sighting, known)
        if sighting.head and known is not sighting:
            for other in story.docs.values():
                other.head = False
        story.docs[sighting.doc_id] = sighting
        self._where[sighting.doc_id] = sighting.story_id
        if sighting.source:
            story.publishers.add(sighting.source)
        if sighting.voice and sighting.voice not in story.voices:
            story.voices.add(sighting.voice)
            story.voiced = max(story.voiced, sighting.seen)
        self._settle(story)
        return story

    def _leave(self, story: Story, sighting: Sighting) -> None:
        """A document goes to another story: what it alone brought to this one goes with it."""
        known = story.docs.pop(sighting.doc_id, None)
        if known is not None:
            _keep(sighting, known)
            story.copies = max(0, story.copies - 1)
        if story.story_id == f"s-{sighting.doc_id}" and not story.docs:
            # Its first document leaves last: what was folded goes with it.
            story.folded = {}
        self._forget_voices(story)
        self._settle(story)
        if not story.docs and not story.folded:
            del self.stories[story.story_id]

    def withdraw(self, doc_id: str, story_id: str, url: str) -> str | None:
        """A document was taken down: it counts no longer and nothing of its text is kept; returns its story's id, None for
        one that is not known. What was folded stays counted: it feeds baselines alone."""
        story = self.stories.get(self._where.pop(doc_id, story_id))
        if story is None:
            return None
        if story.docs.pop(doc_id, None) is not None:
            story.copies = max(0, story.copies - 1)
            self._forget_voices(story)
        if story.url == url:
            story.title, story.url, story.sentences = "", "", ()
        self._settle(story)
        if not story.docs and not story.folded:
            del self.stories[story.story_id]
        return story.story_id

    def _forget_voices(self, story: Story) -> None:
        """Voices and outlets are those of the documents that are left, as long as all of them are remembered."""
        if not story.folded:
            story.voices = {doc.voice for doc in story.docs.values() if doc.voice}
            story.publishers = {doc.source for doc in story.docs.values() if doc.source}

    def _settle(self, story: Story) -> None:
        """Derive the story's standing and tell the difference."""
        rows, negative = dict(story.folded), story.negative
        alone = len(story.docs) == 1 and not story.folded
        for doc in story.docs.values():
            for row in doc.rows:
                if row not in rows or doc.hour < rows[row]:
                    rows[row] = doc.hour
            if doc.head or alone:
                negative = doc.negative
                _show(story, doc)
            story.touched = max(story.touched, doc.hour, int((doc.seen + 25200) // 3600))
        if rows != story.rows or negative != story.negative:
            self._move(story, rows, negative)

    def _move(self, story: Story, rows: dict[int, int], negative: bool) -> None:
        move = self._counts.move
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


def _keep(sighting: Sighting, known: Sighting) -> None:
    """A signal that brings no score (a merge, a person's correction) leaves the sentences that are known."""
    if not sighting.sentences and sighting.negative:
        sighting.sentences = known.sentences
    if sighting.revision == known.revision:
        sighting.revised = known.revised


def _show(story: Story, head: Sighting) -> None:
    """What an alarm shows of a story is its head's."""
    story.title, story.owner = head.title or story.title, head.owner or story.owner
    story.source, story.url = head.source or story.source, head.url or story.url
    story.sentences, story.revised = head.sentences, head.revised
