"""Pacing by rate and by the time of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from producers.pacing import EventTime, Rate

START = datetime(2026, 11, 20, tzinfo=UTC)


def test_a_rate_is_kept_and_lost_time_is_not_made_up_in_a_burst() -> None:
    pace, now, waits = Rate(4), 100.0, []
    for spent in (0.0, 0.1, 3.0, 0.0):
        now += spent
        waits.append(pace.pause(None, now))
        now += waits[-1]
    assert waits == pytest.approx([0.0, 0.15, 0.0, 0.25])


def test_speed_follows_the_events() -> None:
    pace = EventTime(60)
    assert pace.pause(START, 10.0) == 0
    assert pace.pause(START + timedelta(minutes=2), 10.5) == pytest.approx(1.5)
    assert pace.pause(None, 11.0) == 0
    assert pace.pause(START - timedelta(hours=1), 11.0) == 0
    # A wait elsewhere is caught up: the events' own time goes on.
    assert pace.pause(START + timedelta(minutes=3), 20.0) == 0
