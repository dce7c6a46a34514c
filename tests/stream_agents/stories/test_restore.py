"""Restoring: in whatever order records come back, the engine goes on exactly as the stopped one would have."""

from __future__ import annotations

import random

import pytest

from benchmarks.stories.generator import stream
from benchmarks.stories.quality import event
from stream_agents.stories import record
from tests.stream_agents.stories.build import FLOOD, SCHOOL, doc_id, engine, scored
from warta.messages import Superseded

EVENTS = [event(item, number) for number, item in enumerate(stream(60, seed=9))]


@pytest.mark.parametrize("order", ["as written", "backwards", "shuffled"])
def test_any_order_gives_the_same_engine(order: str) -> None:
    straight, state, middle = engine(), dict[str, bytes](), len(EVENTS) * 2 // 3
    for offset, message in enumerate(EVENTS[:middle]):
        state.update({key: record.encode(value) for key, value in straight.apply(message, offset).state if value})
    values = list(state.values())
    if order == "backwards":
        values.reverse()
    elif order == "shuffled":
        random.Random(2).shuffle(values)
    restarted = engine()
    restarted.load(record.decode(value) for value in values)
    for offset, message in enumerate(EVENTS[middle:], start=middle):
        assert restarted.apply(message, offset) == straight.apply(message, offset)
    assert list(restarted.store) == list(straight.store)
    assert restarted.store.live.generations == straight.store.live.generations


@pytest.mark.parametrize("backwards", [False, True])
def test_contents_are_kept_for_as_long_as_without_the_restart(backwards: bool) -> None:
    straight, values = engine(content_window=3), list[bytes]()
    for offset, (name, body) in enumerate([("old", FLOOD), ("x", "a b"), ("y", "c d"), ("young", SCHOOL)]):
        values += [record.encode(value) for _, value in straight.apply(scored(name, body), offset).state if value]
    restarted = engine(content_window=3)
    restarted.load(record.decode(value) for value in (reversed(values) if backwards else values))
    for name, handed_on in (("old", False), ("young", True)):
        revised = scored(name, FLOOD + " Air surut.", minute=9)
        offset = 4 if name == "old" else 5
        effects = restarted.apply(revised, offset)
        assert effects == straight.apply(revised, offset)
        assert any(isinstance(document, Superseded) for document in effects.documents) == handed_on
    assert doc_id("old") in restarted.store
