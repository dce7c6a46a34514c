"""Remembered rows: nothing is lost when arrays move, the dead leave, and restored rows come in any order."""

from __future__ import annotations

import random

import numpy as np

from stream_agents.stories.keys import WIDTH
from stream_agents.stories.memory import Memory, Row
from stream_agents.stories.table import Keys
from stream_agents.stories.tokens import Codes


def values(offset: int, generation: int = 0) -> Row:
    return Row(generation, offset, offset, 0.0, 0.0, float("nan"), 0, 1, 0, 0, 0, 0, 0, 0, 1.0, bytes(16), bytes(16))


def text(number: int, words: int = 50) -> tuple[Codes, Keys]:
    chance = np.random.default_rng(number)
    return chance.integers(0, 1 << 16, words).astype(np.uint16), chance.integers(0, 1 << 32, WIDTH).astype(np.uint32)


def fill(memory: Memory, numbers: list[int], words: int = 50) -> None:
    for number in numbers:
        codes, keys = text(number, words)
        memory.add(f"d{number}", values(number, number // 1000), codes, keys, b"facts %d" % number)


def check(memory: Memory, numbers: list[int], words: int = 50) -> None:
    """Exactly these documents are remembered, each with its own codes, keys and facts."""
    assert set(memory) == {f"d{number}" for number in numbers}
    for number in numbers:
        row = memory.ids.row(f"d{number}")
        codes, keys = text(number, words)
        assert np.array_equal(memory.codes(row), codes)
        assert memory.candidates(keys)[0][0] == row
        assert memory.facts[row] == b"facts %d" % number
        assert (memory.ids.name(row), memory.row(row).offset) == (f"d{number}", number)


def test_growth_keeps_everything() -> None:
    memory = Memory()
    fill(memory, list(range(3000)))
    check(memory, list(range(3000)))


def test_the_dead_leave_and_their_generations_close_up() -> None:
    memory = Memory()
    fill(memory, list(range(3000)))
    for number in range(0, 3000, 3):
        memory.kill(f"d{number}")
    fill(memory, list(range(3000, 6000)))
    left = [number for number in range(6000) if number >= 3000 or number % 3]
    check(memory, left)
    assert memory.expired(2) == [f"d{number}" for number in left if number < 2000]
    for doc_id in memory.expired(2):
        memory.kill(doc_id)
    memory.drop_before(2)
    check(memory, [number for number in left if number >= 2000])
    assert memory.newest_generation == 5


def test_texts_longer_than_usual_do_not_move_the_rows_each_time() -> None:
    memory = Memory()
    fill(memory, list(range(1000)), words=1500)
    before = memory.columns
    fill(memory, list(range(1000, 1020)), words=1500)
    assert memory.columns is before
    check(memory, list(range(1020)), words=1500)


def test_rows_restored_in_any_order_stand_in_the_order_of_the_log() -> None:
    straight, shuffled = Memory(), Memory()
    numbers = list(range(2500))
    fill(straight, numbers)
    random.Random(5).shuffle(numbers)
    fill(shuffled, numbers)
    shuffled.settle()
    assert list(shuffled) == list(straight)
    assert shuffled.generations == straight.generations
    check(shuffled, numbers)


def test_an_empty_memory_settles() -> None:
    memory = Memory()
    memory.settle()
    assert not memory.generations
    fill(memory, [1])
    check(memory, [1])
