"""Times as an alarm writes them, in both languages of the desk: WIB, `08.15` on the Indonesian clock, `Jum 20 Nov`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

Language = Literal["id", "en"]
#: Western Indonesian Time: no daylight saving.
WIB = timezone(timedelta(hours=7), "WIB")

DAYS = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def clock(moment: datetime) -> str:
    """`08.15`, WIB."""
    return moment.astimezone(WIB).strftime("%H.%M")


def day(moment: datetime, language: Language) -> str:
    """`Jum 20 Nov`, WIB."""
    local = moment.astimezone(WIB)
    return f"{DAYS[language][local.weekday()]} {local.day} {MONTHS[language][local.month - 1]}"


def since(moment: datetime, now: datetime, language: Language) -> str:
    """The clock alone on the day of `now`, else with its day before it."""
    if moment.astimezone(WIB).date() == now.astimezone(WIB).date():
        return clock(moment)
    return f"{day(moment, language)} {clock(moment)}"


def moment(seconds: float) -> datetime:
    """POSIX seconds → UTC."""
    return datetime.fromtimestamp(seconds, UTC)
