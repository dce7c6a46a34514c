"""What the crawler has seen: discovery points and addresses, in SQLite (WAL) under WARTA_HOME/crawl, one writing process.

An address is *pending* from the transaction that also stores the validators of the feed that named it, so a kill in between
loses nothing: either the feed is read again or the address is on the list. It counts as seen (`kafka`) only when Kafka has
confirmed it; `spooled` means that it is durable in the publisher's spool. Anything else is fetched again after a kill.
Commits are not synced one by one (`synchronous=NORMAL`): a power cut may undo the last of them as a whole, which costs a
second fetch and never an article. Times are epoch seconds in the file and aware datetimes outside.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from producers import seen_sql as sql
from producers.seen_file import connect, path_in
from producers.seen_rows import (
    Address,
    Fetched,
    Found,
    Kind,
    Look,
    NewPoint,
    Point,
    State,
    address_of,
    point_of,
    when,
)
from warta.errors import StateError
from warta.messages import Origin

__all__ = ["Address", "Fetched", "Found", "Kind", "Look", "NewPoint", "Point", "Seen", "State", "connect", "path_in"]

#: How long an address is remembered after it was last listed or fetched; what is still listed is never forgotten.
HORIZON = timedelta(days=30)
#: How long a sitemap that an index led to is watched without anything new, and a backfill's is kept when it was read.
POINT_HORIZON = timedelta(days=7)
#: How long hourly counts are kept: what a model of the week needs.
TALLY_HORIZON = timedelta(days=70)
#: SQLite takes at least 999 parameters in a statement.
_CHUNK = 500


class Seen:
    """The one writer's view. Thread safe; every method is one transaction.

    Raises:
        StateError: the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db = connect(path)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise StateError(f"the crawler's state {self.path} cannot be written: {error}") from error
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """A query's rows."""
        with self._lock:
            try:
                return self._db.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise StateError(f"the crawler's state {self.path} cannot be read: {error}") from error

    # --- points -----------------------------------------------------------------------------------------------------

    def watch(self, points: Iterable[NewPoint]) -> None:
        """Add points; those that are watched already (same address and origin) stay as they are."""
        with self.transaction() as db:
            sql.insert_points(db, points)

    def again(self, points: Sequence[NewPoint]) -> None:
        """Add points, or make known ones due again with the new `since`, as if never read."""
        with self.transaction() as db:
            db.executemany("DELETE FROM points WHERE url = ? AND origin = ?", [(p.url, p.origin) for p in points])
            sql.insert_points(db, points)

    def unwatch(self, ids: Iterable[int]) -> None:
        """Forget points (they left the catalogue)."""
        with self.transaction() as db:
            db.executemany("DELETE FROM points WHERE id = ?", [(id_,) for id_ in ids])

    def points(self, source: str | None = None) -> list[Point]:
        """All points, or one source's."""
        where, values = ("WHERE source = ?", (source,)) if source is not None else ("", ())
        return [point_of(row) for row in self.rows(f"SELECT * FROM points {where} ORDER BY id", *values)]

    def due_points(self, now: datetime, limit: int = 5_000) -> list[Point]:
        """Points to look at, the longest due first."""
        query = "SELECT * FROM points WHERE next_at <= ? ORDER BY next_at LIMIT ?"
        return [point_of(row) for row in self.rows(query, now.timestamp(), limit)]

    def look(
        self,
        point: Point,
        look: Look,
        found: Sequence[Found] = (),
        known: Sequence[str] = (),
        passed: Sequence[str] = (),
        points: Sequence[NewPoint] = (),
    ) -> None:
        """Store a look with all that came of it: `found` become pending, `known` keys were listed again, `passed` keys are
        not wanted (an archive's old articles), `points` are sitemaps that it led to."""
        at = look.at.timestamp()
        with self.transaction() as db:
            db.execute(sql.LOOK, sql.look_values(point, look))
            sql.note(db, point, at, found, known, passed)
            sql.insert_points(db, points)
            if not look.error and point.origin == "live":
                sql.tally(db, point.source, at, "looked", 1)
            if look.new and point.origin == "live":
                sql.tally(db, point.source, at, "found", look.new)

    def note(
        self, point: Point, at: datetime, found: Sequence[Found], known: Sequence[str], passed: Sequence[str]
    ) -> None:
        """A part of what a look gave, ahead of `look` itself: for listings that are too long for one transaction."""
        with self.transaction() as db:
            sql.note(db, point, at.timestamp(), found, known, passed)

    # --- addresses --------------------------------------------------------------------------------------------------

    def known(self, keys: Sequence[str]) -> dict[str, tuple[str, datetime | None]]:
        """Of these keys those that are known, with state (`passed` for unwanted ones) and time of the last fetch."""
        found: dict[str, tuple[str, datetime | None]] = {}
        for at in range(0, len(keys), _CHUNK):
            part = json.dumps(keys[at : at + _CHUNK])
            found |= {row[0]: ("passed", None) for row in self.rows(sql.PASSED_AMONG, part)}
            rows = self.rows(sql.KNOWN_AMONG, part)
            found |= {row[0]: (row[1], when(row[2])) for row in rows}
        return found

    def address(self, key: str) -> Address | None:
        """One address by its key."""
        rows = self.rows("SELECT * FROM urls WHERE key = ?", key)
        return address_of(rows[0]) if rows else None

    def work(self, source: str, state: State, origin: Origin, now: datetime, limit: int) -> list[Address]:
        """Addresses of a source to fetch (`pending`) or to visit again (`kafka`), the newest first."""
        query = (
            "SELECT * FROM urls WHERE source = ? AND state = ? AND origin = ? AND next_at <= ?"
            " ORDER BY next_at DESC LIMIT ?"
        )
        return [address_of(row) for row in self.rows(query, source, state, origin, now.timestamp(), limit)]

    def keep(self, rows: Iterable[Fetched], state: Literal["spooled", "kafka"], at: datetime) -> None:
        """Pages are durable in the spool, or confirmed by Kafka."""
        with self.transaction() as db:
            for row in rows:
                sql.keep(db, row, state, at.timestamp())

    def confirm(self, keys: Iterable[str], at: datetime) -> None:
        """Kafka has what an earlier process left in the spool."""
        with self.transaction() as db:
            for key in keys:
                sql.confirm(db, key, at.timestamp())

    def mark_spooled(self, keys: Iterable[str], next_at: datetime) -> None:
        """At a start: what a killed process left in the spool is not fetched again."""
        with self.transaction() as db:
            db.executemany(sql.SPOOLED, [(next_at.timestamp(), key) for key in keys])

    def alias(self, key: str, doc_id: str) -> None:
        """The address leads to a document that is known under another one."""
        with self.transaction() as db:
            db.execute(
                "UPDATE urls SET state = 'alias', doc_id = ?, next_at = NULL, title = '' WHERE key = ?", (doc_id, key)
            )

    def later(self, key: str, next_at: datetime, *, failed: bool, status: int | None = None, reason: str = "") -> None:
        """Try again at `next_at`; `failed` counts it as an attempt."""
        with self.transaction() as db:
            db.execute(
                "UPDATE urls SET next_at = ?, attempts = attempts + ?, status = ?, reason = ? WHERE key = ?",
                (next_at.timestamp(), int(failed), status, reason, key),
            )

    def refuse(self, key: str, reason: str, at: datetime, status: int | None = None) -> None:
        """The address is no article of ours (robots, redirect off the site, no page, given up): never fetched again."""
        with self.transaction() as db:
            row = db.execute(sql.REFUSE, (reason, status, at.timestamp(), key)).fetchone()
            if row is not None:
                sql.tally(db, row[0], at.timestamp(), "refused", 1)

    def visited(self, key: str, at: datetime, next_at: datetime | None, *, etag: str = "", modified: str = "") -> None:
        """A re-visit found nothing new; validators that came along replace the stored ones."""
        with self.transaction() as db:
            db.execute(sql.VISITED, (next_at.timestamp() if next_at else None, etag, etag, modified, modified, key))

    def revisit(self, keys: Iterable[str], at: datetime) -> None:
        """A point says that these were modified after they were fetched: visit them now."""
        with self.transaction() as db:
            db.executemany(
                "UPDATE urls SET next_at = ? WHERE key = ? AND state = 'kafka'", [(at.timestamp(), key) for key in keys]
            )

    def gone(self, key: str, status: int | None, at: datetime) -> None:
        """The publisher took it away, and Kafka knows; `status` None keeps what was noted before."""
        with self.transaction() as db:
            row = db.execute(sql.GONE, (status, at.timestamp(), key)).fetchone()
            if row is not None:
                sql.tally(db, row[0], at.timestamp(), "removed", 1)

    # --- blocks, robots, growth -------------------------------------------------------------------------------------

    def block(self, doc_ids: Iterable[str]) -> None:
        """Documents that `warta forget` took down: never fetched again. Pending ones are refused at once."""
        ids = [(doc_id,) for doc_id in doc_ids]
        with self.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO blocked (doc_id) VALUES (?)", ids)
            for field_ in ("key", "doc_id"):
                db.executemany(
                    "UPDATE urls SET state = 'refused', reason = 'forgotten', next_at = NULL, title = '',"
                    f" url = '' WHERE {field_} = ?",
                    ids,
                )

    def blocked(self) -> set[str]:
        """Ids of all documents that were taken down."""
        return {row[0] for row in self.rows("SELECT doc_id FROM blocked")}

    def save_robots(self, host: str, state: str, text: str, at: datetime) -> None:
        """A host's robots.txt (`read`, `none`, `unreachable`), for the next start and for health."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)", (host, state, text, at.timestamp()))

    def robots(self) -> list[tuple[str, str, str, datetime]]:
        """Hosts with state, text and time of their robots.txt."""
        rows = self.rows("SELECT host, state, text, fetched_at FROM robots")
        return [(r[0], r[1], r[2], datetime.fromtimestamp(r[3], UTC)) for r in rows]

    def forget_old(self, now: datetime) -> int:
        """Drop what lies behind the horizon; returns how many addresses went."""
        limit = (now - HORIZON).timestamp()
        with self.transaction() as db:
            old = db.execute(
                "DELETE FROM urls WHERE listed_at < ? AND COALESCE(fetched_at, 0) < ? AND state != 'spooled'",
                (limit, limit),
            ).rowcount
            db.execute(sql.OLD_POINTS, {"old": (now - POINT_HORIZON).timestamp()})
            db.execute("DELETE FROM passed WHERE day < ?", (int(limit // 86_400),))
            db.execute("DELETE FROM tallies WHERE hour < ?", ((now - TALLY_HORIZON).timestamp() // 3600,))
            db.execute("DELETE FROM robots WHERE fetched_at < ?", (limit,))
        self.rows("PRAGMA incremental_vacuum(1000)")
        return old
