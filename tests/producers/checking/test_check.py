"""Checking a source: what works, what is dead, what only fails today, and what becomes of its entry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from producers.catalogue import Source
from producers.checking.check import Report, check
from producers.crawling.answer import NoAnswer
from tests.producers.checking.net import NOW, Net, article, feed, page, sitemap

ROBOTS = {"https://a.id/robots.txt": "User-agent: *\nDisallow: /x\n"}
FEED, SITEMAP, INDEX = "https://a.id/feed", "https://a.id/sitemap.xml", "https://a.id/"


def source(**fields: Any) -> Source:
    return Source.model_validate({"id": "a.id", "name": "A", "hosts": ["a.id"], **fields})


async def checked(pages: dict[str, Any], **fields: Any) -> Report:
    net = Net(ROBOTS | pages)
    return await check(net.visit(), source(**fields), NOW)


async def test_a_source_that_is_as_the_catalogue_says() -> None:
    pages = {FEED: feed(), SITEMAP: sitemap(), INDEX: page([article(n) for n in range(9)])}
    report = await checked(pages, feeds=[FEED], sitemaps=[SITEMAP], indexes=[INDEX])
    assert [report.count(kind) for kind in ("feed", "sitemap", "index")] == [(1, 1)] * 3
    assert (report.robots, report.newest, report.changes) == ("read", NOW - timedelta(minutes=9), [])
    assert report.fixed == report.source.model_copy(update={"verified": NOW.date()})


async def test_what_is_gone_goes_if_something_else_works() -> None:
    report = await checked({FEED: feed()}, feeds=[FEED, "https://a.id/rss"], sitemaps=[SITEMAP])
    assert (report.fixed.feeds, report.fixed.sitemaps) == ((FEED,), ())
    assert report.changes == ["- https://a.id/rss (HTTP 404)", "- https://a.id/sitemap.xml (HTTP 404)"]


async def test_where_nothing_works_nothing_goes() -> None:
    report = await checked({}, feeds=[FEED], sitemaps=[SITEMAP])
    assert not report.works
    assert report.fixed == report.source


@pytest.mark.parametrize("trouble", [(502, {}, ""), NoAnswer("timeout", "a.id")])
async def test_what_fails_today_stays(trouble: Any) -> None:
    report = await checked({FEED: trouble, SITEMAP: sitemap()}, feeds=[FEED], sitemaps=[SITEMAP])
    assert report.fixed.feeds == (FEED,)
    assert report.works
    assert len(report.problems) == 1


async def test_a_web_page_in_place_of_a_feed_is_no_feed() -> None:
    report = await checked({FEED: page([]), SITEMAP: sitemap()}, feeds=[FEED], sitemaps=[SITEMAP])
    assert report.fixed.feeds == ()
    assert "no feed" in report.changes[0]


async def test_a_feed_that_moved_for_good_is_followed_for_good() -> None:
    moved = {FEED: (301, {"location": "/rss/semua"}, ""), "https://a.id/rss/semua": feed()}
    report = await checked(moved, feeds=[FEED])
    assert report.fixed.feeds == ("https://a.id/rss/semua",)
    moved[FEED] = (302, {"location": "/rss/semua"}, "")
    assert (await checked(moved, feeds=[FEED])).fixed.feeds == (FEED,)


async def test_an_index_of_sitemaps_is_as_new_as_its_freshest() -> None:
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<sitemap><loc>https://a.id/s1.xml</loc><lastmod>2026-11-01</lastmod></sitemap>"
        "<sitemap><loc>https://a.id/s2.xml</loc><lastmod>2026-11-24</lastmod></sitemap></sitemapindex>"
    )
    report = await checked({SITEMAP: index, "https://a.id/s2.xml": sitemap()}, sitemaps=[SITEMAP])
    assert (report.newest, report.fixed.sitemaps) == (NOW - timedelta(hours=1), (SITEMAP,))
    # A day on which the inner one fails makes the outer one no wrong address.
    report = await checked({SITEMAP: index, FEED: feed()}, sitemaps=[SITEMAP], feeds=[FEED])
    assert report.fixed.sitemaps == (SITEMAP,)


async def test_others_are_found_where_the_known_ones_fail() -> None:
    pages = {
        "https://a.id/robots.txt": "Sitemap: https://a.id/berita.xml",
        INDEX: page([], "<link rel='alternate' type='application/rss+xml' href='/rss/terbaru'>"),
        "https://a.id/rss/terbaru": feed(),
        "https://a.id/berita.xml": sitemap(),
    }
    report = await checked(pages, feeds=[FEED])
    assert (report.fixed.feeds, report.fixed.sitemaps) == (("https://a.id/rss/terbaru",), ("https://a.id/berita.xml",))
    assert report.changes[0].startswith("- https://a.id/feed")


async def test_a_source_by_path_takes_no_sitemap_of_the_whole_host() -> None:
    pages = {"https://a.id/robots.txt": "Sitemap: https://a.id/berita.xml", "https://a.id/berita.xml": sitemap()}
    report = await checked(pages, paths=["/jabar"], indexes=["https://a.id/jabar"])
    assert report.fixed.sitemaps == ()


async def test_a_part_of_a_site_takes_no_feed_of_the_whole() -> None:
    section = "https://a.id/jabar"
    head = "<link rel='alternate' type='application/rss+xml' href='/feed'>"
    pages = {section: page(["/jabar/1"], head), FEED: feed()}
    report = await checked(pages, paths=["/jabar"], indexes=[section])
    assert report.fixed.feeds == ()
    pages[FEED] = feed(url="https://a.id/jabar/1")
    assert (await checked(pages, paths=["/jabar"], indexes=[section])).fixed.feeds == (FEED,)


async def test_what_another_source_has_is_not_taken() -> None:
    head = "<link rel='alternate' type='application/rss+xml' href='/feed'>"
    net = Net(ROBOTS | {INDEX: page([], head), FEED: feed()})
    report = await check(net.visit(), source(indexes=[INDEX]), NOW, {FEED})
    assert report.fixed.feeds == ()
    assert FEED not in net.urls


async def test_a_check_guesses_nothing() -> None:
    net = Net(ROBOTS | {INDEX: page([]), FEED: feed()})
    report = await check(net.visit(), source(indexes=[INDEX]), NOW)
    assert (report.works, net.urls) == (False, ["https://a.id/robots.txt", INDEX])


async def test_a_date_ahead_is_not_believed() -> None:
    report = await checked({FEED: feed(age=timedelta(days=-400))}, feeds=[FEED])
    assert (report.works, report.newest) == (True, None)


async def test_a_site_whose_robots_fail_is_left_alone() -> None:
    net = Net({"https://a.id/robots.txt": (500, {}, "")})
    report = await check(net.visit(), source(feeds=[FEED], indexes=[INDEX]), NOW)
    assert (report.robots, report.works, net.urls) == ("unreachable", False, ["https://a.id/robots.txt"])
    assert report.fixed == report.source
