"""The file that `producers.seen` keeps: where it lies, and connections to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from producers import seen_sql as sql
from warta.errors import StateError


def path_in(home: Path) -> Path:
    """Where the seen state lies."""
    return home / "crawl" / "seen.sqlite"


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to the file. Read-only ones may be many, beside the crawler.

    Raises:
        StateError: the file is missing (read-only), damaged, or of a newer version.
    """
    try:
        if read_only:
            db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30, check_same_thread=False)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
            db.execute("PRAGMA auto_vacuum=INCREMENTAL")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                db.executescript(f"{sql.SCHEMA} PRAGMA user_version={sql.VERSION};")
        version = db.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StateError(f"the crawler's state {path} cannot be read ({error}); has 'warta crawl' run here?") from error
    if version > sql.VERSION:
        db.close()
        raise StateError(f"the crawler's state {path} is of version {version}, newer than {sql.VERSION}: upgrade")
    db.row_factory = sqlite3.Row
    return db
