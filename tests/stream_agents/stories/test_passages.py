"""Shared passages: the compiled loops find what sets of runs find."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_agents.stories import tokens
from stream_agents.stories.passages import covered, in_common

#: The first example compiles.
COMPILING = settings(deadline=None)

WORDS = st.lists(st.integers(0, 3).map(lambda number: (number * 5001) % (1 << 14)), max_size=40)
SIZES = st.integers(1, 4)


def runs_of(words: list[int], size: int) -> list[tuple[int, ...]]:
    return [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]


def article(words: list[int]) -> tokens.Codes:
    """A title that must not count, and a body of the words with a mark in its middle."""
    half = len(words) // 2
    body = [word << 2 for word in words]
    return np.array([7 << 2, tokens.END_TITLE, *body[:half], tokens.SENTENCE, *body[half:]], dtype=np.uint16)


@COMPILING
@given(WORDS, WORDS, SIZES)
def test_distinct_runs_in_common(a: list[int], b: list[int], size: int) -> None:
    one, other = set(runs_of(a, size)), set(runs_of(b, size))
    assert in_common(article(a), article(b), size) == (len(one & other), len(one), len(other))


@COMPILING
@given(WORDS, WORDS, SIZES)
def test_covered_words_lie_in_a_common_run(a: list[int], b: list[int], size: int) -> None:
    others = set(runs_of(b, size))
    wanted = [False] * len(a)
    for at, run in enumerate(runs_of(a, size)):
        if run in others:
            wanted[at : at + size] = [True] * size
    assert covered(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64), size).tolist() == wanted
