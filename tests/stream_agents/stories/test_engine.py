"""The engine's contract: copies, revisions, replays, decisions, eviction, and what survives a restart."""

from __future__ import annotations

from itertools import permutations

import pytest

from stream_agents.stories import record
from stream_agents.stories.engine import StoryEngine
from tests.stream_agents.stories.build import FLOOD, SCHOOL, decision, doc_id, engine, scored
from warta.errors import Invalid
from warta.messages import (
    Document,
    Patch,
    Removed,
    Rescore,
    Score,
    ScoredMessage,
    Signal,
    Superseded,
    Tick,
    Tombstone,
    Trace,
)
from warta.wire import envelope_of

DAY = 24 * 60


def whole(effects: object) -> Document:
    documents = [document for document in effects.documents if isinstance(document, Document)]  # type: ignore[attr-defined]
    assert len(documents) == 1
    return documents[0]


def test_first_article_is_the_original_of_its_own_story() -> None:
    effects = engine().apply(scored("a", FLOOD), 0)
    story = whole(effects).story
    assert effects.outcome == "new"
    assert (story.story_id, story.story_relation, story.original_id) == (f"s-{doc_id('a')}", "original", doc_id("a"))
    assert story.is_story_head
    assert story.story is not None
    assert story.story.copies == 1
    assert [key for key, _ in effects.state] == [doc_id("a")]


def test_exact_copy_joins_and_the_head_counts_it() -> None:
    stories = engine()
    stories.apply(scored("a", FLOOD, source="satu", owner="grup"), 0)
    effects = stories.apply(scored("b", FLOOD.replace("\n", " "), source="dua", owner="grup", minute=5), 1)
    story = whole(effects).story
    assert (story.story_id, story.story_relation, story.similarity) == (f"s-{doc_id('a')}", "exact", 1.0)
    assert not story.is_story_head
    patches = [document for document in effects.documents if isinstance(document, Patch)]
    assert [patch.doc_id for patch in patches] == [doc_id("a")]
    counters = patches[0].story.story  # type: ignore[union-attr]
    assert counters is not None
    assert (counters.copies, counters.publishers, counters.owners) == (2, 2, 1)
    assert (counters.last_seen_at - counters.first_seen_at).total_seconds() == 300


def test_unrelated_articles_stay_apart() -> None:
    stories = engine()
    stories.apply(scored("a", FLOOD), 0)
    assert whole(stories.apply(scored("b", SCHOOL), 1)).story.story_relation == "original"


def test_same_event_again_gets_its_earlier_answer() -> None:
    stories = engine()
    stories.apply(scored("a", FLOOD), 0)
    first = stories.apply(scored("b", FLOOD, minute=1), 1)
    again = stories.apply(scored("b", FLOOD, minute=1), 1)
    assert again.outcome == "replay"
    assert whole(again) == whole(first)
    assert again.signals[-1] == first.signals[-1]


def test_later_text_is_a_revision_and_hands_the_old_one_on() -> None:
    stories = engine()
    stories.apply(scored("a", FLOOD), 0)
    effects = stories.apply(scored("a", FLOOD + " Air mulai surut.", minute=9), 1)
    assert effects.outcome == "revision"
    assert whole(effects).story.revision == 2
    assert whole(effects).first_seen_at == scored("a", FLOOD).fetched_at
    superseded = effects.documents[0]
    assert isinstance(superseded, Superseded)
    assert (superseded.revision, superseded.content.body) == (1, FLOOD)


def test_older_fetch_is_stale() -> None:
    stories = engine()
    stories.apply(scored("a", FLOOD, minute=9), 0)
    effects = stories.apply(scored("a", SCHOOL, minute=5), 1)
    assert (effects.outcome, effects.documents, effects.state) == ("stale", [], [])


def test_tick_once_a_minute() -> None:
    stories = engine()
    ticks = []
    for offset, minute in enumerate((0, 0.5, 1, 1.2, 3)):
        ticks += [
            s for s in stories.apply(scored(str(offset), SCHOOL, minute=minute), offset).signals if isinstance(s, Tick)
        ]
    assert [tick.minute.minute for tick in ticks] == [1, 3]


def test_old_articles_are_forgotten_and_their_records_nulled() -> None:
    stories = engine(horizon_days=2)
    stories.apply(scored("a", FLOOD), 0)
    effects = stories.apply(scored("b", FLOOD, minute=4 * DAY), 1)
    assert (doc_id("a"), None) in effects.state
    assert whole(effects).story.story_relation == "original"
    assert doc_id("a") not in stories.store


