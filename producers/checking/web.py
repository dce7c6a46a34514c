"""Asking politely for a few addresses of many sites: robots.txt first, one request at a time to a host, at its pace.

The same rules, bounds and connections as the crawler's (`producers.crawling`); what is missing is its memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from producers import robots
from producers.agent import TOKEN
from producers.crawling.answer import MAX_BYTES, PERMANENT, REDIRECTS, Answer, Ask, Fetch, NoAnswer
from producers.crawling.jobs import MAX_HOPS
from producers.crawling.rules import host_of, robots_url
from producers.robots import Rules
from warta.clock import Clock

#: Requests that one source may cost, robots.txt among them.
BUDGET = 40
#: Statuses after which a host is left alone for the rest of the run.
_REST = frozenset({429, 503})

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Got:
    """What asking for an address gave. `url`: where it was at last; `permanent`: every redirect to there was meant to last.
    Without an `answer`, or with one that is not 200, `problem` says why."""

    asked: str
    url: str
    answer: Answer | None = None
    permanent: bool = False
    problem: str = ""

    @property
    def status(self) -> int:
        """The status, 0 without an answer."""
        return self.answer.status if self.answer else 0


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    not_before: float = 0.0
    rules: Rules | None = None
    trouble: str = ""
    closed: str = ""


class Web:
    """All hosts of a run."""

    def __init__(self, fetch: Fetch, clock: Clock, sleep: Sleep = asyncio.sleep, concurrency: int = 16) -> None:
        self.clock = clock
        self._fetch = fetch
        self._sleep = sleep
        self._slots = asyncio.Semaphore(concurrency)
        self._hosts: dict[str, _Host] = {}

    def host(self, url: str) -> _Host:
        """What is known of an address's host."""
        return self._hosts.setdefault(host_of(url), _Host())

    async def ask(self, ask: Ask, delay: float) -> Answer:
        """One request when the host's turn has come; the next one waits `delay` seconds.

        Raises:
            NoAnswer: nothing usable came, or the host asked us to stay away.
        """
        host = self.host(ask.url)
        async with host.lock:
            if host.closed:
                raise NoAnswer("resting", host.closed)
            wait = host.not_before - self.clock.monotonic()
            if wait > 0:
                await self._sleep(wait)
            try:
                async with self._slots:
                    answer = await self._fetch(ask)
            finally:
                wanted = host.rules.delay if host.rules else None
                host.not_before = self.clock.monotonic() + max(delay, wanted or 0.0)
            if answer.status in _REST:
                host.closed = f"the site asked us to come later (HTTP {answer.status})"
            return answer


class Visit:
    """One source's requests: at most `BUDGET`, `delay` seconds apart on a host."""

    def __init__(self, web: Web, delay: float = 1.0) -> None:
        self._web = web
        self._delay = delay
        self.left = BUDGET

    async def get(self, url: str, accept: str = "*/*", max_bytes: int = MAX_BYTES) -> Got:
        """Ask for an address, following redirects as robots.txt allows on each hop. Never raises for what a site does."""
        at, permanent = url, True
        try:
            for _ in range(MAX_HOPS + 1):
                rules = await self.rules(at)
                if not rules.allows(at):
                    return Got(url, at, problem=self._forbidden(at, rules))
                answer = await self._ask(Ask(at, accept=accept, max_bytes=max_bytes))
                if answer.status not in REDIRECTS or not answer.headers.get("location"):
                    problem = "" if answer.status == 200 else f"HTTP {answer.status}"
                    return Got(url, at, answer, permanent and at != url, problem)
                permanent = permanent and answer.status in PERMANENT
                at = _next(at, answer.headers["location"])
        except NoAnswer as error:
            return Got(url, at, problem=str(error))
        return Got(url, at, problem="too many redirects")

    async def rules(self, url: str) -> Rules:
        """The rules of an address's host, fetched once a run.

        Raises:
            NoAnswer: the budget is spent.
        """
        host = self._web.host(url)
        async with host.asking:
            if host.rules is None:
                answer = await self._robots(robots_url(url))
                now = self._web.clock.now()
                if isinstance(answer, Answer):
                    host.trouble = f"HTTP {answer.status}"
                    host.rules = robots.read(answer.status, answer.body, now, TOKEN)
                else:
                    host.trouble = str(answer)
                    host.rules = robots.read(None, b"", now, TOKEN)
        return host.rules

    def _forbidden(self, url: str, rules: Rules) -> str:
        if rules.state == "read":
            return "robots.txt forbids it"
        return f"robots.txt cannot be read, so the site is closed ({self._web.host(url).trouble})"

    async def _robots(self, at: str) -> Answer | NoAnswer:
        try:
            for _ in range(MAX_HOPS + 1):
                answer = await self._ask(Ask(at, max_bytes=4 * robots.MAX_BYTES, accept="text/plain,*/*;q=0.5"))
                if answer.status not in REDIRECTS or not answer.headers.get("location"):
                    return answer
                at = _next(at, answer.headers["location"])
        except NoAnswer as error:
            if error.reason == "budget":
                raise
            return error
        return NoAnswer("redirects", at[:200])

    async def _ask(self, ask: Ask) -> Answer:
        if self.left <= 0:
            raise NoAnswer("budget", f"{BUDGET} requests are spent")
        self.left -= 1
        return await self._web.ask(ask, self._delay)


def _next(at: str, location: str) -> str:
    try:
        return urljoin(at, location.strip()[:2048])
    except ValueError:
        raise NoAnswer("broken", f"a redirect to no address from {at[:200]}") from None
