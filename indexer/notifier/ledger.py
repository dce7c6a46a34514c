"""What was sent to whom, on disk before the next alarm is taken: a restart repeats at most what was in hand."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from warta.alarms import LEVELS, Alarm
from warta.wire import Decoder, encode

_TABLES = """
CREATE TABLE IF NOT EXISTS sent (receiver TEXT, alarm TEXT, rank INTEGER, at TEXT, PRIMARY KEY (receiver, alarm, rank));
CREATE TABLE IF NOT EXISTS refused (receiver TEXT, alarm TEXT, rank INTEGER, PRIMARY KEY (receiver, alarm, rank));
CREATE TABLE IF NOT EXISTS open (alarm TEXT PRIMARY KEY, value BLOB);
CREATE TABLE IF NOT EXISTS over (alarm TEXT PRIMARY KEY, at TEXT);
CREATE TABLE IF NOT EXISTS joined (receiver TEXT, alarm TEXT, PRIMARY KEY (receiver, alarm));
CREATE TABLE IF NOT EXISTS silence (series TEXT PRIMARY KEY, until TEXT);
"""


class Ledger:
    """One SQLite file. `rank` orders the stages of an alarm: its levels, then that it is over, each with its changes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_TABLES)
        self._decoder = Decoder(Alarm)

    def was_sent(self, receiver: str, alarm: Alarm, changes: int) -> bool:
        """Whether this stage of the alarm, with so many changes to its stories, or a later one, reached the receiver."""
        query = "SELECT 1 FROM sent WHERE receiver=? AND alarm=? AND rank>=?"
        return self._db.execute(query, (receiver, alarm.alarm_id, _rank(alarm, changes))).fetchone() is not None

    def knows(self, receiver: str, alarm: Alarm) -> bool:
        """Whether any stage of the alarm reached the receiver."""
        query = "SELECT 1 FROM sent WHERE receiver=? AND alarm=?"
        return self._db.execute(query, (receiver, alarm.alarm_id)).fetchone() is not None

    def sent(self, receiver: str, alarm: Alarm, changes: int, at: datetime) -> None:
        """It reached the receiver."""
        row = (receiver, alarm.alarm_id, _rank(alarm, changes), at.isoformat())
        self._db.execute("INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?)", row)

    def join(self, receiver: str, alarm: Alarm, changes: int, at: datetime) -> None:
        """What it says was said with another alarm. Nothing of it has rung alone."""
        self.sent(receiver, alarm, changes, at)
        self._db.execute("INSERT OR REPLACE INTO joined VALUES (?, ?)", (receiver, alarm.alarm_id))

    def part(self, receiver: str, alarm: Alarm) -> None:
        """It has rung alone, and is told of alone from now on."""
        self._db.execute("DELETE FROM joined WHERE receiver=? AND alarm=?", (receiver, alarm.alarm_id))

    def is_joined(self, receiver: str, alarm: Alarm) -> bool:
        """Whether the receiver knows of it by another alarm alone."""
        query = "SELECT 1 FROM joined WHERE receiver=? AND alarm=?"
        return self._db.execute(query, (receiver, alarm.alarm_id)).fetchone() is not None

    def refuse(self, receiver: str, alarm: Alarm, changes: int) -> None:
        """It could not be brought there, and is a dead letter now."""
        row = (receiver, alarm.alarm_id, _rank(alarm, changes))
        self._db.execute("INSERT OR REPLACE INTO refused VALUES (?, ?, ?)", row)

    def was_refused(self, receiver: str, alarm: Alarm, changes: int) -> bool:
        """Whether this very stage is a dead letter already."""
        query = "SELECT 1 FROM refused WHERE receiver=? AND alarm=? AND rank=?"
        return self._db.execute(query, (receiver, alarm.alarm_id, _rank(alarm, changes))).fetchone() is not None

    def sent_since(self, receiver: str, since: datetime) -> int:
        """Distinct alarms that the receiver got since then, those told with another not counted."""
        query = (
            "SELECT COUNT(DISTINCT alarm) FROM sent WHERE receiver=? AND at>=? "
            "AND NOT EXISTS (SELECT 1 FROM joined WHERE joined.receiver=sent.receiver AND joined.alarm=sent.alarm)"
        )
        return int(self._db.execute(query, (receiver, since.isoformat())).fetchone()[0])

    def keep(self, alarm: Alarm) -> bool:
        """Remember an open alarm as it stands; forget a resolved one. False: it was over when this was said of it, as when a
        dead letter is replayed late; nobody needs to hear that it began."""
        if alarm.state == "resolved":
            self._db.execute("DELETE FROM open WHERE alarm=?", (alarm.alarm_id,))
            row = (alarm.alarm_id, _instant(alarm))
            self._db.execute("INSERT OR REPLACE INTO over VALUES (?, ?)", row)
            return True
        query = "SELECT 1 FROM over WHERE alarm=? AND at>=?"
        if self._db.execute(query, (alarm.alarm_id, _instant(alarm))).fetchone():
            return False
        self._db.execute("INSERT OR REPLACE INTO open VALUES (?, ?)", (alarm.alarm_id, encode(alarm)))
        return True

    def open(self) -> list[Alarm]:
        """Alarms that are open."""
        return [self._decoder.decode(value) for (value,) in self._db.execute("SELECT value FROM open ORDER BY alarm")]

    def silence(self, series: str, until: datetime) -> None:
        """A person wants a series quiet until then."""
        self._db.execute("INSERT OR REPLACE INTO silence VALUES (?, ?)", (series, until.isoformat()))

    def silences(self) -> list[tuple[str, datetime]]:
        """Series (patterns) and until when."""
        return [(series, datetime.fromisoformat(until)) for series, until in self._db.execute("SELECT * FROM silence")]

    def close(self) -> None:
        self._db.close()


def stage_of(alarm: Alarm) -> str:
    """What makes a message about the same alarm a new one: `open/waspada`, `open/waspada/2` after two changes."""
    return "/".join([alarm.state, alarm.level, *([str(len(alarm.changes))] if alarm.changes else [])])


def _instant(alarm: Alarm) -> str:
    """When it was said, in a form that sorts as text."""
    return alarm.updated_at.astimezone(UTC).isoformat(timespec="microseconds")


def _rank(alarm: Alarm, changes: int) -> int:
    """A level never falls within an episode and changes only grow, so an alarm only goes up these steps."""
    level = len(LEVELS) if alarm.state == "resolved" else LEVELS.index(alarm.level)
    return level * 1000 + min(changes, 999)
