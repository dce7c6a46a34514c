"""Robots rules by host: kept for a day, in the seen state across restarts, fetched before anything else of a host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from producers import robots
from producers.agent import TOKEN
from producers.crawling.answer import Answer
from producers.robots import Rules
from producers.seen import Seen

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
#: Remembered at most; one host's rules take up to half a MiB of text, usually a few KiB.
MAX_HOSTS = 5_000


def host_of(url: str) -> str:
    """The host by which politeness goes: lower-case, with the port unless it is the scheme's own."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ":80"))


def robots_url(url: str) -> str:
    """Where the rules for an address lie (RFC 9309, section 2.3); credentials in it are no part of that."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/robots.txt"


class HostRules:
    """Rules in memory, written through to the seen state."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._rules: dict[str, Rules] = {}
        self._failures: dict[str, int] = {}
        for host, state, text, at in seen.robots():
            # An unreachable one is asked for again at a start: the outage may be what we were restarted for.
            if state != "unreachable":
                self._rules[host] = _restored(state, text, at)

    def get(self, host: str, now: datetime) -> Rules | None:
        """The rules of a host; None when they must be fetched (again)."""
        rules = self._rules.get(host)
        return None if rules is None or rules.stale(now) else rules

    def put(self, host: str, answer: Answer | None, now: datetime) -> Rules:
        """Rules from what /robots.txt gave; None is no answer. Where it cannot be reached now, rules that were read before
        stay in force until the next try (RFC 9309, section 2.4); where there are none, the host is closed (2.3.1.4). The
        tries are seconds apart at first."""
        status, body = (answer.status, answer.body) if answer else (None, b"")
        cache_control = answer.headers.get("cache-control", "") if answer else ""
        rules = robots.read(status, body, now, TOKEN, cache_control)
        if len(self._rules) >= MAX_HOSTS and host not in self._rules:
            self._rules.clear()
            self._failures.clear()
        if rules.state == "unreachable":
            self._failures[host] = self._failures.get(host, 0) + 1
            rules = replace(self._rules.get(host, rules), fetched_at=now, lifetime=robots.retry(self._failures[host]))
        else:
            self._failures.pop(host, None)
        self._rules[host] = rules
        self._seen.save_robots(host, rules.state, rules.text, now)
        return rules

    def sitemaps(self, hosts: Iterable[str]) -> list[str]:
        """Sitemaps that the robots.txt of these hosts name."""
        return [url for host in hosts if (rules := self._rules.get(host)) for url in rules.sitemaps]


def _restored(state: str, text: str, at: datetime) -> Rules:
    return robots.read(200 if state == "read" else 404, text.encode(), at, TOKEN)
