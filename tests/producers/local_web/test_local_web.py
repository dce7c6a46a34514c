"""The local web is what the crawler is measured with: it must publish what it says it does, and catch whoever misbehaves."""

from __future__ import annotations

import gzip
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from producers import catalogue
from producers.discovery import feeds, index_pages, sitemaps
from tests.producers.local_web.answers import Answer, Sites
from tests.producers.local_web.newsroom import Newsroom, Plan
from tests.producers.local_web.policing import RobotsAnswer, Watch
from tests.producers.local_web.running import CONTACT, LocalWeb, local_web
from tests.producers.local_web.sites import SITES, Point
from tests.producers.local_web.texts import write
from tests.producers.local_web.traps import TRAP_ADDRESS
from tests.servers import until
from warta.errors import Invalid
from warta.identity import canonical_url

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PORT = 22001


def open_sites(plan: Plan) -> Sites:
    return Sites(Newsroom.open(plan, PORT, NOW), PORT)


def get(sites: Sites, host: str, path: str, now: datetime = NOW, **headers: str) -> Answer:
    return sites.answer(host, path, {name.replace("_", "-"): value for name, value in headers.items()}, now)


def discover(sites: Sites, host: str, point: Point, now: datetime = NOW) -> set[str]:
    """Addresses that our own readers find at a point."""
    body, url = get(sites, host, point, now).body, f"http://{host}:{PORT}{point}"
    if point == "/indeks":
        return {link.url for link in index_pages.parse(body.decode(), url).links}
    if not point.startswith("/sitemap"):
        return {link.url for link in feeds.parse(body, url).links}
    found = sitemaps.parse(body, url)
    children = [get(sites, host, "/" + child.url.rpartition("/")[2]).body for child in found.sitemaps]
    return {link.url for one in [found, *(sitemaps.parse(child, url) for child in children)] for link in one.links}


def test_there_are_enough_hosts_and_articles_and_no_two_texts_agree() -> None:
    sites = open_sites(Plan())
    assert len(SITES) >= 30
    articles = [a for found in sites.room.articles.values() for a in found]
    assert len(articles) >= 5000
    assert len({a.url for a in articles}) == len(articles)
    assert len({a.text.paragraphs for a in articles[:2000]}) == 2000


def test_a_text_depends_on_its_key_alone_and_grows_with_its_version() -> None:
    assert write("1/media01.test/7") == write("1/media01.test/7")
    first, second = write("k", 1), write("k", 2)
    assert second.title == first.title
    assert second.paragraphs[:-1] == first.paragraphs


@pytest.mark.parametrize(
    "site", [s for s in SITES if s.quirk in ("", "future", "removals", "no-robots")], ids=lambda s: s.id
)
def test_every_article_can_be_found_and_is_served(site: object) -> None:
    assert isinstance(site, type(SITES[0]))
    sites = open_sites(Plan(backlog=60, hosts=(site.host,)))
    urls = {a.url for a in sites.room.published(site.host, NOW)}
    for point in site.points:
        assert discover(sites, site.host, point) == urls
    for url in urls:
        answer = get(sites, site.host, url.split(str(PORT), 1)[1])
        assert answer.status == 200
        assert f'<link rel="canonical" href="{url}">' in answer.body.decode()


def test_live_articles_appear_one_by_one_and_not_before_their_time() -> None:
    sites = open_sites(Plan(backlog=2, live=10, per_minute=60, hosts=("media01.test",)))
    assert len(discover(sites, "media01.test", "/rss.xml", NOW + timedelta(hours=1))) == 2
    sites.room.go(NOW)
    live = sites.room.articles["media01.test"][2:]
    path = live[5].url.split(str(PORT), 1)[1]
    assert get(sites, "media01.test", path, NOW + timedelta(seconds=4)).status == 404
    assert get(sites, "media01.test", path, NOW + timedelta(seconds=6)).status == 200
    assert len(discover(sites, "media01.test", "/rss.xml", NOW + timedelta(seconds=5.5))) == 8


