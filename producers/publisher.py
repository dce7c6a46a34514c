"""The one way onto Kafka: an idempotent producer, bounded in flight, whose failures go to a spool on disk.

A record is *delivered* when Kafka has confirmed it, *spooled* when it is on disk; until then it is in neither and its caller
has been told nothing. While the spool holds anything new records join its end, so order is kept. A delivered record may be
delivered twice (a process killed between Kafka's answer and the spool's transaction), never lost.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import zstandard
from kafka.errors import KafkaError

from producers.fitting import fit
from producers.inflight import Budget
from producers.spool import Entry, Spool
from warta import kafka, logs, topics, wire
from warta.clock import Clock, SystemClock
from warta.deadletters import DeadLetter
from warta.errors import Transient, WartaError
from warta.hashing import blake2b_128
from warta.messages import RawMessage
from warta.metrics import DEAD, DELIVERED, TRIMMED
from warta.settings import Settings

log = logs.get(__name__)

STAGE = "publish"
MAX_IN_FLIGHT = 2_000
MAX_IN_FLIGHT_BYTES = 64 * 1024 * 1024
#: One step of draining the spool: large enough for throughput, small enough to repeat cheaply.
DRAIN_COUNT = 500
DRAIN_BYTES = 8 * 1024 * 1024
#: Pauses between tries at a broker that takes nothing, seconds: doubled from the first up to the last.
FIRST_PAUSE = 0.5
LAST_PAUSE = 30.0
#: Seconds that an end waits for a broker that neither confirms nor refuses; supervisors kill after 75.
LAST_WAIT = 20.0
#: Failed tries after which the client itself is suspected (an idempotent producer can end in a fatal state) and replaced.
SUSPECT_AFTER = 3
#: Seconds between two reports of one trouble.
REPORT_EVERY = 60.0
#: A dead letter keeps the untouched bytes up to here; longer ones keep their start and say so.
MAX_DEAD = 1024 * 1024

Outcome = Literal["sent", "spooled"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Kafka has the record: the document's id (the key) and the token given to `publish`."""

    doc_id: str
    token: str
    topic: str


@dataclass(slots=True)
class Counts:
    """What one publisher did. `spooled` counts entries into the spool, not what is left there."""

    published: int = 0
    delivered: int = 0
    spooled: int = 0
    dead: int = 0
    cut: int = 0


@dataclass(slots=True)
class _Batch:
    """Entries of the spool on their way to Kafka."""

    entries: list[Entry]
    delivered: list[Entry]
    open: int


