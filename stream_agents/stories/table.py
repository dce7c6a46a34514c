"""A multimap from 32-bit keys to rows, for the keys of LSH: chained, append-only, in numpy arrays.

Entries are numbered in order of insertion and every chain runs from the newest to the oldest, so forgetting the oldest
rows costs nothing: a walk stops at the first entry below the low-water mark. 8 bytes an entry and 4 a bucket, where a
dictionary of lists takes about 150.
"""

from __future__ import annotations

import mmap
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from stream_agents.stories.compiled import compiled

Keys = NDArray[np.uint32]
Rows = NDArray[np.int64]

#: Living rows that one key gives, newest first. A key shared by more documents than this is boilerplate or one story
#: copied many times; in both cases the newest are enough. Only true, living hits count, so that what is found depends on
#: the remembered documents alone, never on the size of the table or on what it forgot.
MAX_HITS = 8

#: Entries a bucket where the table is full: with half as many, a walk is a step and a half shorter and an article takes 90
#: bytes more.
ENTRIES_A_BUCKET = 3

#: The bits of a row where a count stands above it.
_ROW = (1 << 40) - 1

#: From here on (bytes) an array asks for large pages: its reads are scattered, and each would miss the address cache too.
_LARGE = 64 << 20


def pages(count: int, dtype: DTypeLike) -> NDArray[Any]:
    """`count` zeros in pages of their own: resident once touched, and given back to the system with the array. From the
    allocator's heap, arrays that are replaced as they grow leave holes that cost as much as the arrays."""
    size = max(1, count) * np.dtype(dtype).itemsize
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if size >= _LARGE:
        with suppress(AttributeError, OSError):  # not on this system
            memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, dtype=dtype)


def release(array: NDArray[Any], count: int) -> None:
    """Give the memory of the first `count` items (of the first axis) of an array of `pages` back; they are read no more. So
    what moves from one array to another is not resident in both."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    memory: Any = getattr(base, "obj", base)  # numpy holds a buffer through a view of it
    length = count * array.strides[0] // mmap.PAGESIZE * mmap.PAGESIZE
    if length > 0 and isinstance(memory, mmap.mmap):
        with suppress(AttributeError, OSError):  # not on this system
            memory.madvise(mmap.MADV_DONTNEED, 0, length)


@compiled
def _bucket(key: int, buckets: int) -> int:
    """Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4): sketches are the smallest of many hashes, so their
    keys alone would crowd the first buckets."""
    return int(np.uint64(np.uint32(np.uint32(key) * np.uint32(0x9E3779B1))) * np.uint64(buckets) >> np.uint64(32))


@compiled
def _insert(heads: NDArray[np.int32], entries: NDArray[np.int32], first: int, keys: NDArray[np.int32]) -> None:
    """Chain keys one after the other, as entries from `first` on. An entry is its key and the next older entry."""
    for step in range(len(keys)):
        bucket = _bucket(keys[step], len(heads))
        entries[first + step, 0] = keys[step]
        entries[first + step, 1] = heads[bucket]
        heads[bucket] = first + step


@compiled
def _find(
    heads: NDArray[np.int32],
    entries: NDArray[np.int32],
    keys: NDArray[np.int32],
    width: int,
    low: int,
    alive: NDArray[np.bool_],
) -> tuple[Rows, Rows]:
    """Walk all chains side by side, a step at a time: their reads wait for memory together, not one after the other."""
    found, count = np.empty(len(keys) * MAX_HITS, dtype=np.int64), 0
    walking, hits = np.empty(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
    still = np.arange(len(keys))
    for at in range(len(keys)):
        walking[at] = heads[_bucket(keys[at], len(heads))]
    left = len(keys)
    while left:
        going, left = left, 0
        for step in range(going):
            at = still[step]
            entry = walking[at]
            if entry < low * width:
                continue
            if entries[entry, 0] == keys[at] and alive[entry // width]:
                found[count] = entry // width
                count += 1
                hits[at] += 1
            if hits[at] < MAX_HITS:
                walking[at] = entries[entry, 1]
                still[left] = at
                left += 1
    return _ranked(found[:count])


@compiled
def _sort(values: Rows) -> None:
    """By insertion, descending: most lookups find a handful, none more than `MAX_HITS` a key."""
    for at in range(1, len(values)):
        value, place = values[at], at
        while place and values[place - 1] < value:
            values[place] = values[place - 1]
            place -= 1
        values[place] = value


@compiled
def _ranked(found: Rows) -> tuple[Rows, Rows]:
    """Distinct rows and how often each was found: the most often first, then the highest."""
    _sort(found)
    count = 0
    for at in range(len(found)):
        if at and found[at] == found[count - 1] & _ROW:
            found[count - 1] += _ROW + 1
        else:
            found[count] = found[at] | _ROW + 1
            count += 1
    _sort(found[:count])
    rows, shared = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    for at in range(count):
        rows[at], shared[at] = found[at] & _ROW, found[at] // (_ROW + 1)
    return rows, shared


class KeyTable:
    """Rows by key. Every row brings exactly `width` keys; `capacity` is the number of rows there is room for."""

    def __init__(self, width: int, capacity: int) -> None:
        self.width = width
        self.capacity = capacity
        self._heads: NDArray[np.int32] = pages(width * capacity // ENTRIES_A_BUCKET + 1, np.int32)
        self._heads.fill(-1)
        self._entries: NDArray[np.int32] = pages(2 * width * capacity, np.int32).reshape(-1, 2)

    def insert(self, row: int, keys: Keys) -> None:
        """Add `keys` for `row`, or of `row` and the rows after it (exactly `width` each); rows come in rising order.

        Raises:
            IndexError: there is no room for so many.
        """
        if len(keys) % self.width or row * self.width + len(keys) > len(self._entries):
            raise IndexError(f"{len(keys)} keys at row {row} do not fit {self.capacity} rows of {self.width}")
        _insert(self._heads, self._entries, row * self.width, keys.view(np.int32))

    def rows(self, keys: Keys, low: int, alive: NDArray[np.bool_]) -> tuple[Rows, Rows]:
        """Rows ≥ `low` that are `alive` and share a key, with the number of keys shared (by one key with at most
        `MAX_HITS` rows, the newest); most shared first, then newest first."""
        return _find(self._heads, self._entries, keys.view(np.int32), self.width, low, alive)

    def keys_of(self, rows: Rows) -> Keys:
        """The keys that rows were inserted with, one line each."""
        keys: Keys = self._entries.view(np.uint32)[:, 0].reshape(-1, self.width)[rows]
        return keys

    def release(self, row: int) -> None:
        """Let go of the rows before `row`, and of every way to find any: only `keys_of` the others still answers."""
        release(self._heads, len(self._heads))
        release(self._entries, row * self.width)

    def nbytes(self) -> int:
        """Bytes of the arrays (those never touched are not resident)."""
        return int(self._heads.nbytes + self._entries.nbytes)
