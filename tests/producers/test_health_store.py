"""Facts of health from the crawler's own state: what is read, from the first second on and beside the writer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from producers import health
from producers.catalogue import Source
from producers.health_monitor import Monitor
from producers.schedule import Rhythm
from producers.seen import Fetched, Found, Look, NewPoint, Seen, path_in
from warta.errors import StateError

NOW = datetime(2026, 11, 24, 3, 40, tzinfo=UTC)
HOUR = int(NOW.timestamp() // 3600)
A = Source(id="a.id", name="A", hosts=("a.id",), feeds=("https://a.id/feed",))
OFF = Source(id="off.id", name="Off", hosts=("off.id",), on=False)


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    return Seen(path_in(tmp_path))


def look(seen: Seen, at: datetime, url: str = "https://a.id/feed", **changes: object) -> None:
    kind = "sitemap" if url.endswith(".xml") else "feed"
    seen.watch([NewPoint(url, "a.id", kind, at)])  # type: ignore[arg-type]
    point = next(point for point in seen.points("a.id") if point.url == url)
    found = changes.pop("found", ())
    look = Look(at, at + timedelta(minutes=5), changes.pop("rhythm", Rhythm()), **{"status": 200} | changes)  # type: ignore[arg-type]
    seen.look(point, look, found)  # type: ignore[arg-type]


def article(
    seen: Seen, key: str, published: datetime | None, found: datetime, fetched: datetime | None, url: str
) -> None:
    look(seen, found, url, found=[Found(key, f"https://a.id/{key}", "a.id", "", published)], new=1, listed=1)
    if fetched is not None:
        seen.keep([Fetched(key, key, fetched, None)], "kafka", fetched)


def monitor(seen: Seen) -> Monitor:
    return Monitor(seen.path, [A, OFF])


def test_nothing_seen_yet(seen: Seen) -> None:
    verdicts = monitor(seen).verdicts(NOW)
    assert {source: verdict.state for source, verdict in verdicts.items()} == {"a.id": health.UNVISITED}


def test_no_state_at_all(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="has 'warta crawl' run here"):
        Monitor(path_in(tmp_path / "elsewhere"), [A])


def test_hours_are_watched_when_a_look_worked_or_stood_on_both_sides(seen: Seen) -> None:
    for back in (5, 3, 2, 0):
        look(seen, NOW - timedelta(hours=back))
    look(seen, NOW - timedelta(hours=6), error="timeout", status=None)
    reader = monitor(seen)
    reader.verdicts(NOW)
    watched = reader.facts["a.id"].past.watched[-8:].tolist()
    assert watched == [0, 0, 1, 1, 1, 1, 1, pytest.approx(2 / 3)]


def test_articles_of_the_hour_and_the_last_one_s_time(seen: Seen) -> None:
    fetched = NOW - timedelta(hours=2, minutes=7)
    article(seen, "1", None, fetched - timedelta(seconds=9), fetched, "https://a.id/feed")
    reader = monitor(seen)
    verdict = reader.verdicts(NOW)["a.id"]
    assert reader.facts["a.id"].past.seen[-3:].tolist() == [1, 0, 0]
    assert verdict.last_article == fetched
    assert verdict.day_seen == 1


def test_later_readings_go_on_where_the_last_one_stopped(seen: Seen) -> None:
    reader = monitor(seen)
    article(seen, "1", None, NOW, NOW, "https://a.id/feed")
    reader.verdicts(NOW)
    article(seen, "2", None, NOW + timedelta(minutes=1), NOW + timedelta(minutes=1), "https://a.id/feed")
    later = NOW + timedelta(hours=2)
    article(seen, "3", None, later, later, "https://a.id/feed")
    reader.verdicts(later)
    assert reader.facts["a.id"].past.seen[-4:].tolist() == [0, 2, 0, 1]
    fresh = monitor(seen)
    fresh.verdicts(later)
    assert (fresh.facts["a.id"].past.seen == reader.facts["a.id"].past.seen).all()
    assert (fresh.facts["a.id"].past.watched == reader.facts["a.id"].past.watched).all()


def test_a_gap_longer_than_the_memory(seen: Seen) -> None:
    reader = monitor(seen)
    article(seen, "1", None, NOW, NOW, "https://a.id/feed")
    reader.verdicts(NOW)
    reader.verdicts(NOW + timedelta(days=100))
    assert reader.facts["a.id"].past.seen.sum() == 0


def test_freshness_counts_what_was_published_since_we_look(seen: Seen) -> None:
    began = NOW - timedelta(hours=5)
    article(seen, "old", began - timedelta(hours=9), began, began, "https://a.id/feed")
    for n in range(4):
        at = began + timedelta(hours=1 + n)
        article(seen, f"{n}", at, at + timedelta(seconds=40), at + timedelta(seconds=50), "https://a.id/feed")
    verdict = monitor(seen).verdicts(NOW)["a.id"]
    assert (verdict.lag_p50, verdict.lag_p95) == (50.0, 50.0)


def test_completeness_is_of_sitemaps_and_of_what_is_due(seen: Seen) -> None:
    at = NOW - timedelta(hours=2)
    for n in range(12):
        article(seen, f"s{n}", at, at, at if n < 9 else None, "https://a.id/news.xml")
    article(seen, "fresh", NOW, NOW - timedelta(minutes=2), None, "https://a.id/news.xml")
    article(seen, "feed", at, at, None, "https://a.id/feed")
    assert monitor(seen).verdicts(NOW)["a.id"].completeness == 0.75


def test_articles_that_cannot_be_fetched(seen: Seen) -> None:
    for n in range(6):
        article(seen, f"{n}", None, NOW - timedelta(hours=1), None, "https://a.id/feed")
        seen.later(f"{n}", NOW + timedelta(minutes=5), failed=True, status=403, reason="HTTP 403")
    verdict = monitor(seen).verdicts(NOW)["a.id"]
    assert (verdict.state, verdict.detail) == (health.REFUSED, "6 articles in a day: HTTP 403")


def test_a_takedown_is_not_a_failure(seen: Seen) -> None:
    for n in range(6):
        article(seen, f"{n}", None, NOW - timedelta(hours=1), None, "https://a.id/feed")
    seen.block([str(n) for n in range(6)])
    assert monitor(seen).verdicts(NOW)["a.id"].state == health.HEALTHY


def test_points_robots_and_errors(seen: Seen) -> None:
    seen.save_robots("a.id:8080", "read", "User-agent: *", NOW)
    look(seen, NOW, error="HTTP 451", status=451, rhythm=Rhythm(failures=3))
    verdict = monitor(seen).verdicts(NOW)["a.id"]
    assert (verdict.state, verdict.robots, verdict.last_error) == (health.REFUSED, "read", "HTTP 451")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ("robots: robots.txt forbids it", health.REFUSED),
        ("robots-unreachable: a.id/robots.txt gives no answer", health.UNREADABLE),
        ("refused: a.id: nothing listens there", health.UNREADABLE),
    ],
)
def test_a_site_that_says_no_is_told_from_one_that_is_away(seen: Seen, error: str, state: str) -> None:
    look(seen, NOW, error=error, status=None, rhythm=Rhythm(failures=3))
    assert monitor(seen).verdicts(NOW)["a.id"].state == state


def sample(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_metrics_hold_what_holds_now(seen: Seen) -> None:
    look(seen, NOW, error="HTTP 403", status=403, rhythm=Rhythm(failures=3))
    reader = monitor(seen)
    reader.update(NOW)
    assert sample("warta_sources", state=health.REFUSED) == 1
    assert sample("warta_source_missed_articles", source="a.id", state=health.REFUSED) is not None
    look(seen, NOW + timedelta(minutes=1), listed=3)
    reader.update(NOW + timedelta(minutes=2))
    assert sample("warta_sources", state=health.REFUSED) == 0
    assert sample("warta_sources", state=health.HEALTHY) == 1
    assert sample("warta_source_missed_articles", source="a.id", state=health.REFUSED) is None
