"""How labels, times and numbers are shown to people of an Indonesian desk."""

from __future__ import annotations

from datetime import UTC, datetime

from warta.dates import DAYS, MONTHS, WIB

#: Rich styles by label.
STYLES = {"negative": "bold red", "neutral": "dim", "positive": "green"}
WORDS = {"negative": "negatif", "neutral": "netral", "positive": "positif"}


def moment(value: str | datetime | None) -> str:
    """A time as the desk writes it, in WIB: `Jum, 20 Nov 2026, 08.15 WIB`; empty for none or nonsense."""
    found = parse_time(value)
    if found is None:
        return ""
    local = found.astimezone(WIB)
    return f"{DAYS['id'][local.weekday()]}, {local.day} {MONTHS['id'][local.month - 1]} {local.year}, {local:%H.%M} WIB"


def short_moment(value: str | datetime | None) -> str:
    """The same for narrow columns: `20 Nov 08.15`."""
    found = parse_time(value)
    if found is None:
        return ""
    local = found.astimezone(WIB)
    return f"{local.day:2} {MONTHS['id'][local.month - 1]} {local:%H.%M}"


def parse_time(value: str | datetime | None) -> datetime | None:
    """RFC 3339 text or datetime → aware datetime; None for none or nonsense."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if value is None:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def number(value: int) -> str:
    """`1.234`, as Indonesian writes it."""
    return f"{value:,}".replace(",", ".")
