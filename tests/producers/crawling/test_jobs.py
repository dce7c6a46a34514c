"""Jobs: what is asked, and in which order."""

from __future__ import annotations

import pytest

from producers import frontier
from producers.catalogue import Source
from producers.crawling import jobs
from producers.crawling.rules import host_of, robots_url
from producers.seen import Address, Point

SOURCE = Source(id="contoh", name="Contoh", hosts=("contoh.id",), whole="page=all")


def address(**changes: object) -> Address:
    values = {"key": "k", "url": "https://contoh.id/a", "source": "contoh", "origin": "live", "state": "pending"}
    return Address(**{**values, **changes})  # type: ignore[arg-type]


def test_an_article_is_asked_for_with_all_its_pages() -> None:
    assert jobs.whole("https://contoh.id/a", "page=all") == "https://contoh.id/a?page=all"
    assert jobs.whole("https://contoh.id/a?b=1#c", "page=all") == "https://contoh.id/a?b=1&page=all"
    assert jobs.whole("https://contoh.id/a?page=2", "page=all") == "https://contoh.id/a?page=2"
    assert jobs.whole("https://contoh.id/a", "") == "https://contoh.id/a"
    assert jobs.fetch(address(), SOURCE).url.endswith("?page=all")


def test_what_was_begun_goes_before_news_and_news_before_the_rest() -> None:
    point = Point(1, "https://contoh.id/feed", "contoh", "feed")
    order = [
        jobs.robots_of("https://contoh.id/a").priority,
        jobs.look_at(point, SOURCE).priority,
        jobs.fetch(address(), SOURCE).priority,
        jobs.fetch(address(state="kafka"), SOURCE).priority,
        jobs.fetch(address(origin="backfill"), SOURCE).priority,
    ]
    assert order == [frontier.BEGUN, frontier.POLL, frontier.NEW, frontier.REVISIT, frontier.BACKFILL]


def test_a_visit_is_conditional_and_robots_are_not() -> None:
    asked = jobs.fetch(address(state="kafka", etag='"1"', modified="kemarin"), SOURCE).ask()
    assert (asked.etag, asked.modified) == ('"1"', "kemarin")
    assert jobs.robots_of("https://contoh.id/a").ask().etag == ""
    point = Point(1, "https://contoh.id/feed", "contoh", "feed", etag='"2"')
    assert jobs.look_at(point, SOURCE).ask().etag == '"2"'
    assert jobs.look_at(point, SOURCE).ask(conditional=False).etag == ""


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Contoh.ID/a", "contoh.id"),
        ("https://contoh.id:443/a", "contoh.id"),
        ("http://contoh.id:80/a", "contoh.id"),
        ("http://contoh.id:8080/a", "contoh.id:8080"),
        ("https://a:b@contoh.id/", "contoh.id"),
    ],
)
def test_politeness_goes_by_host_and_unusual_port(url: str, host: str) -> None:
    assert host_of(url) == host


def test_rules_lie_at_the_root() -> None:
    assert robots_url("http://contoh.id:81/a/b?c") == "http://contoh.id:81/robots.txt"
