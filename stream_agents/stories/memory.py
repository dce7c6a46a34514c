"""The documents that are remembered: columns, fingerprints and keys, in numpy arrays, by generation.

A row is never changed in place by a new text: the old row dies and the document gets a new one, so rows stay in order of
the log and a generation is a run of rows. When the arrays are full, the living rows move to new ones (amortised O(1)).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories.keys import BANDS, SKETCH, WIDTH
from stream_agents.stories.table import Keys, KeyTable, pages
from stream_agents.stories.tokens import Codes

_FIRST_CAPACITY = 1024
_WORDS_A_ROW = 420

_COLUMNS = np.dtype(
    [
        ("offset", "i8"),
        ("last", "i8"),
        ("first_seen", "f8"),
        ("fetched", "f8"),
        ("published", "f8"),
        ("published_offset", "i4"),
        ("start", "i8"),
        ("length", "u4"),
        ("generation", "i4"),
        ("revision", "u4"),
        ("publisher", "u4"),
        ("owner", "u4"),
        ("wire", "u4"),
        ("language", "u2"),
        ("origin", "u1"),
        ("relation", "u1"),
        ("similarity", "f8"),
        ("alive", "?"),
        ("content_hash", "V16"),
        ("body_hash", "V16"),
    ]
)


@dataclass(slots=True)
class Generation:
    """A run of rows [first, last) that will be forgotten together."""

    number: int
    first: int
    last: int


class Memory:
    """Rows of living documents. `doc_ids[row]` and `facts[row]` (packed, cold) stand beside the numeric columns."""

    def __init__(self, capacity: int = _FIRST_CAPACITY) -> None:
        self.rows: dict[str, int] = {}
        self.generations: deque[Generation] = deque()
        self._allocate(capacity)

    def _allocate(self, capacity: int) -> None:
        self.columns = pages(capacity, _COLUMNS)
        self.doc_ids: list[str] = []
        self.facts: list[bytes] = []
        self.table = KeyTable(WIDTH, capacity)
        self._arena: Codes = pages(capacity * _WORDS_A_ROW, np.uint16)
        self._used = 0
        self.low = 0

    def reserve(self, rows: int) -> None:
        """Make room for so many rows at once; only before the first."""
        if not self.doc_ids and rows > len(self.columns):
            self._allocate(rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def newest_generation(self) -> int | None:
        return self.generations[-1].number if self.generations else None

    def add(self, doc_id: str, generation: int, codes: Codes, keys: Keys, facts: bytes) -> int:
        """A new row for `doc_id` (its old one dies), with every other column zero; returns its number."""
        self.kill(doc_id)
        if len(self.doc_ids) == len(self.columns) or self._used + len(codes) > len(self._arena):
            self._compact(len(codes))
        row = len(self.doc_ids)
        self.doc_ids.append(doc_id)
        self.facts.append(facts)
        self.rows[doc_id] = row
        self._arena[self._used : self._used + len(codes)] = codes
        columns = self.columns
        columns["start"][row], columns["length"][row] = self._used, len(codes)
        columns["generation"][row], columns["alive"][row] = generation, True
        self._used += len(codes)
        self.table.insert(row, keys)
        self._extend_generation(generation, row)
        return row

    def _extend_generation(self, number: int, row: int) -> None:
        if self.generations and self.generations[-1].number >= number:
            self.generations[-1].last = row + 1
        else:
            self.generations.append(Generation(number, row, row + 1))

    def codes(self, row: int) -> Codes:
        """The fingerprint of a row: a view, valid until the next `add`."""
        start = int(self.columns["start"][row])
        return self._arena[start : start + int(self.columns["length"][row])]

    def candidates(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Living rows that share keys, with the number shared; most shared first, then newest first."""
        hits = self.table.rows(keys, self.low, self.columns["alive"])
        rows, shared = np.unique(hits, return_counts=True)
        order = np.lexsort((-rows, -shared))
        return rows[order], shared[order]

    def sketches(self, rows: NDArray[np.int64]) -> Keys:
        """Bottom sketches of rows, n × `SKETCH`; meaningless for texts too short to fill one."""
        return self.table.keys_of_many(rows)[:, BANDS : BANDS + SKETCH]

    def kill(self, doc_id: str) -> None:
        """Forget one document; its row stays behind, dead, until its generation goes or the arrays move."""
        row = self.rows.pop(doc_id, None)
        if row is not None:
            self.columns["alive"][row] = False
            self.facts[row] = b""

    def living(self, generation: Generation) -> list[str]:
        """The living documents of a generation, in the order of the log."""
        alive = self.columns["alive"][generation.first : generation.last]
        return [self.doc_ids[generation.first + step] for step in np.flatnonzero(alive)]

    def expired(self, number: int) -> list[str]:
        """Living documents of the generations older than `number`, in the order of the log."""
        old = [generation for generation in self.generations if generation.number < number]
        return [doc_id for generation in old for doc_id in self.living(generation)]

    def drop_before(self, number: int) -> None:
        """Let go of the generations older than `number`, whose documents have all been killed."""
        while self.generations and self.generations[0].number < number:
            self.low = self.generations.popleft().last

    def _compact(self, needed: int) -> None:
        """Move the living rows into arrays with room for half as many again."""
        old, doc_ids, facts, table, arena = self.columns, self.doc_ids, self.facts, self.table, self._arena
        living = np.flatnonzero(old["alive"][: len(doc_ids)])
        words = int(old["length"][living].sum()) + needed
        capacity = max(_FIRST_CAPACITY, len(living) + len(living) // 2 + 1, words // _WORDS_A_ROW + 1)
        bounds = [(generation.number, generation.first, generation.last) for generation in self.generations]
        self._allocate(capacity)
        self.columns[: len(living)] = old[living]
        for row, source in enumerate(living.tolist()):
            start, length = int(old["start"][source]), int(old["length"][source])
            self._arena[self._used : self._used + length] = arena[start : start + length]
            self.columns["start"][row] = self._used
            self._used += length
            self.table.insert(row, table.keys_of(source))
            self.doc_ids.append(doc_ids[source])
            self.facts.append(facts[source])
            self.rows[doc_ids[source]] = row
        edges = [(number, *np.searchsorted(living, (first, last)).tolist()) for number, first, last in bounds]
        self.generations = deque(Generation(*edge) for edge in edges)

    def nbytes(self) -> int:
        """Bytes of the arrays, without the Python objects beside them."""
        return int(self.columns.nbytes + self._arena.nbytes) + self.table.nbytes()
