"""A state made anew from documents and decisions stands where the lost one stood, and goes on as it would have."""

from __future__ import annotations

from msgspec.structs import replace

from benchmarks.stories.generator import stream
from benchmarks.stories.quality import event
from stream_agents.stories import record
from stream_agents.stories.engine import StoryEngine
from stream_agents.stories.rebuild import Rebuild
from tests.stream_agents.stories.build import FLOOD, FUTURE, SCHOOL, decision, doc_id, engine, scored
from warta.clock import ManualClock
from warta.messages import Decision, Document, Patch, Removed, Rescore, Score, ScoredMessage, Story
from warta.wire import envelope_of

DAY = 24 * 60


def lost_and_rebuilt(log: list[ScoredMessage], horizon_days: int = 14) -> tuple[StoryEngine, StoryEngine]:
    """The engine that read the log, and one that was given the records of a rebuild from what the first one said."""
    lost, rebuild = engine(horizon_days=horizon_days), Rebuild(ManualClock(FUTURE), horizon_days)
    for offset, message in enumerate(log):
        if isinstance(message, Decision):
            rebuild.decision(message)
        for document in lost.apply(message, offset).documents:
            rebuild.document(document)
    rebuilt = engine(horizon_days=horizon_days)
    rebuilt.load([record.decode(record.encode(value)) for _, value in rebuild.records(len(log) - 1)])
    return lost, rebuilt


def standing(stories: StoryEngine) -> dict[str, tuple[str, str, str, int]]:
    known = {doc: stories.store.get(doc) for doc in stories.store}
    return {
        doc: (r.membership.story_id, r.membership.original_id, r.membership.relation, r.revision)
        for doc, r in known.items()
    }


def told(stories: StoryEngine, message: ScoredMessage, offset: int) -> list[tuple[str, Story | None]]:
    """What is said about stories, without similarities and counters of publishers."""
    documents = stories.apply(message, offset).documents
    return [(d.doc_id, d.story) for d in documents if isinstance(d, Document | Patch)]


def test_a_generated_stream_stands_and_goes_on_as_before() -> None:
    log: list[ScoredMessage] = [event(item, number) for number, item in enumerate(stream(40, seed=8))]
    middle = len(log) * 2 // 3
    lost, rebuilt = lost_and_rebuilt(log[:middle])
    assert standing(rebuilt) == standing(lost)
    assert rebuilt.watermark == lost.watermark
    for offset, message in enumerate(log[middle:], middle):
        assert told(rebuilt, message, offset) == told(lost, message, offset)


def test_decisions_corrections_and_removals_are_kept() -> None:
    a, b = scored("a", FLOOD), scored("b", FLOOD, minute=1)
    log: list[ScoredMessage] = [
        a,
        b,
        scored("c", SCHOOL, minute=2),
        scored("d", SCHOOL + " Selesai.", minute=3),
        decision("cannot-link", "a", "b"),
        decision("must-link", "b", "c"),
        decision("correct", "a"),
        decision("correct", "unseen"),
        decision("forget", "d"),
        Removed(**envelope_of(b), url="", status=404),
        Rescore(**envelope_of(a), score=Score()),
        scored("c", SCHOOL + " Diperbarui.", minute=9),
    ]
    lost, rebuilt = lost_and_rebuilt(log)
    assert standing(rebuilt) == standing(lost)
    for name in "abc":
        was, now = lost.store.get(doc_id(name)), rebuilt.store.get(doc_id(name))
        assert (now.facts, now.must, now.cannot) == (was.facts, was.must, was.cannot)
    decided = [{key: replace(of, watermark=None) for key, of in e.store.links.items()} for e in (rebuilt, lost)]
    assert decided[0] == decided[1]
    assert rebuilt.apply(scored("d", SCHOOL, minute=10), 12).outcome == "forgotten"
    assert told(rebuilt, scored("e", FLOOD, minute=11), 13) == told(lost, scored("e", FLOOD, minute=11), 13)


def test_what_age_had_taken_stays_forgotten_and_totals_outlive_it() -> None:
    log: list[ScoredMessage] = [
        scored("a", FLOOD),
        scored("b", FLOOD, minute=2 * DAY),
        scored("c", FLOOD, minute=3 * DAY),
        scored("old", SCHOOL, minute=3 * DAY, origin="backfill"),
    ]
    lost, rebuilt = lost_and_rebuilt(log, horizon_days=2)
    assert standing(rebuilt) == standing(lost)
    assert doc_id("a") not in rebuilt.store
    later = scored("e", FLOOD, minute=3 * DAY + 5)
    assert told(rebuilt, later, 4) == told(lost, later, 4)
    group = rebuilt.store.groups.of(doc_id("e"))
    assert group is not None
    assert group.copies >= 3
