"""The crawler's loop: due points and pending addresses into the frontier, free hosts' jobs out of it, side by side.

Politeness is the frontier's (one request at a time to a host, at its pace), memory of everything is the seen state's, so the
loop may be killed anywhere. One host's trouble stays its own: a job never waits for another host's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from producers.catalogue import Source
from producers.crawling import jobs
from producers.crawling.asking import Asker
from producers.crawling.jobs import Job
from producers.crawling.sending import Sender
from producers.crawling.stats import PAUSED, RUNNING, UNCONFIRMED, WAITING, Stats
from producers.frontier import Frontier
from producers.seen import Point, Seen
from warta import logs
from warta.clock import Clock
from warta.messages import Origin

log = logs.get(__name__)

#: Seconds between two looks at what is due.
TICK = 0.2
#: Jobs of one source in the frontier: enough to keep its hosts busy between two ticks, few enough that what is found later
#: does not wait behind what was loaded first.
LOADED = 16
#: Seconds after which a source without work is asked again, unless something was found for it.
ASK_AGAIN = 5.0
#: A pass that is to end does not wait longer than this for a host that rests.
PATIENCE = 20.0
#: Backfill's share of the requests side by side.
BACKFILL_SHARE = 4
#: Seconds that requests under way may take to end when the crawler is asked to.
DRAIN = 10.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: `live` (points and articles of live news), `backfill`, and whether to end when that is done (`once`)."""

    live: bool = True
    backfill: bool = True
    once: bool = False
    concurrency: int = 64


@dataclass(slots=True)
class _Book:
    """Which jobs are on their way, by id, and how many of each source and of backfill."""

    ids: set[str] = field(default_factory=set)
    sources: Counter[str] = field(default_factory=Counter)
    backfill: int = 0

    def add(self, job: Job) -> None:
        self.ids.add(job.id)
        self.sources[job.source.id if job.source else ""] += 1
        self.backfill += job.backfill

    def drop(self, job: Job) -> None:
        self.ids.discard(job.id)
        self.sources[job.source.id if job.source else ""] -= 1
        self.backfill -= job.backfill


