"""Which links are wanted: ours, young enough, not seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from producers.catalogue import Source
from producers.crawling import choosing
from producers.crawling.choosing import FRESH, MAX_UNDATED, choose, named
from producers.crawling.owners import Owners
from producers.discovery.found import Link
from producers.seen import Point

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
OWNERS = Owners(
    [
        Source(id="contoh", name="Contoh", hosts=("contoh.id",)),
        Source(id="mati", name="Mati", hosts=("mati.id",), permission="needed"),
    ]
)
SITEMAP = Point(1, "https://contoh.id/s.xml", "contoh", "sitemap")
BACKFILL = Point(2, "https://contoh.id/s.xml", "contoh", "sitemap", "backfill", NOW - timedelta(days=30))


AGES = datetime(2000, 1, 1, tzinfo=UTC)


def links(*found: Link, point: Point = SITEMAP) -> list[choosing.Named]:
    return named(found, OWNERS, choosing.oldest(point, NOW))[0]


def link(number: int, **times: datetime | None) -> Link:
    return Link(f"https://contoh.id/berita-{number}", **times)  # type: ignore[arg-type]


def test_only_links_of_sources_that_may_be_crawled_and_each_once() -> None:
    found, foreign, old = named(
        [
            link(1),
            Link("https://www.contoh.id/berita-1?utm_source=rss"),
            Link("https://mati.id/a"),
            Link("https://x.id/"),
        ],
        OWNERS,
        AGES,
    )
    assert [(one.source, one.link.url) for one in found] == [("contoh", "https://contoh.id/berita-1")]
    assert (foreign, old) == (2, 0)


def test_a_link_that_is_no_address_is_nobody_s() -> None:
    bad = [Link("https://contoh.id/" + "a" * 3000), Link("http://["), Link("mailto:a@contoh.id")]
    assert named(bad, OWNERS, AGES) == ([], 3, 0)


def test_live_news_is_young_backfill_is_since_its_day() -> None:
    young, old = link(1, published_at=NOW - timedelta(days=1)), link(2, published_at=NOW - FRESH - timedelta(hours=1))
    ancient = link(3, modified_at=NOW - timedelta(days=31))
    for point, wanted in ((SITEMAP, [young]), (BACKFILL, [young, old])):
        found, _, too_old = named([young, old, ancient], OWNERS, choosing.oldest(point, NOW))
        assert [one.link for one in found] == wanted
        assert too_old == 3 - len(wanted)


def test_backfill_takes_what_live_passed_by() -> None:
    many = links(link(1))
    passed = {many[0].key: ("passed", None)}
    assert choose(many, passed, SITEMAP).passed == [many[0].key]
    assert [found.key for found in choose(many, passed, BACKFILL).found] == [many[0].key]


def test_what_is_known_is_not_found_again_and_edits_are_noticed() -> None:
    fetched = NOW - timedelta(hours=2)
    one, other, third = links(link(1, modified_at=NOW), link(2, modified_at=NOW - timedelta(hours=3)), link(3))
    known = {one.key: ("kafka", fetched), other.key: ("kafka", fetched), third.key: ("passed", None)}
    chosen = choose([one, other, third], known, SITEMAP)
    assert (chosen.found, chosen.known, chosen.passed) == ([], [one.key, other.key], [third.key])
    assert chosen.edited == [one.key]
    assert chosen.listed == 3


def test_an_archive_without_dates_is_taken_in_part_by_live_and_whole_by_backfill() -> None:
    many = links(*(link(number) for number in range(MAX_UNDATED + 50)))
    live = choose(many, {}, SITEMAP)
    assert (len(live.found), len(live.passed)) == (MAX_UNDATED, 50)
    assert len(choose(many, {}, BACKFILL).found) == MAX_UNDATED + 50


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://contoh.id/2024/03/09/judul", datetime(2024, 3, 10, tzinfo=UTC)),
        ("https://contoh.id/20240309/judul", datetime(2024, 3, 10, tzinfo=UTC)),
        ("https://contoh.id/2024/02/31/judul", None),
        ("https://contoh.id/judul-2024", None),
    ],
)
def test_an_address_tells_its_day(url: str, day: datetime | None) -> None:
    assert choosing.when(Link(url)) == day


def test_an_index_of_sitemaps_gives_the_fresh_ones_and_few_undated() -> None:
    dated = [Link(f"https://contoh.id/s{n}.xml", modified_at=NOW - timedelta(days=n)) for n in range(20)]
    undated = [Link(f"https://contoh.id/post-{n}.xml") for n in range(30)] + [Link("https://contoh.id/news.xml")]
    live = choosing.sitemaps([*dated, *undated], SITEMAP, NOW)
    urls = [point.url for point in live]
    assert urls[:4] == [f"https://contoh.id/s{n}.xml" for n in range(4)]
    assert "https://contoh.id/news.xml" in urls
    assert len(urls) == 4 + choosing.MAX_UNDATED_SITEMAPS
    assert {(p.parent, p.depth, p.origin) for p in live} == {(SITEMAP.url, 1, "live")}
    back = choosing.sitemaps([*dated, *undated], BACKFILL, NOW)
    assert len(back) == 51
    assert {p.since for p in back} == {BACKFILL.since}


def test_sitemaps_of_months_gone_by_are_not_read() -> None:
    months = [Link(f"https://contoh.id/sitemap-2026-{month:02}.xml") for month in (8, 9, 10, 11)]
    urls = [point.url[-6:-4] for point in choosing.sitemaps(months, BACKFILL, NOW)]
    assert urls == ["10", "11"]


def test_indexes_of_indexes_end_somewhere() -> None:
    deep = Point(3, "https://contoh.id/s.xml", "contoh", "sitemap", depth=choosing.MAX_DEPTH)
    assert choosing.sitemaps([Link("https://contoh.id/s.xml")], deep, NOW) == []
