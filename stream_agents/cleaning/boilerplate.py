"""Paragraphs a publisher puts under article after article: learnt once, cut everywhere, never a whole body.

A rule is a hash of the paragraph's letters and digits, so white space, case and punctuation do not matter.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from stream_agents.cleaning.cuts import Draft

KIND = "boilerplate"
_NOT_WORD = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
SHORTEST, LONGEST = 12, 600


@dataclass(frozen=True, slots=True)
class BoilerplateRules:
    """What is known of each publisher: its paragraphs' keys and the version of its rules."""

    by_publisher: Mapping[str, frozenset[str]] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)

    def of(self, publisher: str) -> frozenset[str]:
        """Keys of the paragraphs to cut for one publisher."""
        return self.by_publisher.get(publisher, frozenset())

    def version(self, publisher: str) -> int | None:
        """Version of a publisher's rules, stamped on every cut they cause; None where it has none."""
        return self.versions.get(publisher)


EMPTY = BoilerplateRules()


def paragraph_key(paragraph: str) -> str:
    """Identity of a paragraph: 128 bits of BLAKE2b over its lower-case letters, every number read as one digit."""
    bare = _NOT_WORD.sub("", _DIGITS.sub("0", paragraph.lower()))
    return blake2b(bare.encode(), digest_size=16).hexdigest()


def strip_boilerplate(draft: Draft, keys: frozenset[str]) -> None:
    """Cut the paragraphs a publisher is known to repeat, unless nothing else would be left."""
    if not keys:
        return
    alive = list(draft.alive())
    hits = [line for line in alive if SHORTEST <= len(line.bare) <= LONGEST and paragraph_key(line.bare) in keys]
    left = sum(len(line.bare) for line in alive) - sum(len(line.bare) for line in hits)
    if left > 0 and len(hits) < len(alive):
        for line in hits:
            draft.drop(line, KIND)


@dataclass(frozen=True, slots=True)
class Learned:
    """A paragraph found under enough distinct stories of one publisher: its key, an example and the number of stories."""

    publisher: str
    key: str
    example: str
    stories: int


def learn(articles: Iterable[tuple[str, str, str]], at_least: int = 5) -> list[Learned]:
    """Paragraphs that recur in `at_least` distinct stories of one publisher.

    `articles` are (publisher, story, body); a story is its id or, where none is known, the document's. A paragraph that
    opens a body is never boilerplate (templates open series), nor one that makes up most of a body.
    """
    stories: dict[tuple[str, str], set[str]] = {}
    examples: dict[tuple[str, str], str] = {}
    for publisher, story, body in articles:
        paragraphs = [p.strip() for p in body.split("\n") if p.strip()]
        total = sum(map(len, paragraphs))
        for p in paragraphs[1:]:
            if SHORTEST <= len(p) <= LONGEST and len(p) * 2 < total:
                at = (publisher, paragraph_key(p))
                stories.setdefault(at, set()).add(story)
                examples.setdefault(at, p)
    found = [
        Learned(pub, key, examples[pub, key], len(ids)) for (pub, key), ids in stories.items() if len(ids) >= at_least
    ]
    return sorted(found, key=lambda x: (x.publisher, -x.stories, x.key))
