"""Hours and days of WIB, holidays, Ramadan."""

from __future__ import annotations

from datetime import UTC, date, datetime

from stream_agents.alerting import calendar


def test_an_hour_begins_where_wib_says() -> None:
    moment = datetime(2026, 11, 19, 23, 59, tzinfo=UTC)
    hour = calendar.hour_of(moment)
    assert hour % 24 == 6
    assert calendar.date_of(hour // 24) == date(2026, 11, 20)
    assert calendar.start_of(hour) == datetime(2026, 11, 19, 23, tzinfo=UTC)


def test_weekdays_and_special_days() -> None:
    friday = (date(2026, 11, 20) - date(1970, 1, 1)).days
    assert calendar.weekday(friday) == 4
    assert not calendar.is_holiday(friday)
    assert calendar.is_holiday((date(2026, 8, 17) - date(1970, 1, 1)).days)
    assert calendar.in_ramadan((date(2026, 3, 1) - date(1970, 1, 1)).days)
    assert not calendar.in_ramadan((date(2026, 3, 21) - date(1970, 1, 1)).days)
