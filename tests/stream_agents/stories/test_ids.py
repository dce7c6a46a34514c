"""The table of ids against a dictionary."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from stream_agents.stories.ids import Ids

ROOM = 12
#: Hex ids that want one slot, ids of other forms, and texts that are no ids.
NAMES = [f"{n:016x}{low:016x}" for n in (0, 1, 2**63) for low in (0, 3, 2**63, 2**64 - 1)] + [
    "",
    "d1",
    "F" * 32,
    "ä" * 32,
]


class Table(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ids, self.rows, self.used = Ids(ROOM), dict[str, int](), 0

    @precondition(lambda self: self.used < ROOM)
    @rule(name=st.sampled_from(NAMES))
    def put(self, name: str) -> None:
        self.ids.remove(name)
        self.ids.put(name, self.used)
        self.rows[name] = self.used
        self.used += 1

    @rule(name=st.sampled_from(NAMES))
    def remove(self, name: str) -> None:
        assert self.ids.remove(name) == self.rows.pop(name, -1)

    @rule()
    def move(self) -> None:
        rows = sorted(self.rows.values(), reverse=True)
        self.ids = self.ids.moved(np.array(rows, dtype=np.int64), ROOM)
        self.rows = {name: rows.index(row) for name, row in self.rows.items()}
        self.used = len(rows)

    @invariant()
    def finds_what_is_in(self) -> None:
        for name in NAMES:
            assert self.ids.row(name) == self.rows.get(name, -1)
        for name, row in self.rows.items():
            assert self.ids.name(row) == name


Table.TestCase.settings = settings(deadline=None, max_examples=60)
TestTable = Table.TestCase
