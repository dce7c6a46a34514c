"""One crawler process: state, publisher, downloader and loop put together, run, and taken apart in order."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from producers import schedule
from producers.catalogue import Source
from producers.crawling import downloads, port, sending
from producers.crawling.answer import Fetch
from producers.crawling.asking import Asker
from producers.crawling.blocks import Blocks, Forgotten
from producers.crawling.fetching import Archive, Pages
from producers.crawling.jobs import Job
from producers.crawling.loop import Loop, Plan
from producers.crawling.owners import Owners
from producers.crawling.polling import Polls
from producers.crawling.rules import HostRules
from producers.crawling.sending import Sender
from producers.crawling.stats import Stats
from producers.frontier import Frontier
from producers.publisher import Publisher
from producers.seen import Kind, NewPoint, Seen
from producers.spool import Spool
from warta import logs
from warta.clock import Clock
from warta.errors import Usage
from warta.settings import Settings

log = logs.get(__name__)

#: The crawler's place among the workers' ports, counted from WARTA_METRICS_PORT.
PORT_OFFSET = 8
#: Records that are with neither Kafka nor the spool: what a kill makes us fetch again.
MAX_IN_FLIGHT = 100
#: Seconds that the last records may take to reach Kafka or the spool.
FLUSH = 20.0
#: Seconds over which the first looks at new points are spread; the frontier keeps them apart by host anyway.
START = 5.0
#: How often the seen state is tidied.
TIDY = timedelta(hours=1)
_POINTS: tuple[tuple[str, Kind], ...] = (("feeds", "feed"), ("sitemaps", "sitemap"), ("indexes", "index"))

#: Called once a minute on a thread, with the seen state and the time: health metrics.
Minutely = Callable[[Seen, datetime], None]


@dataclass(slots=True)
class Parts:
    """What a run needs from outside. `minutely` hooks must not raise."""

    settings: Settings
    clock: Clock
    sources: dict[str, Source]
    plan: Plan
    archive: Archive | None = None
    gate: Callable[[], bool] = lambda: True
    beat: Callable[[Stats], None] = lambda _: None
    minutely: Sequence[Minutely] = ()
    stats: Stats = field(default_factory=Stats)


class Taken(Usage):
    """Another crawler runs in this home."""


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the right to crawl in this home: two crawlers would ask a site twice as often as either believes.

    Raises:
        Taken: another process holds it.
    """
    path = home / "crawl" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Taken(f"a crawler runs in {home.absolute()} already") from None
        yield


def watch(state: Seen, sources: dict[str, Source], now: datetime) -> None:
    """Make the live points those of the catalogue: new ones are first looked at within seconds; those that left it, or
    whose source is off, are forgotten, with the sitemaps they led to."""
    wanted = {
        url: NewPoint(url, source.id, kind, schedule.first_look(url, now, START))
        for source in sources.values()
        for name, kind in _POINTS
        for url in getattr(source, name)
    }
    points = [point for point in state.points() if point.origin == "live"]
    kept = set(wanted)
    for point in sorted(points, key=lambda point: point.depth):
        if point.parent in kept and point.source in sources:
            kept.add(point.url)
    gone = [point.id for point in points if point.url not in kept or point.source not in sources]
    state.unwatch(gone)
    state.watch(wanted.values())


def open_spool(settings: Settings) -> Spool:
    """The crawler's own spool."""
    return Spool(settings.home / "spool" / "crawl.sqlite", settings.spool_limit_mb * 1024 * 1024)


def recover(state: Seen, spool: Spool, now: datetime) -> None:
    """After a kill: what lies in the spool is on its way and not to be fetched again."""
    state.mark_spooled(sending.keys_in(spool.tokens()), now + timedelta(minutes=15))


def run(parts: Parts, state: Seen, publisher: Publisher, sender: Sender) -> Stats:
    """Crawl until the plan is done or SIGTERM or SIGINT comes; then everything fetched is in Kafka or in the spool."""

    async def work(fetch: downloads.Downloads) -> None:
        await _Run(parts, state, publisher, sender, fetch).crawl()

    downloads.run(parts.settings, parts.clock, work)
    return parts.stats


class _Run:
    """One run inside the event loop."""

    def __init__(self, parts: Parts, state: Seen, publisher: Publisher, sender: Sender, fetch: Fetch) -> None:
        self._parts = parts
        self._state = state
        self._publisher = publisher
        self._sender = sender
        settings, clock, stats = parts.settings, parts.clock, parts.stats
        self._blocks = Blocks(state, Forgotten(settings))
        owners = Owners(parts.sources.values())
        frontier: Frontier[Job] = Frontier(clock)
        polls = Polls(state, owners, stats, clock, Random(), self._noticed)
        pages = Pages(state, sender, stats, clock, self._blocks, parts.archive)
        asker = Asker(frontier, fetch, HostRules(state), polls, pages, state, owners, stats, clock)
        self._loop = Loop(
            parts.plan,
            parts.sources,
            state,
            sender,
            asker,
            frontier,
            stats,
            clock,
            gate=parts.gate,
            beat=parts.beat,
        )

    def _noticed(self, source: str) -> None:
        self._loop.noticed(source)

    async def crawl(self) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._loop.stop)
        await asyncio.to_thread(self._blocks.refresh)
        async with contextlib.AsyncExitStack() as stack:
            if not self._parts.plan.once:
                settings = self._parts.settings
                server = await port.serve(settings.metrics_port + PORT_OFFSET, settings.metrics_bind, self._health)
                stack.callback(server.close)
            chores = asyncio.create_task(self._chores())
            stack.callback(chores.cancel)
            await self._loop.run()
        await self._sender.flush(FLUSH)

    async def _chores(self) -> None:
        """Once a minute what takes its time: the block list, health, tidying."""
        tidied = self._parts.clock.now()
        while True:
            await asyncio.sleep(60.0)
            now = self._parts.clock.now()
            try:
                await asyncio.to_thread(self._blocks.refresh)
                for hook in self._parts.minutely:
                    await asyncio.to_thread(hook, self._state, now)
                if now - tidied >= TIDY:
                    tidied = now
                    await asyncio.to_thread(self._state.forget_old, now)
            except Exception:
                # A chore that fails is no reason to stop watching the news.
                log.exception("a chore of the crawler failed")

    def _health(self) -> tuple[bool, dict[str, object]]:
        stats = self._parts.stats
        facts: dict[str, object] = {
            "waiting": stats.waiting,
            "running": stats.running,
            "unconfirmed": self._sender.waiting,
            "spooled": self._publisher.waiting,
            "looks": stats.looks,
            "requests": stats.requests,
            "paused": stats.paused,
        }
        return True, facts
