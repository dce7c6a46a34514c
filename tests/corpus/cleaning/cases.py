"""The corpus: every story in every theme and text form, and how a cleaned body is judged against the story."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.corpus.cleaning.articles import STORIES, Story
from tests.corpus.cleaning.forms import FORMS
from tests.corpus.cleaning.themes import THEMES

_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“A-Z])|\n+")


@dataclass(frozen=True)
class Case:
    """One input with the story it was made of."""

    name: str
    kind: str
    style: str
    source: str
    story: Story


@dataclass(frozen=True)
class Score:
    """Sentences of the truth, those found, those of the body, and those of the body that are the truth's."""

    truth: int
    found: int
    said: int
    right: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]


def cases() -> Iterator[Case]:
    """All cases: pages first."""
    for kind, styles in (("html", THEMES), ("text", FORMS)):
        for style, make in styles.items():
            for number, story in enumerate(STORIES):
                yield Case(f"{style}-{number}", kind, style, make(story), story)


def sentences(body: str) -> list[str]:
    """Sentences of a body, letters and digits only."""
    return [k for k in (key(s) for s in _SENTENCE.split(body)) if len(k) >= 3]


def key(text: str) -> str:
    """Letters and digits of a text."""
    return "".join(c for c in text if c.isalnum())


def score(body: str, story: Story) -> Score:
    """Compare a body with the story's paragraphs: each sentence is to be there exactly once."""
    truth = [k for p in story.paragraphs for k in sentences(p)]
    whole, said = key(body), sentences(body)
    joined = "".join(truth)
    missing = tuple(t for t in truth if whole.count(t) == 0)
    seen: set[str] = set()
    extra = []
    for sentence in said:
        if sentence not in joined or sentence in seen:
            extra.append(sentence)
        seen.add(sentence)
    return Score(len(truth), len(truth) - len(missing), len(said), len(said) - len(extra), missing, tuple(extra))
