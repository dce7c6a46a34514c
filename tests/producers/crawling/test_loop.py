"""The whole loop on sites of a test's own, at the seam where answers come from: what it asks, sends, remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from producers.catalogue import Source
from producers.crawling import pages, polling
from producers.crawling.answer import Answer, Ask, NoAnswer
from producers.crawling.asking import Asker
from producers.crawling.fetching import Pages
from producers.crawling.jobs import Job
from producers.crawling.loop import Loop, Plan
from producers.crawling.owners import Owners
from producers.crawling.polling import Polls
from producers.crawling.rules import HostRules
from producers.crawling.sending import Sender, keys_in
from producers.crawling.service import watch
from producers.crawling.stats import Stats
from producers.discovery import feeds
from producers.frontier import Frontier
from producers.publisher import Outcome, Receipt
from producers.seen import NewPoint, Seen
from tests.servers import PATIENCE
from warta.clock import SystemClock
from warta.identity import canonical_url, doc_id
from warta.messages import RawArticle, RawMessage, Removed

Reply = tuple[int, dict[str, str], str]
Site = dict[str, "Reply | Exception | Callable[[Ask], Awaitable[Reply]]"]
HTML = {"content-type": "text/html"}
TEXT = "<p>" + "Hujan deras membuat sungai meluap dan merendam puluhan rumah warga. " * 4 + "</p>"


def feed(*paths: str, host: str = "satu.test") -> Reply:
    items = "".join(f"<item><title>Judul {p}</title><link>https://{host}{p}</link></item>" for p in paths)
    return 200, {"content-type": "application/rss+xml"}, f'<rss version="2.0"><channel>{items}</channel></rss>'


def page(text: str = "", **headers: str) -> Reply:
    return (
        200,
        {**HTML, **{k.replace("_", "-"): v for k, v in headers.items()}},
        f"<title>T</title>{TEXT}<p>{text * 50}</p>",
    )


class Kafka:
    """A publisher that confirms at once, later, or not at all, and may be full."""

    def __init__(self, sender: Sender, *, answer: Outcome = "sent", confirms: bool = True) -> None:
        self.full = False
        self.messages: list[RawMessage] = []
        self._sender = sender
        self._answer = answer
        self._confirms = confirms

    def publish(self, message: RawMessage, *, token: str = "", wait: bool = True) -> Outcome:
        assert not wait, "the loop never waits for Kafka"
        self.messages.append(message)
        if self._confirms:
            self._sender.receipt(Receipt(message.doc_id, token, "warta.raw"))
        return self._answer

    def flush(self, timeout: float | None = None) -> bool:
        return True

    def articles(self) -> list[RawArticle]:
        return [message for message in self.messages if isinstance(message, RawArticle)]


class World:
    """Sites by address, a seen state, and a crawler over them."""

    def __init__(self, folder: Path, *sources: Source) -> None:
        self.clock = SystemClock()
        self.seen = Seen(folder / "seen.sqlite")
        self.sources = {source.id: source for source in sources}
        self.site: Site = {}
        self.asked: list[Ask] = []
        self.kafka: Kafka | None = None
        self.blocked: set[str] = set()
        self.stats = Stats()
        self.running: dict[str, int] = {}

    async def fetch(self, ask: Ask) -> Answer:
        self.asked.append(ask)
        host = ask.url.split("/")[2]
        self.running[host] = self.running.get(host, 0) + 1
        assert self.running[host] == 1, f"two requests at once to {host}"
        try:
            await asyncio.sleep(0)
            found = self.site.get(ask.url, (404, {}, ""))
            if isinstance(found, Exception):
                raise found
            status, headers, body = found if isinstance(found, tuple) else await found(ask)
            if status == 200 and headers.get("etag") and headers["etag"] == ask.etag:
                status, body = 304, ""
            return Answer(ask.url, status, headers, body.encode(), self.clock.now())
        finally:
            self.running[host] -= 1

    def loop(self, plan: Plan, **kafka: object) -> Loop:
        self.stats = Stats()
        sender = Sender(self.seen, self.clock)
        self.kafka = Kafka(sender, **kafka)  # type: ignore[arg-type]
        sender.use(self.kafka)
        frontier: Frontier[Job] = Frontier(self.clock)
        owners = Owners(self.sources.values())
        polls = Polls(self.seen, owners, self.stats, self.clock, Random(1), lambda name: loop.noticed(name))
        settle = Pages(self.seen, sender, self.stats, self.clock, self.blocked.__contains__)
        rules = HostRules(self.seen)
        asker = Asker(frontier, self.fetch, rules, polls, settle, self.seen, owners, self.stats, self.clock)
        loop = Loop(plan, self.sources, self.seen, sender, asker, frontier, self.stats, self.clock)
        return loop

    def once(self, *, pass_hours: float = 0, **kafka: object) -> Kafka:
        """One pass; `pass_hours` first makes everything due that so much time would."""
        watch(self.seen, self.sources, self.clock.now())
        if pass_hours:
            with self.seen.transaction() as db:
                for name in ("next_at", "found_at", "delivered_at", "fetched_at"):
                    db.execute(f"UPDATE urls SET {name} = {name} - ?", (pass_hours * 3600,))
        asyncio.run(asyncio.wait_for(self.loop(Plan(backfill=False, once=True), **kafka).run(), PATIENCE))
        assert self.kafka is not None
        return self.kafka

    def urls(self) -> list[str]:
        return [ask.url for ask in self.asked]

    def state(self, url: str) -> str:
        address = self.seen.address(doc_id(canonical_url(url)))
        return address.state if address else ""


SATU = Source(id="satu", name="Satu", hosts=("satu.test",), feeds=("https://satu.test/rss",), delay=0)
DUA = Source(id="dua", name="Dua", hosts=("dua.test",), feeds=("https://dua.test/rss",), delay=0)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, SATU)
    made.site = {
        "https://satu.test/rss": feed("/a-1", "/a-2"),
        "https://satu.test/a-1": page("satu", etag='"1"'),
        "https://satu.test/a-2": page("dua"),
    }
    return made


def test_what_a_feed_names_is_sent_once_with_what_is_known_of_it(world: World) -> None:
    first, second = sorted(world.once().articles(), key=lambda message: message.url)
    assert (first.url, first.source, first.title) == ("https://satu.test/a-1", "satu", "Judul /a-1")
    assert (first.origin, first.first_seen_at) == ("live", first.fetched_at)
    assert first.doc_id == doc_id("https://satu.test/a-1")
    assert world.state(second.url) == "kafka"
    assert world.once().messages == []
    assert world.urls().count("https://satu.test/a-1") == 1


def test_robots_come_first_and_once_and_are_obeyed(world: World) -> None:
    world.site["https://satu.test/robots.txt"] = (200, {}, "User-agent: *\nDisallow: /a-2")
    assert [m.url for m in world.once().articles()] == ["https://satu.test/a-1"]
    assert world.urls()[0] == "https://satu.test/robots.txt"
    assert world.urls().count("https://satu.test/robots.txt") == 1
    assert "https://satu.test/a-2" not in world.urls()
    assert world.state("https://satu.test/a-2") == "refused"


@pytest.mark.parametrize("trouble", [(503, {}, ""), NoAnswer("timeout")])
def test_a_host_whose_robots_cannot_be_read_is_left_alone(world: World, trouble: Reply | Exception) -> None:
    world.site["https://satu.test/robots.txt"] = trouble
    assert world.once().messages == []
    assert set(world.urls()) == {"https://satu.test/robots.txt"}
    said = "HTTP 503" if isinstance(trouble, tuple) else "timeout"
    assert world.seen.points()[0].error == f"robots-unreachable: {said}"


def test_robots_may_redirect(world: World) -> None:
    world.site["https://satu.test/robots.txt"] = (301, {"location": "https://www.satu.test/robots.txt"}, "")
    world.site["https://www.satu.test/robots.txt"] = (200, {}, "User-agent: *\nDisallow: /a-1")
    assert [m.url for m in world.once().articles()] == ["https://satu.test/a-2"]


def test_a_second_feed_with_the_same_articles_costs_no_second_fetch(world: World) -> None:
    world.sources["satu"] = SATU.model_copy(update={"feeds": ("https://satu.test/rss", "https://satu.test/rss2")})
    world.site["https://satu.test/rss2"] = feed("/a-2", "/a-1?utm_source=rss2")
    world.site["https://satu.test/a-1?utm_source=rss2"] = world.site["https://satu.test/a-1"]
    assert len(world.once().articles()) == 2
    assert len([url for url in world.urls() if "/a-" in url]) == 2


def test_a_feed_that_moved_for_good_is_asked_for_where_it_is(world: World) -> None:
    world.site["https://satu.test/rss"] = (301, {"location": "/rss-baru"}, "")
    world.site["https://satu.test/rss-baru"] = feed("/a-1")
    assert len(world.once().articles()) == 1
    assert world.stats.moved == {"https://satu.test/rss": "https://satu.test/rss-baru"}
    world.asked.clear()
    world.once()
    assert world.urls() == ["https://satu.test/rss-baru"]


def test_a_redirected_article_has_its_own_address_and_is_one_document(world: World) -> None:
    world.site["https://satu.test/rss"] = feed("/r/1", "/r/2", "/a-1")
    for short in ("/r/1", "/r/2"):
        world.site[f"https://satu.test{short}"] = (302, {"location": "https://satu.test/a-1?utm_medium=x"}, "")
    world.site["https://satu.test/a-1?utm_medium=x"] = world.site["https://satu.test/a-1"]
    (message,) = world.once().articles()
    assert message.doc_id == doc_id("https://satu.test/a-1")
    assert world.once().messages == []
    assert sum("/a-1" in url for url in world.urls()) == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest",
        "https://iklan.test/x",
        "/",
        "file:///etc/passwd",
        "http://[",
        "https://satu.test/a-1",
    ],
)
def test_a_redirect_to_elsewhere_is_not_followed(world: World, location: str) -> None:
    world.site["https://satu.test/rss"] = feed("/a-1")
    world.site["https://satu.test/a-1"] = (302, {"location": location}, "")
    assert world.once().messages == []
    assert {url.split("/")[2] for url in world.urls()} == {"satu.test"}
    assert len(world.urls()) <= 2 + 6


def test_an_unchanged_article_costs_a_conditional_request_and_an_edit_is_sent_again(world: World) -> None:
    world.once()
    world.asked.clear()
    assert world.once(pass_hours=0.3).messages == []
    visits = {ask.url: ask.etag for ask in world.asked if "/a-" in ask.url}
    assert visits == {"https://satu.test/a-1": '"1"', "https://satu.test/a-2": ""}
    world.site["https://satu.test/a-1"] = page("diperbarui", etag='"2"')
    (edit,) = world.once(pass_hours=1).articles()
    assert (edit.doc_id, edit.first_seen_at) == (doc_id("https://satu.test/a-1"), None)


def test_what_was_taken_down_is_asked_for_twice_and_then_told_once(world: World) -> None:
    world.once()
    world.site["https://satu.test/a-1"] = (410, {}, "")
    assert world.once(pass_hours=0.3).messages == []
    (removed,) = world.once(pass_hours=0.1).messages
    assert isinstance(removed, Removed)
    assert (removed.doc_id, removed.status) == (doc_id("https://satu.test/a-1"), 410)
    assert world.state("https://satu.test/a-1") == "gone"
    assert world.once(pass_hours=9).messages == []


def test_a_moment_s_404_removes_nothing(world: World) -> None:
    world.once()
    good = world.site["https://satu.test/a-1"]
    world.site["https://satu.test/a-1"] = (404, {}, "")
    world.once(pass_hours=0.3)
    world.site["https://satu.test/a-1"] = good
    world.once(pass_hours=0.1)
    world.site["https://satu.test/a-1"] = (404, {}, "")
    assert world.once(pass_hours=1).messages == []
    assert world.state("https://satu.test/a-1") == "kafka"


def test_a_new_article_that_is_not_there_yet_gets_a_second_try(world: World) -> None:
    world.site["https://satu.test/a-2"] = (404, {}, "")
    world.once()
    assert world.state("https://satu.test/a-2") == "pending"
    world.site["https://satu.test/a-2"] = page("kini ada")
    assert [m.url for m in world.once(pass_hours=0.1).articles()] == ["https://satu.test/a-2"]


def test_a_hanging_site_delays_no_other(world: World, tmp_path: Path) -> None:
    async def hang(_: Ask) -> Reply:
        await asyncio.Event().wait()
        return page()

    world.sources["dua"] = DUA
    world.site["https://dua.test/robots.txt"] = hang
    watch(world.seen, world.sources, world.clock.now())
    loop = world.loop(Plan(backfill=False, once=True))

    async def until_satu_is_done() -> None:
        run = asyncio.create_task(loop.run())
        while world.kafka is None or len(world.kafka.messages) < 2:  # noqa: ASYNC110 (the loop tells nobody)
            await asyncio.sleep(0.01)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert world.kafka is not None
        assert len(world.kafka.messages) == 2

    asyncio.run(asyncio.wait_for(until_satu_is_done(), PATIENCE))


def test_a_kill_before_kafka_confirms_fetches_again_and_the_spool_does_not(world: World) -> None:
    world.once(confirms=False)
    assert world.state("https://satu.test/a-1") == "pending"
    world.once(answer="spooled", confirms=False)
    assert world.state("https://satu.test/a-1") == "spooled"
    assert world.once().messages == []
    assert keys_in(["", "a", "gone:b"]) == ["a"]


def test_nothing_is_asked_while_the_spool_is_full_and_nothing_lost(world: World) -> None:
    watch(world.seen, world.sources, world.clock.now())
    loop = world.loop(Plan(backfill=False, once=True))

    async def fill_and_empty() -> None:
        assert world.kafka is not None
        world.kafka.full = True
        run = asyncio.create_task(loop.run())
        while not world.stats.paused:  # noqa: ASYNC110 (the loop tells nobody)
            await asyncio.sleep(0.01)
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert world.asked == []
        world.kafka.full = False
        await run

    asyncio.run(asyncio.wait_for(fill_and_empty(), PATIENCE))
    assert world.kafka is not None
    assert len(world.kafka.messages) == 2


def test_a_document_that_was_taken_down_by_us_is_not_sent(world: World) -> None:
    world.blocked = {doc_id("https://satu.test/a-1")}
    assert [m.url for m in world.once().articles()] == ["https://satu.test/a-2"]
    assert world.state("https://satu.test/a-1") == "refused"


def test_patience_is_kept_for_host_and_point(world: World) -> None:
    world.site["https://satu.test/rss"] = (429, {"retry-after": "3600"}, "")
    world.once()
    (point,) = world.seen.points()
    assert point.next_at is not None
    assert point.next_at > world.clock.now() + timedelta(minutes=59)
    world.asked.clear()
    world.once()
    assert world.asked == []


def test_backfill_reads_sitemaps_and_says_so(world: World) -> None:
    day = datetime(2026, 10, 1, tzinfo=UTC)
    rows = "".join(
        f"<url><loc>https://satu.test/a-{n}</loc><lastmod>2026-{m}-05</lastmod></url>" for n, m in ((1, 11), (2, "09"))
    )
    world.site["https://satu.test/s.xml"] = (200, {}, f"<urlset>{rows}</urlset>")
    world.seen.watch([NewPoint("https://satu.test/s.xml", "satu", "sitemap", world.clock.now(), "backfill", day)])
    loop = world.loop(Plan(live=False, once=True))
    asyncio.run(asyncio.wait_for(loop.run(), PATIENCE))
    assert world.kafka is not None
    assert [(m.url, m.origin) for m in world.kafka.articles()] == [("https://satu.test/a-1", "backfill")]
    assert "https://satu.test/rss" not in world.urls()


def test_points_follow_the_catalogue(world: World) -> None:
    world.once()
    world.seen.watch(
        [
            NewPoint(
                "https://satu.test/below.xml",
                "satu",
                "sitemap",
                world.clock.now(),
                parent="https://satu.test/rss",
                depth=1,
            )
        ]
    )
    watch(world.seen, world.sources, world.clock.now())
    assert len(world.seen.points()) == 2
    world.sources = {"dua": DUA}
    watch(world.seen, world.sources, world.clock.now())
    assert [point.url for point in world.seen.points()] == ["https://dua.test/rss"]


def test_a_site_s_whole_history_is_taken_in_parts_and_only_its_news(world: World) -> None:
    day = f"{world.clock.now():%Y-%m-%d}"
    old = "".join(f"<url><loc>https://satu.test/lama-{n}</loc><lastmod>2020-01-01</lastmod></url>" for n in range(3000))
    undated = "".join(f"<url><loc>https://satu.test/tanpa-{n}</loc></url>" for n in range(3500))
    new = f"<url><loc>https://satu.test/a-1</loc><lastmod>{day}</lastmod></url>"
    world.sources["satu"] = SATU.model_copy(update={"feeds": (), "sitemaps": ("https://satu.test/s.xml",)})
    world.site["https://satu.test/s.xml"] = (200, {}, f"<urlset>{old}{undated}{new}</urlset>")
    watch(world.seen, world.sources, world.clock.now())
    loop = world.loop(Plan(backfill=False, once=True))

    async def until_read() -> None:
        run = asyncio.create_task(loop.run())
        while not world.stats.looks:  # noqa: ASYNC110 (the loop tells nobody)
            await asyncio.sleep(0.01)
        loop.stop()
        await run

    asyncio.run(asyncio.wait_for(until_read(), PATIENCE))
    (point,) = world.seen.points()
    assert (point.listed, point.found) == (6501, 1001)
    assert len(world.seen.rows("SELECT * FROM urls")) == 1001
    assert len(world.seen.rows("SELECT * FROM passed")) == 2500


def test_a_sitemap_leads_only_to_its_own_site_and_not_without_end(world: World) -> None:
    foreign = [
        "https://korban.test/s.xml",
        "http://[",
        "https://satu.test/" + "x" * 3000,
        "https://a:b@satu.test/s.xml",
    ]
    day = f"{world.clock.now():%Y-%m-%d}"

    def index(*urls: str) -> Reply:
        rows = "".join(f"<sitemap><loc>{url}</loc><lastmod>{day}</lastmod></sitemap>" for url in urls)
        return 200, {}, f"<sitemapindex>{rows}</sitemapindex>"

    world.sources["satu"] = SATU.model_copy(update={"feeds": (), "sitemaps": ("https://satu.test/s.xml",)})
    first = [f"https://satu.test/s-{n}.xml" for n in range(9)]
    world.site["https://satu.test/s.xml"] = index(*foreign, *first)
    for url in first:
        world.site[url] = index(*(f"{url}-{n}" for n in range(99)))
    world.once()
    assert {url.split("/")[2] for url in world.urls()} == {"satu.test"}
    assert len(world.seen.points()) == polling.MAX_POINTS


def test_a_parser_that_stumbles_ends_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise RecursionError("deep")

    monkeypatch.setattr(feeds, "parse", stumble)
    assert world.once().messages == []
    assert world.seen.points()[0].error == "unreadable: RecursionError"
    monkeypatch.undo()
    monkeypatch.setattr(pages, "read", stumble)
    with world.seen.transaction() as db:
        db.execute("UPDATE points SET next_at = 0")
    assert world.once().messages == []
    assert world.state("https://satu.test/a-1") == "refused"


def test_backfill_goes_back_through_a_paged_listing_and_stops_at_its_day(world: World) -> None:
    def listing(number: int) -> Reply:
        when = world.clock.now() - timedelta(days=10 * number)
        items = "".join(
            f"<entry><link href='/p-{number}-{n}'/><published>{when:%Y-%m-%dT%H:%M:%SZ}</published></entry>"
            for n in range(3)
        )
        xml = f"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='/arsip/{number + 1}'/>{items}</feed>"
        return 200, {"content-type": "application/atom+xml"}, xml

    for number in range(9):
        world.site[f"https://satu.test/arsip/{number}"] = listing(number)
        for n in range(3):
            world.site[f"https://satu.test/p-{number}-{n}"] = page(f"{number} {n}")
    since = world.clock.now() - timedelta(days=35)
    world.seen.watch([NewPoint("https://satu.test/arsip/0", "satu", "feed", world.clock.now(), "backfill", since)])
    asyncio.run(asyncio.wait_for(world.loop(Plan(live=False, once=True)).run(), PATIENCE))
    assert world.kafka is not None
    assert {message.url.split("-")[1] for message in world.kafka.articles()} == {"0", "1", "2", "3"}
    assert [url[-1] for url in world.urls() if "arsip" in url] == ["0", "1", "2", "3", "4"]
