"""What the crawler's state (`producers.seen`) says about the health of sources. Reads only, beside the crawler if need be.

Hourly tallies are read once and then only their last hours, so asking every minute is cheap.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from producers.catalogue import Source
from producers.health import Facts, Point
from producers.health_rhythm import Floats, Ints, Past
from producers.seen_rows import LISTED, point_of, when
from warta.errors import StateError

#: Hours of the past that are looked at.
HISTORY = 42 * 24
#: An address in a sitemap is due to have arrived after so long.
GRACE = timedelta(minutes=10)
#: Statuses by which a site says no (RFC 9110, 6585, 7725).
REFUSALS = frozenset({401, 403, 429, 451})
#: Lags kept of one source; a day of the busiest has fewer.
MAX_LAGS = 5000
_ARRIVED = frozenset({"kafka", "alias", "gone"})


@dataclass(slots=True)
class _Tally:
    """Articles and looks that worked by hour, the last being the hour now running."""

    seen: Ints = field(default_factory=lambda: np.zeros(HISTORY + 1, dtype=np.int64))
    looks: Ints = field(default_factory=lambda: np.zeros(HISTORY + 1, dtype=np.int64))

    def move(self, by: int) -> None:
        """Let `by` new hours begin."""
        for values in (self.seen, self.looks):
            values[:] = np.concatenate((values[by:], np.zeros(min(by, HISTORY + 1), dtype=np.int64)))[-HISTORY - 1 :]


@dataclass(slots=True)
class _Day:
    """What the last day's addresses of a source tell."""

    failed: int = 0
    refused: int = 0
    reason: str = ""
    listed: int = 0
    arrived: int = 0
    lags: list[float] = field(default_factory=list)