def test_totals_outlive_evicted_members() -> None:
    stories = engine(horizon_days=2)
    stories.apply(scored("a", FLOOD), 0)
    stories.apply(scored("b", FLOOD, minute=2 * DAY), 1)
    effects = stories.apply(scored("c", FLOOD, minute=3 * DAY), 2)
    story = whole(effects).story
    assert (story.story_id, story.original_id) == (f"s-{doc_id('a')}", doc_id("a"))
    group = stories.store.groups.of(doc_id("c"))
    assert group is not None
    assert group.copies == 3


def test_backfill_never_moves_the_watermark_nor_evicts() -> None:
    stories = engine(horizon_days=2)
    stories.apply(scored("a", FLOOD), 0)
    effects = stories.apply(scored("b", FLOOD, minute=40 * DAY, origin="backfill"), 1)
    assert not [signal for signal in effects.signals if isinstance(signal, Tick)]
    assert doc_id("a") in stories.store


def test_late_original_takes_over_the_story_but_not_its_id() -> None:
    stories = engine()
    stories.apply(scored("copy", FLOOD, source="daerah", wire="antara", minute=5), 0)
    effects = stories.apply(scored("source", FLOOD, source="antara", minute=9), 1)
    assert whole(effects).story.story_relation == "original"
    assert whole(effects).story.story_id == f"s-{doc_id('copy')}"
    patch = next(document for document in effects.documents if isinstance(document, Patch))
    assert patch.doc_id == doc_id("copy")
    assert patch.story is not None
    assert (patch.story.original_id, patch.story.story_relation) == (doc_id("source"), "exact")


def test_must_link_merges_and_tells_every_moved_member() -> None:
    stories = engine()
    stories.apply(scored("a", FLOOD), 0)
    stories.apply(scored("b", SCHOOL, minute=1), 1)
    effects = stories.apply(decision("must-link", "a", "b"), 2)
    moved = [signal for signal in effects.signals if isinstance(signal, Signal)]
    assert [(signal.doc_id, signal.previous_story_id, signal.story_id) for signal in moved] == [
        (doc_id("b"), f"s-{doc_id('b')}", f"s-{doc_id('a')}")
    ]
    assert stories.apply(decision("must-link", "a", "b"), 3).documents == []


def test_cannot_link_parts_a_story_and_sticks() -> None:
    stories = engine()
    stories.apply(scored("a", FLOOD), 0)
    stories.apply(scored("b", FLOOD, minute=1), 1)
    stories.apply(decision("cannot-link", "a", "b"), 2)
    assert stories.store.groups.story_id(doc_id("b")) == f"s-{doc_id('b')}"
    assert stories.store.groups.story_id(doc_id("a")) == f"s-{doc_id('a')}"
    revised = stories.apply(scored("b", FLOOD + " Air surut.", minute=3), 3)
    assert whole(revised).story.story_id == f"s-{doc_id('b')}"


def test_a_first_member_parted_while_it_was_forgotten_takes_the_storys_id_along() -> None:
    """No two stories may bear one id, nor may the two be together again."""
    stories = engine(horizon_days=2)
    stories.apply(scored("a", FLOOD), 0)
    stories.apply(scored("b", FLOOD, minute=2 * DAY), 1)
    stories.apply(scored("c", FLOOD, minute=3 * DAY), 2)
    assert doc_id("a") not in stories.store
    stories.apply(decision("cannot-link", "a", "b"), 3)
    effects = stories.apply(scored("a", FLOOD, minute=3 * DAY + 1), 4)
    assert whole(effects).story.story_id == f"s-{doc_id('a')}"
    told = {p.doc_id: p.story for p in effects.documents if isinstance(p, Patch) and p.story is not None}
    assert {told[doc_id(name)].story_id for name in "bc"} == {f"s-{doc_id('b')}"}
    assert {told[doc_id(name)].original_id for name in "bc"} == {doc_id("b")}
    moved = {s.doc_id: s.previous_story_id for s in effects.signals if isinstance(s, Signal) and s.previous_story_id}
    assert moved == {doc_id(name): f"s-{doc_id('a')}" for name in "bc"}


