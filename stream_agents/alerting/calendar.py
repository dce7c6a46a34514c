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
HOLIDAYS: frozenset[date] = frozenset(
    date.fromisoformat(text)
    for text in """
    2023-01-01 2023-01-22 2023-02-18 2023-03-22 2023-04-07 2023-04-22 2023-04-23 2023-05-01 2023-05-18 2023-06-01 2023-06-04
    2023-06-29 2023-07-19 2023-08-17 2023-09-28 2023-12-25
    2024-01-01 2024-02-08 2024-02-10 2024-03-11 2024-03-29 2024-03-31 2024-04-10 2024-04-11 2024-05-01 2024-05-09 2024-05-23
    2024-06-01 2024-06-17 2024-07-07 2024-08-17 2024-09-16 2024-12-25
    2025-01-01 2025-01-27 2025-01-29 2025-03-29 2025-03-31 2025-04-01 2025-04-18 2025-04-20 2025-05-01 2025-05-12 2025-05-29
    2025-06-01 2025-06-06 2025-06-27 2025-08-17 2025-09-05 2025-12-25
    2026-01-01 2026-01-16 2026-02-17 2026-03-19 2026-03-21 2026-03-22 2026-04-03 2026-04-05 2026-05-01 2026-05-14 2026-05-27
    2026-05-31 2026-06-01 2026-06-16 2026-08-17 2026-08-25 2026-12-25
    2027-01-01 2027-01-05 2027-02-06 2027-03-08 2027-03-10 2027-03-11 2027-03-26 2027-03-28 2027-05-01 2027-05-06 2027-05-17
    2027-05-20 2027-06-01 2027-06-06 2027-08-15 2027-08-17 2027-12-25
    """.split()
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
