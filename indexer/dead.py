"""The indexer's dead letters: the untouched record with the reason, awaited before the record counts as done."""

from __future__ import annotations

from typing import Any, Protocol

from warta import topics
from warta.clock import Clock
from warta.deadletters import DeadLetter, StormGuard
from warta.errors import Transient
from warta.logs import get
from warta.metrics import DEAD, RECORDS

STAGE = "index"
#: How long Kafka may take to confirm; the producer's own delivery timeout is 120 s.
_WITHIN_S = 130

log = get("indexer")


class DeadLetters(Protocol):
    """Where refused records go."""

    def refuse(self, record: Any, reason: str, detail: str) -> None:
        """Take over a record that can never be indexed; returns once it is safe."""
        ...

    def good(self) -> None:
        """A record was indexed."""
        ...


class KafkaDeadLetters:
    """`warta.dead.index`, with the storm guard before it."""

    def __init__(self, producer: Any, guard: StormGuard, clock: Clock) -> None:
        self._producer = producer
        self._guard = guard
        self._clock = clock

    def refuse(self, record: Any, reason: str, detail: str) -> None:
        letter = DeadLetter(STAGE, reason, detail, record.topic, record.partition, record.offset, self._clock.now())
        try:
            future = self._producer.send(
                topics.dead(STAGE), value=record.value, key=record.key, headers=letter.headers()
            )
            future.get(timeout=_WITHIN_S)
        except Exception as error:
            raise Transient(f"a dead letter was not confirmed by Kafka: {error!r}") from error
        DEAD.labels(STAGE, reason).inc()
        RECORDS.labels(STAGE, "dead").inc()
        log.warning("dead letter", reason=reason, detail=detail[:300], partition=record.partition, offset=record.offset)
        self._guard.bad()

    def good(self) -> None:
        self._guard.good()
