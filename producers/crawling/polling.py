"""What a look at a point leads to: its articles and sitemaps into the seen state, and when to look again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from random import Random

from producers import schedule
from producers.catalogue import Source
from producers.crawling import choosing, pages
from producers.crawling.answer import Answer, NoAnswer
from producers.crawling.choosing import Chosen, Named
from producers.crawling.jobs import Job
from producers.crawling.owners import Owners, stays
from producers.crawling.stats import FOUND, Stats
from producers.discovery import feeds, index_pages, sitemaps
from producers.discovery.found import Discovered
from producers.schedule import Rhythm
from producers.seen import Look, NewPoint, Point, Seen
from warta import logs
from warta.clock import Clock
from warta.errors import Invalid
from warta.hashing import blake2b_128
from warta.identity import MAX_URL

log = logs.get(__name__)

#: Points of one source, the catalogue's and those that sitemap indexes lead to.
MAX_POINTS = 200
MAX_POINTS_BACKFILL = 5_000
#: Pages of one listing that a backfill reads, and of those at most so many at the start with nothing that is new.
MAX_PAGES = 500
MAX_KNOWN_PAGES = 20
#: Addresses written in one transaction: more would hold up whoever else wants to write.
SLICE = 1_000
#: A backfill's sitemap that fails so often is given up.
MAX_BACKFILL_FAILURES = 5


def discover(point: Point, answer: Answer, source: Source, owners: Owners) -> tuple[Discovered, list[Named], int, int]:
    """Bytes → what they name, with keys (see `choosing.named`). Takes its time: runs on a thread.

    Raises:
        Invalid: it is not what the point is meant to be.
    """
    if point.kind == "feed":
        found = feeds.parse(answer.body, answer.url, answer.headers.get("content-type", ""))
    elif point.kind == "sitemap":
        found = sitemaps.parse(answer.body, answer.url)
    else:
        found = index_pages.parse(pages.decode(answer), answer.url, articles=source.articles)
    return found, *choosing.named(found.links, owners, choosing.oldest(point, answer.at))


class Polls:
    """Settles looks. `noticed` hears which sources have new work."""

    def __init__(
        self,
        seen: Seen,
        owners: Owners,
        stats: Stats,
        clock: Clock,
        rng: Random,
        noticed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._seen = seen
        self._owners = owners
        self._stats = stats
        self._clock = clock
        self._rng = rng
        self._noticed = noticed

    def conditional(self, point: Point) -> bool:
        """Whether to send validators: now and then not, to a point that has had nothing for long (servers lie)."""
        quiet = point.new_at is None or (self._clock.now() - point.new_at).total_seconds() > 6 * 3600
        return not (quiet and self._rng.random() < 0.05)

    async def settle(self, job: Job, result: Answer | NoAnswer) -> None:
        """Store what a look gave; never raises for what a site does."""
        point, source = job.point, job.source
        if point is None or source is None:
            raise ValueError("a look needs its point and source")
        self._stats.looks += 1
        if isinstance(result, NoAnswer):
            self._failed(point, None, str(result))
        elif result.status == 304:
            self._unchanged(point, result, point.body_hash)
        elif result.status == 200:
            await self._read(job, point, source, result)
        else:
            self._failed(point, result, f"HTTP {result.status}")

    async def _read(self, job: Job, point: Point, source: Source, answer: Answer) -> None:
        body_hash = blake2b_128(answer.body)
        moved_to = self._moved(job, point, answer)
        if body_hash == point.body_hash and moved_to == point.moved_to:
            self._unchanged(point, answer, body_hash)
            return
        try:
            found, links, foreign, old = await asyncio.to_thread(discover, point, answer, source, self._owners)
        except Invalid as error:
            self._failed(point, answer, str(error))
            return
        except Exception as error:
            # A parser that stumbles over what a site sent (feedparser, lxml) is that site's trouble, not everybody's.
            log.exception("a point cannot be read", source=point.source, point=point.url)
            self._failed(point, answer, f"unreadable: {type(error).__name__}")
            return
        known = await asyncio.to_thread(self._seen.known, [one.key for one in links])
        chosen = choosing.choose(links, known, point)
        chosen.foreign, chosen.old = foreign, old
        below = self._below(point, source, found) + self._older(point, source, found, chosen)
        await self._store(point, answer, chosen, below, (body_hash, moved_to))

    def _below(self, point: Point, source: Source, found: Discovered) -> list[NewPoint]:
        """The sitemaps to watch or read below this one: the source's own, and never more than a source may have."""
        if not found.sitemaps:
            return []
        own = [link for link in found.sitemaps if len(link.url) <= MAX_URL and stays(source, link.url, self._owners)]
        most = MAX_POINTS_BACKFILL if point.origin == "backfill" else MAX_POINTS
        room = max(0, most - len(self._seen.points(source.id)))
        return choosing.sitemaps(own, point, self._clock.now())[:room]

    def _older(self, point: Point, source: Source, found: Discovered, chosen: Chosen) -> list[NewPoint]:
        """A backfill goes on to the older page of a listing, unless this one reached back beyond its day or brought
        nothing that was not known."""
        wanted = chosen.found or (chosen.known and point.depth < MAX_KNOWN_PAGES)
        # An old article or two may be pinned to a page of news.
        beyond = 2 * chosen.old >= chosen.listed
        if point.origin != "backfill" or not wanted or beyond or point.depth >= MAX_PAGES:
            return []
        if len(found.older) > MAX_URL or not stays(source, found.older, self._owners):
            return []
        now = self._clock.now()
        return [NewPoint(found.older, source.id, point.kind, now, "backfill", point.since, point.url, point.depth + 1)]

    async def _store(
        self, point: Point, answer: Answer, chosen: Chosen, below: list[NewPoint], marks: tuple[str, str]
    ) -> None:
        now, new = self._clock.now(), len(chosen.found)
        body_hash, moved_to = marks
        rhythm = _copied(point.rhythm)
        schedule.observe(rhythm, now, new, chosen.times)
        look = Look(
            now,
            self._next(point, rhythm, now),
            rhythm,
            answer.status,
            etag=answer.etag,
            modified=answer.modified,
            body_hash=body_hash,
            moved_to=moved_to,
            listed=chosen.listed,
            new=new,
        )
        # What is written before the validators may be written again: a kill in between costs nothing but that.
        found, known, passed = chosen.found, chosen.known, chosen.passed
        while max(len(found), len(known), len(passed)) > SLICE:
            await asyncio.to_thread(self._seen.note, point, now, found[-SLICE:], known[-SLICE:], passed[-SLICE:])
            found, known, passed = found[:-SLICE], known[:-SLICE], passed[:-SLICE]
        self._seen.look(point, look, found, known, passed, below)
        if chosen.edited:
            self._seen.revisit(chosen.edited, now)
        self._stats.found += new
        FOUND.labels(point.kind).inc(new)
        for source in {found.source for found in chosen.found} | ({point.source} if chosen.edited else set()):
            self._noticed(source)

    def _unchanged(self, point: Point, answer: Answer, body_hash: str) -> None:
        now = self._clock.now()
        rhythm = _copied(point.rhythm)
        schedule.observe(rhythm, now, 0)
        look = Look(
            now,
            self._next(point, rhythm, now),
            rhythm,
            answer.status,
            etag=answer.etag or point.etag,
            modified=answer.modified or point.modified,
            body_hash=body_hash,
            moved_to=point.moved_to,
            listed=point.listed,
        )
        self._seen.look(point, look)

    def _failed(self, point: Point, answer: Answer | None, error: str) -> None:
        now = self._clock.now()
        rhythm = _copied(point.rhythm)
        next_at: datetime | None
        next_at = schedule.after_failure(rhythm, now, self._rng, answer.retry_after() if answer else None)
        absent = answer is not None and answer.status in (404, 410)
        if point.origin == "backfill" and (absent or rhythm.failures >= MAX_BACKFILL_FAILURES):
            next_at = None
        # A place it once moved to that fails may be the wrong one by now: next time the first address is asked again.
        look = Look(now, next_at, rhythm, answer.status if answer else None, error[:300], moved_to="")
        self._seen.look(point, look)
        self._stats.looks_failed += 1
        self._stats.trouble(point.url, error)
        log.info("a look failed", source=point.source, point=point.url, error=error[:200])

    def _next(self, point: Point, rhythm: Rhythm, now: datetime) -> datetime | None:
        return None if point.origin == "backfill" else schedule.next_look(rhythm, now, self._rng)

    def _moved(self, job: Job, point: Point, answer: Answer) -> str:
        if not job.hops or not job.permanent or answer.url == point.address:
            return point.moved_to
        if answer.url == point.url:
            return ""
        self._stats.moved[point.url] = answer.url
        log.warning("a point has moved for good", source=point.source, point=point.url, to=answer.url)
        return answer.url


def _copied(rhythm: Rhythm) -> Rhythm:
    """A rhythm of its own, lists included: the point keeps what was stored."""
    return Rhythm(list(rhythm.counts), list(rhythm.hours), rhythm.burst, rhythm.seen_at, rhythm.failures)
