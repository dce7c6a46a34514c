"""States of a source: which facts lead to which word, and what a person sees first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from producers import health
from producers.health import Facts, Point, Verdict, experience, judge, tide, urgency
from producers.health_rhythm import WEEK, Past, fit

#: Friday 2026-11-20, 10:00 in Jakarta; whole hours, so that the running hour has just begun.
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = int(NOW.timestamp() // 3600)
OK = Point("https://a.id/feed", listed=20, found=900, new_at=NOW)


def past(quiet: int = 0, per_hour: float = 5.0, weeks: int = 6, watched: float = 1.0) -> Past:
    """A source that gave about `per_hour` articles at all hours, and none in the last `quiet` ones."""
    seen = np.random.default_rng(4).poisson(per_hour, weeks * WEEK + 1).astype(np.int64)
    share = np.ones(len(seen))
    share[-1] = seen[-1] = 0
    if quiet:
        seen[-quiet - 1 :] = 0
        share[-quiet - 1 : -1] = watched
    return Past(HOUR - weeks * WEEK, seen, share)


def facts(quiet: int = 0, **changes: object) -> Facts:
    made = Facts(past(quiet), (OK,), looked_at=NOW, last_article=NOW - timedelta(hours=quiet + 0.1))
    return replace(made, **changes)  # type: ignore[arg-type]


def verdict(given: Facts, level: float = 1.0) -> Verdict:
    return judge(given, experience(given.past), NOW, level)


REFUSED = Point("https://a.id/feed", failures=3, error="HTTP 403", refused=True)
BROKEN = Point("https://a.id/s.xml", failures=5, error="timeout: a.id")
ONCE = Point("https://a.id/", failures=1, error="HTTP 502")
EMPTY = Point("https://a.id/", listed=0, found=0)


@pytest.mark.parametrize(
    ("given", "state", "detail"),
    [
        (facts(), health.HEALTHY, ""),
        (facts(points=(OK, BROKEN)), health.HEALTHY, "1 of 2 points fail: timeout: a.id"),
        (facts(looked_at=None), health.UNVISITED, "no look at it yet"),
        (facts(looked_at=NOW - timedelta(hours=25)), health.UNVISITED, "for a day"),
        (facts(points=(REFUSED,)), health.REFUSED, "HTTP 403"),
        (facts(points=(REFUSED, BROKEN)), health.REFUSED, "timeout: a.id"),
        (facts(points=(BROKEN,)), health.UNREADABLE, "timeout: a.id"),
        (facts(points=(ONCE,)), health.HEALTHY, ""),
        (facts(points=(ONCE,), past=past(0, 0.0), last_article=None), health.UNREADABLE, ONCE.error),
        (facts(points=(EMPTY,), past=past(0, 0.0)), health.FINDS_NOTHING, "without one article"),
        (facts(30, failed=9, refused=8, reason="HTTP 403"), health.REFUSED, "9 articles in a day: HTTP 403"),
        (facts(30, failed=9, refused=1, reason="timeout"), health.UNREADABLE, "9 articles in a day: timeout"),
        (facts(0, failed=9, refused=8, reason="HTTP 403"), health.HEALTHY, ""),
        (facts(12), health.SILENT, "by chance once in 100+ years"),
        (facts(1), health.HEALTHY, ""),
    ],
)
def test_states(given: Facts, state: str, detail: str) -> None:
    found = verdict(given)
    assert (found.state, detail in found.detail) == (state, True), found


def test_silence_is_counted_in_articles() -> None:
    found = verdict(facts(12))
    assert found.missed == pytest.approx(60, rel=0.25)
    assert found.day_expected == pytest.approx(120, rel=0.15)
    assert found.day_seen == pytest.approx(60, rel=0.4)


def test_a_source_that_gives_little_is_quiet_by_nature() -> None:
    given = facts(40, past=past(40, 0.04), last_article=NOW - timedelta(hours=40))
    assert verdict(given).state == health.QUIET


def test_hours_without_a_look_are_no_silence() -> None:
    """The crawler was away for twelve hours and is back."""
    assert verdict(facts(12, past=past(12, watched=0.0))).state == health.HEALTHY


def test_a_feed_that_is_cached_is_not_silent_within_minutes() -> None:
    busy = past(0, 400.0)
    part = busy.watched.copy()
    part[-1] = 0.5
    given = facts(0, past=Past(busy.first, busy.seen, part), last_article=NOW)
    profile = experience(given.past)
    assert judge(given, profile, NOW + timedelta(minutes=30)).state == health.HEALTHY
    part[-1] = 0.9
    assert judge(given, profile, NOW + timedelta(minutes=54)).state == health.SILENT


def test_a_thin_day_is_noticed_though_articles_come() -> None:
    """A fifth of the usual for a day: half the sections of a site no longer reach us."""
    base = past()
    seen = base.seen.copy()
    seen[-25:-1] = 1
    given = facts(past=Past(base.first, seen, base.watched), last_article=NOW - timedelta(minutes=5))
    found = verdict(given)
    assert (found.state, found.day_seen) == (health.SILENT, 24)
    assert found.detail.startswith("a thin day")


def test_the_silence_in_hand_teaches_nothing_yet() -> None:
    assert experience(past(10 * 24)).weekly == pytest.approx(experience(past()).weekly, rel=0.1)


def test_a_source_that_died_stays_silent_for_weeks() -> None:
    for days in (1, 5, 13, 20):
        assert verdict(facts(24 * days)).state == health.SILENT, days


def test_the_tide_carries_all_sources() -> None:
    """On a holiday everybody gives a third: nobody is silent beyond reason for it."""
    usual = [past(0, rate) for rate in (3.0, 5.0, 8.0) * 3]
    profiles = [fit(one) for one in usual]
    low = []
    for one in usual:
        seen = one.seen.copy()
        seen[-5:-1] = seen[-5:-1] // 3
        low.append(Past(one.first, seen, one.watched))
    assert tide(zip(usual, profiles, strict=True)) > 0.8
    assert 0.2 < tide(zip(low, profiles, strict=True)) < 0.45
    gone = [Past(one.first, np.zeros_like(one.seen), one.watched) for one in usual]
    assert tide(zip(gone, profiles, strict=True)) == health.LOWEST_TIDE
    assert tide(zip(low[:3], profiles[:3], strict=True)) == 1.0  # too few sources to tell


def test_an_ebb_makes_silence_less_odd() -> None:
    given = facts(6)
    assert verdict(given, 0.25).chance > 50 * verdict(given).chance


def test_lags_and_completeness() -> None:
    found = verdict(facts(lags=[20.0] * 90 + [300.0] * 10, listed=40, arrived=38))
    assert (found.lag_p50, found.completeness) == (20.0, 0.95)
    assert found.lag_p95 == pytest.approx(300, rel=0.1)
    assert verdict(facts(listed=9, arrived=1)).completeness is None
    assert verdict(facts()).lag_p50 is None


def test_what_needs_a_person_comes_first() -> None:
    verdicts = {
        "healthy": verdict(facts()),
        "small": verdict(facts(30, past=past(60, 1.0))),
        "large": verdict(facts(30)),
        "refused": replace(verdict(facts(points=(REFUSED,))), missed=90.0),
        "quiet": verdict(facts(40, past=past(40, 0.04), last_article=NOW - timedelta(hours=40))),
    }
    order = sorted(verdicts, key=lambda name: urgency(verdicts[name]))
    assert order == ["large", "refused", "small", "quiet", "healthy"]