class Loop:
    """Runs until `stop` is called or, with `once`, until nothing is left to do.

    `gate` says whether backfill may go on (other stages keep up); it may block and runs on a thread. `beat` is called once
    a tick, for displays and health.
    """

    def __init__(
        self,
        plan: Plan,
        sources: dict[str, Source],
        seen: Seen,
        sender: Sender,
        asker: Asker,
        frontier: Frontier[Job],
        stats: Stats,
        clock: Clock,
        *,
        gate: Callable[[], bool] = lambda: True,
        beat: Callable[[Stats], None] = lambda _: None,
    ) -> None:
        self._plan = plan
        self._sources = sources
        self._seen = seen
        self._sender = sender
        self._asker = asker
        self._frontier = frontier
        self._stats = stats
        self._clock = clock
        self._gate = gate
        self._gate_open = False
        self._beat = beat
        self._book = _Book()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._looked: set[int] = set()
        self._idle_until: dict[tuple[str, Origin], float] = {}
        asker.settled = self._settled
        asker.spawned = self._spawned

    def stop(self) -> None:
        """Start nothing more; `run` returns when what is under way has ended."""
        self._stopping = True
        self._wake.set()

    def noticed(self, source: str) -> None:
        """Something was found for a source: do not wait for its turn."""
        self._idle_until.pop((source, "live"), None)
        self._idle_until.pop((source, "backfill"), None)

    async def run(self) -> None:
        """Crawl. What a site does never raises; a disk that fails does."""
        gate = asyncio.create_task(self._watch_gate()) if self._plan.backfill else None
        try:
            while not self._stopping:
                await self._turn()
                if self._plan.once and self._finished():
                    break
                await self._sleep()
            await self._drain()
        finally:
            if gate is not None:
                gate.cancel()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._sender.settle()

    async def _turn(self) -> None:
        self._raise_failures()
        self._sender.settle()
        full = self._sender.publisher.full
        self._stats.paused = "the spool or the disk is full" if full else ""
        PAUSED.set(full)
        if not full:
            self._fill()
            self._start()
        if self._plan.once:
            await self._give_up_resting()
        self._stats.waiting, self._stats.running = self._frontier.waiting, len(self._tasks)
        WAITING.set(self._frontier.waiting)
        RUNNING.set(len(self._tasks))
        UNCONFIRMED.set(self._sender.waiting)
        self._beat(self._stats)

    def _start(self) -> None:
        for host, job in self._frontier.take(self._plan.concurrency - len(self._tasks)):
            task = asyncio.create_task(self._asker.serve(host, job))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            self._tasks.discard(task)
        # A task that failed stays, for the loop to raise what it met.
        self._wake.set()

    def _raise_failures(self) -> None:
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            task.result()

    async def _sleep(self) -> None:
        """Until a request ends or a tick is over. Requests that end start others at once; what is due is read each tick."""
        until = self._clock.monotonic() + TICK
        while not self._stopping and (left := until - self._clock.monotonic()) > 0:
            next_at = self._frontier.next_at()
            if next_at is not None and len(self._tasks) < self._plan.concurrency:
                left = min(left, max(0.0, next_at - self._clock.monotonic()) + 0.001)
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), left)
            if not self._stopping and not self._stats.paused:
                self._start()

    async def _watch_gate(self) -> None:
        while True:
            self._gate_open = await asyncio.to_thread(self._gate)
            await asyncio.sleep(1.0)

    # --- what is to be done -----------------------------------------------------------------------------------------

    def _fill(self) -> None:
        now = self._clock.now()
        for point in self._due(now):
            source = self._sources.get(point.source)
            if source is not None and f"point:{point.id}" not in self._book.ids:
                self._push(jobs.look_at(point, source))
                self._looked.add(point.id)
        for source in self._sources.values():
            if self._plan.live:
                self._load(source, "live", now)
            if self._plan.backfill and self._gate_open:
                self._load(source, "backfill", now)

    def _due(self, now: datetime) -> list[Point]:
        if not self._plan.once:
            due = self._seen.due_points(now)
            return [p for p in due if self._wanted(p.origin)]
        points = [p for p in self._seen.points() if p.id not in self._looked and self._wanted(p.origin)]
        # One pass looks at everything, but a site that asked for patience gets it.
        return [p for p in points if p.next_at is not None and (p.next_at <= now or not p.error)]

    def _wanted(self, origin: Origin) -> bool:
        if origin == "backfill":
            return self._plan.backfill and self._gate_open and self._room_for_backfill()
        return self._plan.live

    def _room_for_backfill(self) -> bool:
        return self._book.backfill < max(1, self._plan.concurrency // BACKFILL_SHARE)

    def _load(self, source: Source, origin: Origin, now: datetime) -> None:
        if self._idle_until.get((source.id, origin), 0.0) > self._clock.monotonic():
            return
        room = LOADED - self._book.sources[source.id]
        if room <= LOADED // 2:
            return
        loaded = 0
        for state in ("pending", "kafka") if origin == "live" else ("pending",):
            # What is on its way to Kafka is still pending: it must not fill the window.
            for address in self._seen.work(source.id, state, origin, now, LOADED + self._sender.waiting):
                if loaded >= room or (origin == "backfill" and not self._room_for_backfill()):
                    return
                if address.key not in self._book.ids and not self._sender.holds(address.key):
                    self._push(jobs.fetch(address, source))
                    loaded += 1
        if not loaded:
            self._idle_until[source.id, origin] = self._clock.monotonic() + ASK_AGAIN

    def _push(self, job: Job) -> None:
        self._book.add(job)
        self._asker.push(job)

    def _spawned(self, job: Job) -> None:
        self._book.add(job)

    def _settled(self, job: Job) -> None:
        self._book.drop(job)

    # --- ending -----------------------------------------------------------------------------------------------------

    def _finished(self) -> bool:
        if self._book.ids or self._tasks or (self._plan.backfill and not self._gate_open):
            return False
        now = self._clock.now()
        if self._due(now):
            return False
        origins: list[Origin] = [o for o in ("live", "backfill") if getattr(self._plan, o)]
        return not any(
            not self._sender.holds(address.key)
            for source in self._sources
            for origin in origins
            for address in self._seen.work(source, "pending", origin, now, LOADED + self._sender.waiting)
        )

    async def _give_up_resting(self) -> None:
        for host in self._frontier.hosts():
            rest = self._frontier.rest(host)
            if rest > PATIENCE:
                await self._asker.postpone(host, rest)

    async def _drain(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN)
        self._sender.settle()
