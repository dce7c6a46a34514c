"""Lanes: threads that write batches while the main thread polls Kafka.

A partition always goes through the same lane, so one document's records stay in order, and what a lane has finished of a
partition is one offset. With several lanes Elasticsearch has a request to work on while another is being prepared.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from warta.clock import Clock

Partition = tuple[str, int]


class BatchWriter(Protocol):
    """Writes one batch; returns when every record has its outcome."""

    def write(self, records: Sequence[Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """When a batch is taken: `docs` records, `size` bytes, or the oldest record waited `wait_s`."""

    docs: int
    size: int
    wait_s: float


def weight(record: Any) -> int:
    """Bytes of a record's value, for the limits."""
    return len(record.value or b"")


class Lane:
    """One queue, one thread, one batch at a time."""

    def __init__(
        self, name: str, writer: BatchWriter, limits: Limits, clock: Clock, failed: Callable[[], None]
    ) -> None:
        self._writer = writer
        self._limits = limits
        self._clock = clock
        self._failed = failed
        self._change = threading.Condition()
        self._queue: deque[tuple[Partition, int, Any]] = deque()
        self._bytes = 0
        self._oldest = 0.0
        self._in_hand = 0
        self._epochs: dict[Partition, int] = {}
        self._done: dict[Partition, int] = {}
        self._ending = False
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, partition: Partition, records: Iterable[Any]) -> None:
        """Queue records of one partition, in order."""
        with self._change:
            epoch = self._epochs.get(partition, 0)
            if not self._queue:
                self._oldest = self._clock.monotonic()
            for record in records:
                self._queue.append((partition, epoch, record))
                self._bytes += weight(record)
            self._change.notify_all()

    def hungry(self) -> bool:
        """Whether less than a batch is queued."""
        with self._change:
            return len(self._queue) < self._limits.docs and self._bytes < self._limits.size

    def overfull(self) -> bool:
        """Whether several batches are queued: no more may come, even if another lane is hungry."""
        with self._change:
            return len(self._queue) >= 4 * self._limits.docs or self._bytes >= 4 * self._limits.size

    def done(self) -> dict[Partition, int]:
        """The next offset of each partition, after the records that have their outcome."""
        with self._change:
            return dict(self._done)

    def forget(self, partition: Partition) -> None:
        """The partition belongs to someone else: drop what is queued, and ignore what is in hand when it ends."""
        with self._change:
            self._epochs[partition] = self._epochs.get(partition, 0) + 1
            self._done.pop(partition, None)
            self._queue = deque(item for item in self._queue if item[0] != partition)
            self._bytes = sum(weight(item[2]) for item in self._queue)

    def idle(self) -> bool:
        """Whether nothing is queued or in hand."""
        with self._change:
            return not self._queue and not self._in_hand

    def hurry(self) -> None:
        """Take what is queued without waiting for more; used while draining."""
        with self._change:
            self._ending = True
            self._change.notify_all()

    def _run(self) -> None:
        try:
            while True:
                batch = self._take()
                self._writer.write([record for _, _, record in batch])
                self._finish(batch)
        except BaseException as error:
            self.failure = error
            self._failed()

    def _take(self) -> list[tuple[Partition, int, Any]]:
        with self._change:
            while not self._ready():
                self._change.wait(self._remaining())
            batch: list[tuple[Partition, int, Any]] = []
            size = 0
            while self._queue and len(batch) < self._limits.docs:
                size += weight(self._queue[0][2])
                if batch and size > self._limits.size:
                    break
                batch.append(self._queue.popleft())
            self._bytes -= sum(weight(item[2]) for item in batch)
            self._oldest = self._clock.monotonic()
            self._in_hand = len(batch)
            return batch

    def _ready(self) -> bool:
        if not self._queue:
            return False
        full = len(self._queue) >= self._limits.docs or self._bytes >= self._limits.size
        return full or self._ending or self._clock.monotonic() - self._oldest >= self._limits.wait_s

    def _remaining(self) -> float | None:
        if not self._queue:
            return None
        return max(0.001, self._limits.wait_s - (self._clock.monotonic() - self._oldest))

    def _finish(self, batch: list[tuple[Partition, int, Any]]) -> None:
        with self._change:
            self._in_hand = 0
            for partition, epoch, record in batch:
                if epoch == self._epochs.get(partition, 0):
                    self._done[partition] = record.offset + 1
            self._change.notify_all()
