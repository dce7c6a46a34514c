"""The fold gives the same document however the log is cut, repeated or read in two passes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.merge import Fold, Position, fold
from tests.indexer import build
from warta.messages import Cut, Document, Image, StoryCounters, Tombstone

LATER = build.NOON + timedelta(hours=2)


def run(*messages: Any, stored: dict[str, Any] | None = None, start: int = 10) -> Fold:
    return fold(stored, [(Position(0, start + n), m) for n, m in enumerate(messages)], LATER)


def test_a_whole_document_becomes_the_public_fields() -> None:
    counters = StoryCounters(copies=3, publishers=2, owners=1, first_seen_at=build.NOON, last_seen_at=build.NOON)
    message = build.document(
        content=build.content(
            cuts=[Cut(kind="related", text="Baca Juga: x"), Cut(kind="doubled", chars=900)],
            image=Image(url="https://media.example/i.jpg"),
            upstream={"Kab/Kota": "Sumedang"},
        ),
        story=build.story(story=counters, is_story_head=True),
    )
    source = run(message).source
    assert source is not None
    assert source["label"] == source["sentiment"]["label"] == "neutral"
    assert source["genre"] == "news"
    assert source["hidden"] is False
    assert source["cuts"] == [{"kind": "related", "chars": 12}, {"kind": "doubled", "chars": 900}]
    assert source["upstream"] == {"Kab/Kota": "Sumedang"}
    assert source["story"]["copies"] == 3
    assert source["first_seen_at"] == "2026-11-20T05:00:00Z"
    assert source["indexed_at"] == "2026-11-20T07:00:00Z"
    assert source["applied"]["score"] == {"generation": 0, "offset": 10}


def test_the_publishers_time_keeps_its_offset() -> None:
    published = build.NOON.astimezone(build.timezone_of(9))
    source = run(build.document(content=build.content(published_at=published))).source
    assert source is not None
    assert source["published_at"] == "2026-11-20T14:00:00+09:00"


def test_a_patch_changes_its_section_and_nothing_else() -> None:
    before = run(build.document()).source
    after = run(build.patch("d1", "score", build.score("negative")), stored=before, start=20).source
    assert before is not None
    assert after is not None
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {"sentiment", "label", "applied"}


def test_a_correction_wins_over_the_model_until_it_is_taken_back() -> None:
    corrected = run(build.document(), build.patch("d1", "correction", build.correction("negative"))).source
    assert corrected is not None
    assert corrected["label"] == "negative"
    rescored = run(build.patch("d1", "score", build.score("positive")), stored=corrected, start=20).source
    assert rescored is not None
    assert rescored["label"] == "negative"
    restored = run(build.patch("d1", "correction", None), stored=rescored, start=30).source
    assert restored is not None
    assert restored["label"] == "positive"
    assert "correction" not in restored


def test_a_section_that_loses_fields_loses_them_in_the_index() -> None:
    first = run(build.document(score=build.score(cases=["banjir"], abroad=["Seoul"]))).source
    then = run(build.patch("d1", "score", build.score()), stored=first, start=20).source
    assert then is not None
    assert "cases" not in then
    assert "abroad" not in then


@pytest.mark.parametrize("message", [build.patch("d1", "status", build.status(removed=True))])
def test_a_patch_without_a_document_is_an_orphan(message: Any) -> None:
    assert run(message) == Fold(None, ["orphan"])


def test_a_takedown_leaves_no_text_and_no_patch_revives_it() -> None:
    stored = run(build.document()).source
    gone = run(build.tombstone(), build.patch("d1", "score", build.score("negative")), stored=stored, start=20)
    assert gone.outcomes == ["applied", "orphan"]
    assert gone.source is not None
    assert not {"title", "body", "lead", "url", "sentiment", "label"} & gone.source.keys()
    assert gone.source["removed"] is True
    assert gone.source["hidden"] is True
    back = run(build.document(), stored=gone.source, start=30).source
    assert back is not None
    assert back["title"] == "Banjir di Sumedang"
    assert "tombstone" not in back["applied"]


def test_first_seen_stays_what_the_index_holds() -> None:
    stored = run(build.document(first_seen_at=build.NOON - timedelta(days=90))).source
    again = run(build.document(first_seen_at=None), stored=stored, start=20).source
    assert again is not None
    assert stored is not None
    assert again["first_seen_at"] == stored["first_seen_at"]


def test_a_newer_generation_beats_any_offset() -> None:
    stored = run(build.document(), start=9_000_000).source
    fresh = fold(stored, [(Position(1, 0), build.document(content=build.content(title="Baru")))], LATER)
    assert fresh.source is not None
    assert fresh.source["title"] == "Baru"


def test_annotations_without_bounds_are_bounded() -> None:
    deep: Any = "leaf"
    for _ in range(40):
        deep = {"a": deep}
    hostile = {"": 1, "x\x00y": 2, "k" * 9_000: 3, "deep": deep, "none": None, "list": [[[[1]]], {"b": None}]}
    source = run(build.document(content=build.content(upstream=hostile))).source
    assert source is not None
    assert source["upstream"].keys() == {"xy", "k" * 256, "list"}


_messages = st.one_of(
    st.builds(lambda n: build.document(content=build.content(title=f"Judul {n}")), st.integers(0, 9)),
    st.builds(lambda label: build.patch("d1", "score", build.score(label)), st.sampled_from(build.LABELS)),
    st.builds(lambda n: build.patch("d1", "story", build.story(f"s-{n}")), st.integers(0, 3)),
    st.builds(
        lambda label: build.patch("d1", "correction", label and build.correction(label)),
        st.sampled_from([*build.LABELS, None]),
    ),
    st.builds(lambda hidden: build.patch("d1", "status", build.status(hidden=hidden)), st.booleans()),
    st.builds(build.tombstone),
)
_logs = st.lists(_messages, min_size=1, max_size=12)


def _apply(log: list[tuple[Position, Any]], batches: list[int]) -> dict[str, Any] | None:
    """The stored document after `log` came in batches of the given sizes."""
    stored = None
    rest = log
    for size in [*batches, len(log)]:
        batch, rest = rest[:size], rest[size:]
        if batch:
            stored = fold(stored, batch, LATER).source or stored
    return stored


@given(_logs, st.lists(st.integers(1, 5)), st.lists(st.integers(0, 11), max_size=3))
def test_batches_and_replays_do_not_matter(messages: list[Any], batches: list[int], restarts: list[int]) -> None:
    log = [(Position(0, offset), message) for offset, message in enumerate(messages)]
    once = _apply(log, [])
    replayed = list(log)
    for restart in restarts:
        replayed += log[restart:]
    assert _apply(log, batches) == once
    assert _apply(replayed, batches) == once


@given(_logs)
def test_reading_whole_documents_first_and_patches_after_gives_the_same(messages: list[Any]) -> None:
    log = [(Position(0, offset), message) for offset, message in enumerate(messages)]
    whole = [item for item in log if isinstance(item[1], Document | Tombstone)]
    patches = [item for item in log if not isinstance(item[1], Document | Tombstone)]
    assert _apply([*whole, *patches], []) == _apply(log, [])


@given(_logs)
def test_what_compaction_leaves_gives_the_same(messages: list[Any]) -> None:
    log = [(Position(0, offset), message) for offset, message in enumerate(messages)]
    last = {build.key(message): position for position, message in log}
    compacted = [item for item in log if last[build.key(item[1])] == item[0]]
    assert _apply(compacted, []) == _apply(log, [])