def test_nothing_is_kept_of_stories_that_are_gone() -> None:
    stories = engine(horizon_days=2)
    for number in range(15):
        stories.apply(scored(f"a{number}", FLOOD, minute=number * 20 * DAY), 3 * number)
        stories.apply(scored(f"b{number}", FLOOD, minute=(number * 20 + 2) * DAY), 3 * number + 1)
        stories.apply(scored(f"c{number}", SCHOOL, minute=(number * 20 + 3) * DAY), 3 * number + 2)
    groups = stories.store.groups
    assert len(groups.lost) <= len(groups.by_story) <= 2


def test_decision_before_its_documents_waits_for_them() -> None:
    stories = engine()
    stories.apply(decision("cannot-link", "a", "b"), 0)
    stories.apply(scored("a", FLOOD), 1)
    assert whole(stories.apply(scored("b", FLOOD, minute=1), 2)).story.story_relation == "original"


@pytest.mark.parametrize("order", list(permutations("abcd")))
def test_a_rebuild_hears_the_decisions_first_and_obeys_them(order: tuple[str, ...]) -> None:
    """a and b have one text and were parted; c and a have not and were merged; d is a later copy of the first two."""
    bodies = {"a": FLOOD, "b": FLOOD, "c": SCHOOL, "d": FLOOD}
    rebuilt = engine()
    rebuilt.apply(decision("must-link", "a", "c"), 0)
    rebuilt.apply(decision("cannot-link", "a", "b"), 1)
    for offset, name in enumerate(order, 2):
        rebuilt.apply(scored(name, bodies[name], minute=offset), offset)
    story = {name: rebuilt.store.groups.story_id(doc_id(name)) for name in bodies}
    assert story["a"] == story["c"] != story["b"]
    assert story["d"] in (story["a"], story["b"])


def test_forget_leaves_a_tombstone_and_bars_the_document() -> None:
    stories = engine()
    stories.apply(scored("a", FLOOD), 0)
    stories.apply(scored("b", FLOOD, minute=1), 1)
    effects = stories.apply(decision("forget", "a"), 2)
    assert any(isinstance(document, Tombstone) for document in effects.documents)
    assert stories.store.groups.original_id(doc_id("b")) == doc_id("b")
    assert stories.apply(scored("a", FLOOD, minute=4), 3).documents == []


def test_alerting_is_told_of_a_takedown_and_of_the_new_head() -> None:
    stories = engine()

    def told(event: ScoredMessage, offset: int) -> list[Signal]:
        return [signal for signal in stories.apply(event, offset).signals if isinstance(signal, Signal)]

    told(scored("a", FLOOD), 0)
    (counted,) = told(scored("b", FLOOD, minute=1), 1)
    gone, head = told(decision("forget", "a"), 2)
    assert (gone.doc_id, gone.hidden, gone.series, gone.title) == (doc_id("a"), True, [], "")
    assert "all" in gone.series_before
    assert (head.doc_id, head.is_story_head, head.series, head.hidden) == (doc_id("b"), True, counted.series, False)
    assert [signal.doc_id for signal in told(decision("forget", "b"), 3)] == [doc_id("b")]


def test_correction_rescore_and_removal_are_patches() -> None:
    stories = engine()
    event = scored("a", FLOOD)
    stories.apply(event, 0)
    corrected = stories.apply(decision("correct", "a"), 1)
    assert [document.section for document in corrected.documents if isinstance(document, Patch)] == ["correction"]
    assert isinstance(corrected.signals[0], Signal)
    assert (corrected.signals[0].label, corrected.signals[0].previous_label) == ("negative", "neutral")
    rescored = stories.apply(Rescore(**envelope_of(event), score=Score()), 2)
    assert [document.section for document in rescored.documents if isinstance(document, Patch)] == ["score"]
    removed = stories.apply(Removed(**envelope_of(event), url=event.content.url, status=404), 3)
    assert removed.documents[0].status.removed  # type: ignore[union-attr]
    assert whole(stories.apply(event, 4)).correction is not None


def _restarted(state: dict[str, record.Record | None], **options: int) -> StoryEngine:
    stories = engine(**options)
    stories.load([record.decode(record.encode(value)) for value in state.values() if value is not None])
    return stories


