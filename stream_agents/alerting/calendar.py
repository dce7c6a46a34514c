"""The newsroom's clock: hours and days of WIB (UTC+7, no daylight saving), public holidays, Ramadan.

Baselines run on WIB for every place: most Indonesian newsrooms keep Jakarta's hours. An *hour* here is an integer, the
number of whole hours since 1970-01-01 00:00 WIB; a *day* likewise.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")
_OFFSET_S = 7 * 3600
_EPOCH = date(1970, 1, 1)
SUNDAY = 6

#: National holidays of the joint ministerial decrees (SKB 3 Menteri) of each year, without the "cuti bersama" beside them.
#: Islamic dates of 2027 are the calendar's; the decree may move one by a day.
_BY_YEAR = {
    2023: "01-01 01-22 02-18 03-22 04-07 04-22 04-23 05-01 05-18 06-01 06-04 06-29 07-19 08-17 09-28 12-25",
    2024: "01-01 02-08 02-10 03-11 03-29 03-31 04-10 04-11 05-01 05-09 05-23 06-01 06-17 07-07 08-17 09-16 12-25",
    2025: "01-01 01-27 01-29 03-29 03-31 04-01 04-18 04-20 05-01 05-12 05-29 06-01 06-06 06-27 08-17 09-05 12-25",
    2026: "01-01 01-16 02-17 03-19 03-21 03-22 04-03 04-05 05-01 05-14 05-27 05-31 06-01 06-16 08-17 08-25 12-25",
    2027: "01-01 01-05 02-06 03-08 03-10 03-11 03-26 03-28 05-01 05-06 05-17 05-20 06-01 06-06 08-15 08-17 12-25",
}
HOLIDAYS: frozenset[date] = frozenset(
    date.fromisoformat(f"{year}-{day}") for year, days in _BY_YEAR.items() for day in days.split()
)

#: First day of Ramadan and of Lebaran (1 Syawal), government reckoning.
RAMADAN: tuple[tuple[date, date], ...] = (
    (date(2023, 3, 23), date(2023, 4, 22)),
    (date(2024, 3, 12), date(2024, 4, 10)),
    (date(2025, 3, 1), date(2025, 3, 31)),
    (date(2026, 2, 19), date(2026, 3, 21)),
    (date(2027, 2, 8), date(2027, 3, 10)),
)


def hour_of(moment: datetime) -> int:
    """The WIB hour that `moment` (aware) lies in."""
    return hour_of_timestamp(moment.timestamp())


def hour_of_timestamp(seconds: float) -> int:
    """The WIB hour that a POSIX time lies in."""
    return int((seconds + _OFFSET_S) // 3600)


def start_of(hour: int) -> datetime:
    """The first moment of an hour, in UTC."""
    return datetime.fromtimestamp(hour * 3600 - _OFFSET_S, UTC)


def date_of(day: int) -> date:
    """The calendar date of a day."""
    return _EPOCH + timedelta(days=day)


def weekday(day: int) -> int:
    """Monday 0 … Sunday 6."""
    return (day + 3) % 7


def is_holiday(day: int) -> bool:
    """Whether a day is a public holiday of the table."""
    return date_of(day) in HOLIDAYS


def in_ramadan(day: int) -> bool:
    """Whether a day lies in Ramadan, when the night is awake and the afternoon is not."""
    found = date_of(day)
    return any(first <= found < lebaran for first, lebaran in RAMADAN)
