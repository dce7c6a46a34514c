"""No crash loops: which records were in hand when the process died, and which of them to take alone or give up.

Before a batch is worked on, its positions are noted in a small file; when it is done they are cleared. A start counts
against the positions the file names, unless the last exit was a stop or something transient. From the third count on a
record is taken alone; if it ends the process once more while alone in hand, it is given up (dead letter `crash-loop`).
A kill -9 or the kernel's out-of-memory killer leaves the file behind like any crash, so a record that does that is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import msgspec

#: Deaths with a record in hand after which it is taken alone (design, section 4).
SUSPECT_AFTER = 3

Exit = Literal["", "stop", "transient"]


class Position(NamedTuple):
    """Where a record stands in Kafka."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class _Note(msgspec.Struct):
    in_hand: list[str] = []
    alone: bool = False
    exit: Exit = ""
    deaths: dict[str, int] = {}
    given_up: list[str] = []


T = TypeVar("T")


class CrashLedger:
    """The note of what is in hand, kept at `path`. One process at a time may own it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._note = _read(path)
        if self._note.in_hand and self._note.exit == "":
            for name in self._note.in_hand:
                self._note.deaths[name] = self._note.deaths.get(name, 0) + 1
            if self._note.alone and self._note.deaths[self._note.in_hand[0]] > SUSPECT_AFTER:
                self._note.given_up.append(self._note.in_hand[0])
        self._note.in_hand, self._note.alone, self._note.exit = [], False, ""
        self._write()

    def deaths(self, position: Position) -> int:
        """How often the process died with this record in hand."""
        return self._note.deaths.get(str(position), 0)

    def given_up(self, position: Position) -> bool:
        """Whether this record ended the process while alone in hand: dead-letter it unopened."""
        return str(position) in self._note.given_up

    def groups(self, batch: Sequence[tuple[Position, T]]) -> Iterator[list[tuple[Position, T]]]:
        """`batch` in order, cut so that every suspect stands alone."""
        group: list[tuple[Position, T]] = []
        for entry in batch:
            if self.deaths(entry[0]) < SUSPECT_AFTER:
                group.append(entry)
                continue
            if group:
                yield group
            yield [entry]
            group = []
        if group:
            yield group

    def take(self, positions: Iterable[Position]) -> None:
        """Note what is about to be worked on."""
        self._note.in_hand = [str(position) for position in positions]
        self._note.alone = len(self._note.in_hand) == 1
        self._write()

    def done(self) -> None:
        """What was in hand is finished: forget it and its deaths."""
        finished = set(self._note.in_hand)
        if self._note.deaths or self._note.given_up:
            self._note.deaths = {name: n for name, n in self._note.deaths.items() if name not in finished}
            self._note.given_up = [name for name in self._note.given_up if name not in finished]
        self._note.in_hand, self._note.alone = [], False
        self._write()

    def leave(self, exit_: Exit) -> None:
        """Mark an exit that is nobody's fault."""
        self._note.exit = exit_
        self._write()

    def _write(self) -> None:
        # No fsync: the page cache survives the death of a process, and after a power cut a lost count does no harm.
        partial = self._path.with_suffix(".partial")
        partial.write_bytes(msgspec.json.encode(self._note))
        partial.replace(self._path)


def _read(path: Path) -> _Note:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Note)
    except (FileNotFoundError, msgspec.DecodeError):
        path.parent.mkdir(parents=True, exist_ok=True)
        return _Note()
