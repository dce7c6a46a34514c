"""Robots rules by host: kept, restored, held on to while a site is down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from producers import robots
from producers.crawling.answer import Answer
from producers.crawling.rules import HostRules, robots_url
from producers.seen import Seen

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TEXT = b"User-agent: *\nDisallow: /rahasia\nCrawl-delay: 3\nSitemap: https://contoh.id/s.xml"


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    return Seen(tmp_path / "seen.sqlite")


def answer(status: int = 200, body: bytes = TEXT, **headers: str) -> Answer:
    return Answer(
        "https://contoh.id/robots.txt", status, {k.replace("_", "-"): v for k, v in headers.items()}, body, NOW
    )


def test_rules_outlive_a_restart_for_a_day(seen: Seen) -> None:
    rules = HostRules(seen).put("contoh.id", answer(), NOW)
    assert (rules.allows("https://contoh.id/a"), rules.allows("https://contoh.id/rahasia")) == (True, False)
    again = HostRules(seen)
    kept = again.get("contoh.id", NOW + timedelta(hours=23))
    assert kept is not None
    assert (kept.allows("https://contoh.id/rahasia"), kept.delay) == (False, 3.0)
    assert again.sitemaps(["contoh.id", "lain.id"]) == ["https://contoh.id/s.xml"]
    assert again.get("contoh.id", NOW + timedelta(hours=24)) is None


def test_a_closed_host_is_asked_again_soon_and_at_a_restart(seen: Seen) -> None:
    rules = HostRules(seen)
    assert not rules.put("contoh.id", answer(503), NOW).allows("https://contoh.id/a")
    assert rules.get("contoh.id", NOW + robots.FIRST_RETRY - timedelta(seconds=1)) is not None
    assert rules.get("contoh.id", NOW + robots.FIRST_RETRY) is None
    rules.put("contoh.id", None, NOW)
    assert rules.get("contoh.id", NOW + robots.FIRST_RETRY) is not None
    assert HostRules(seen).get("contoh.id", NOW) is None
    # Once it answers, failures are counted anew.
    assert rules.put("contoh.id", answer(), NOW).allows("https://contoh.id/a")
    assert rules.put("contoh.id", None, NOW).lifetime == robots.FIRST_RETRY


def test_rules_that_were_read_stay_in_force_while_the_site_is_down(seen: Seen) -> None:
    rules = HostRules(seen)
    rules.put("contoh.id", answer(), NOW)
    day = NOW + timedelta(days=1)
    for gives in (answer(500), None):
        kept = rules.put("contoh.id", gives, day)
        assert kept.allows("https://contoh.id/a")
        assert not kept.allows("https://contoh.id/rahasia")
        assert rules.get("contoh.id", day + robots.LAST_RETRY) is None


def test_a_site_may_want_its_rules_read_more_often(seen: Seen) -> None:
    rules = HostRules(seen)
    rules.put("contoh.id", answer(cache_control="public, max-age=300"), NOW)
    assert rules.get("contoh.id", NOW + timedelta(seconds=299)) is not None
    assert rules.get("contoh.id", NOW + timedelta(seconds=300)) is None
    assert robots.lifetime("max-age=0") == robots.MIN_LIFETIME
    assert robots.lifetime("max-age=99999999") == robots.LIFETIME
    assert robots.lifetime("no-store") == robots.LIFETIME


def test_credentials_in_an_address_do_not_reach_the_request_for_the_rules() -> None:
    assert robots_url("https://pengguna:sandi@contoh.id:8443/a") == "https://contoh.id:8443/robots.txt"
