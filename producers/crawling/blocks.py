"""The block list of takedowns: what `warta forget` decided is never fetched again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from producers.seen import Seen
from warta import decisions, kafka, logs, topics
from warta.errors import Invalid, Transient
from warta.settings import Settings

if TYPE_CHECKING:
    from kafka import TopicPartition

log = logs.get(__name__)


class Blocks:
    """Ids of documents that were taken down: kept in the seen state, read from `warta.decisions` at a start and each minute."""

    def __init__(self, seen: Seen, read: Callable[[], set[str]]) -> None:
        self._seen = seen
        self._read = read
        self._ids = seen.blocked()
        self._away = False

    def __call__(self, doc_id: str) -> bool:
        """Whether a document was taken down."""
        return doc_id in self._ids

    def refresh(self) -> None:
        """Read the decisions; may take a while, so on a thread. While the broker is away the list that is known holds."""
        try:
            fresh = self._read() - self._ids
        except Transient as error:
            if not self._away:
                log.warning("the block list could not be read; the one known stays in force", error=str(error))
            self._away = True
            return
        self._away = False
        if fresh:
            self._seen.block(fresh)
            self._ids |= fresh
            log.info("documents taken down are blocked", new=len(fresh))


class Forgotten:
    """The documents that decisions say to forget: the first call reads all decisions, each later one what came since."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read_to: dict[TopicPartition, int] = {}

    def __call__(self) -> set[str]:
        """Documents to forget that no earlier call gave.

        Raises:
            Transient: no broker answers, or it stops answering.
        """
        from kafka.errors import KafkaError

        try:
            consumer = kafka.consumer(self._settings, group=None, client_id="warta-crawl-blocks")
            try:
                found, read_to = _read(consumer, self._read_to)
            finally:
                consumer.close(autocommit=False, timeout_ms=5_000)
        except KafkaError as error:
            raise Transient(f"{topics.DECISIONS} cannot be read: {error}") from error
        self._read_to = read_to
        return found


def _read(consumer: Any, begin: dict[TopicPartition, int]) -> tuple[set[str], dict[TopicPartition, int]]:
    """What lies behind `begin`, and where it ends. A log that ends before `begin` is another one: all of it is read."""
    from kafka import TopicPartition

    partitions = [TopicPartition(topics.DECISIONS, p) for p in consumer.partitions_for_topic(topics.DECISIONS) or ()]
    ends = consumer.end_offsets(partitions) if partitions else {}
    consumer.assign(partitions)
    for partition in partitions:
        if 0 < begin.get(partition, 0) <= ends[partition]:
            consumer.seek(partition, begin[partition])
        else:
            consumer.seek_to_beginning(partition)
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
    return found, ends
