"""When articles are visited again and failures tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from producers.crawling.visits import TRIES, VISITS, next_try, next_visit

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_four_visits_after_the_first_fetch_and_no_more() -> None:
    at, visits = NOW, []
    while (following := next_visit(NOW, at)) is not None:
        visits.append(following - NOW)
        at = following
    assert tuple(visits) == VISITS


def test_a_crawler_that_slept_makes_up_for_missed_visits_with_one() -> None:
    assert next_visit(NOW, NOW + timedelta(hours=3)) == NOW + timedelta(hours=6)
    assert next_visit(NOW, NOW + timedelta(days=2)) is None


def test_tries_grow_apart_respect_the_site_s_wish_and_end() -> None:
    waits = [next_try(attempt, NOW) for attempt in range(1, len(TRIES) + 1)]
    assert waits == sorted(filter(None, waits))
    assert next_try(len(TRIES) + 1, NOW) is None
    assert next_try(1, NOW, asked=3600) == NOW + timedelta(hours=1)
    assert next_try(1, NOW, asked=1e12) == NOW + timedelta(days=1)