def test_an_unchanged_listing_and_page_cost_a_304_and_a_changed_one_does_not() -> None:
    sites = open_sites(Plan(backlog=3, live=1, hosts=("media04.test",)))
    path = sites.room.articles["media04.test"][2].url.split(str(PORT), 1)[1]
    for address in ("/rss.xml", path):
        first = get(sites, "media04.test", address)
        assert get(sites, "media04.test", address, if_none_match=first.headers["etag"]).status == 304
        assert get(sites, "media04.test", address, if_modified_since=first.headers["last-modified"]).status == 304
    sites.room.edit("media04.test", 1, NOW + timedelta(minutes=1))
    assert get(sites, "media04.test", path, if_none_match=first.headers["etag"]).status == 200
    assert get(sites, "media04.test", path, if_modified_since=first.headers["last-modified"]).status == 200


def test_what_is_taken_down_is_gone_from_listings_and_answers_410() -> None:
    sites = open_sites(Plan(backlog=5, hosts=("hapus40.test",)))
    removed = sites.room.remove("hapus40.test", 2, NOW)
    assert len(discover(sites, "hapus40.test", "/rss.xml")) == 3
    assert {get(sites, "hapus40.test", a.url.split(str(PORT), 1)[1]).status for a in removed} == {410}


def test_the_doors_of_the_duplicating_site_lead_to_one_identity_each() -> None:
    sites = open_sites(Plan(backlog=40, hosts=("ganda36.test",)))
    urls = {canonical_url(a.url) for a in sites.room.articles["ganda36.test"]}
    found = discover(sites, "ganda36.test", "/rss.xml")
    assert found.isdisjoint(discover(sites, "ganda36.test", "/rss/semua.xml"))
    assert {canonical_url(url) for url in found} == urls


def test_redirects_end_at_the_article() -> None:
    sites = open_sites(Plan(backlog=1, hosts=("alih20.test", "pindah21.test")))
    for host, hops in (("alih20.test", 3), ("pindah21.test", 1)):
        article = sites.room.articles[host][0]
        url = article.link
        for _ in range(hops):
            url = urljoin(url, get(sites, host, urlsplit(url).path).headers["location"])
        assert url == article.url


def test_the_hostile_bodies_are_as_hostile_as_they_claim() -> None:
    sites = open_sites(Plan(backlog=1, hosts=("bom29.test", "kacau43.test")))
    bomb = get(sites, "bom29.test", sites.room.articles["bom29.test"][0].url.split(str(PORT), 1)[1])
    assert len(bomb.body) < 2 << 20
    assert len(gzip.decompress(bomb.body)) == 256 << 20
    with pytest.raises(Invalid, match="document type"):
        discover(sites, "kacau43.test", "/sitemap-news.xml")
    assert len(discover(sites, "kacau43.test", "/rss.xml")) == 1


def test_a_throttled_article_is_refused_once() -> None:
    sites = open_sites(Plan(backlog=3, hosts=("batas23.test",)))
    path = sites.room.articles["batas23.test"][2].url.split(str(PORT), 1)[1]
    assert [get(sites, "batas23.test", path).status for _ in range(2)] == [429, 200]


class Traffic:
    """A crawler by hand: each request lasts 0.1 s."""

    def __init__(self, delay: float = 1.0) -> None:
        self.watch = Watch(delay, CONTACT)
        self.at = 0.0

    def get(
        self, path: str, *, agent: str = f"Warta/1 (+{CONTACT})", after: float = 2.0, retry_after: float = 0.0
    ) -> None:
        self.at += after
        visit = self.watch.begin("media01.test", path, agent, self.at, lambda: True)
        self.at += 0.1
        self.watch.end(visit, self.at, status=200, kind="article", key=path, retry_after=retry_after)

    def robots(self, rules: RobotsAnswer) -> None:
        self.get("/robots.txt")
        self.watch.told("media01.test", rules)

    @property
    def broken(self) -> Counter[str]:
        return self.watch.broken


def test_a_polite_crawler_breaks_nothing() -> None:
    traffic = Traffic()
    traffic.robots(RobotsAnswer(200, ("/rahasia/",), 2.0))
    for path in ("/a", "/b", "/a"):
        traffic.get(path)
    assert not traffic.broken
    assert traffic.watch.fetches == {"/a": 2, "/b": 1, "/robots.txt": 1}


