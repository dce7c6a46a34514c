"""The block list of takedowns: what `warta forget` decided is never fetched again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from producers.seen import Seen
from warta import decisions, kafka, logs, topics
from warta.clock import Clock
from warta.errors import Invalid, Transient
from warta.settings import Settings

log = logs.get(__name__)

#: How often the decisions are read again.
EVERY = timedelta(hours=1)


class Blocks:
    """Ids of documents that were taken down: kept in the seen state, read from `warta.decisions` at a start and hourly."""

    def __init__(self, seen: Seen, clock: Clock, read: Callable[[], set[str]]) -> None:
        self._seen = seen
        self._clock = clock
        self._read = read
        self._ids = seen.blocked()
        self._next: datetime | None = None

    def __call__(self, doc_id: str) -> bool:
        """Whether a document was taken down."""
        return doc_id in self._ids

    @property
    def due(self) -> bool:
        """Whether it is time to read the decisions."""
        return self._next is None or self._clock.now() >= self._next

    def refresh(self) -> None:
        """Read the decisions; may take a while, so on a thread. A broker that is away is asked again in an hour's time."""
        self._next = self._clock.now() + EVERY
        try:
            fresh = self._read() - self._ids
        except Transient as error:
            log.warning("the block list could not be read; the one known stays in force", error=str(error))
            return
        if fresh:
            self._seen.block(fresh)
            self._ids |= fresh
            log.info("documents taken down are blocked", new=len(fresh))


def from_kafka(settings: Settings) -> set[str]:
    """The documents that decisions say to forget.

    Raises:
        Transient: no broker answers, or it stops answering.
    """
    from kafka.errors import KafkaError

    try:
        consumer = kafka.consumer(settings, group=None, client_id="warta-crawl-blocks")
        try:
            return _forgotten(consumer)
        finally:
            consumer.close(autocommit=False, timeout_ms=5_000)
    except KafkaError as error:
        raise Transient(f"{topics.DECISIONS} cannot be read: {error}") from error


def _forgotten(consumer: Any) -> set[str]:
    from kafka import TopicPartition

    partitions = [TopicPartition(topics.DECISIONS, p) for p in consumer.partitions_for_topic(topics.DECISIONS) or ()]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions) if partitions else {}
    found: set[str] = set()
    silent = 0
    while any(consumer.position(p) < ends[p] for p in partitions):
        records = [record for batch in consumer.poll(timeout_ms=1_000).values() for record in batch]
        silent = 0 if records else silent + 1
        if silent > 30:
            raise Transient(f"{topics.DECISIONS} gave nothing for 30 s before its end")
        for record in records:
            with contextlib.suppress(Invalid):
                if decisions.kind_of(record.key) == "forget" and record.value is not None:
                    found.add(record.key.decode().partition("/")[2])
    return found
