"""A multimap from 32-bit keys to rows, for the band keys of LSH: chained, append-only, in numpy arrays.

Entries are numbered in order of insertion and every chain runs from the newest to the oldest, so forgetting the oldest
rows costs nothing: a walk stops at the first entry below the low-water mark. 8 bytes an entry and 4 a bucket, where a
dictionary of lists takes about 150.
"""

from __future__ import annotations

from mmap import mmap
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Keys = NDArray[np.uint32]
Rows = NDArray[np.int64]

#: Living rows that one key gives, newest first. A key shared by more documents than this is boilerplate or one story
#: copied many times; in both cases the newest are enough. Only true, living hits count, so that what is found depends on
#: the remembered documents alone, never on the size of the table or on what it forgot.
MAX_HITS = 8

#: Entries a bucket where the table is full: each halving costs 200 bytes an article and saves one step of a walk.
ENTRIES_A_BUCKET = 2


def pages(count: int, dtype: DTypeLike) -> NDArray[Any]:
    """`count` zeros in pages of their own: resident once touched, and given back to the system with the array. From the
    allocator's heap, arrays that are replaced as they grow leave holes that cost as much as the arrays."""
    return np.frombuffer(mmap(-1, max(1, count) * np.dtype(dtype).itemsize), dtype=dtype)


class KeyTable:
    """Rows by key. Every row brings exactly `width` keys; `capacity` is the number of rows there is room for."""

    def __init__(self, width: int, capacity: int) -> None:
        buckets = 1 << max(10, (width * capacity // ENTRIES_A_BUCKET - 1).bit_length())
        self.width = width
        self.capacity = capacity
        self._mask = np.uint32(buckets - 1)
        self._heads: NDArray[np.int32] = pages(buckets, np.int32)
        self._heads.fill(-1)
        self._keys: Keys = pages(width * capacity, np.uint32)
        self._next: NDArray[np.int32] = pages(width * capacity, np.int32)

    def insert(self, row: int, keys: Keys) -> None:
        """Add `keys` (exactly `width`) for `row`; rows come in rising order."""
        start = row * self.width
        buckets = keys & self._mask
        entries = np.arange(start, start + self.width, dtype=np.int32)
        self._keys[start : start + self.width] = keys
        self._next[start : start + self.width] = self._heads[buckets]
        self._heads[buckets] = entries
        lost = np.flatnonzero(self._heads[buckets] != entries)
        if len(lost):
            self._relink(buckets, start)

    def _relink(self, buckets: NDArray[np.uint32], start: int) -> None:
        """Chain one by one what fell into the same bucket within one row."""
        seen: dict[int, int] = {}
        for step, bucket in enumerate(buckets.tolist()):
            if bucket in seen:
                self._next[start + step] = seen[bucket]
            seen[bucket] = start + step
            self._heads[bucket] = start + step

    def rows(self, keys: Keys, low: int, alive: NDArray[np.bool_]) -> Rows:
        """Rows ≥ `low` that are `alive` and share a key, once for each shared key, in no particular order."""
        found = []
        entries = self._heads[keys & self._mask]
        hits = np.zeros(len(keys), dtype=np.int64)
        floor = low * self.width
        while True:
            walking = np.flatnonzero((entries >= floor) & (hits < MAX_HITS))
            if len(walking) < len(entries):
                entries, keys, hits = entries[walking], keys[walking], hits[walking]
            if not len(entries):
                break
            equal = self._keys[entries] == keys
            if np.count_nonzero(equal):
                equal &= alive[entries // self.width]
                hits += equal
                found.append(entries[equal])
            entries = self._next[entries]
        if not found:
            return np.zeros(0, dtype=np.int64)
        return np.concatenate(found).astype(np.int64) // self.width

    def keys_of(self, row: int) -> Keys:
        """The keys that `row` was inserted with."""
        return self._keys[row * self.width : (row + 1) * self.width]

    def keys_of_many(self, rows: Rows) -> Keys:
        """The keys of several rows, one line each."""
        return self._keys.reshape(-1, self.width)[rows]

    def nbytes(self) -> int:
        """Bytes of the arrays (those never touched are not resident)."""
        return int(self._heads.nbytes + self._keys.nbytes + self._next.nbytes)
