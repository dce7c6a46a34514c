"""Batches against the real Elasticsearch: each item gets its outcome, and the index says what the log says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.merge import Position, fold
from indexer.revisions import Revisions
from indexer.store import Store
from indexer.writer import Stopped, Writer
from tests.indexer import build
from warta.clock import ManualClock
from warta.errors import WartaError
from warta.messages import Location

pytestmark = pytest.mark.integration

LATER = build.NOON + timedelta(hours=2)


class Refused:
    """Dead letters kept in a list."""

    def __init__(self) -> None:
        self.letters: list[tuple[int, str, str]] = []

    def refuse(self, record: Any, reason: str, detail: str) -> None:
        self.letters.append((record.offset, reason, detail))

    def good(self) -> None: ...


Make = Callable[..., Writer]


@pytest.fixture
def dead() -> Refused:
    return Refused()


@pytest.fixture
def make(es: Elasticsearch, dead: Refused) -> Make:
    def make(pause: Callable[[float], bool] = lambda seconds: False, max_bytes: int = 1 << 20) -> Writer:
        store = Store(es, max_bytes=max_bytes)
        return Writer(store, Revisions(es), dead, ManualClock(LATER), generation=0, pause=pause)

    return make


def held(es: Elasticsearch) -> dict[str, Any]:
    es.indices.refresh(index="news-*")
    hits = es.search(index="news", ignore_unavailable=True, size=1000)["hits"]["hits"]
    assert len({hit["_id"] for hit in hits}) == len(hits), "a document is in the index twice"
    return {hit["_id"]: hit["_source"] for hit in hits}


def test_a_batch_is_the_fold_of_its_messages(es: Elasticsearch, make: Make, dead: Refused) -> None:
    log = [build.document("a"), build.document("b"), build.patch("a", "score", build.score("negative"))]
    make().write(build.records(*log))
    expected = fold(None, [(Position(0, 0), log[0]), (Position(0, 2), log[2])], LATER).source  # type: ignore[list-item]
    assert held(es)["a"] == expected
    assert held(es).keys() == {"a", "b"}
    assert dead.letters == []


def test_a_document_first_seen_three_months_ago_stays_one(es: Elasticsearch, make: Make) -> None:
    long_ago = build.NOON - timedelta(days=90)
    make().write(build.records(build.document("a", at=long_ago, first_seen_at=long_ago)))
    es.indices.refresh(index="news-*")
    again = build.document("a", first_seen_at=None, content=build.content(title="Diperbarui"))
    make().write(build.records(again, start=50))
    (source,) = held(es).values()
    assert source["title"] == "Diperbarui"
    assert source["first_seen_at"] == "2026-08-22T05:00:00Z"
    assert es.get(index="news-2026.08", id="a")["found"]


def test_the_same_holds_within_the_second_before_it_is_searchable(es: Elasticsearch, make: Make) -> None:
    long_ago = build.NOON - timedelta(days=90)
    writer = make()
    writer.write(build.records(build.document("x"), build.document("a", at=long_ago, first_seen_at=long_ago)))
    writer.write(build.records(build.document("a", first_seen_at=None), start=50))
    assert held(es).keys() == {"a", "x"}


def test_a_patch_finds_its_document_in_another_month(es: Elasticsearch, make: Make) -> None:
    long_ago = build.NOON - timedelta(days=90)
    make().write(build.records(build.document("a", at=long_ago, first_seen_at=long_ago), build.document("b")))
    es.indices.refresh(index="news-*")
    make().write(build.records(build.patch("a", "status", build.status(removed=True), first_seen_at=None), start=9))
    assert held(es)["a"]["removed"] is True


def test_a_second_writer_is_noticed_and_its_work_kept(es: Elasticsearch, make: Make) -> None:
    make().write(build.records(build.document("a")))
    removed = build.records(build.patch("a", "status", build.status(removed=True)), start=5)
    overtaken = Overtaken(Store(es, max_bytes=1 << 20), lambda: make().write(removed))
    writer = Writer(
        overtaken,
        Revisions(es),
        Refused(),
        ManualClock(LATER),
        generation=0,
        pause=lambda seconds: False,
    )
    writer.write(build.records(build.patch("a", "score", build.score("negative")), start=6))
    source = held(es)["a"]
    assert (source["removed"], source["label"]) == (True, "negative")


class Overtaken(Store):
    """A store between whose first read and write someone else writes."""

    def __init__(self, store: Store, meanwhile: Callable[[], None]) -> None:
        self._store = store
        self._meanwhile: Callable[[], None] | None = meanwhile

    def locate(self, wanted: Any, new: Any = frozenset()) -> Any:
        found = self._store.locate(wanted, new)
        if self._meanwhile:
            self._meanwhile()
            self._meanwhile = None
        return found

    def write(self, writes: Any) -> Any:
        return self._store.write(writes)


def test_a_poison_message_is_found_among_good_ones(es: Elasticsearch, make: Make, dead: Refused) -> None:
    nowhere = build.score(location=Location(lat=900, lon=1))
    log: list[Any] = [
        build.document("a"),
        build.patch("a", "status", build.status(removed=True)),
        build.patch("a", "score", nowhere),
        build.document("b"),
        b'{"kind": "document"',
    ]
    make().write(build.records(*log))
    assert [(offset, reason) for offset, reason, _ in dead.letters] == [(4, "bad-json"), (2, "refused-by-index")]
    assert "latitude" in dead.letters[1][2]
    documents = held(es)
    assert documents["a"]["removed"] is True
    assert documents["a"]["main_place"] == "32.11"
    assert documents.keys() == {"a", "b"}


def test_hostile_content_is_indexed_or_refused_but_never_stops_the_batch(
    es: Elasticsearch, make: Make, dead: Refused
) -> None:
    deep: Any = 1
    for _ in range(300):
        deep = {"k": deep}
    log = [
        build.document("explosion", content=build.content(upstream={f"field {n}": n for n in range(5000)})),
        build.document("keyword", content=build.content(tags=["k" * 1_000_000], source="s" * 100_000)),
        build.document("deep", content=build.content(upstream={"deep": deep})),
        build.document("word", content=build.content(body="x" * 1_000_000)),
        build.document("control", content=build.content(title="a\x00b\u202ec\ud7ff")),
        build.document("good"),
    ]
    make().write(build.records(*log))
    assert held(es).keys() | {"good"} == {message.doc_id for message in log}
    assert dead.letters == []
    fields = es.indices.get_mapping(index="news-2026.11")
    assert "field 1" not in str(fields)


def test_invalid_utf8_is_a_dead_letter(make: Make, dead: Refused) -> None:
    raw = build.records(build.document("a"))[0].value or b""
    make().write(build.records(raw.replace(b"Sumedang", b"Sume\xffang")))
    assert [reason for _, reason, _ in dead.letters] == ["bad-json"]


def test_large_batches_travel_in_parts(es: Elasticsearch, make: Make) -> None:
    log = [build.document(f"d{n}", content=build.content(body="kata " * 2000)) for n in range(40)]
    make(max_bytes=50_000).write(build.records(*log))
    assert len(held(es)) == 40


def test_a_blocked_index_is_waited_for(es: Elasticsearch, make: Make, dead: Refused) -> None:
    make().write(build.records(build.document("a")))
    es.indices.add_block(index="news-2026.11", block="write")
    waits: list[float] = []

    def pause(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 3:
            es.indices.put_settings(index="news-2026.11", settings={"index.blocks.write": None})
        return True

    make(pause).write(build.records(build.document("b"), start=9))
    assert held(es).keys() == {"a", "b"}
    assert len(waits) == 3
    assert dead.letters == []


def test_asked_to_end_while_waiting_it_ends(es: Elasticsearch, make: Make) -> None:
    make().write(build.records(build.document("a")))
    es.indices.add_block(index="news-2026.11", block="write")
    with pytest.raises(Stopped):
        make(lambda seconds: False).write(build.records(build.document("b"), start=9))
    es.indices.put_settings(index="news-2026.11", settings={"index.blocks.write": None})


def test_a_missing_template_stops_it_with_a_message(es: Elasticsearch, make: Make) -> None:
    es.indices.delete_index_template(name="news")
    with pytest.raises(WartaError, match="warta index apply"):
        make().write(build.records(build.document("a")))


def test_revisions_are_kept_and_go_with_the_document(es: Elasticsearch, make: Make) -> None:
    make().write(build.records(build.document("a"), build.superseded("a", 1, title="Dulu"), build.superseded("b", 1)))
    assert es.get(index="news-revisions", id="a-1")["_source"]["content"]["title"] == "Dulu"
    make().write(build.records(build.tombstone("a"), start=9))
    es.indices.refresh(index="news-revisions")
    left = es.search(index="news-revisions")["hits"]["hits"]
    assert [hit["_id"] for hit in left] == ["b-1"]


def test_a_cleared_revision_is_removed(es: Elasticsearch, make: Make) -> None:
    make().write(build.records(build.superseded("a", 1)))
    cleared = build.Record(None, 5, key=b"a/revision/1")
    make().write([cleared])
    assert not es.exists(index="news-revisions", id="a-1")


def test_takedown_before_anything_was_indexed_leaves_a_tombstone(es: Elasticsearch, make: Make) -> None:
    make().write(build.records(build.tombstone("a")))
    assert held(es)["a"]["removed"] is True