@pytest.mark.parametrize("restarts", [False, True])
def test_a_correction_outlives_the_documents_memory(restarts: bool) -> None:
    stories, state = engine(horizon_days=2), dict[str, record.Record | None]()
    events: list[ScoredMessage] = [
        scored("a", FLOOD),
        decision("correct", "a"),
        scored("b", SCHOOL, minute=9 * DAY),  # a is forgotten by age
        scored("c", SCHOOL, minute=18 * DAY),
        scored("a", FLOOD, minute=18 * DAY + 1),
    ]
    for offset, event in enumerate(events):
        if restarts:
            stories = _restarted(state, horizon_days=2)
        effects = stories.apply(event, offset)
        state.update(effects.state)
    assert effects.outcome == "new"
    correction = whole(effects).correction
    assert correction is not None
    assert correction.label == "negative"
    assert [s.label for s in effects.signals if isinstance(s, Signal)] == ["negative"]

    taken_back = stories.apply(decision("uncorrect", "a"), 5)
    state.update(taken_back.state)
    stories = _restarted(state, horizon_days=2)
    stories.apply(scored("d", SCHOOL, minute=40 * DAY), 6)
    assert whole(stories.apply(scored("a", FLOOD, minute=40 * DAY + 1), 7)).correction is None


def test_a_correction_before_its_document_waits_for_it() -> None:
    """As in a rebuild, which hears every decision first; and for a document that only the index still knows."""
    stories = engine()
    early = stories.apply(decision("correct", "a"), 0)
    assert [document.section for document in early.documents if isinstance(document, Patch)] == ["correction"]
    assert early.signals == []
    assert whole(_restarted(dict(early.state)).apply(scored("a", FLOOD), 1)).correction is not None


def test_nothing_is_said_about_a_document_taken_down() -> None:
    stories = engine()
    event = scored("a", FLOOD)
    stories.apply(event, 0)
    stories.apply(decision("forget", "a"), 1)
    events: list[ScoredMessage] = [
        decision("correct", "a"),
        Rescore(**envelope_of(event), score=Score()),
        Removed(**envelope_of(event), url=event.content.url, status=404),
    ]
    for offset, later in enumerate(events, 2):
        effects = stories.apply(later, offset)
        assert (effects.outcome, effects.documents, effects.signals, effects.state) == ("forgotten", [], [], [])


def test_an_older_fetch_of_the_same_text_does_not_bring_a_removed_document_back() -> None:
    stories = engine()
    event = scored("a", FLOOD, minute=5)
    stories.apply(event, 0)
    gone = Removed(**{**envelope_of(event), "fetched_at": scored("a", "", minute=9).fetched_at}, url="", status=410)
    stories.apply(gone, 1)
    assert whole(stories.apply(event, 2)).status.removed
    assert not whole(stories.apply(scored("a", FLOOD, minute=12), 3)).status.removed


def test_hidden_articles_are_in_no_story_of_others() -> None:
    """The probe's article of this minute is the text of the last; neither they nor people's articles may meet."""
    stories = engine()
    for offset, name in enumerate(("probe-1", "probe-2", "a", "probe-3")):
        event = scored(name, FLOOD, minute=offset)
        event.hidden = name != "a"
        assert whole(stories.apply(event, offset)).story.story_relation == "original"
    assert whole(stories.apply(scored("b", FLOOD, minute=9), 4)).story.original_id == doc_id("a")


def test_unusable_decision_is_invalid() -> None:
    with pytest.raises(Invalid, match="other_id"):
        engine().apply(decision("must-link", "a"), 0)


def test_restart_between_any_two_events_changes_nothing() -> None:
    events: list[ScoredMessage] = [
        scored("a", FLOOD),
        scored("b", FLOOD, minute=1),
        scored("c", SCHOOL, minute=2),
        decision("must-link", "b", "c"),
        scored("d", SCHOOL, minute=DAY),
        decision("cannot-link", "a", "d"),
        scored("a", FLOOD + " Air surut.", minute=DAY + 5),
        scored("e", FLOOD, minute=3 * DAY),
    ]
    straight = engine(horizon_days=2)
    expected = [straight.apply(event, offset) for offset, event in enumerate(events)]
    state: dict[str, bytes] = {}
    for offset, event in enumerate(events):
        restarted: StoryEngine = engine(horizon_days=2)
        restarted.load([record.decode(value) for value in state.values()])
        effects = restarted.apply(event, offset)
        assert effects == expected[offset]
        for key, value in effects.state:
            if value is None:
                state.pop(key, None)
            else:
                state[key] = record.encode(value)


def test_trace_of_the_cause_travels_with_patches() -> None:
    stories = engine()
    stories.apply(scored("a", FLOOD), 0)
    effects = stories.apply(scored("b", FLOOD, minute=1), 1)

    assert all(document.trace == Trace(id="b") for document in effects.documents)
