"""The indexer process: poll Kafka, hand records to the lanes, commit what has its outcome.

The main thread alone talks to the Kafka consumer and never waits for Elasticsearch, so the group membership lives through
any outage; the lanes do the waiting, and nothing is fetched while they have enough to do.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any

from kafka import TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import CommitFailedError, KafkaError
from kafka.structs import OffsetAndMetadata

from indexer.lanes import Lane, Partition
from indexer.watchdog import Watchdog
from warta.clock import Clock
from warta.errors import StateError, Transient
from warta.logs import get

log = get("indexer")

#: Committed at most this often; what is processed twice after a kill is bounded by it.
_COMMIT_EVERY_S = 0.5
_POLL_MS = 100
#: While every lane has enough to do: how long until that is looked at again, and how often is polled all the same.
_ROOM_S = 0.02
_POLL_EVERY_S = 30.0
#: How long a commit may take before it is left for the next time, and a drain before it gives up.
_COMMIT_MS = 2_000
DRAIN_S = 60.0


class Service(ConsumerRebalanceListener):  # type: ignore[misc]
    """Runs until `stop` is called or something fails."""

    def __init__(
        self, consumer: Any, lanes: Sequence[Lane], clock: Clock, *, session_s: float, max_records: int = 500
    ) -> None:
        self._consumer = consumer
        self._lanes = lanes
        self._clock = clock
        self._session_s = session_s
        self._max_records = max_records
        self._stop = threading.Event()
        self._pause = threading.Event()
        self._committed: dict[Partition, int] = {}
        self._commit_due = 0.0
        self._turned = clock.monotonic()
        self._watchdog = Watchdog(clock, session_s / 2)
        self._poll_due = 0.0
        self._unchecked: set[TopicPartition] = set()

    def stop(self, *_: object) -> None:
        """Ask for an orderly end: drain, commit, leave. Safe in a signal handler."""
        self._stop.set()

    def run(self, topic: str) -> None:
        """Consume `topic` until asked to stop.

        Raises:
            StateError: committed offsets do not fit the topic.
            Transient: the process's clock jumped, so its partitions may be someone else's.
            Exception: whatever ended a lane.
        """
        self._consumer.subscribe([topic], listener=self)
        self._watchdog.start()
        for lane in self._lanes:
            lane.start()
        while not self._stop.is_set():
            self._turn()
        self._drain()

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Healthy while the main loop turns and no lane has failed."""
        silent = self._clock.monotonic() - self._turned
        return silent < self._session_s and not self._failure(), {"seconds_since_poll": round(silent, 1)}

    def _turn(self) -> None:
        self._check_clock()
        for partition, records in self._polled().items():
            self._lane(partition).put(tuple(partition), records)
        self._commit()
        if failure := self._failure():
            raise failure

    def _polled(self) -> dict[TopicPartition, list[Any]]:
        """Records for the lanes, when one has room; otherwise a short wait.

        Partitions are never paused: kafka-python 3.0.12 parks what it has fetched of a paused partition and, where two
        partitions were paused, forgets to unpark the second one, which then stands still for ever. Membership lives on
        the client's own heartbeats meanwhile, and a poll for one record now and then answers the group's questions.
        """
        now = self._clock.monotonic()
        if any(lane.hungry() for lane in self._lanes) and not any(lane.overfull() for lane in self._lanes):
            timeout_ms, most = _POLL_MS, self._max_records
        elif now >= self._poll_due:
            timeout_ms, most = 0, 1
        else:
            self._stop.wait(_ROOM_S)
            return {}
        self._poll_due = now + _POLL_EVERY_S
        polled: dict[TopicPartition, list[Any]] = self._consumer.poll(timeout_ms=timeout_ms, max_records=most)
        self._check_offsets()
        return polled

    def _check_clock(self) -> None:
        """A process that slept for half a session may have lost its partitions: it must not go on writing."""
        self._turned = self._clock.monotonic()
        if gap := self._watchdog.stood_still_s:
            raise Transient(
                f"this process stood still for {gap:.0f} s (session {self._session_s:.0f} s): starting afresh"
            )

    def _lane(self, partition: TopicPartition) -> Lane:
        return self._lanes[int(partition.partition) % len(self._lanes)]

    def _commit(self, *, now: bool = False) -> None:
        if not now and self._clock.monotonic() < self._commit_due:
            return
        self._commit_due = self._clock.monotonic() + _COMMIT_EVERY_S
        assigned = {tuple(partition) for partition in self._consumer.assignment()}
        done = {part: offset for lane in self._lanes for part, offset in lane.done().items()}
        fresh = {p: offset for p, offset in done.items() if p in assigned and self._committed.get(p) != offset}
        if not fresh:
            return
        try:
            self._consumer.commit(
                {TopicPartition(*p): OffsetAndMetadata(offset, "", -1) for p, offset in fresh.items()},
                timeout_ms=_COMMIT_MS,
            )
        except CommitFailedError as error:
            # The group moved on without us; what was written counts, its offsets are for the new owner to find.
            log.warning("commit refused", reason=str(error)[:200])
        except KafkaError as error:
            if not getattr(error, "retriable", False):
                raise
            log.warning("commit postponed", reason=str(error)[:200])
        else:
            self._committed |= fresh

    def _failure(self) -> BaseException | None:
        return next((lane.failure for lane in self._lanes if lane.failure), None)

    def _drain(self) -> None:
        """Let the lanes finish what they hold, taking no more, then commit."""
        log.info("draining")
        until = self._clock.monotonic() + DRAIN_S
        for lane in self._lanes:
            lane.hurry()
        while not all(lane.idle() for lane in self._lanes) and not self._failure():
            if self._clock.monotonic() > until:
                log.warning("gave up draining: what is left will be processed again at the next start")
                break
            self._pause.wait(_ROOM_S)
        self._commit(now=True)

    def _check_offsets(self) -> None:
        """Refuse committed offsets that retention has overtaken or that a re-created topic never reached."""
        partitions, self._unchecked = sorted(self._unchecked & self._consumer.assignment()), set()
        if not partitions:
            return
        first = self._consumer.beginning_offsets(partitions)
        last = self._consumer.end_offsets(partitions)
        for partition in partitions:
            offset = self._consumer.committed(partition)
            if offset is not None and not first[partition] <= offset <= last[partition]:
                raise StateError(
                    f"{partition.topic}[{partition.partition}] holds offsets {first[partition]} to {last[partition]}, "
                    f"but {offset} is committed. If the topic was created anew, raise WARTA_GENERATION and delete the "
                    f"consumer group's offsets; if retention overtook the indexer, run 'warta index rebuild'."
                )

    # --- rebalances: called on the client's own thread, where nothing may wait for Kafka ---

    def on_partitions_assigned(self, assigned: Any) -> None:
        self._unchecked |= set(assigned)

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Drop what is queued. What was written since the last commit the new owner writes again, to no effect."""
        for partition in revoked:
            self._lane(partition).forget(tuple(partition))
            self._committed.pop(tuple(partition), None)


def end_on_signals(stop: Callable[..., None]) -> None:
    """SIGTERM and SIGINT ask for an orderly end."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
