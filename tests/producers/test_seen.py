"""The seen state: what a kill leaves, what counts as seen, what is forgotten."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from producers.schedule import Rhythm
from producers.seen import Fetched, Found, Look, NewPoint, Point, Seen, connect
from warta.errors import StateError

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOUR = int(NOW.timestamp() // 3600)


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    return Seen(tmp_path / "crawl" / "seen.sqlite")


def _point(seen: Seen, url: str = "https://contoh.id/feed", kind: str = "feed") -> Point:
    seen.watch([NewPoint(url, "contoh", kind, NOW)])  # type: ignore[arg-type]
    return next(p for p in seen.points() if p.url == url)


def _found(key: str) -> Found:
    return Found(key, f"https://contoh.id/{key}", "contoh", "Judul", NOW - timedelta(minutes=1))


def _look(**changes: object) -> Look:
    values = {"at": NOW, "next_at": NOW + timedelta(minutes=1), "rhythm": Rhythm(), "etag": '"1"', **changes}
    return Look(**values)  # type: ignore[arg-type]


def _fetched(key: str, **changes: object) -> Fetched:
    values = {"doc_id": key, "fetched_at": NOW, "next_at": NOW + timedelta(minutes=15), "content_hash": "h", **changes}
    return Fetched(key, **values)  # type: ignore[arg-type]


def _state(seen: Seen, key: str) -> str:
    address = seen.address(key)
    assert address is not None
    return address.state


def test_validators_and_what_the_feed_named_are_stored_together_or_not_at_all(seen: Seen, tmp_path: Path) -> None:
    point = _point(seen)
    with pytest.raises(StateError):
        # A row that cannot be written ends the transaction after the validators' statement.
        seen.look(point, _look(), [Found(None, "u", "contoh")], ["k"], [None])  # type: ignore[arg-type,list-item]
    assert seen.points()[0].etag == ""
    seen.look(point, _look(), [_found("a"), _found("b")])
    other = connect(tmp_path / "crawl" / "seen.sqlite", read_only=True)
    assert other.execute("SELECT etag FROM points").fetchone()[0] == '"1"'
    assert other.execute("SELECT COUNT(*) FROM urls WHERE state = 'pending'").fetchone()[0] == 2


def test_a_look_that_failed_keeps_the_validators_and_says_why(seen: Seen) -> None:
    point = _point(seen)
    seen.look(point, _look(status=200, listed=3, new=2))
    seen.look(point, _look(at=NOW + timedelta(minutes=2), status=503, error="503", etag=""))
    (kept,) = seen.points()
    assert (kept.etag, kept.error, kept.status, kept.ok_at, kept.listed) == ('"1"', "503", 503, NOW, 3)


def test_the_rhythm_comes_back_as_it_was_learnt(seen: Seen) -> None:
    rhythm = Rhythm(burst=0.5, seen_at=NOW, failures=2)
    seen.look(_point(seen), _look(rhythm=rhythm))
    assert seen.points()[0].rhythm == rhythm


def test_points_are_due_by_their_time_and_a_backfill_s_once(seen: Seen) -> None:
    seen.watch([NewPoint("https://contoh.id/s.xml", "contoh", "sitemap", NOW, "backfill", NOW - timedelta(days=9))])
    (point,) = seen.due_points(NOW)
    assert (point.origin, point.since) == ("backfill", NOW - timedelta(days=9))
    seen.look(point, _look(next_at=None))
    assert seen.due_points(NOW + timedelta(days=300)) == []


def test_the_same_point_named_twice_is_one_point(seen: Seen) -> None:
    assert _point(seen) == _point(seen)
    assert len(seen.points("contoh")) == 1


def test_an_address_is_seen_when_kafka_has_it(seen: Seen) -> None:
    seen.look(_point(seen), _look(), [_found("a")])
    assert [a.key for a in seen.work("contoh", "pending", "live", NOW, 9)] == ["a"]
    seen.keep([_fetched("a")], "spooled", NOW)
    assert seen.work("contoh", "pending", "live", NOW, 9) == []
    assert seen.known(["a", "b"]) == {"a": ("spooled", NOW)}
    seen.keep([_fetched("a")], "kafka", NOW + timedelta(seconds=5))
    address = seen.address("a")
    assert address is not None
    assert (address.state, address.delivered_at) == ("kafka", NOW + timedelta(seconds=5))


def test_the_newest_is_taken_first_and_a_failed_try_later(seen: Seen) -> None:
    point = _point(seen)
    seen.look(point, _look(), [_found("a"), _found("b")])
    seen.look(point, _look(at=NOW + timedelta(seconds=30)), [_found("c")])
    later = NOW + timedelta(minutes=1)
    assert [a.key for a in seen.work("contoh", "pending", "live", later, 9)] == ["c", "a", "b"]
    seen.later("c", later + timedelta(minutes=9), failed=True, status=503, reason="503")
    assert [a.key for a in seen.work("contoh", "pending", "live", later, 9)] == ["a", "b"]
    address = seen.address("c")
    assert address is not None
    assert (address.attempts, address.reason) == (1, "503")


def test_two_feeds_that_name_one_article_make_one_row_that_knows_both(seen: Seen) -> None:
    seen.look(_point(seen), _look(), [_found("a")])
    seen.look(_point(seen, "https://contoh.id/s.xml", "sitemap"), _look(), [_found("a")])
    rows = seen.rows("SELECT listed FROM urls")
    assert [row[0] for row in rows] == [3]


def test_what_an_archive_lists_is_remembered_without_a_row(seen: Seen) -> None:
    seen.look(_point(seen), _look(), passed=["old"])
    assert seen.known(["old"]) == {"old": ("passed", None)}
    assert seen.rows("SELECT * FROM urls") == []


def test_a_killed_process_s_spool_counts_as_on_its_way(seen: Seen) -> None:
    seen.look(_point(seen), _look(), [_found("a"), _found("b")])
    seen.mark_spooled(["a"], NOW + timedelta(minutes=15))
    assert [a.key for a in seen.work("contoh", "pending", "live", NOW, 9)] == ["b"]
    seen.confirm(["a"], NOW + timedelta(minutes=1))
    assert _state(seen, "a") == "kafka"
    assert [a.key for a in seen.work("contoh", "kafka", "live", NOW + timedelta(minutes=16), 9)] == ["a"]


def test_a_document_under_another_address_is_known_by_its_own(seen: Seen) -> None:
    seen.look(_point(seen), _look(), [_found("short")])
    seen.keep([_fetched("short", doc_id="long")], "kafka", NOW)
    assert seen.known(["long"])["long"][0] == "alias"
    seen.look(_point(seen), _look(), [_found("other")])
    seen.alias("other", "long")
    assert _state(seen, "other") == "alias"


def test_revisits_come_due_and_end(seen: Seen) -> None:
    seen.look(_point(seen), _look(), [_found("a")])
    seen.keep([_fetched("a", etag='"x"')], "kafka", NOW)
    assert seen.work("contoh", "kafka", "live", NOW + timedelta(minutes=14), 9) == []
    seen.visited("a", NOW + timedelta(minutes=15), NOW + timedelta(hours=1))
    address = seen.address("a")
    assert address is not None
    assert (address.visits, address.etag) == (1, '"x"')
    seen.visited("a", NOW + timedelta(hours=1), None)
    assert seen.work("contoh", "kafka", "live", NOW + timedelta(days=2), 9) == []
    seen.revisit(["a"], NOW + timedelta(days=2))
    assert len(seen.work("contoh", "kafka", "live", NOW + timedelta(days=2), 9)) == 1


def test_tallies_count_each_article_once_however_often_it_is_told(seen: Seen) -> None:
    seen.look(_point(seen), _look(new=2), [_found("a"), _found("b")])
    seen.keep([_fetched("a")], "spooled", NOW)
    seen.keep([_fetched("a")], "kafka", NOW)
    seen.keep([_fetched("a", content_hash="h2")], "kafka", NOW)
    seen.gone("a", 410, NOW)
    seen.gone("a", 410, NOW)
    seen.refuse("b", "robots", NOW)
    counts = {row["what"]: row["count"] for row in seen.rows("SELECT * FROM tallies WHERE hour = ?", HOUR)}
    assert counts == {"looked": 1, "found": 2, "arrived": 1, "changed": 1, "removed": 1, "refused": 1}


def test_a_forgotten_document_is_never_fetched_again(seen: Seen) -> None:
    seen.look(_point(seen), _look(), [_found("a"), _found("b")])
    seen.keep([_fetched("b", doc_id="doc-b")], "kafka", NOW)
    seen.block(["a", "doc-b"])
    assert seen.blocked() == {"a", "doc-b"}
    for key in "ab":
        address = seen.address(key)
        assert address is not None
        assert (address.state, address.url, address.next_at) == ("refused", "", None)


def test_growth_is_bounded_but_what_is_still_listed_stays(seen: Seen) -> None:
    point = _point(seen)
    seen.look(point, _look(), [_found("a"), _found("b")], passed=["p"])
    seen.keep([_fetched("a"), _fetched("b")], "kafka", NOW)
    seen.look(point, _look(at=NOW + timedelta(days=20)), known=["a"])
    assert seen.forget_old(NOW + timedelta(days=31)) == 1
    assert set(seen.known(["a", "b", "p"])) == {"a"}


def test_sitemaps_that_bring_nothing_any_more_are_watched_no_longer(seen: Seen) -> None:
    month = timedelta(days=30)
    seen.watch(
        [NewPoint(f"https://contoh.id/{n}.xml", "contoh", "sitemap", NOW, parent="p", depth=1) for n in range(3)]
    )
    seen.watch([NewPoint("https://contoh.id/b.xml", "contoh", "sitemap", NOW, "backfill", NOW - month)])
    _point(seen)
    points = {point.url[-5]: point for point in seen.points()}
    seen.look(points["0"], _look(at=NOW - month, new=3))
    seen.look(points["1"], _look(at=NOW - timedelta(days=1), new=3))
    seen.look(points["b"], _look(at=NOW - month, next_at=None))
    seen.forget_old(NOW)
    assert sorted(point.url[-5] for point in seen.points()) == ["/", "1", "2"]


def test_robots_come_back(seen: Seen) -> None:
    seen.save_robots("contoh.id", "read", "User-agent: *", NOW)
    seen.save_robots("contoh.id", "unreachable", "", NOW + timedelta(hours=1))
    assert seen.robots() == [("contoh.id", "unreachable", "", NOW + timedelta(hours=1))]


def test_a_damaged_or_newer_file_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    with pytest.raises(StateError, match="has 'warta crawl' run here"):
        connect(path, read_only=True)
    path.write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    with pytest.raises(StateError, match="cannot be read"):
        Seen(path)
    newer = tmp_path / "newer.sqlite"
    db = sqlite3.connect(newer)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(StateError, match="upgrade"):
        Seen(newer)
