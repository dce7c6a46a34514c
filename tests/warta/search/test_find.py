"""Searches of the sample on the real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch

from tests import sample_index
from tests.servers import Server
from warta import settings
from warta.errors import Usage
from warta.search.client import connect
from warta.search.find import MARK, Search, find, stream
from warta.search.tail import Tail

pytestmark = pytest.mark.integration

#: The morning of the sample's alarm.
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def es(elasticsearch_server: Server) -> Iterator[Elasticsearch]:
    client = connect(settings.load(elasticsearch=elasticsearch_server.address))
    sample_index.load(client)
    yield client
    client.close()


def titles(es: Elasticsearch, text: str, **options: object) -> list[str]:
    return [hit.source["title"] for hit in find(es, Search(text, **options), NOW, size=50).hits]  # type: ignore[arg-type]


def test_one_line_a_story_with_its_spread(es: Elasticsearch) -> None:
    answer = find(es, Search("keracunan jatinangor"), NOW)
    stories = [hit.source["story_id"] for hit in answer.hits]
    assert len(set(stories)) == len(stories)
    assert len(stories) >= answer.stories > 1
    assert answer.documents > answer.stories
    assert max(hit.spread.outlets for hit in answer.hits) >= 10


def test_found_words_are_marked(es: Elasticsearch) -> None:
    hit = find(es, Search("keracunan"), NOW).hits[0]
    assert any(MARK in text for texts in hit.highlights.values() for text in texts)


def test_filters_narrow(es: Elasticsearch) -> None:
    everywhere = find(es, Search("", by_story=False), NOW).documents
    here = find(es, Search('place:"Kab. Sumedang"', by_story=False), NOW, size=200)
    negative = find(es, Search("place:sumedang nada:negatif", by_story=False), NOW, size=200)
    assert everywhere > here.documents > negative.documents > 0
    assert {hit.source["main_place"] for hit in here.hits} == {"32.11"}
    assert {hit.source["label"] for hit in negative.hits} == {"negative"}


@pytest.mark.parametrize("field", ["place", "case", "publisher", "sentiment", "relation", "title"])
def test_a_star_is_any_value(es: Elasticsearch, field: str) -> None:
    everywhere, having, lacking = (
        find(es, Search(text, by_story=False), NOW).documents for text in ("", f"{field}:*", f"-{field}:*")
    )
    assert having > 0
    assert having + lacking == everywhere


def test_since_counts_from_now(es: Elasticsearch) -> None:
    lately = find(es, Search("since:2h", by_story=False), NOW, size=200)
    assert 0 < lately.documents < 100
    limit = NOW - timedelta(hours=2)
    assert all(datetime.fromisoformat(hit.source["published_at"]) >= limit for hit in lately.hits)


def test_an_abbreviation_finds_its_long_form_and_the_other_way(es: Elasticsearch) -> None:
    short = set(titles(es, "mbg", by_story=False))
    long = set(titles(es, "makan bergizi gratis", by_story=False))
    assert short
    assert short == long


def test_newest_first(es: Elasticsearch) -> None:
    times = [hit.source["published_at"] for hit in find(es, Search("", order="time"), NOW, size=50).hits]
    parsed = [datetime.fromisoformat(time) for time in times]
    assert parsed == sorted(parsed, reverse=True)


def test_a_stream_gives_every_document_once_whatever_the_page(es: Elasticsearch) -> None:
    total = find(es, Search("", by_story=False), NOW).documents
    ids = [hit["_id"] for hit in stream(es, Search("", order="time", by_story=False), NOW, at_once=7)]
    assert len(ids) == len(set(ids)) == total


def test_a_stream_by_story_has_as_many_as_the_count_says(es: Elasticsearch) -> None:
    answer = find(es, Search("banjir"), NOW)
    assert len(list(stream(es, Search("banjir"), NOW, at_once=5))) == answer.stories


def test_pages_do_not_overlap(es: Elasticsearch) -> None:
    first = {hit.doc_id for hit in find(es, Search("", order="time"), NOW, size=20).hits}
    second = {hit.doc_id for hit in find(es, Search("", order="time"), NOW, size=20, start=20).hits}
    assert len(first) == len(second) == 20
    assert not first & second


def test_a_page_out_of_reach_says_what_to_do(es: Elasticsearch) -> None:
    with pytest.raises(Usage, match="warta export"):
        find(es, Search(""), NOW, start=10_000)


@pytest.mark.parametrize(
    "text",
    [
        '"', "((((", "a*", "*", "korup*", "-banjir", "yang di dan", "x" * 1900, "title:(", "\x00", "🔥", "place:*", "é-ö",
        "story:" + "s" * 500, '"yang"', "AND OR NOT", "author:*", "[1 TO 2]", "{!lucene}", "_exists_:x", "\\", "/.*/", "~~~^9",
    ],
)  # fmt: skip
def test_hostile_queries_get_an_answer(es: Elasticsearch, text: str) -> None:
    find(es, Search(text), NOW)
    list(stream(es, Search(text), NOW))


def test_the_tail_shows_each_document_once(es: Elasticsearch) -> None:
    now = datetime.now(UTC)
    tail = Tail(es, "", since=now - timedelta(days=1))
    first = tail.look(now)
    assert len({source["doc_id"] for source in first}) == len(first) > 100
    assert tail.look(now + timedelta(seconds=1)) == []


def test_texts_with_some_of_the_words_come_after_those_with_all(es: Elasticsearch) -> None:
    answer = find(es, Search("kebakaran pasar"), NOW, size=50)
    found = [hit.source["title"].lower() for hit in answer.hits]
    assert "pasar" in found[0]
    assert len(found) > answer.stories, "some of the words are enough to be shown, not to be counted"
    lone = find(es, Search("mangkrak zzzz jembatan"), NOW)
    assert any("some of them" in note for note in lone.notes)
