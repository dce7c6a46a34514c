"""Properties of grouping: an equivalence, stable under replay, and the same after a restart at any event."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.stories.generator import stream
from benchmarks.stories.quality import event
from stream_agents.stories import record
from stream_agents.stories.engine import StoryEngine
from tests.stream_agents.stories.build import decision, doc_id, engine, scored
from warta.messages import Decision, Origin, ScoredArticle, ScoredMessage

ITEMS = list(stream(24, seed=5))
EVENTS: list[ScoredArticle] = [event(item, number) for number, item in enumerate(ITEMS)]
_TEXTS = [item.body for item in ITEMS[:6]]
#: The last two grow out of the first and swallow others: what a live blog does.
BODIES = [*_TEXTS, f"{_TEXTS[1]} {_TEXTS[0]}", f"{_TEXTS[2]} {_TEXTS[1]} {_TEXTS[0]}"]
ORIGINS: list[Origin] = ["live", "live", "live", "backfill"]
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def standing(stories: StoryEngine) -> dict[str, tuple[str, str, str]]:
    memberships = {doc: stories.store.membership(doc) for doc in stories.store}
    return {doc: (m.story_id, m.original_id, m.relation) for doc, m in memberships.items()}


def check_partition(stories: StoryEngine) -> None:
    """Every document is in exactly one story, whose members all name the same original, one of them itself."""
    for doc in stories.store:
        members = stories.store.groups.members(doc)
        assert doc in members
        assert {stories.store.groups.story_id(member) for member in members} == {stories.store.groups.story_id(doc)}
        original = stories.store.groups.original_id(doc)
        if original in stories.store:
            assert original in members
            assert stories.store.membership(original).relation == "original"


@st.composite
def histories(draw: st.DrawFn) -> list[ScoredMessage]:
    """Short logs of few documents and few texts, so that copies, revisions, links and forgetting meet often."""
    names, minute = ["a", "b", "c", "d"], 0.0
    log: list[ScoredMessage] = []
    for _ in range(draw(st.integers(3, 9))):
        minute += draw(st.sampled_from([1.0, 30.0, 1440.0, 2 * 1440.0]))
        name = draw(st.sampled_from(names))
        if draw(st.integers(0, 3)):
            origin: Origin = draw(st.sampled_from(ORIGINS))
            log.append(scored(name, draw(st.sampled_from(BODIES)), minute=minute, origin=origin))
        else:
            action = draw(st.sampled_from(["must-link", "cannot-link", "unlink", "forget", "correct"]))
            log.append(decision(action, name, names[names.index(name) - 1], minute=minute))
    return log


@QUICK
@given(histories())
def test_restart_at_any_event_gives_the_same_answers(log: list[ScoredMessage]) -> None:
    straight, state = engine(horizon_days=3), dict[str, bytes]()
    for offset, message in enumerate(log):
        restarted = engine(horizon_days=3)
        restarted.load([record.decode(value) for value in state.values()])
        effects, again = straight.apply(message, offset), restarted.apply(message, offset)
        assert again == effects
        check_partition(straight)
        for key, value in effects.state:
            state.pop(key, None)
            if value is not None:
                state[key] = record.encode(value)
    assert standing(restarted) == standing(straight)


@QUICK
@given(histories())
def test_repeating_the_last_event_changes_nothing(log: list[ScoredMessage]) -> None:
    stories = engine(horizon_days=3)
    for offset, message in enumerate(log):
        stories.apply(message, offset)
        before = standing(stories)
        if not (isinstance(message, Decision) and message.action == "forget"):
            stories.apply(message, offset)
        assert standing(stories) == before


def test_generated_stream_survives_a_restart_in_its_middle() -> None:
    straight, state = engine(), dict[str, bytes]()
    middle = len(EVENTS) // 2
    for offset, message in enumerate(EVENTS[:middle]):
        for key, value in straight.apply(message, offset).state:
            state[key] = record.encode(value) if value is not None else b""
    restarted = engine()
    restarted.load([record.decode(value) for value in state.values() if value])
    for offset, message in enumerate(EVENTS[middle:], start=middle):
        assert restarted.apply(message, offset) == straight.apply(message, offset)
    assert len({straight.store.groups.story_id(message.doc_id) for message in EVENTS}) < len(EVENTS)


def test_short_texts_with_one_body_and_other_titles_stay_apart() -> None:
    stories = engine()
    stories.apply(scored("x", "Ikuti terus.", title="Gempa di Garut"), 0)
    stories.apply(scored("y", "Ikuti terus.", title="Banjir di Bogor"), 1)
    assert stories.store.groups.story_id(doc_id("x")) != stories.store.groups.story_id(doc_id("y"))


def _together(log: list[ScoredArticle]) -> set[tuple[str, str]]:
    stories = engine()
    for offset, message in enumerate(log):
        stories.apply(message, offset)
    return {(one, other) for one in stories.store for other in stories.store.groups.members(one) if one < other}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_arrival_hardly_matters(seed: int) -> None:
    """Of the pairs that are together in either order, the share that are in both."""
    log = [event(item, number) for number, item in enumerate(stream(200, seed=3))]
    shuffled = random.Random(seed).sample(log, len(log))
    in_order, out_of_order = _together(log), _together(shuffled)
    assert len(in_order) > len(log)
    assert len(in_order & out_of_order) >= 0.99 * len(in_order | out_of_order)
