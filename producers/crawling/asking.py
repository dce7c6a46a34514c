"""One job at a host: its rules first, then the request, then the next hop or the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urljoin

from producers.crawling import jobs
from producers.crawling.answer import PERMANENT, REDIRECTS, Answer, Fetch, NoAnswer
from producers.crawling.fetching import Pages
from producers.crawling.jobs import MAX_HOPS, Job
from producers.crawling.owners import Owners, stays
from producers.crawling.pages import is_home
from producers.crawling.polling import Polls
from producers.crawling.rules import HostRules, host_of
from producers.crawling.stats import REQUESTS, Stats
from producers.frontier import DEFAULT_DELAY, Frontier
from producers.robots import Rules
from producers.seen import Address, Seen
from warta.clock import Clock
from warta.errors import Invalid
from warta.identity import canonical_url, doc_id

#: Seconds of rest after a transfer that we broke off: the host may still be sending.
AFTER_ABORT = 1.0
#: Failures that say nothing about the host's health.
_NOT_THE_HOST = frozenset({"unsafe", "too-large"})


@dataclass(slots=True)
class _Outcome:
    """How a host fared: whether it was asked, whether it failed, how long it wants to be left alone."""

    asked: bool = False
    failed: bool = False
    retry_after: float | None = None
    at_least: float = 0.0


class Asker:
    """Serves jobs. `settled` hears of every job that has ended, `spawned` of robots jobs that others made necessary."""

    def __init__(
        self,
        frontier: Frontier[Job],
        fetch: Fetch,
        rules: HostRules,
        polls: Polls,
        pages: Pages,
        seen: Seen,
        owners: Owners,
        stats: Stats,
        clock: Clock,
    ) -> None:
        self._frontier = frontier
        self._fetch = fetch
        self._rules = rules
        self._polls = polls
        self._pages = pages
        self._seen = seen
        self._owners = owners
        self._stats = stats
        self._clock = clock
        self._paced: dict[str, float] = {}
        self._blocked: dict[str, list[Job]] = {}
        self._why: dict[str, str] = {}
        self.settled: Callable[[Job], None] = lambda _: None
        self.spawned: Callable[[Job], None] = lambda _: None

    def push(self, job: Job) -> None:
        """Queue a job at the host it asks next, at that host's pace."""
        host = host_of(job.url)
        delay = job.source.delay if job.source else self._paced.get(host, DEFAULT_DELAY)
        self._pace(host, max(delay, self._paced.get(host, 0.0)))
        self._frontier.push(host, job, job.priority)

    def _pace(self, host: str, delay: float) -> None:
        """The slowest that anybody wants: the catalogue, or the site itself (crawl-delay)."""
        self._paced[host] = delay
        self._frontier.pace(host, delay)

    async def serve(self, host: str, job: Job) -> None:
        """Carry a job one request further. The host is free again when this returns."""
        outcome = _Outcome()
        try:
            await self._serve(host, job, outcome)
        finally:
            self._frontier.done(
                host,
                failed=outcome.failed,
                retry_after=outcome.retry_after,
                asked=outcome.asked,
                at_least=outcome.at_least,
            )

    async def _serve(self, host: str, job: Job, outcome: _Outcome) -> None:
        rules = None if job.kind == "robots" else self._rules.get(host, self._clock.now())
        if job.kind != "robots":
            if rules is None:
                self._wait_for_rules(host, job)
                return
            if rules.state == "unreachable":
                await self._closed(host, job, rules.lifetime)
                return
            if not rules.allows(job.url):
                await self._settle(job, NoAnswer("robots", "robots.txt forbids it"), rules)
                return
            if self._overtaken(job):
                self.settled(job)
                return
        result = await self._ask(job, outcome)
        following = self._next_hop(job, result) if isinstance(result, Answer) else None
        if isinstance(following, Job):
            self._follow(following)
        elif job.kind == "robots":
            await self._ruled(job, following or result)
        else:
            await self._settle(job, following or result, rules)

    def _overtaken(self, job: Job) -> bool:
        """Whether the article became known under another address while the job waited."""
        if job.kind != "new" or job.address is None:
            return False
        stands = self._seen.address(job.address.key)
        return stands is None or stands.state != "pending"

    async def _ask(self, job: Job, outcome: _Outcome) -> Answer | NoAnswer:
        conditional = job.point is None or self._polls.conditional(job.point)
        self._stats.requests += 1
        outcome.asked = True
        try:
            answer = await self._fetch(job.ask(conditional=conditional))
        except NoAnswer as error:
            outcome.failed = error.reason not in _NOT_THE_HOST
            outcome.at_least = AFTER_ABORT
            REQUESTS.labels(job.kind, error.reason).inc()
            return error
        except asyncio.CancelledError:
            REQUESTS.labels(job.kind, "cancelled").inc()
            raise
        REQUESTS.labels(job.kind, f"{answer.status // 100}xx").inc()
        outcome.failed = answer.status == 429 or answer.status >= 500
        outcome.retry_after = answer.retry_after() if outcome.failed else None
        return answer

    def _next_hop(self, job: Job, answer: Answer) -> Job | NoAnswer | None:
        """Where a redirect leads: the job's next hop, or why it is not followed; None if it is no redirect."""
        if answer.status not in REDIRECTS:
            return None
        location = answer.headers.get("location", "").strip()
        if not location or job.hops >= MAX_HOPS:
            return NoAnswer("redirects", f"more than {MAX_HOPS} redirects, or one to nowhere, at {answer.url[:200]}")
        try:
            url = urljoin(answer.url, location)
            host_of(url)
        except ValueError:
            return NoAnswer("redirects", f"{answer.url[:200]} leads to {location[:200]!r}")
        if not url.startswith(("http://", "https://")):
            return NoAnswer("unsafe", f"{answer.url[:200]} leads to {url[:200]!r}")
        if job.address is not None:
            if is_home(url) and not is_home(job.address.url):
                return NoAnswer("soft-404", f"{answer.url[:200]} leads to the home page")
            if job.source is not None and not stays(job.source, url, self._owners):
                return NoAnswer("elsewhere", f"{answer.url[:200]} leads to {url[:200]}")
        return replace(job, url=url, hops=job.hops + 1, permanent=job.permanent and answer.status in PERMANENT)

    def _follow(self, job: Job) -> None:
        """To the next hop, unless a new address leads to one that is known: that one is fetched by itself, or was."""
        if job.kind == "new" and job.address is not None:
            target = self._known(job.url)
            if target is not None and target.key != job.address.key:
                self._pages.alias(job.address, target.doc_id or target.key)
                self.settled(job)
                return
        self.push(job)

    def _known(self, url: str) -> Address | None:
        try:
            return self._seen.address(doc_id(canonical_url(url)))
        except Invalid:
            return None

    async def _settle(self, job: Job, result: Answer | NoAnswer, rules: Rules | None) -> None:
        try:
            if job.kind == "point":
                await self._polls.settle(job, result)
            elif rules is not None:
                await self._pages.settle(job, result, rules)
        finally:
            self.settled(job)

    # --- rules ------------------------------------------------------------------------------------------------------

    def _wait_for_rules(self, host: str, job: Job) -> None:
        waiting = self._blocked.setdefault(host, [])
        waiting.append(job)
        if len(waiting) == 1:
            first = jobs.robots_of(job.url)
            self.spawned(first)
            self.push(first)

    async def _ruled(self, job: Job, result: Answer | NoAnswer) -> None:
        """A host's rules are known: what waited for them goes on, or is put off where the host is closed."""
        answer = result if isinstance(result, Answer) else None
        if isinstance(result, NoAnswer) and result.reason in ("redirects", "too-large"):
            # Too many redirects count as no robots.txt (RFC 9309, section 2.3.1.2).
            answer = Answer(job.url, 404, {}, b"", self._clock.now())
        rules = self._rules.put(job.host, answer, self._clock.now())
        self._why.pop(job.host, None)
        if rules.state == "unreachable":
            self._why[job.host] = f"HTTP {result.status}" if isinstance(result, Answer) else str(result)
        if rules.delay is not None:
            self._pace(job.host, max(rules.delay, self._paced.get(job.host, 0.0)))
        self.settled(job)
        for waiting in self._blocked.pop(job.host, []):
            if rules.state == "unreachable":
                await self._put_off(waiting, rules.lifetime, "robots-unreachable")
            else:
                self._frontier.push(job.host, waiting, waiting.priority)

    async def _closed(self, host: str, job: Job, wait: timedelta) -> None:
        """The host's robots.txt cannot be reached, so the host is closed: everything queued for it waits in the seen state."""
        for other in (job, *self._frontier.drop(host)):
            await self._put_off(other, wait, "robots-unreachable")

    async def postpone(self, host: str, seconds: float) -> None:
        """Take a resting host's jobs out of the frontier (a pass that ends does not wait for it)."""
        for job in [*self._frontier.drop(host), *self._blocked.pop(host, [])]:
            self._stats.trouble(host, f"asked for patience or failed: rests for {seconds:.0f} s")
            if job.kind == "robots":
                await self._ruled(job, NoAnswer("host-rests"))
                continue
            if job.address is not None:
                self._pages.postpone(job.address, self._clock.now() + timedelta(seconds=seconds), "host-rests")
            self.settled(job)

    async def _put_off(self, job: Job, wait: timedelta, reason: str) -> None:
        if job.kind == "robots":
            self._frontier.push(host_of(job.url), job, job.priority)
            return
        try:
            if job.point is not None:
                await self._polls.settle(job, NoAnswer(reason, self._why.get(host_of(job.url), "no answer")))
            elif job.address is not None:
                self._pages.postpone(job.address, self._clock.now() + wait, reason)
        finally:
            self.settled(job)
