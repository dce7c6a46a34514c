"""Which row each remembered document is in: a hash table of 16-byte ids in numpy arrays.

24 bytes a document, where a dictionary of texts takes 180: a doc_id is the hex of a 128-bit hash, so its own low bits say where
to look (linear probing; removal by shifting back, Knuth, The Art of Computer Programming, 6.4, algorithm R).
"""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories.compiled import compiled
from stream_agents.stories.table import pages

Slots = NDArray[np.int32]
Halves = NDArray[np.int64]

_HALVES = Struct("<qq")


def hash_bytes(text: str) -> bytes:
    """16 bytes of a hash written as 32 hex digits; any other text is hashed into them."""
    if len(text) == 32:
        try:
            return bytes.fromhex(text)
        except ValueError:
            pass
    return blake2b(text.encode(), digest_size=16).digest()


@compiled
def _slot(slots: Slots, ids: Halves, high: int, low: int) -> int:
    """Where an id stands among the slots, or the empty slot where it would."""
    at = low & (len(slots) - 1)
    while slots[at] >= 0 and (ids[slots[at], 0] != high or ids[slots[at], 1] != low):
        at = (at + 1) & (len(slots) - 1)
    return at


@compiled
def _row(slots: Slots, ids: Halves, high: int, low: int) -> int:
    return int(slots[_slot(slots, ids, high, low)])


@compiled
def _put(slots: Slots, ids: Halves, first: int, last: int) -> None:
    """Enter the rows [first, last)."""
    for row in range(first, last):
        slots[_slot(slots, ids, ids[row, 0], ids[row, 1])] = row


@compiled
def _remove(slots: Slots, ids: Halves, high: int, low: int) -> int:
    """Take an id out; its row, or −1 where it was not in."""
    hole, last = _slot(slots, ids, high, low), len(slots) - 1
    row = slots[hole]
    at = hole
    while slots[at] >= 0:
        at = (at + 1) & last
        if slots[at] >= 0 and ((at - ids[slots[at], 1]) & last) >= ((at - hole) & last):
            slots[hole] = slots[at]
            hole = at
    slots[hole] = -1
    return int(row)


class Ids:
    """Rows by doc_id and doc_ids by row, for at most `capacity` rows."""

    def __init__(self, capacity: int) -> None:
        self._slots: Slots = pages(1 << (capacity + capacity // 3).bit_length(), np.int32)
        self._slots.fill(-1)
        self._ids: Halves = pages(2 * capacity, np.int64).reshape(-1, 2)
        #: Names that are no hex of a hash; Warta makes none, but a message may bring one.
        self._odd: dict[bytes, str] = {}

    def row(self, doc_id: str) -> int:
        """The row of a document; −1 where it is not remembered."""
        return _row(self._slots, self._ids, *_HALVES.unpack(hash_bytes(doc_id)))

    def put(self, doc_id: str, row: int) -> None:
        """Enter a document that is not in."""
        packed = hash_bytes(doc_id)
        if packed.hex() != doc_id:
            self._odd[packed] = doc_id
        self._ids[row] = _HALVES.unpack(packed)
        _put(self._slots, self._ids, row, row + 1)

    def remove(self, doc_id: str) -> int:
        """Take a document out; its row, or −1 where it was not in."""
        packed = hash_bytes(doc_id)
        self._odd.pop(packed, None)
        return _remove(self._slots, self._ids, *_HALVES.unpack(packed))

    def name(self, row: int) -> str:
        """The doc_id of a row that is in."""
        packed = self._ids[row].tobytes()
        return self._odd[packed] if packed in self._odd else packed.hex()

    def moved(self, rows: NDArray[np.int64], capacity: int) -> Ids:
        """The same documents in new rows: `rows` are their old ones, in the new order."""
        new = Ids(capacity)
        new._ids[: len(rows)] = self._ids[rows]
        new._odd = self._odd
        _put(new._slots, new._ids, 0, len(rows))
        return new

    def nbytes(self) -> int:
        return int(self._slots.nbytes + self._ids.nbytes)