class Publisher:
    """Thread safe. `on_delivered` runs on Kafka's sender thread: it must be quick and never block.

    `make_producer` is called again when the client has to be replaced. `max_in_flight` records at most are with neither
    Kafka nor the spool: what a kill can cost.

    Raises:
        Transient: no broker answers (at construction).
    """

    def __init__(
        self,
        settings: Settings,
        spool: Spool,
        *,
        clock: Clock | None = None,
        on_delivered: Callable[[Receipt], None] | None = None,
        client_id: str = "warta-publisher",
        make_producer: Callable[[], Any] | None = None,
        max_in_flight: int = MAX_IN_FLIGHT,
    ) -> None:
        self.counts = Counts()
        self._spool = spool
        self._clock = clock or SystemClock()
        self._on_delivered = on_delivered
        self._make_producer = make_producer or (lambda: kafka.producer(settings, client_id))
        self._producer = self._connect()
        self._budget = Budget(max_in_flight, MAX_IN_FLIGHT_BYTES)
        self._failed: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._flying: dict[int, Entry] = {}
        self._seq = 0
        self._batch: _Batch | None = None
        self._failures = 0
        self._try_at = 0.0
        self._reported_at = -REPORT_EVERY
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="warta-spool", daemon=True)
        self._keeper.start()

    def _connect(self) -> Any:
        from kafka.errors import KafkaError

        try:
            return self._make_producer()
        except KafkaError as error:
            raise Transient(
                f"no Kafka broker answers: {error}. Is it running ('warta status')? Set WARTA_KAFKA."
            ) from error

    # --- what callers use -------------------------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        """Whether callers should pause: the spool is at its limit or the disk is nearly full."""
        return self._spool.full

    @property
    def waiting(self) -> int:
        """Records in the spool; stays readable after `close`."""
        return self._spool.count

    def publish(self, message: RawMessage, *, token: str = "", wait: bool = True) -> Outcome:
        """Send a raw record. `wait`: wait for room in flight; otherwise a record without room goes to the spool.

        `sent` means on its way (`on_delivered` follows, or it is spooled), `spooled` that it is on disk.
        """
        passed = wire.passed(message.trace, STAGE, self._clock.now())
        value, cut = fit(msgspec.structs.replace(message, trace=passed))
        with self._lock:
            self.counts.published += 1
            self.counts.cut += cut
        if cut:
            TRIMMED.inc()
        entry = Entry(self._next(), topics.RAW, message.doc_id.encode(), value, [], token, message.origin)
        return self._send(entry, wait=wait)

    def refuse(self, raw: bytes, reason: str, detail: str) -> Outcome:
        """Send bytes that are no record to the dead letters of `publish`, keyed by their own hash.

        Where Kafka would not take them whole only their first MiB is kept; the detail then says so.
        """
        key = blake2b_128(raw)
        if not _takeable(raw):
            detail = f"{detail} (only the first {MAX_DEAD} of {len(raw)} bytes are kept)"
            raw = raw[:MAX_DEAD]
        letter = DeadLetter(STAGE, reason, detail, topics.RAW, -1, -1, self._clock.now())
        with self._lock:
            self.counts.dead += 1
        DEAD.labels(STAGE, reason).inc()
        return self._send(Entry(self._next(), topics.dead(STAGE), key.encode(), raw, letter.headers()), wait=True)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until nothing is in flight (delivered or spooled); False when `timeout` seconds pass first."""
        return self._budget.wait_empty(timeout)

    def close(self, patience: float = 5.0, grace: float = LAST_WAIT) -> None:
        """Wait up to `grace` seconds for what is in flight and spool the rest, drain the spool while Kafka takes it (giving
        up after `patience` seconds without progress), and end."""
        if not self._budget.wait_empty(grace):
            self._give_up()
        self._drain_before_end(patience)
        self._closing.set()
        self._failed.put(None)
        self._keeper.join()
        with contextlib.suppress(KafkaError):
            self._producer.close(timeout=2)
        self._spool.close()

    def _give_up(self) -> None:
        """A broker that neither confirms nor refuses: what it has is kept on disk, and sent again by the next start."""
        with self._lock:
            left = list(self._flying.values())
        log.warning("kafka does not answer; records go to the spool", records=len(left))
        for entry in left:
            if self._landed(entry):
                self._failed.put(entry)
        self._budget.wait_empty(LAST_WAIT)

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- sending ----------------------------------------------------------------------------------------------------

    def _next(self) -> int:
        """Increasing across restarts as well, so that the spool keeps the order of publication."""
        with self._lock:
            self._seq = max(self._seq + 1, int(self._clock.now().timestamp() * 1_000_000))
            return self._seq

    def _send(self, entry: Entry, *, wait: bool) -> Outcome:
        if self._spool.count or not self._budget.take(entry.size, wait=wait):
            self._keep_on_disk([entry])
            self._failed.put(None)
            return "spooled"
        with self._lock:
            self._flying[entry.seq] = entry
        try:
            self._hand_over(entry, delivered=lambda: self._arrived(entry), failed=lambda: self._came_back(entry))
        except Exception as error:
            # Metadata that did not come, a closed or failed client: the record is not with Kafka, so it goes to disk.
            self._report(error)
            self._came_back(entry)
        return "sent"

    def _landed(self, entry: Entry) -> bool:
        """Whether the record was still under way; each is answered for once, also when its answer comes too late."""
        with self._lock:
            return self._flying.pop(entry.seq, None) is not None

    def _arrived(self, entry: Entry) -> None:
        if self._landed(entry):
            self._budget.give(entry.size)

    def _came_back(self, entry: Entry) -> None:
        if self._landed(entry):
            self._failed.put(entry)

    def _hand_over(self, entry: Entry, delivered: Callable[[], None], failed: Callable[[], None]) -> None:
        future = self._producer.send(entry.topic, entry.value, entry.key, headers=entry.headers)

        def confirmed(_: Any) -> None:
            try:
                self._confirm(entry)
            finally:
                delivered()

        def refused(error: BaseException) -> None:
            self._report(error)
            failed()

        future.add_callback(confirmed)
        future.add_errback(refused)

    def _confirm(self, entry: Entry) -> None:
        with self._lock:
            self.counts.delivered += 1
        if entry.origin:
            DELIVERED.labels(entry.origin).inc()
        if self._on_delivered is not None:
            self._on_delivered(Receipt(entry.key.decode(), entry.token, entry.topic))

    # --- the spool's keeper -----------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """The keeper's thread: failed records onto the disk, the disk's records to Kafka."""
        while not self._closing.is_set() or self._budget.count:
            try:
                self._rescue(self._gather())
                self._drain()
            except WartaError as error:
                # A full or broken disk: the records stay in memory and in flight, so callers wait; try again.
                self._report(error)
                self._closing.wait(FIRST_PAUSE)

    def _gather(self) -> list[Entry]:
        """Failed records at hand; waits for the first a moment."""
        found: list[Entry] = []
        try:
            first = self._failed.get(timeout=0.2)
            while True:
                if first is not None:
                    found.append(first)
                first = self._failed.get_nowait()
        except queue.Empty:
            return found

    def _rescue(self, entries: list[Entry]) -> None:
        if not entries:
            return
        try:
            self._keep_on_disk(entries)
        except WartaError:
            for entry in entries:
                self._failed.put(entry)
            raise
        for entry in entries:
            self._budget.give(entry.size)

    def _keep_on_disk(self, entries: list[Entry]) -> None:
        self._spool.put(entries)
        with self._lock:
            self.counts.spooled += len(entries)

    def _drain(self) -> None:
        """One step: settle the batch that is out, or send the next. Nothing is sent past records still in flight."""
        if self._batch is not None:
            if not self._batch.open:
                self._settle(self._batch)
            return
        now = self._clock.monotonic()
        if not self._spool.count or self._budget.count or now < self._try_at or not self._spool.claim():
            return
        entries = self._spool.head(DRAIN_COUNT, DRAIN_BYTES)
        if entries:
            self._batch = _Batch(entries, [], len(entries))
            self._send_batch(self._batch)

    def _send_batch(self, batch: _Batch) -> None:
        for place, entry in enumerate(batch.entries):
            try:
                self._hand_over(
                    entry,
                    delivered=lambda entry=entry: self._close_one(batch, entry),  # type: ignore[misc]
                    failed=lambda: self._close_one(batch, None),
                )
            except Exception as error:
                # A call that fails may have blocked for seconds (metadata): the rest waits for the next try.
                self._report(error)
                for _ in batch.entries[place:]:
                    self._close_one(batch, None)
                return

    def _close_one(self, batch: _Batch, delivered: Entry | None) -> None:
        with self._lock:
            batch.open -= 1
            if delivered is not None:
                batch.delivered.append(delivered)
            done = not batch.open
        if done:
            self._failed.put(None)

    def _settle(self, batch: _Batch) -> None:
        self._spool.remove(batch.delivered)
        self._batch = None
        if batch.delivered:
            self._failures = 0
            self._failed.put(None)
            return
        self._failures += 1
        pause = min(FIRST_PAUSE * 2 ** (self._failures - 1), LAST_PAUSE)
        self._try_at = self._clock.monotonic() + pause
        if self._failures % SUSPECT_AFTER == 0:
            self._replace_producer()

    def _replace_producer(self) -> None:
        fresh = self._connect()
        old, self._producer = self._producer, fresh
        old.close(timeout=0)

    def _drain_before_end(self, patience: float) -> None:
        left, since = self._spool.count, time.monotonic()
        while left and self._spool.claim() and time.monotonic() - since < patience:
            time.sleep(0.05)
            if self._spool.count != left:
                left, since = self._spool.count, time.monotonic()

    def _report(self, error: BaseException) -> None:
        """Say what went wrong, once a minute at most: an outage fails thousands of records alike."""
        now = self._clock.monotonic()
        with self._lock:
            if now - self._reported_at < REPORT_EVERY:
                return
            self._reported_at = now
        log.warning("kafka takes nothing; records go to the spool", error=repr(error), spooled=self._spool.count)


def _takeable(raw: bytes) -> bool:
    if len(raw) <= MAX_DEAD:
        return True
    return len(raw) <= topics.MAX_RAW_JSON and len(zstandard.compress(raw)) <= MAX_DEAD