@pytest.mark.parametrize(
    ("rules", "request_", "rule"),
    [
        (None, {"path": "/a"}, "robots.txt first"),
        (RobotsAnswer(), {"path": "/a", "after": 0.9}, "gap"),
        (RobotsAnswer(delay=3), {"path": "/a", "after": 2.9}, "gap"),
        (RobotsAnswer(disallow=("/rahasia/",)), {"path": "/rahasia/x"}, "forbidden by robots.txt"),
        (RobotsAnswer(status=503), {"path": "/a"}, "closed by robots.txt"),
        (RobotsAnswer(), {"path": "/a", "agent": "Mozilla/5.0"}, "user agent"),
    ],
)
def test_each_rule_is_watched(rules: RobotsAnswer | None, request_: dict[str, object], rule: str) -> None:
    traffic = Traffic()
    if rules is not None:
        traffic.robots(rules)
    traffic.get(**request_)  # type: ignore[arg-type]
    assert traffic.broken == {rule: 1}


def test_retry_after_binds_every_later_request() -> None:
    traffic = Traffic()
    traffic.robots(RobotsAnswer())
    traffic.get("/a", retry_after=10)
    traffic.get("/b", after=9)
    traffic.get("/c")
    assert traffic.broken == {"Retry-After": 1}


def test_two_at_a_time_are_seen_but_not_after_the_first_hung_up() -> None:
    watch = Watch(0.0)
    watch.begin("media01.test", "/robots.txt", "Warta", 0.0, lambda: True)
    watch.told("media01.test", RobotsAnswer())
    watch.begin("media01.test", "/a", "Warta", 1.0, lambda: True)
    assert watch.broken == {"two at a time": 1}
    other = Watch(0.0)
    other.begin("media01.test", "/robots.txt", "Warta", 0.0, lambda: False)
    other.told("media01.test", RobotsAnswer())
    other.begin("media01.test", "/a", "Warta", 1.0, lambda: True)
    assert not other.broken


@pytest.fixture(scope="module")
def web() -> Iterator[LocalWeb]:
    with local_web(Plan(backlog=3, live=2, delay=0.0)) as running:
        yield running


def fetch(web: LocalWeb, host: str, path: str) -> httpx.Response:
    headers = {"host": f"{host}:{web.port}", "user-agent": f"Warta ({CONTACT})", "accept-encoding": "gzip, br, zstd"}
    return httpx.get(f"http://127.0.0.1:{web.port}{path}", headers=headers, timeout=60)


def test_over_the_wire_sites_are_told_apart_and_counted(web: LocalWeb, tmp_path: Path) -> None:
    web.environment(tmp_path)
    assert len(catalogue.load(tmp_path / "sources.yaml")) == len(SITES)
    for host in ("media01.test", "media02.test"):
        assert fetch(web, host, "/robots.txt").status_code == 200
        article = next(a for a in web.published() if a.host == host)
        answer = fetch(web, host, article.url.split(str(web.port), 1)[1])
        assert article.title in answer.text
        assert web.state().fetches[article.key] == 1
    before = len(web.published())
    web.go()
    until(lambda: len(web.published()) == before + 2 * len(SITES), "every site publishes twice")
    assert "media01.test" not in {violation["host"] for violation in web.state().violations}


def test_over_the_wire_the_trap_springs_and_unending_pages_stop_with_their_reader(web: LocalWeb) -> None:
    socket.create_connection((TRAP_ADDRESS, web.port)).close()
    until(lambda: web.state().broken.get("connected to a private address") == 1, "the trap springs")
    path = next(a.url for a in web.published() if a.host == "tanpaujung28.test").split(str(web.port), 1)[1]
    headers = {"host": f"tanpaujung28.test:{web.port}", "user-agent": f"Warta ({CONTACT})"}
    with httpx.stream("GET", f"http://127.0.0.1:{web.port}{path}", headers=headers) as answer:
        size = 0
        for piece in answer.iter_raw():
            size += len(piece)
            if size > 6 << 20:
                break
    until(lambda: web.state().hosts["tanpaujung28.test"].get("article 200") == 1, "it has stopped")
