"""One crawler a home, its port, its summary, and a backfill that is asked for."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from producers.catalogue import Source
from producers.crawling import archives, display, port
from producers.crawling.answer import Answer
from producers.crawling.rules import HostRules
from producers.crawling.service import Taken, only_one
from producers.crawling.stats import Stats
from producers.seen import Seen
from warta.errors import Usage

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SATU = Source(
    id="satu",
    name="Satu",
    hosts=("satu.test",),
    sitemaps=("https://satu.test/s.xml",),
    feeds=("https://satu.test/rss",),
    indexes=("https://satu.test/indeks",),
)
DUA = Source(id="dua", name="Dua", hosts=("dua.test",))


def test_two_crawlers_in_one_home_are_one_too_many(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(Taken, match="already"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_the_port_answers_and_survives_nonsense() -> None:
    async def ask() -> list[int]:
        healthy = True
        server = await port.serve(0, "127.0.0.1", lambda: (healthy, {"looks": 3}))
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with httpx.AsyncClient(trust_env=False) as client:
            first = await client.get(f"{base}/healthz")
            assert first.json() == {"healthy": True, "looks": 3}
            healthy = False
            codes = [first.status_code, (await client.get(f"{base}/healthz")).status_code]
            metrics = await client.get(f"{base}/metrics")
            assert "warta_crawl_requests" in metrics.text
            codes += [metrics.status_code, (await client.get(f"{base}/etc")).status_code]
        for nonsense in (b"\r\n\r\n", b"GET\r\n\r\n", b"x" * 20_000, b""):
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(nonsense)
            writer.close()
        async with httpx.AsyncClient(trust_env=False) as client:
            codes.append((await client.get(f"{base}/metrics")).status_code)
        server.close()
        return codes

    assert asyncio.run(ask()) == [200, 503, 200, 404, 200]


def test_a_backfill_reads_the_sitemaps_of_catalogue_and_robots_again(tmp_path: Path) -> None:
    seen = Seen(tmp_path / "seen.sqlite")
    robots = Answer("https://dua.test/robots.txt", 200, {}, b"Sitemap: https://dua.test/peta.xml", NOW)
    HostRules(seen).put("dua.test", robots, NOW)
    sources = {"satu": SATU, "dua": DUA}
    assert archives.request(seen, sources, NOW - timedelta(days=9), NOW) == 4
    archives.request(seen, sources, NOW - timedelta(days=30), NOW)
    points = {point.url: point for point in seen.points()}
    assert {url: point.kind for url, point in points.items()} == {
        "https://satu.test/s.xml": "sitemap",
        "https://satu.test/rss": "feed",
        "https://satu.test/indeks": "index",
        "https://dua.test/peta.xml": "sitemap",
    }
    assert {point.since for point in points.values()} == {NOW - timedelta(days=30)}
    assert {point.origin for point in points.values()} == {"backfill"}


def test_a_backfill_that_cannot_be_is_said(tmp_path: Path) -> None:
    seen = Seen(tmp_path / "seen.sqlite")
    with pytest.raises(Usage, match="ahead"):
        archives.request(seen, {"satu": SATU}, NOW + timedelta(days=1), NOW)
    with pytest.raises(Usage, match="sitemap"):
        archives.request(seen, {"dua": DUA}, NOW - timedelta(days=1), NOW)


def test_a_summary_names_troubles_but_not_all_of_them() -> None:
    stats = Stats(looks=40, looks_failed=30, found=5, moved={"https://a.id/rss": "https://a.id/feed"})
    stats.page("new")
    stats.page("refused", "robots")
    for number in range(2000):
        stats.trouble(f"https://a.id/{number}", "HTTP 500")
    text = display.summary(stats, 3)
    assert "1 new" in text
    assert "1 × robots" in text
    assert "3 records wait in the spool" in text
    assert "and 990 more" in text
    assert "https://a.id/rss → https://a.id/feed" in text
    facts = display.facts(stats, 3)
    assert (facts["new"], facts["spooled"], facts["reasons"]) == (1, 3, {"robots": 1})
    stats.paused = "the disk is full"
    assert "paused: the disk is full" in display.line(stats)
