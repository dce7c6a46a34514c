"""The sites' own view of the crawler: what it fetched, and where it broke a rule. Each host judges for itself.

Kept apart from our crawler's code on purpose: robots.txt is read here by plain prefixes, time is the server's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: Seconds by which two clocks' readings of one pause may differ.
_TOLERANCE = 0.004
_MAX_KEPT = 1000


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """A host's robots.txt: status, the prefixes it forbids to us, and the delay it asks for in seconds."""

    status: int = 200
    disallow: tuple[str, ...] = ()
    delay: float = 0.0

    @property
    def text(self) -> str:
        lines = [f"Disallow: {prefix}" for prefix in self.disallow] or ["Disallow:"]
        delay = [f"Crawl-delay: {self.delay:g}"] if self.delay else []
        return "\n".join(["User-agent: *", *delay, *lines, "", "User-agent: BadBot", "Disallow: /", ""])


@dataclass(slots=True)
class Visit:
    """One request while it runs. `alive` says whether its connection still stands."""

    host: str
    path: str
    alive: Callable[[], bool]
    began: float


@dataclass(slots=True)
class _Host:
    counts: Counter[str] = field(default_factory=Counter)
    running: list[Visit] = field(default_factory=list)
    ended_at: float = -1e9
    closed_until: float = -1e9
    rules: RobotsAnswer | None = None


class Watch:
    """Judges requests as they begin and end; times are monotonic seconds. `delay` is what the catalogue asks for."""

    def __init__(self, delay: float, contact: str = "") -> None:
        self.violations: list[dict[str, str]] = []
        self.broken: Counter[str] = Counter()
        self.fetches: Counter[str] = Counter()
        #: When the first and the last article's page went out, monotonic seconds.
        self.span: tuple[float, float] | None = None
        self._delay = delay
        self._contact = contact
        self._hosts: dict[str, _Host] = {}

    def begin(self, host: str, path: str, agent: str, now: float, alive: Callable[[], bool]) -> Visit:
        """A request has come."""
        state = self._hosts.setdefault(host, _Host())
        self._judge(state, host, path, agent, now)
        visit = Visit(host, path, alive, now)
        state.running.append(visit)
        state.counts["requests"] += 1
        return visit

    def end(self, visit: Visit, now: float, *, status: int, kind: str, key: str = "", retry_after: float = 0.0) -> None:
        """Its answer is about to be complete. `kind` is what it was of: article (whose `key` counts), listing, robots,
        other."""
        state = self._hosts[visit.host]
        if visit in state.running:
            state.running.remove(visit)
        state.ended_at = max(state.ended_at, now)
        state.closed_until = max(state.closed_until, now + retry_after)
        state.counts[f"{kind} {status}"] += 1
        if key and status == 200:
            self.fetches[key] += 1
            self.span = (self.span[0] if self.span else now, now)

    def told(self, host: str, rules: RobotsAnswer) -> None:
        """The crawler has been given these rules by a host: from now on it knows them."""
        self._hosts[host].rules = rules

    def report(self, host: str, rule: str, path: str, detail: str = "") -> None:
        """Note that a rule was broken."""
        self.broken[rule] += 1
        if len(self.violations) < _MAX_KEPT:
            self.violations.append({"host": host, "rule": rule, "path": path, "detail": detail})

    def counts(self) -> dict[str, dict[str, int]]:
        """What each host answered: `requests`, and by kind and status."""
        return {host: dict(state.counts) for host, state in sorted(self._hosts.items())}

    def _judge(self, state: _Host, host: str, path: str, agent: str, now: float) -> None:
        if "warta" not in agent.lower() or self._contact not in agent:
            self.report(host, "user agent", path, agent)
        for visit in [visit for visit in state.running if not visit.alive()]:
            state.running.remove(visit)
        if state.running:
            self.report(host, "two at a time", path, f"while {state.running[0].path} runs")
        needed = max(self._delay, state.rules.delay if state.rules else 0.0)
        gap = now - state.ended_at
        if gap < needed - _TOLERANCE:
            self.report(host, "gap", path, f"{gap:.3f} s after the last answer, {needed} s wanted")
        if now < state.closed_until - _TOLERANCE:
            self.report(host, "Retry-After", path, f"{state.closed_until - now:.2f} s too early")
        if path != "/robots.txt":
            self._judge_rules(state.rules, host, path)

    def _judge_rules(self, rules: RobotsAnswer | None, host: str, path: str) -> None:
        if rules is None:
            self.report(host, "robots.txt first", path)
        elif rules.status >= 500:
            self.report(host, "closed by robots.txt", path)
        elif rules.status == 200 and path.startswith(rules.disallow or ("\0",)):
            self.report(host, "forbidden by robots.txt", path)

    def state(self) -> dict[str, Any]:
        """All of it, for the control address."""
        return {
            "violations": self.violations,
            "broken": dict(self.broken),
            "hosts": self.counts(),
            "fetches": dict(self.fetches),
            "span": self.span,
        }
