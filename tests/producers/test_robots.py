"""Robots: the standard's answers to every kind of reply, and opt-outs in all their places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from producers.robots import FIRST_RETRY, LAST_RETRY, LIFETIME, MAX_DELAY, of_page, read, retry

NOW = datetime(2026, 11, 20, tzinfo=UTC)
URL = "https://a.id/berita/1"


@pytest.mark.parametrize(
    ("status", "state", "allowed"),
    [
        (200, "read", True),
        (404, "none", True),
        (403, "none", True),
        (429, "unreachable", False),
        (503, "unreachable", False),
        (None, "unreachable", False),
    ],
)
def test_an_answer_decides_as_the_standard_says(status: int | None, state: str, allowed: bool) -> None:
    rules = read(status, b"", NOW, "warta")
    assert (rules.state, rules.allows(URL)) == (state, allowed)


def test_rules_for_us_win_over_those_for_all() -> None:
    rules = read(
        200, b"User-agent: *\nDisallow: /\n\nUser-agent: warta\nDisallow: /privat\nCrawl-delay: 7", NOW, "warta"
    )
    assert rules.allows(URL)
    assert not rules.allows("https://a.id/privat/x")
    assert rules.delay == 7


def test_an_absurd_delay_is_bounded_and_sitemaps_are_found() -> None:
    rules = read(200, b"User-agent: *\nCrawl-delay: 86400\nSitemap: https://a.id/s.xml", NOW, "warta")
    assert rules.delay == MAX_DELAY
    assert rules.sitemaps == ["https://a.id/s.xml"]


def test_rules_are_read_again_after_a_day_and_sooner_after_a_failure() -> None:
    assert not read(200, b"", NOW, "w").stale(NOW + LIFETIME - timedelta(seconds=1))
    assert read(200, b"", NOW, "w").stale(NOW + LIFETIME)
    assert read(503, b"", NOW, "w").stale(NOW + FIRST_RETRY)
    assert [retry(n) for n in (1, 2, 3)] == [FIRST_RETRY, FIRST_RETRY * 2, FIRST_RETRY * 4]
    assert retry(1_000_000) == LAST_RETRY


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"Disallow", b"User-agent:\n" * 100_000, b"<html>404</html>"])
def test_no_robots_txt_is_too_broken(body: bytes) -> None:
    assert read(200, body, NOW, "warta").allows(URL)


@pytest.mark.parametrize(
    ("robots", "headers", "html", "training", "noindex"),
    [
        (b"", {}, "", None, False),
        (b"User-agent: GPTBot\nDisallow: /", {}, "", False, False),
        (b"User-agent: GPTBot\nDisallow: /x", {}, "", None, False),
        (b"", {"x-robots-tag": "noai, noimageai"}, "", False, False),
        (b"", {"tdm-reservation": "1"}, "", False, False),
        (b"", {}, '<meta name="tdm-reservation" content="1">', False, False),
        (b"", {}, "<META content='noindex, follow' name=robots>", None, True),
        (b"", {"x-robots-tag": "googlebot: noindex"}, "", None, False),
        (b"", {"x-robots-tag": "none"}, "", None, True),
    ],
)
def test_opt_outs(robots: bytes, headers: dict[str, str], html: str, training: bool | None, noindex: bool) -> None:
    said, hidden = of_page(read(200, robots, NOW, "warta"), URL, headers, html)
    assert (said.allowed, said.ai_training, hidden) == (True, training, noindex)
