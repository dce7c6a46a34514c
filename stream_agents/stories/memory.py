"""The documents that are remembered: columns, fingerprints and keys, in numpy arrays, by generation.

A row is never changed in place by a new text: the old row dies and the document gets a new one, so rows stay in order of
the log and a generation is a run of rows. When the arrays are full, the living rows move to new ones (amortised O(1)).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories.compiled import compiled
from stream_agents.stories.ids import Ids
from stream_agents.stories.keys import BANDS, SKETCH, WIDTH
from stream_agents.stories.table import Keys, KeyTable, pages, release
from stream_agents.stories.tokens import Codes

_FIRST_CAPACITY = 1024
#: Codes that there is room for at first, a row: the length of a usual article.
_CODES_A_ROW = 420
#: Room beyond what lives, where arrays move: so much of them may be dead at most, and so often a row is copied while it is
#: remembered (four times).
_SPARE = 1.25
#: Rows that are moved at a time.
_CHUNK = 1 << 13

_COLUMNS = np.dtype(
    [
        ("generation", "i4"),
        ("offset", "i8"),
        ("last", "i8"),
        ("first_seen", "f8"),
        ("fetched", "f8"),
        ("published", "f8"),
        ("published_offset", "i4"),
        ("revision", "u4"),
        ("publisher", "u4"),
        ("owner", "u4"),
        ("wire", "u4"),
        ("language", "u2"),
        ("origin", "u1"),
        ("relation", "u1"),
        ("similarity", "f8"),
        ("content_hash", "V16"),
        ("body_hash", "V16"),
        ("alive", "?"),
        ("start", "i8"),
        ("length", "u4"),
    ]
)


class Row(NamedTuple):
    """The numeric columns of one document, in their order. Times are POSIX seconds; names, origin and relation are small
    numbers; `start` and `length` say where in the arena its codes are."""

    generation: int
    offset: int
    last: int
    first_seen: float
    fetched: float
    published: float
    published_offset: int
    revision: int
    publisher: int
    owner: int
    wire: int
    language: int
    origin: int
    relation: int
    similarity: float
    content_hash: bytes
    body_hash: bytes
    alive: bool = True
    start: int = 0
    length: int = 0


@dataclass(slots=True)
class Generation:
    """A run of rows [first, last) that will be forgotten together."""

    number: int
    first: int
    last: int


@compiled
def _pack(source: Codes, starts: NDArray[np.int64], lengths: NDArray[np.int64], target: Codes) -> NDArray[np.int64]:
    """Copy runs of codes one after the other; where each one begins."""
    moved, used = np.empty(len(starts), dtype=np.int64), 0
    for run in range(len(starts)):
        moved[run] = used
        for step in range(lengths[run]):
            target[used] = source[starts[run] + step]
            used += 1
    return moved


def _chunks(places: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """Runs [first, last) of `places` to move at a time; with each, the place before which nothing will be read any more."""
    lowest = np.minimum.accumulate(places[::-1])[::-1]
    for first in range(0, len(places), _CHUNK):
        last = min(first + _CHUNK, len(places))
        yield first, last, int(lowest[last]) if last < len(places) else 0


class Memory:
    """Rows of living documents. `ids` and `facts` (packed, cold) stand beside the numeric columns."""

    def __init__(self, capacity: int = _FIRST_CAPACITY) -> None:
        self.generations: deque[Generation] = deque()
        self.facts: list[bytes] = []
        self.low = 0
        self._used = 0
        self._allocate(capacity, capacity * _CODES_A_ROW)

    def _allocate(self, rows: int, codes: int) -> None:
        self.columns = pages(rows, _COLUMNS)
        self.ids = Ids(rows)
        self.table = KeyTable(WIDTH, rows)
        self._arena: Codes = pages(codes, np.uint16)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.columns["alive"]))

    def __contains__(self, doc_id: str) -> bool:
        return self.ids.row(doc_id) >= 0

    def __iter__(self) -> Iterator[str]:
        return map(self.ids.name, self._alive().tolist())

    @property
    def newest_generation(self) -> int | None:
        return self.generations[-1].number if self.generations else None

    def add(self, doc_id: str, values: Row, codes: Codes, keys: Keys, facts: bytes) -> int:
        """A new row for `doc_id` (its old one dies); returns its number."""
        self.kill(doc_id)
        if len(self.facts) == len(self.columns):
            self._move(self._alive())
        if self._used + len(codes) > len(self._arena):
            self._pack_codes(len(codes))
        row = len(self.facts)
        self.facts.append(facts)
        self.ids.put(doc_id, row)
        self._arena[self._used : self._used + len(codes)] = codes
        self.columns[row] = (*values[:-2], self._used, len(codes))
        self._used += len(codes)
        self.table.insert(row, keys)
        self._extend_generation(values.generation, row)
        return row

    def row(self, row: int) -> Row:
        """The columns of a row, as they stand."""
        return Row._make(self.columns[row].item())

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
        return self.table.rows(keys, self.low, self.columns["alive"])

    def sketches(self, rows: NDArray[np.int64]) -> Keys:
        """Bottom sketches of rows, n × `SKETCH`; meaningless for texts too short to fill one."""
        return self.table.keys_of(rows)[:, BANDS : BANDS + SKETCH]

    def kill(self, doc_id: str) -> None:
        """Forget one document; its row stays behind, dead, until its generation goes or the arrays move."""
        row = self.ids.remove(doc_id)
        if row >= 0:
            self.columns["alive"][row] = False
            self.facts[row] = b""

    def living(self, generation: Generation) -> list[str]:
        """The living documents of a generation, in the order of the log."""
        alive = self.columns["alive"][generation.first : generation.last]
        return [self.ids.name(generation.first + step) for step in np.flatnonzero(alive).tolist()]

    def expired(self, number: int) -> list[str]:
        """Living documents of the generations older than `number`, in the order of the log."""
        old = [generation for generation in self.generations if generation.number < number]
        return [doc_id for generation in old for doc_id in self.living(generation)]

    def drop_before(self, number: int) -> None:
        """Let go of the generations older than `number`, whose documents have all been killed."""
        while self.generations and self.generations[0].number < number:
            self.low = self.generations.popleft().last

    def settle(self) -> None:
        """Put rows that were restored in any order into the order of the log, in their generations."""
        living = self._alive()
        self._move(living[np.argsort(self.columns["offset"][living], kind="stable")])
        numbers = np.maximum.accumulate(self.columns["generation"][: len(living)])
        edges = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(living)] if len(living) else [0]
        self.generations = deque(Generation(int(numbers[first]), first, last) for first, last in pairwise(edges))

    def _alive(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.columns["alive"][: len(self.facts)])

    def _move(self, living: NDArray[np.int64]) -> None:
        """Move the living rows, in that order, into arrays with room for more, one array after the other, and of the large
        ones what has moved is let go at once: in the order of the log hardly anything is resident twice."""
        capacity = max(_FIRST_CAPACITY, int(len(living) * _SPARE) + 1)
        columns = pages(capacity, _COLUMNS)
        columns[: len(living)] = self.columns[living]
        self.columns = columns
        table = KeyTable(WIDTH, capacity)
        for first, last, done in _chunks(living):
            table.insert(first, self.table.keys_of(living[first:last]).ravel())
            self.table.release(done)
        self.table = table
        self.ids = self.ids.moved(living, capacity)
        self.facts = [self.facts[row] for row in living.tolist()]
        for generation in self.generations:
            generation.first, generation.last = np.searchsorted(living, (generation.first, generation.last)).tolist()
        self.low = 0
        self._pack_codes(0)

    def _pack_codes(self, needed: int) -> None:
        """Move the codes of the living rows together, into an arena with room for `needed` and more."""
        columns = self.columns[: len(self.facts)]
        columns["length"][~columns["alive"]] = 0
        starts, lengths = columns["start"].copy(), columns["length"].astype(np.int64)
        used = int(lengths.sum())
        arena: Codes = pages(int((used + needed) * _SPARE) + _FIRST_CAPACITY * _CODES_A_ROW, np.uint16)
        moved = 0
        for first, last, done in _chunks(starts):
            columns["start"][first:last] = moved + _pack(
                self._arena, starts[first:last], lengths[first:last], arena[moved:]
            )
            moved += int(lengths[first:last].sum())
            release(self._arena, done)
        self._arena, self._used = arena, used

    def nbytes(self) -> int:
        """Bytes of the arrays, without the Python objects beside them."""
        return int(self.columns.nbytes + self._arena.nbytes) + self.table.nbytes() + self.ids.nbytes()
