"""What to fetch next, politely: a queue for each host, one request at a time, at the site's own pace. Pure; injected clock.

Hosts are independent: a host that is slow, refuses or has a long queue never holds another's requests up.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from warta.clock import Clock

Job = TypeVar("Job")

#: Seconds between the end of one request and the start of the next to one host, unless robots.txt or the catalogue say more.
DEFAULT_DELAY = 1.0
#: Pause of a host after its first failure, seconds; doubled up to `LAST_PAUSE`.
FIRST_PAUSE = 15.0
LAST_PAUSE = 3600.0
#: Hosts remembered; beyond, those at rest are forgotten.
MAX_HOSTS = 20_000
#: What was begun (robots.txt, a redirect's next hop) goes first; looks at feeds go before new articles, those before second
#: visits, those before backfill.
BEGUN, POLL, NEW, REVISIT, BACKFILL = range(5)


@dataclass(slots=True)
class _Host(Generic[Job]):
    queue: list[tuple[int, int, Job]] = field(default_factory=list)
    delay: float = DEFAULT_DELAY
    not_before: float = 0.0
    failures: int = 0
    busy: bool = False


class Frontier(Generic[Job]):
    """Queues of jobs by host. `take` gives jobs that may start now; each must be answered by `done`.

    Times are the clock's monotonic seconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host[Job]] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._order = itertools.count()
        self.waiting = 0
        self.running = 0

    def push(self, host: str, job: Job, priority: int) -> None:
        """Queue a job; within one priority first come, first served."""
        if len(self._hosts) >= MAX_HOSTS and host not in self._hosts:
            self._forget_idle()
        state = self._hosts.setdefault(host, _Host())
        heapq.heappush(state.queue, (priority, next(self._order), job))
        self.waiting += 1
        if len(state.queue) == 1 and not state.busy:
            self._announce(host, state)

    def pace(self, host: str, delay: float) -> None:
        """Seconds to leave between two requests to a host from now on."""
        self._hosts.setdefault(host, _Host()).delay = delay

    def take(self, most: int) -> list[tuple[str, Job]]:
        """Up to `most` jobs whose hosts are free now, the longest due first."""
        now = self._clock.monotonic()
        taken: list[tuple[str, Job]] = []
        while self._ready and self._ready[0][0] <= now and len(taken) < most:
            due, _, host = heapq.heappop(self._ready)
            state = self._hosts[host]
            if state.busy or not state.queue or due != state.not_before:
                continue  # announced before something changed
            state.busy = True
            taken.append((host, heapq.heappop(state.queue)[2]))
        self.waiting -= len(taken)
        self.running += len(taken)
        return taken

    def done(
        self,
        host: str,
        *,
        failed: bool = False,
        retry_after: float | None = None,
        asked: bool = True,
        at_least: float = 0.0,
    ) -> None:
        """A host's request has ended. `failed`: 429, 5xx, no answer; then the host rests, as long as it asked at least.

        `asked` False: the job was settled without a request, so the host is owed no pause. `at_least`: seconds of rest
        whatever the host's pace.
        """
        state = self._hosts[host]
        state.busy = False
        self.running -= 1
        if not asked:
            if state.queue:
                self._announce(host, state)
            return
        state.failures = state.failures + 1 if failed else 0
        rest = max(state.delay, at_least)
        if failed:
            back_off = min(LAST_PAUSE, FIRST_PAUSE * 2.0 ** min(state.failures - 1, 12))
            rest = max(rest, back_off, min(retry_after or 0.0, 24 * 3600.0))
        state.not_before = self._clock.monotonic() + rest
        if state.queue:
            self._announce(host, state)

    def _announce(self, host: str, state: _Host[Job]) -> None:
        heapq.heappush(self._ready, (state.not_before, next(self._order), host))

    def next_at(self) -> float | None:
        """When the next job may start; None while nothing waits for a time."""
        return self._ready[0][0] if self._ready else None

    def _forget_idle(self) -> None:
        """Hosts that redirects led to once and nobody asks any more; the paces of the catalogue's are set again with a job."""
        now = self._clock.monotonic()
        idle = [h for h, s in self._hosts.items() if not s.queue and not s.busy and s.not_before <= now]
        for host in idle:
            del self._hosts[host]

    def rest(self, host: str) -> float:
        """Seconds until a host may be asked again; 0 when it may be now."""
        state = self._hosts.get(host)
        return max(0.0, state.not_before - self._clock.monotonic()) if state else 0.0

    def drop(self, host: str) -> list[Job]:
        """Take all waiting jobs of a host out of its queue."""
        state = self._hosts.get(host)
        if state is None:
            return []
        dropped = [job for _, _, job in sorted(state.queue, key=lambda entry: entry[:2])]
        state.queue.clear()
        self.waiting -= len(dropped)
        return dropped

    def hosts(self) -> list[str]:
        """Hosts with waiting jobs."""
        return [host for host, state in self._hosts.items() if state.queue]

    def queued(self, host: str) -> int:
        """Jobs waiting for one host."""
        return len(self._hosts[host].queue) if host in self._hosts else 0
