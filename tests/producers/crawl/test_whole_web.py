"""One crawl of all sites, good and hostile, while they publish: every article once, no rule broken, nobody held up."""

from __future__ import annotations

import pytest

from tests.producers.crawl.conftest import Outcome
from tests.producers.crawl.harness import by_url, doubled, fetched_more_than_once, strangers
from tests.producers.local_web.sites import SITES

pytestmark = pytest.mark.integration


def test_every_article_is_on_the_topic_once(crawled: Outcome) -> None:
    counts = crawled.raw.counts()
    lost = [article.url for doc, article in crawled.wanted().items() if not counts[doc]]
    assert not lost
    assert not doubled(crawled.raw, crawled.wanted())


def test_nothing_else_is_on_the_topic(crawled: Outcome) -> None:
    unwanted = {article.doc_id for article in crawled.published if article.fate == "unwanted"}
    assert not [article.url for article in crawled.raw.articles() if article.doc_id in unwanted]
    assert not strangers(crawled.raw, crawled.published)


def test_no_site_saw_a_rule_broken(crawled: Outcome) -> None:
    assert not crawled.state.broken, crawled.state.violations[:10]


def test_nothing_was_fetched_twice(crawled: Outcome) -> None:
    assert not fetched_more_than_once(crawled.state, crawled.wanted().values())


def test_every_hostile_site_was_visited_and_gave_nothing_that_is_no_article(crawled: Outcome) -> None:
    for site in SITES:
        if site.quirk != "dead":
            assert crawled.state.hosts[site.host]["requests"] > 0, site.host
    for host in ("rusak25.test", "gantung26.test", "tetes27.test", "bom29.test", "tutup33.test"):
        assert not by_url(crawled.raw, host), host
    assert set(crawled.state.hosts["tutup33.test"]) == {"requests", "robots 503"}


def test_the_page_comes_whole_with_what_the_site_said(crawled: Outcome) -> None:
    for host in ("media01.test", "media02.test", "media03.test", "media04.test"):  # gzip, br, none, zstd
        page = by_url(crawled.raw, host)[0]
        assert page.html is not None
        assert page.html.count("<p>") > 5
        assert page.html.endswith("</html>")
        assert page.source == host.removesuffix(".test")
        assert page.origin == "live"
        assert page.first_seen_at == page.fetched_at


@pytest.mark.parametrize("host", ["aksara30.test", "latin31.test"])
def test_charsets_are_read_right_whatever_the_header_says(crawled: Outcome, host: str) -> None:
    pages = by_url(crawled.raw, host)
    assert pages
    broken = [page.url for page in pages if "â€" in (page.html or "") or "\ufffd" in (page.html or "")]
    assert not broken
    assert any("“" in (page.html or "") for page in pages)


def test_a_wish_against_training_is_kept_with_the_page(crawled: Outcome) -> None:
    pages = by_url(crawled.raw, "hak41.test")
    assert pages
    assert {page.robots.ai_training for page in pages} == {False}
    assert {page.robots.allowed for page in pages} == {True}
    assert {page.robots.ai_training for page in by_url(crawled.raw, "media01.test")} == {None}


def test_redirects_lead_to_one_document_under_its_own_address(crawled: Outcome) -> None:
    for host in ("alih20.test", "rumah21.test"):
        pages = by_url(crawled.raw, host)
        assert pages
        assert not [page.url for page in pages if "/r/" in page.canonical_url]
