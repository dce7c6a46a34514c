"""One batch of records → the index: decode, find what is stored, fold, write, until each record has an outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

import msgspec

from indexer import months
from indexer.dead import STAGE, DeadLetters
from indexer.entries import Cleared, Entry, decode
from indexer.merge import Fold, fold
from indexer.revisions import Revisions
from indexer.store import Result, Store, Stored, Write
from warta.clock import Clock
from warta.errors import Invalid, Transient
from warta.logs import get
from warta.messages import Document, Superseded, Tombstone
from warta.metrics import INDEX_CONFLICTS, INDEXED, RECORDS, RETRIES
from warta.waiting import LONGEST_PAUSE

log = get("indexer")

Groups = dict[str, list[Entry]]


class Stopped(Exception):
    """The process is asked to end while it waits; the batch stays uncommitted."""


class Writer:
    """Writes batches. `pause(seconds)` waits and returns False when the process has to end."""

    def __init__(
        self,
        store: Store,
        revisions: Revisions,
        dead: DeadLetters,
        clock: Clock,
        *,
        generation: int,
        pause: Callable[[float], bool],
        written: Callable[[Sequence[Entry]], None] = lambda entries: None,
    ) -> None:
        self._store = store
        self._revisions = revisions
        self._dead = dead
        self._clock = clock
        self._generation = generation
        self._pause = pause
        self._written = written
        self._first_seen: Mapping[str, str] = {}

    def remember(self, first_seen: Mapping[str, str]) -> None:
        """For the next batch: when documents were first seen, where the log may not say so any more (RFC 3339)."""
        self._first_seen = first_seen

    def write(self, records: Sequence[Any]) -> None:
        """Give every record its outcome: indexed, stale, orphan or dead letter.

        Raises:
            Stopped: asked to end while Elasticsearch could not take the batch.
            WartaError: the server refuses us, or too many records were refused (Storm).
            Transient: Kafka did not take a dead letter.
        """
        groups: Groups = {}
        superseded: list[Entry | Cleared] = []
        for record in records:
            entry = self._decode(record)
            if isinstance(entry, Cleared) or (entry and isinstance(entry.message, Superseded)):
                superseded.append(entry)
            elif entry:
                groups.setdefault(entry.message.doc_id, []).append(entry)
        # Revisions first: a takedown later in the same batch has to find them.
        self._keep_revisions(superseded)
        self._write_groups(groups)

    def _decode(self, record: Any) -> Entry | Cleared | None:
        try:
            return decode(record, self._generation)
        except Invalid as error:
            self._dead.refuse(record, error.reason, error.detail)
            return None

    def _keep_revisions(self, items: list[Entry | Cleared]) -> None:
        refused = self._patiently(lambda: self._revisions.write(items)) if items else []
        for entry, reason in refused:
            self._dead.refuse(entry.record, "refused-by-index", reason)
        RECORDS.labels(STAGE, "revision").inc(len(items) - len(refused))

    def _write_groups(self, groups: Groups) -> None:
        tries = 0
        # A whole document is most often new: it is created unread, and read where that meets a stored one.
        new = {doc_id for doc_id, entries in groups.items() if isinstance(entries[0].message, Document)}
        while groups:
            conflicts, busy = self._patiently(lambda pending=groups, new=new: self._round(pending, new))  # type: ignore[misc]
            new = set()
            if busy:
                tries += 1
                self._wait(tries, busy)
            else:
                tries = 0
            groups = conflicts

    def _round(self, groups: Groups, new: Set[str]) -> tuple[Groups, str]:
        """One read, fold and write of all groups; returns those to repeat and why the server was busy, if it was."""
        wanted = {doc_id: self._alias(entries) for doc_id, entries in groups.items()}
        stored = self._store.locate(wanted, new)
        folds: dict[str, Fold] = {}
        writes = []
        for doc_id, entries in groups.items():
            folds[doc_id] = done = self._fold(stored.get(doc_id), entries)
            if done.source is not None:
                writes.append(_write(doc_id, done.source, stored.get(doc_id), wanted[doc_id]))
        results = self._store.write(writes) if writes else {}
        INDEX_CONFLICTS.inc(sum(result.verdict == "conflict" for result in results.values()))
        for written, times in Counter(result.verdict for result in results.values()).items():
            INDEXED.labels(written).inc(times)
        self._account([(entries, folds[i]) for i, entries in groups.items() if _settled(results.get(i))])
        again: Groups = {}
        busy = ""
        for doc_id, result in results.items():
            entries, verdict = groups[doc_id], result.verdict
            if verdict == "ok":
                continue
            if verdict == "invalid":
                self._refuse(entries, result.reason)
            else:
                again[doc_id] = entries
                busy = result.reason if verdict == "busy" else busy
        return again, busy

    def _fold(self, stored: Stored | None, entries: list[Entry]) -> Fold:
        pairs = [(entry.position, entry.message) for entry in entries]
        source = stored.source if stored else None
        if source is None and (first_seen := self._first_seen.get(entries[0].message.doc_id)):
            source = {"first_seen_at": first_seen}
        return fold(source, pairs, self._clock.now())  # type: ignore[arg-type]

    def _alias(self, entries: list[Entry]) -> str:
        first = entries[0].message
        if known := self._first_seen.get(first.doc_id):
            return months.alias_of(datetime.fromisoformat(known))
        return months.alias_of(first.first_seen_at or first.fetched_at)

    def _account(self, settled: Sequence[tuple[list[Entry], Fold]]) -> None:
        outcomes: Counter[str] = Counter()
        applied = []
        for entries, done in settled:
            outcomes.update(done.outcomes)
            for entry, outcome in zip(entries, done.outcomes, strict=True):
                self._dead.good()
                if outcome == "applied":
                    applied.append(entry)
                if isinstance(entry.message, Tombstone):
                    self._patiently(lambda doc_id=entry.message.doc_id: self._revisions.forget(doc_id))  # type: ignore[misc]
        for name, times in outcomes.items():
            RECORDS.labels(STAGE, name).inc(times)
        self._written(applied)

    def _refuse(self, entries: list[Entry], reason: str) -> None:
        """Elasticsearch cannot take what these messages make together: find the one to blame."""
        if len(entries) == 1:
            self._dead.refuse(entries[0].record, "refused-by-index", reason)
            return
        for entry in entries:
            self._write_groups({entry.message.doc_id: [entry]})

    def _patiently(self, action: Callable[[], Any]) -> Any:
        """`action`'s result, however long the server is away. Kafka is polled on by the main thread meanwhile."""
        tries = 0
        while True:
            try:
                return action()
            except Transient as error:
                tries += 1
                self._wait(tries, str(error))

    def _wait(self, tries: int, reason: str) -> None:
        seconds = min(0.25 * 2 ** min(tries, 10), LONGEST_PAUSE)
        RETRIES.labels(STAGE, "elasticsearch").inc()
        if tries in (1, 4) or tries % 10 == 0:
            log.warning("waiting for Elasticsearch", reason=reason[:300], tries=tries, next_s=seconds)
        if not self._pause(seconds):
            raise Stopped


def _settled(result: Result | None) -> bool:
    """Written, or nothing to write."""
    return result is None or result.verdict == "ok"


def _write(doc_id: str, source: dict[str, Any], stored: Stored | None, alias: str) -> Write:
    found = months.parse(stored.index) if stored else None
    return Write(doc_id, found[0] if found else alias, stored, msgspec.json.encode(source))
