"""`warta index rebuild`: a new generation of the news indices from `warta.documents`, switched in under traffic.

Whole documents are read first and patches after, each partition from its beginning. The aliases are then switched in one
step, and what came in meanwhile is read on through them: the fold counts every message by its log position, so records
that the running indexer wrote too change nothing. Two more stretches are read after the switch:

1. up to the end of the log as it stands after the switch, because the indexer wrote those records to the old indices;
2. and up to the end as it stands after that, because a patch the indexer met before its document was there was skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch
from kafka import TopicPartition
from kafka.errors import KafkaError

from indexer.dead import DeadLetters
from indexer.entries import Entry, decode
from indexer.generation import NewGeneration, delete, existing
from indexer.revisions import Revisions
from indexer.store import Store
from indexer.writer import Writer
from warta import kafka, topics
from warta.clock import Clock
from warta.errors import Invalid, Transient
from warta.messages import Document, Patch, Superseded, Tombstone
from warta.settings import Settings

Offsets = dict[TopicPartition, int]
#: (phase, records done, records in all).
Progress = Callable[[str, int, int], None]

#: The switch waits until no more than this many records are unread, so that few are out of sight for a moment.
_CLOSE = 200
_ROUNDS = 20
_PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    generation: int
    records: int
    removed: list[str]


class Refusals:
    """Dead letters of a rebuild are counted, not sent: the indexer has sent them already."""

    def __init__(self) -> None:
        self.refused = 0

    def refuse(self, record: Any, reason: str, detail: str) -> None:
        self.refused += 1

    def good(self) -> None:
        """Nothing to keep: a rebuild has no storm guard."""


class Rebuild:
    """One rebuild; `run` does it all."""

    def __init__(
        self,
        es: Elasticsearch,
        config: Settings,
        clock: Clock,
        *,
        pause: Callable[[float], bool],
        progress: Progress = lambda phase, done, total: None,
        dead: DeadLetters | None = None,
    ) -> None:
        self._es = es
        self._config = config
        self._clock = clock
        self._pause = pause
        self._progress = progress
        self._dead = dead or Refusals()
        self._records = 0

    def run(self, *, keep_old: bool = False) -> Rebuilt:
        """Build, switch, read on, remove the old indices.

        Raises:
            Transient: Kafka or Elasticsearch stayed away; the indices in use are untouched until the switch.
        """
        generations = existing(self._es)
        generation = max(generations.values(), default=0) + 1
        new = NewGeneration(self._es, max_bytes=self._config.bulk_bytes, generation=generation)
        consumer = kafka.consumer(self._config, group=None, client_id="warta-rebuild", max_poll_records=2000)
        try:
            old = self._build_and_switch(consumer, new)
        except KafkaError as error:
            raise Transient(f"reading {topics.DOCUMENTS}: {error}") from error
        finally:
            consumer.close(autocommit=False)
        # Also what an interrupted rebuild left behind.
        leftover = [name for name, found in existing(self._es).items() if found != generation and name not in old]
        removed = [] if keep_old else sorted({*old, *leftover})
        delete(self._es, removed)
        return Rebuilt(generation, self._records, removed)

    def _build_and_switch(self, consumer: Any, new: NewGeneration) -> list[str]:
        parts = [TopicPartition(topics.DOCUMENTS, p) for p in range(topics.BY_NAME[topics.DOCUMENTS].partitions)]
        consumer.assign(parts)
        begin, end = consumer.beginning_offsets(parts), consumer.end_offsets(parts)
        writer = self._writer(new)
        self._read(consumer, begin, end, writer, "documents", new, kinds=(Document, Tombstone))
        self._read(consumer, begin, end, writer, "patches", new, kinds=(Patch, Superseded))
        for _ in range(_ROUNDS):
            begin, end = end, consumer.end_offsets(parts)
            if _distance(begin, end) <= _CLOSE:
                break
            self._read(consumer, begin, end, writer, "catching up", new)
        new.finish()
        old = new.publish()
        live = self._writer(Store(self._es, max_bytes=self._config.bulk_bytes))
        for phase in ("since the switch", "last look"):
            end = consumer.end_offsets(parts)
            self._read(consumer, begin, end, live, phase)
            begin = end
        return old

    def _writer(self, store: Store) -> Writer:
        return Writer(
            store,
            Revisions(self._es),
            self._dead,
            self._clock,
            generation=self._config.generation,
            pause=self._pause,
        )

    def _read(
        self,
        consumer: Any,
        begin: Offsets,
        end: Offsets,
        writer: Writer,
        phase: str,
        new: NewGeneration | None = None,
        kinds: tuple[type, ...] | None = None,
    ) -> None:
        total, done = _distance(begin, end), 0
        if not total:
            return
        self._progress(phase, 0, total)
        for records in _stretch(consumer, begin, end, self._config.bulk_docs):
            done += len(records)
            chosen = [record for record in records if kinds is None or self._is(record, kinds)]
            if new:
                writer.remember(new.first_seen(sorted({entry.message.doc_id for entry in self._entries(chosen)})))
            writer.write(chosen)
            self._records += len(chosen)
            self._progress(phase, min(done, total), total)

    def _is(self, record: Any, kinds: tuple[type, ...]) -> bool:
        return any(isinstance(entry.message, kinds) for entry in self._entries([record]))

    def _entries(self, records: Sequence[Any]) -> Iterator[Entry]:
        for record in records:
            try:
                entry = decode(record, self._config.generation)
            except Invalid:
                continue
            if isinstance(entry, Entry):
                yield entry


def _distance(begin: Offsets, end: Offsets) -> int:
    return sum(end[part] - begin[part] for part in begin)


def _stretch(consumer: Any, begin: Offsets, end: Offsets, at_once: int) -> Iterator[list[Any]]:
    """Records from `begin` up to `end`, in order within each partition; what comes after is dropped (see `Service`
    for why a partition that has reached its end is not paused)."""
    open_ = {part for part in begin if begin[part] < end[part]}
    for part in begin:
        consumer.seek(part, begin[part])
    while open_:
        fetched = consumer.poll(timeout_ms=_PATIENCE_S * 1000, max_records=at_once)
        if not fetched and all(consumer.position(part) < end[part] for part in open_):
            raise Transient(f"Kafka gave nothing for {_PATIENCE_S} s")
        for part, records in fetched.items():
            wanted = [record for record in records if record.offset < end[part]]
            if wanted and part in open_:
                yield wanted
        open_ = {part for part in open_ if consumer.position(part) < end[part]}
