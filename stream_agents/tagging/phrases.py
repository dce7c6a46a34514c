"""Many phrases found in one pass over a text's words: a trie whose edges are word patterns.

How a pattern is written (the head of `cases.yaml` says it to editors): whole words, case-folded; `*` stands for letters at
that end of a word; a word in CAPITALS is matched in capitals only; the clitics -nya, -lah, -kah and -pun are always allowed;
words of a phrase may be joined by a space or a hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from stream_agents.tagging.text import Text

P = TypeVar("P")

_CLITICS = ("nya", "lah", "kah", "pun")
_PATTERN = re.compile(r"\*?[^\W_]+\*?")

#: Distinct words whose patterns are remembered; an Indonesian newsroom uses about 100,000.
_MEMORY = 200_000
#: A clitic is only taken off a word that keeps this many letters ("punya" is not "pu-nya").
_STEM = 3


class Hit(NamedTuple, Generic[P]):
    """Words [start, end) of a text, and what the phrase found there stands for."""

    start: int
    end: int
    payload: P


class _Node(Generic[P]):
    __slots__ = ("edges", "payloads")

    def __init__(self) -> None:
        self.edges: dict[int, _Node[P]] = {}
        self.payloads: list[P] = []


class Phrases(Generic[P]):
    """A set of phrases, each with a payload; `find` yields every occurrence, overlapping ones too."""

    def __init__(self) -> None:
        self._root: _Node[P] = _Node()
        self._ids: dict[str, int] = {}
        self._exact: dict[str, int] = {}
        self._capitals: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._tails: dict[str, int] = {}
        self._shortest_head = self._shortest_tail = 1_000
        self._memory: dict[str, tuple[int, ...]] = {}

    def add(self, phrase: str, payload: P) -> None:
        """Learn a phrase.

        Raises:
            ValueError: the phrase has no word in it.
        """
        patterns = _PATTERN.findall(phrase)
        if not patterns:
            raise ValueError(f"'{phrase}' holds no word")
        node = self._root
        for pattern in patterns:
            node = node.edges.setdefault(self._edge(pattern), _Node())
        node.payloads.append(payload)
        self._memory.clear()

    def find(self, text: Text, start: int = 0) -> Iterator[Hit[P]]:
        """Every occurrence from word `start` on, by position."""
        rows = [self._edges_of(word) for word in text.words]
        joined = text.joined
        for first in range(start, len(rows)):
            if not rows[first]:
                continue
            nodes = [self._root]
            for at in range(first, len(rows)):
                nodes = [node.edges[edge] for node in nodes for edge in rows[at] if edge in node.edges]
                for node in nodes:
                    for payload in node.payloads:
                        yield Hit(first, at + 1, payload)
                if not nodes or not joined[at]:
                    break

    def _edge(self, pattern: str) -> int:
        edge = self._ids.setdefault(pattern if _is_capitals(pattern) else pattern.casefold(), len(self._ids))
        core = pattern.strip("*").casefold()
        if pattern.endswith("*"):
            self._heads[core] = edge
            self._shortest_head = min(self._shortest_head, len(core))
        elif pattern.startswith("*"):
            self._tails[core] = edge
            self._shortest_tail = min(self._shortest_tail, len(core))
        elif _is_capitals(pattern):
            self._capitals[pattern] = edge
        else:
            self._exact[core] = edge
        return edge

    def _edges_of(self, word: str) -> tuple[int, ...]:
        known = self._memory.get(word)
        if known is None:
            if len(self._memory) >= _MEMORY:
                self._memory.clear()
            known = self._memory[word] = tuple(self._match(word)) if len(word) <= 60 else ()
        return known

    def _match(self, word: str) -> Iterator[int]:
        forms = [
            word,
            *(word[: -len(tail)] for tail in _CLITICS if word.endswith(tail) and len(word) >= len(tail) + _STEM),
        ]
        for form in forms:
            folded = form.casefold()
            if folded in self._exact:
                yield self._exact[folded]
            if form in self._capitals and form.isupper():
                yield self._capitals[form]
        folded = word.casefold()
        for size in range(self._shortest_head, len(folded) + 1):
            if folded[:size] in self._heads:
                yield self._heads[folded[:size]]
        for size in range(self._shortest_tail, len(folded) + 1):
            if folded[-size:] in self._tails:
                yield self._tails[folded[-size:]]


def _is_capitals(pattern: str) -> bool:
    """PHK, OTT, P2: two characters or more and no small letter."""
    return len(pattern) > 1 and pattern.isupper()
