"""The key table against a dictionary of lists."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_agents.stories.table import MAX_HITS, KeyTable

#: The first example compiles.
COMPILING = settings(deadline=None)

WIDTH = 3
#: Few keys, so that they are shared and meet in one bucket; some have the highest bit.
KEYS = st.lists(st.sampled_from([0, 1, 5, 9, 2**31, 2**32 - 1]), min_size=WIDTH, max_size=WIDTH)


def array(keys: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    return np.array(keys, dtype=np.uint32)


@COMPILING
@given(st.lists(st.tuples(KEYS, st.booleans()), max_size=40), KEYS, st.integers(0, 5))
def test_finds_what_a_dictionary_finds(rows: list[tuple[list[int], bool]], asked: list[int], low: int) -> None:
    table, alive = KeyTable(WIDTH, 40), np.zeros(40, dtype=np.bool_)
    for row, (keys, living) in enumerate(rows):
        table.insert(row, array(keys))
        alive[row] = living
    wanted = Counter[int]()
    for key in asked:
        owners = [
            row for row, (keys, living) in enumerate(rows) for mine in keys if mine == key and living and row >= low
        ]
        wanted.update(owners[::-1][:MAX_HITS])
    found, shared = table.rows(array(asked), low, alive)
    assert list(zip(found.tolist(), shared.tolist(), strict=True)) == sorted(
        wanted.items(), key=lambda item: (-item[1], -item[0])
    )


def test_many_rows_at_once_are_the_same_as_one_by_one() -> None:
    keys = np.random.default_rng(1).integers(0, 50, (30, WIDTH)).astype(np.uint32)
    one, other, alive = KeyTable(WIDTH, 30), KeyTable(WIDTH, 30), np.ones(30, dtype=np.bool_)
    one.insert(0, keys.ravel())
    for row in range(30):
        other.insert(row, keys[row])
    for row in range(30):
        assert [part.tolist() for part in one.rows(keys[row], 0, alive)] == [
            part.tolist() for part in other.rows(keys[row], 0, alive)
        ]
    assert np.array_equal(one.keys_of(np.arange(5, 9)), keys[5:9])


def test_refuses_more_than_there_is_room_for() -> None:
    table = KeyTable(WIDTH, 2)
    with pytest.raises(IndexError, match="do not fit 2 rows"):
        table.insert(2, array([1, 2, 3]))
    with pytest.raises(IndexError, match="do not fit"):
        table.insert(0, array([1, 2]))
