"""Starts the web as a process of its own, and asks it what happened."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import yaml

from tests.producers.local_web.newsroom import Plan
from tests.producers.local_web.sites import BY_HOST, Site
from tests.producers.local_web.traps import TRAP_NAMES
from warta.identity import canonical_url, doc_id
from warta.settings import ROOT

#: A port nobody listens at (discard).
_DEAD_PORT = 9
CONTACT = "https://warta.test/perayap"


@dataclass(frozen=True, slots=True)
class Published:
    """One article as the web tells of it; `fate` is wanted, unwanted or either."""

    key: str
    host: str
    url: str
    title: str
    fate: str
    published_at: datetime
    version: int
    removed: bool

    @property
    def doc_id(self) -> str:
        return doc_id(canonical_url(self.url))


@dataclass(slots=True)
class State:
    """What the sites saw: violations with their counts by rule, answers by host, 200s by article key; when the first and the
    last article's page went out, in seconds of `time.monotonic`."""

    violations: list[dict[str, str]]
    broken: dict[str, int]
    hosts: dict[str, dict[str, int]]
    fetches: dict[str, int]
    span: tuple[float, float] | None


@dataclass(slots=True)
class LocalWeb:
    """A running web."""

    plan: Plan
    port: int
    process: subprocess.Popen[bytes]

    def published(self) -> list[Published]:
        """Everything published by now, removed articles among it."""
        return msgspec.convert(self._control("published"), list[Published])

    def wanted(self) -> dict[str, Published]:
        """What must arrive, by doc_id."""
        return {article.doc_id: article for article in self.published() if article.fate == "wanted"}

    def state(self) -> State:
        """What the sites counted so far."""
        return msgspec.convert(self._control("state"), State)

    def go(self) -> datetime:
        """Live publishing begins now."""
        return datetime.fromisoformat(self._control("go", {})["live_from"])

    def edit(self, host: str, count: int) -> list[Published]:
        """The newest articles of a host get another paragraph."""
        return msgspec.convert(self._control("do", {"action": "edit", "host": host, "count": count}), list[Published])

    def remove(self, host: str, count: int) -> list[Published]:
        """The newest articles of a host are taken down."""
        return msgspec.convert(self._control("do", {"action": "remove", "host": host, "count": count}), list[Published])

    def change_robots(self, host: str, **rules: Any) -> None:
        """Other rules for a host from now on: `disallow`, `delay`, `status`."""
        self._control("do", {"action": "robots", "host": host, **rules})

    def environment(self, folder: Path) -> dict[str, str]:
        """Variables that lead the crawler here; catalogue and hosts file are written into `folder`."""
        catalogue, hosts = folder / "sources.yaml", folder / "hosts"
        catalogue.write_text(self.catalogue(), "utf-8")
        hosts.write_text(self.hosts(), "utf-8")
        return {
            "WARTA_CATALOGUE": str(catalogue),
            "WARTA_CRAWL_HOSTS": str(hosts),
            "WARTA_CRAWL_ALLOWED_NETWORKS": "127.0.0.1/32",
            "WARTA_CRAWL_CONTACT": CONTACT,
        }

    def catalogue(self) -> str:
        """A sources.yaml of the sites."""
        return yaml.safe_dump({"sources": [self._entry(site) for site in self.plan.sites]}, sort_keys=False)

    def hosts(self) -> str:
        """A hosts file of every name, the traps among them."""
        lines = [f"127.0.0.1 {host}" for host in BY_HOST]
        lines += [f"{address} {name}" for name, addresses in TRAP_NAMES.items() for address in addresses]
        return "\n".join(lines) + "\n"

    def _entry(self, site: Site) -> dict[str, Any]:
        base = f"http://{site.host}:{_DEAD_PORT if site.quirk == 'dead' else self.port}"
        found: dict[str, list[str]] = {"feeds": [], "sitemaps": [], "indexes": []}
        for point in site.points:
            kind = "sitemaps" if point.startswith("/sitemap") else "indexes" if point == "/indeks" else "feeds"
            found[kind].append(base + point)
        hosts = [
            site.host,
            *([site.home] if site.home else []),
            *(["m." + site.host] if site.quirk == "duplicates" else []),
        ]
        entry = {"id": site.id, "name": site.id.title(), "hosts": hosts, "delay": self.plan.delay, "verified": "never"}
        return {**entry, **{name: urls for name, urls in found.items() if urls}}

    def _control(self, action: str, wish: dict[str, Any] | None = None) -> Any:
        url = f"http://127.0.0.1:{self.port}/_web/{action}"
        answer = httpx.get(url, timeout=30) if wish is None else httpx.post(url, json=wish, timeout=30)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content)


@contextmanager
def local_web(plan: Plan, *, contact: str = CONTACT) -> Iterator[LocalWeb]:
    """The web of a plan, serving; it ends with the block, and with this process."""
    command = [sys.executable, "-m", "tests.producers.local_web", msgspec.json.encode(plan).decode(), "0", contact]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.strip().isdigit(), f"the local web did not start: {line!r}"
        yield LocalWeb(plan, int(line), process)
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()
