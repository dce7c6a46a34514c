"""What Kafka would not take, kept on disk until it does: a queue in SQLite (WAL) that survives kill -9.

An entry is in the spool when `put` has returned, and out of it when `remove` has: each is one transaction, synced to the
disk (SQLite, "Write-Ahead Logging", `synchronous=FULL`). Entries leave in the order of `seq`, which is given when a record
is published, so a record that failed late still goes before one that was published after it.
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec

from warta.deadletters import Headers
from warta.errors import StateError
from warta.metrics import SPOOLED

#: Free share of the disk below which the spool is full (design, section 4).
MIN_FREE = 0.10

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, topic TEXT NOT NULL, key BLOB, value BLOB NOT NULL,
    headers BLOB NOT NULL, token TEXT NOT NULL,
    origin TEXT NOT NULL, size INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_in_order ON entries (seq, id);
"""
_INSERT = "INSERT INTO entries (seq, topic, key, value, headers, token, origin, size) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_SELECT = "SELECT seq, topic, key, value, headers, token, origin FROM entries WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record on its way to Kafka. `token` is the caller's own note, handed back on delivery; `id` is the spool's."""

    seq: int
    topic: str
    key: bytes
    value: bytes
    headers: Headers = field(default_factory=list)
    token: str = ""
    origin: str = ""
    id: int = 0

    @property
    def size(self) -> int:
        """Bytes it takes in memory or on disk, about."""
        return len(self.key) + len(self.value) + len(self.token) + sum(len(k) + len(v) for k, v in self.headers) + 64


class Spool:
    """A durable queue of entries in one file. Thread safe; several processes may add, one of them drains (`claim`).

    Raises:
        StateError: the file is no spool, is damaged, or cannot be written; never on a full queue.
    """

    def __init__(
        self,
        path: Path,
        limit_bytes: int,
        *,
        free_share: Callable[[Path], float] | None = None,
    ) -> None:
        self.path = path
        self._limit = limit_bytes
        self._free_share = free_share or _free_share
        self._lock = threading.RLock()
        self._claim: IO[bytes] | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = _open(path)
            self._recount()
        except sqlite3.Error as error:
            raise StateError(f"the spool {path} cannot be read ({error}): move it away and start again") from error

    def _recount(self) -> None:
        row = self._db.execute("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM entries").fetchone()
        self.count, self.bytes = int(row[0]), int(row[1])
        SPOOLED.set(self.count)

    @property
    def full(self) -> bool:
        """Whether callers should pause: the limit is reached, or less than a tenth of the disk is free."""
        return self.bytes >= self._limit or self._free_share(self.path.parent) < MIN_FREE

    def put(self, entries: Sequence[Entry]) -> None:
        """Keep entries, all or none. The limit is the caller's to respect (`full`): nothing is refused here."""
        with self._lock:
            self._write(_INSERT, [_row(entry) for entry in entries])
            self._add(len(entries), sum(e.size for e in entries))

    def head(self, count: int, max_bytes: int) -> list[Entry]:
        """The oldest entries: up to `count`, and up to `max_bytes` but at least one."""
        with self._lock:
            self._recount()
            sizes = self._db.execute("SELECT id, size FROM entries ORDER BY seq, id LIMIT ?", (count,)).fetchall()
            ids: list[int] = []
            total = 0
            for id_, size in sizes:
                if ids and total + size > max_bytes:
                    break
                ids.append(id_)
                total += size
            return [self._load(id_) for id_ in ids]

    def _load(self, id_: int) -> Entry:
        row = self._db.execute(_SELECT, (id_,)).fetchone()
        headers = msgspec.msgpack.decode(row[4], type=list[tuple[str, bytes]])
        return Entry(row[0], row[1], row[2], row[3], headers, row[5], row[6], id_)

    def remove(self, entries: Iterable[Entry]) -> None:
        """Forget entries that Kafka has taken, all or none."""
        gone = list(entries)
        with self._lock:
            self._write("DELETE FROM entries WHERE id = ?", [(e.id,) for e in gone])
            self._add(-len(gone), -sum(e.size for e in gone))
            if not self.count:
                self._db.execute("PRAGMA incremental_vacuum").fetchall()

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            with self._db:
                self._db.executemany(statement, rows)
        except sqlite3.Error as error:
            raise StateError(f"the spool {self.path} cannot be written: {error}") from error

    def _add(self, count: int, size: int) -> None:
        self.count += count
        self.bytes += size
        SPOOLED.set(self.count)

    def keys(self) -> set[bytes]:
        """Keys of all entries: what is on its way but not yet in Kafka."""
        with self._lock:
            return {row[0] for row in self._db.execute("SELECT DISTINCT key FROM entries")}

    def tokens(self) -> set[str]:
        """Callers' notes of all entries."""
        with self._lock:
            return {row[0] for row in self._db.execute("SELECT DISTINCT token FROM entries")}

    def claim(self) -> bool:
        """Become the process that drains this spool; the claim ends with the process, however it ends (flock)."""
        if self._claim is None:
            handle = self.path.with_name(self.path.name + ".lock").open("wb")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                handle.close()
                return False
            self._claim = handle
        return True

    def close(self) -> None:
        """Close the file and give the claim up."""
        with self._lock:
            self._db.close()
            if self._claim is not None:
                self._claim.close()
                self._claim = None


def _row(entry: Entry) -> tuple[object, ...]:
    headers = msgspec.msgpack.encode(entry.headers)
    return entry.seq, entry.topic, entry.key, entry.value, headers, entry.token, entry.origin, entry.size


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30, check_same_thread=False)
    try:
        db.execute("PRAGMA auto_vacuum=INCREMENTAL")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.executescript(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _free_share(folder: Path) -> float:
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total
