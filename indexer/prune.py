"""`warta index prune`: whole months that are older than a limit leave the index. The log keeps them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from elasticsearch import Elasticsearch

from indexer import months
from indexer.generation import delete, existing
from warta.errors import Usage

_AGE = re.compile(r"^(\d{1,5})\s*(d|w|m|y)$")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def age(text: str) -> timedelta:
    """`400d`, `12m`, `2y` → a length of time (a month counts 30 days, a year 365).

    Raises:
        Usage: it is none of these.
    """
    found = _AGE.match(text.strip().lower())
    if not found:
        raise Usage(f"'{text}' is not an age: write a number and d, w, m or y, such as 400d or 2y")
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def outdated(names: list[str], now: datetime, limit: timedelta) -> list[str]:
    """The monthly indices whose last day is older than `limit`, oldest first."""
    return sorted(name for name in names if (end := _end(name)) is not None and end <= now - limit)


def _end(name: str) -> datetime | None:
    """The first moment after an index's month."""
    found = months.parse(name)
    if not found:
        return None
    year, month = (int(part) for part in found[0].removeprefix("news-").split("."))
    if not 1 <= month <= 12:
        return None
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def prune(es: Elasticsearch, now: datetime, limit: timedelta, *, dry_run: bool = False) -> list[str]:
    """Remove outdated months; returns their names."""
    doomed = outdated(list(existing(es)), now, limit)
    if not dry_run:
        delete(es, doomed)
    return doomed