class FactsReader:
    """Facts of the sources of a catalogue, from a connection to the seen state."""

    def __init__(self, db: sqlite3.Connection, sources: Sequence[Source]) -> None:
        self._db = db
        self._sources = sources
        self._tallies: dict[str, _Tally] = {source.id: _Tally() for source in sources}
        self._hour: int | None = None

    def read(self, now: datetime) -> dict[str, Facts]:
        """Facts by source at `now`.

        Raises:
            StateError: the file cannot be read.
        """
        try:
            self._read_tallies(int(now.timestamp() // 3600))
            points, robots = self._points(), self._robots()
            return {source.id: self._facts(source, points[source.id], robots, now) for source in self._sources}
        except sqlite3.Error as error:
            raise StateError(f"the crawler's state cannot be read: {error}") from error

    def _read_tallies(self, hour: int) -> None:
        since = hour - HISTORY if self._hour is None else self._hour - 1
        if self._hour is not None and hour > self._hour:
            for tally in self._tallies.values():
                tally.move(hour - self._hour)
        self._hour = hour
        rows = self._db.execute(
            "SELECT source, hour, what, count FROM tallies WHERE hour BETWEEN ? AND ? AND what IN ('arrived', 'looked')",
            (max(since, hour - HISTORY), hour),
        )
        for source, at, what, count in rows:
            known = self._tallies.get(source)
            if known is not None:
                (known.seen if what == "arrived" else known.looks)[at - hour - 1] = count

    def _facts(self, source: Source, points: list[_Row], robots: dict[str, str], now: datetime) -> Facts:
        tally = self._tallies[source.id]
        ok_at = max((row.ok_at for row in points if row.ok_at), default=None)
        past = Past(int(now.timestamp() // 3600) - HISTORY, tally.seen.copy(), _watched(tally, ok_at, now))
        day = self._day(source.id, now)
        states = {robots[host] for host in source.hosts if host in robots}
        return Facts(
            past=past,
            points=[row.point for row in points],
            looked_at=max((row.looked_at for row in points if row.looked_at), default=None),
            last_article=self._last_article(source.id, past),
            failed=day.failed,
            refused=day.refused,
            reason=day.reason,
            robots=next((state for state in ("unreachable", "read", "none") if state in states), ""),
            lags=day.lags[:MAX_LAGS],
            listed=day.listed,
            arrived=day.arrived,
        )

    def _points(self) -> defaultdict[str, list[_Row]]:
        found: defaultdict[str, list[_Row]] = defaultdict(list)
        for row in self._db.execute("SELECT * FROM points WHERE origin = 'live' ORDER BY id"):
            one = point_of(row)
            refused = one.status in REFUSALS or one.error.startswith("robots:")
            point = Point(one.url, one.rhythm.failures, one.error, refused, one.listed, one.found, one.new_at)
            found[one.source].append(_Row(point, one.looked_at, one.ok_at))
        return found

    def _robots(self) -> dict[str, str]:
        # The crawler keeps rules by host and port; a source knows hosts.
        rows = self._db.execute("SELECT host, state FROM robots")
        return {row[0].partition(":")[0]: row[1] for row in rows}

    def _last_article(self, source: str, past: Past) -> datetime | None:
        hour = past.last_seen()
        if hour is None:
            return None
        # Fetched within a day of being found, as all but a few are; else the end of its hour will do.
        row = self._db.execute(
            "SELECT MAX(fetched_at) FROM urls WHERE source = ? AND found_at >= ? AND origin = 'live'"
            " AND delivered_at IS NOT NULL AND fetched_at >= ?",
            (source, (hour - 24) * 3600, hour * 3600),
        ).fetchone()
        return when(row[0] if row[0] is not None else (hour + 1) * 3600 - 1)

    def _day(self, source: str, now: datetime) -> _Day:
        began = self._db.execute("SELECT MIN(found_at) FROM urls WHERE source = ?", (source,)).fetchone()[0] or 0.0
        start, due = (now - timedelta(days=1)).timestamp(), (now - GRACE).timestamp()
        rows = self._db.execute(
            "SELECT state, listed, found_at, fetched_at, published_at, delivered_at, status, reason, attempts FROM urls"
            " WHERE source = ? AND found_at >= ? AND origin = 'live'",
            (source, start),
        )
        day = _Day()
        for row in rows:
            _count(day, row, max(start, began), due)
        return day


@dataclass(frozen=True, slots=True)
class _Row:
    point: Point
    looked_at: datetime | None
    ok_at: datetime | None


def _count(day: _Day, row: sqlite3.Row, start: float, due: float) -> None:
    failed = row["state"] == "refused" or (row["state"] == "pending" and row["attempts"])
    if failed and row["reason"] != "forgotten":
        day.failed += 1
        day.refused += row["status"] in REFUSALS or row["reason"] == "robots"
        day.reason = row["reason"] or f"HTTP {row['status']}"
    published, fetched = row["published_at"], row["fetched_at"]
    # What was published before we looked says nothing about how late we are.
    if published is not None and fetched is not None and row["delivered_at"] is not None and published >= start:
        lag = fetched - published
        if -600 <= lag <= 86_400:
            day.lags.append(max(0.0, lag))
    moment = published if published is not None else row["found_at"]
    if (
        row["listed"] & LISTED["sitemap"]
        and row["found_at"] <= due
        and moment >= start
        and row["reason"] != "forgotten"
    ):
        day.listed += 1
        day.arrived += row["state"] in _ARRIVED


def _watched(tally: _Tally, ok_at: datetime | None, now: datetime) -> Floats:
    """The share of each hour that was watched: whole if a look worked in it, or before and after it (one look an hour is the
    slowest); of the running hour, up to the last look."""
    looked = (tally.looks > 0) | (tally.seen > 0)
    between = np.zeros_like(looked)
    between[1:-1] = looked[:-2] & looked[2:]
    watched = (looked | between).astype(np.float64)
    start = now.timestamp() // 3600 * 3600
    watched[-1] = max(0.0, min(1.0, (ok_at.timestamp() - start) / 3600)) if ok_at is not None else 0.0
    return watched
