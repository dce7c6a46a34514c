"""The tables of `producers.seen` and the statements that write them.

`points`: feeds, sitemaps and index pages with validators, rhythm (msgpack) and the last look. `urls`: addresses; `key` is the
doc_id of the address's own canonical form, `listed` the kinds of points that named it (bits), `listed_at` when one last did
(to the day). `passed`: articles of archives that are not wanted, by the day they were last listed. `tallies`: what happened
in an hour (epoch hours) to a source: `found`, `arrived` (first delivery), `changed`, `removed`, `refused`, `looked` (looks
that worked, at any of its points); health is computed from them. `robots`: hosts' robots.txt. `blocked`: documents taken
down by `warta forget`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from producers.seen_rows import LISTED as BITS
from producers.seen_rows import Fetched, Found, Look, NewPoint, Point

VERSION = 1

SCHEMA = """
CREATE TABLE points (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, origin TEXT NOT NULL,
    since REAL, parent TEXT NOT NULL, depth INTEGER NOT NULL, moved_to TEXT NOT NULL DEFAULT '',
    etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '', body_hash TEXT NOT NULL DEFAULT '',
    rhythm BLOB, next_at REAL, looked_at REAL, ok_at REAL, new_at REAL, status INTEGER,
    error TEXT NOT NULL DEFAULT '', listed INTEGER NOT NULL DEFAULT 0, found INTEGER NOT NULL DEFAULT 0,
    UNIQUE (url, origin)
);
CREATE INDEX points_due ON points (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX points_of ON points (source);
CREATE TABLE urls (
    key TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '', published_at REAL, found_at REAL NOT NULL, fetched_at REAL, delivered_at REAL,
    next_at REAL, attempts INTEGER NOT NULL DEFAULT 0, visits INTEGER NOT NULL DEFAULT 0,
    doc_id TEXT NOT NULL DEFAULT '', etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '',
    content_hash TEXT NOT NULL DEFAULT '', status INTEGER, reason TEXT NOT NULL DEFAULT '',
    listed INTEGER NOT NULL, listed_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX urls_work ON urls (source, state, origin, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX urls_found ON urls (source, found_at);
CREATE INDEX urls_old ON urls (listed_at);
CREATE TABLE passed (key TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tallies (
    source TEXT NOT NULL, hour INTEGER NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (source, hour, what)
) WITHOUT ROWID;
CREATE TABLE robots (host TEXT PRIMARY KEY, state TEXT NOT NULL, text TEXT NOT NULL, fetched_at REAL NOT NULL);
CREATE TABLE blocked (doc_id TEXT PRIMARY KEY) WITHOUT ROWID;
"""

#: A look that failed keeps the validators, the hash and the time of the last one that worked.
LOOK = """
UPDATE points SET next_at = :next_at, rhythm = :rhythm, looked_at = :at, status = :status, error = :error,
    etag = CASE WHEN :ok THEN :etag ELSE etag END, modified = CASE WHEN :ok THEN :modified ELSE modified END,
    body_hash = CASE WHEN :ok THEN :body_hash ELSE body_hash END, moved_to = :moved_to,
    ok_at = CASE WHEN :ok THEN :at ELSE ok_at END, new_at = CASE WHEN :new THEN :at ELSE new_at END,
    listed = CASE WHEN :ok THEN :listed ELSE listed END, found = found + :new
WHERE id = :id
"""
OLD_POINTS = """
DELETE FROM points WHERE (origin = 'backfill' AND next_at IS NULL AND looked_at < :old)
    OR (origin = 'live' AND parent != '' AND looked_at IS NOT NULL AND COALESCE(new_at, ok_at, 0) < :old)
"""
#: One statement whatever the number of keys: a connection keeps its statements.
PASSED_AMONG = "SELECT key FROM passed WHERE key IN (SELECT value FROM json_each(?))"
KNOWN_AMONG = "SELECT key, state, fetched_at FROM urls WHERE key IN (SELECT value FROM json_each(?))"
FOUND = """
INSERT OR IGNORE INTO urls (key, url, source, title, published_at, state, origin, next_at, listed, found_at, listed_at)
VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?)
"""
#: Written once a day and whenever another kind of point names it, not at every look.
LISTED = (
    "UPDATE urls SET listed = listed | ?, listed_at = MAX(listed_at, ?)"
    " WHERE key = ? AND (listed & ? = 0 OR listed_at < ?)"
)
PASSED = (
    "INSERT INTO passed (key, day) VALUES (?, ?)"
    " ON CONFLICT (key) DO UPDATE SET day = excluded.day WHERE day < excluded.day"
)
SPOOLED = """
UPDATE urls SET state = 'spooled', next_at = ?, doc_id = CASE doc_id WHEN '' THEN key ELSE doc_id END
WHERE key = ? AND state IN ('pending', 'spooled', 'kafka')
"""
REFUSE = """
UPDATE urls SET state = 'refused', reason = ?, status = ?, fetched_at = ?, next_at = NULL, title = ''
WHERE key = ? RETURNING source
"""
VISITED = """
UPDATE urls SET next_at = ?, visits = visits + 1, attempts = 0, status = 200, reason = '',
    etag = CASE ? WHEN '' THEN etag ELSE ? END, modified = CASE ? WHEN '' THEN modified ELSE ? END
WHERE key = ?
"""
GONE = """
UPDATE urls SET state = 'gone', status = COALESCE(?, status), fetched_at = ?, next_at = NULL, title = ''
WHERE key = ? AND state != 'gone' RETURNING source
"""
_CONFIRM = """
UPDATE urls SET state = 'kafka', delivered_at = COALESCE(delivered_at, ?), fetched_at = COALESCE(fetched_at, ?),
    attempts = 0, title = ''
WHERE key = ? AND state = 'spooled' RETURNING source, origin, fetched_at
"""
_KEEP = """
UPDATE urls SET state = ?, doc_id = ?, fetched_at = ?, next_at = ?, visits = ?, etag = ?, modified = ?, content_hash = ?,
    status = ?, attempts = 0, reason = '', title = '',
    delivered_at = CASE ? WHEN 'kafka' THEN COALESCE(delivered_at, ?) ELSE delivered_at END
WHERE key = ?
"""
#: The document's own address becomes known with it, so that a later link to it leads to no second fetch.
_SELF = """
INSERT OR IGNORE INTO urls (key, url, source, origin, state, found_at, listed, listed_at, doc_id)
SELECT doc_id, '', source, origin, 'alias', found_at, 0, listed_at, doc_id FROM urls WHERE key = ?
"""
_SELF_PENDING = (
    "UPDATE urls SET state = 'alias', doc_id = ?, next_at = NULL, title = '' WHERE key = ? AND state = 'pending'"
)
_TALLY = """
INSERT INTO tallies (source, hour, what, count) VALUES (?, ?, ?, ?)
ON CONFLICT (source, hour, what) DO UPDATE SET count = count + excluded.count
"""
_POINT = """
INSERT OR IGNORE INTO points (url, source, kind, origin, since, parent, depth, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""

_encode = msgspec.msgpack.Encoder().encode


def insert_points(db: sqlite3.Connection, points: Iterable[NewPoint]) -> None:
    """New points; known ones stay as they are."""
    rows = [
        (
            p.url,
            p.source,
            p.kind,
            p.origin,
            p.since.timestamp() if p.since else None,
            p.parent,
            p.depth,
            p.next_at.timestamp(),
        )
        for p in points
    ]
    db.executemany(_POINT, rows)


def look_values(point: Point, look: Look) -> dict[str, Any]:
    """The parameters of `LOOK`."""
    return {
        "id": point.id,
        "next_at": look.next_at.timestamp() if look.next_at else None,
        "rhythm": _encode(look.rhythm),
        "at": look.at.timestamp(),
        "status": look.status,
        "error": look.error,
        "ok": not look.error,
        "etag": look.etag,
        "modified": look.modified,
        "body_hash": look.body_hash,
        "moved_to": look.moved_to,
        "listed": look.listed,
        "new": look.new,
    }


def found_values(found: Found) -> tuple[Any, ...]:
    """The first parameters of `FOUND`."""
    published = found.published_at.timestamp() if found.published_at else None
    return found.key, found.url, found.source, found.title[:300], published


def note(
    db: sqlite3.Connection,
    point: Point,
    at: float,
    found: Sequence[Found],
    known: Sequence[str],
    passed: Sequence[str],
) -> None:
    """Addresses that a point names: new ones, known ones, unwanted ones."""
    bit = BITS[point.kind]
    # The first of a listing is the newest, and the newest is taken first (see `Seen.work`).
    rows = [(*found_values(f), point.origin, at - i / 1000, bit, at, at) for i, f in enumerate(found)]
    db.executemany(FOUND, rows)
    db.executemany(LISTED, [(bit, at, key, bit, at - 86_400) for key in (*known, *(f.key for f in found))])
    db.executemany(PASSED, [(key, int(at // 86_400)) for key in passed])


def tally(db: sqlite3.Connection, source: str, at: float, what: str, count: int) -> None:
    """Count an event of a source in its hour."""
    db.execute(_TALLY, (source, int(at // 3600), what, count))


def keep(db: sqlite3.Connection, row: Fetched, state: str, at: float) -> None:
    """A page is in Kafka or in the spool: update its row, and count what became known of its source."""
    before = db.execute(
        "SELECT source, origin, content_hash, delivered_at FROM urls WHERE key = ?", (row.key,)
    ).fetchone()
    if before is None:
        return
    next_at = row.next_at.timestamp() if row.next_at else None
    fetched = row.fetched_at.timestamp()
    values = (row.doc_id, fetched, next_at, row.visits, row.etag, row.modified, row.content_hash, row.status)
    db.execute(_KEEP, (state, *values, state, at, row.key))
    if row.doc_id != row.key:
        db.execute(_SELF, (row.key,))
        db.execute(_SELF_PENDING, (row.doc_id, row.doc_id))
    if state == "kafka" and before["origin"] == "live":
        tally(db, before["source"], fetched, "arrived" if before["delivered_at"] is None else "changed", 1)


def confirm(db: sqlite3.Connection, key: str, at: float) -> None:
    """A page that an earlier process spooled is in Kafka."""
    first = db.execute("SELECT delivered_at IS NULL FROM urls WHERE key = ?", (key,)).fetchone()
    row = db.execute(_CONFIRM, (at, at, key)).fetchone()
    if row is not None and row["origin"] == "live":
        tally(db, row["source"], row["fetched_at"], "arrived" if first and first[0] else "changed", 1)
