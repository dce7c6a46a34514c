"""Shared passages of two texts: runs of words that both have, found by hashing in compiled loops."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories import tokens
from stream_agents.stories.compiled import compiled

Words = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@compiled
def body_words(codes: tokens.Codes) -> Words:
    """Word hashes of a fingerprint's body."""
    words, count = np.empty(len(codes), dtype=np.int64), 0
    for code in codes:
        if code == tokens.END_TITLE:
            count = 0
        elif code & 3 != tokens.MARK:
            words[count] = code >> 2
            count += 1
    return words[:count]


@compiled
def runs(words: Words, size: int) -> Words:
    """Keys of every run of `size` words (at most 4, 14 bits a word), in reading order."""
    keys, run, whole = np.empty(max(0, len(words) - size + 1), dtype=np.int64), 0, (1 << 14 * size) - 1
    for at in range(len(words)):
        run = (run << 14 | words[at]) & whole
        if at >= size - 1:
            keys[at - size + 1] = run
    return keys


@compiled
def _slot(slots: Words, key: int) -> int:
    """Where `key` stands in a table, or the empty slot where it would (linear probing)."""
    at = int(np.uint64(key) * _SPREAD >> np.uint64(40)) & (len(slots) - 1)
    while slots[at] != key and slots[at] >= 0:
        at = (at + 1) & (len(slots) - 1)
    return at


@compiled
def table(keys: Words) -> tuple[Words, int]:
    """A set of keys as an open-addressing hash table (−1 where a slot is empty), and how many distinct ones there are."""
    size, distinct = 16, 0
    while size < 2 * len(keys):
        size *= 2
    slots = np.full(size, -1, dtype=np.int64)
    for key in keys:
        at = _slot(slots, key)
        distinct += slots[at] < 0
        slots[at] = key
    return slots, distinct


@compiled
def holds(slots: Words, key: int) -> bool:
    """Whether a table has `key`."""
    return bool(slots[_slot(slots, key)] == key)


@compiled
def covered(words: Words, other: Words, size: int) -> Flags:
    """Which words lie inside runs of `size` words that the other text has too."""
    result, keys = np.zeros(len(words), dtype=np.bool_), runs(words, size)
    slots, _ = table(runs(other, size))
    for at in range(len(keys)):
        if holds(slots, keys[at]):
            result[at : at + size] = True
    return result


@compiled
def in_common(a: tokens.Codes, b: tokens.Codes, size: int) -> tuple[int, int, int]:
    """Distinct runs of `size` words: of both bodies in common, of `a`, of `b`."""
    slots, ours = table(runs(body_words(a), size))
    others, theirs = table(runs(body_words(b), size))
    common = 0
    for key in others:
        if key >= 0 and holds(slots, key):
            common += 1
    return common, ours, theirs
