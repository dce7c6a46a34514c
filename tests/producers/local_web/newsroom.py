"""What the sites have published by a given moment: a backlog, then live articles at their rate; edits and removals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal

from tests.producers.local_web.sites import SITES, Site
from tests.producers.local_web.texts import Text, write

WIB = timezone(timedelta(hours=7))
#: `wanted` must arrive once, `unwanted` never; nothing is claimed of `either`.
Fate = Literal["wanted", "unwanted", "either"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much the web publishes.

    `backlog`: articles a site before the start, one every `spacing` seconds. `live`: articles a site after it, `per_minute` of
    them a minute; where `undated` is off, only of sites whose listings bear dates. `seed` decides every word. `hosts` (empty:
    all) are the catalogue's sites; `delay` is what its entries ask for, seconds between two requests to a host.
    """

    seed: int = 1
    backlog: int = 120
    spacing: float = 120.0
    live: int = 0
    per_minute: float = 60.0
    undated: bool = True
    delay: float = 0.05
    hosts: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Articles of all sites when everything is published."""
        return len(self.sites) * self.backlog + len(self.live_sites) * self.live

    @property
    def live_sites(self) -> tuple[Site, ...]:
        return tuple(site for site in self.sites if self.undated or site.dated)

    @property
    def sites(self) -> tuple[Site, ...]:
        return tuple(site for site in SITES if not self.hosts or site.host in self.hosts)


@dataclass(slots=True)
class Article:
    """One article of a site. `url` is where its page is, `link` what the site's listings say."""

    site: Site
    number: int
    key: str
    at: datetime
    url: str
    link: str
    title: str
    fate: Fate
    changed: datetime
    version: int = 1
    removed: datetime | None = None

    @property
    def text(self) -> Text:
        return write(self.key, self.version)


@dataclass(slots=True)
class Newsroom:
    """The articles of every site, by site and in order of publication. `live_from` moves with `go`."""

    plan: Plan
    port: int
    started: datetime
    live_from: datetime
    articles: dict[str, list[Article]] = field(default_factory=dict)
    by_address: dict[tuple[str, str], Article] = field(default_factory=dict)

    @classmethod
    def open(cls, plan: Plan, port: int, now: datetime) -> Newsroom:
        """All backlogs stand; live articles begin when `go` is called."""
        room = cls(plan, port, now, datetime.max.replace(tzinfo=WIB))
        for site in plan.sites:
            room.articles[site.host] = []
            for number in range(plan.backlog):
                room._add(site, number, now - timedelta(seconds=plan.spacing * (plan.backlog - number)))
        return room

    def go(self, now: datetime) -> None:
        """Live publishing begins; the sites do not march in step."""
        self.live_from = now
        step = 60 / self.plan.per_minute
        sites = self.plan.live_sites
        for place, site in enumerate(sites):
            first = step * (place + 1) / (len(sites) + 1)
            for number in range(self.plan.live):
                self._add(site, self.plan.backlog + number, now + timedelta(seconds=first + step * number))

    def published(self, host: str, now: datetime) -> list[Article]:
        """Articles that a site lists now, newest first."""
        return [a for a in reversed(self.articles[host]) if a.at <= now and a.removed is None]

    def find(self, host: str, path: str, now: datetime) -> Article | None:
        """The article at an address, from its publication on."""
        article = self.by_address.get((host, path))
        return article if article is not None and article.at <= now else None

    def edit(self, host: str, count: int, now: datetime) -> list[Article]:
        """The newest `count` articles of a site get another paragraph."""
        found = self.published(host, now)[:count]
        for article in found:
            article.version += 1
            article.changed = now
        return found

    def remove(self, host: str, count: int, now: datetime) -> list[Article]:
        """The newest `count` articles of a site are taken down (410)."""
        found = self.published(host, now)[:count]
        for article in found:
            article.removed = now
        return found

    def _add(self, site: Site, number: int, at: datetime) -> None:
        at = at.astimezone(WIB).replace(microsecond=0)
        key = f"{self.plan.seed}/{site.host}/{number}"
        text = write(key)
        path = _path(site, number, at, text)
        host = site.home or site.host
        url = f"http://{host}:{self.port}{path}"
        link = f"http://{site.host}:{self.port}{_link(site, number, path)}"
        article = Article(site, number, key, at, url, link, text.title, _fate(site, number), changed=at)
        self.articles[site.host].append(article)
        self.by_address[(host, path)] = article


def forbidden(site: Site, number: int) -> bool:
    """Whether robots.txt of a site forbids an article."""
    return site.quirk == "rules" and number % 5 == 0


def gone(site: Site, number: int) -> bool:
    """Whether a site lists an article that is no more."""
    return site.quirk == "soft404" and number % 4 == 0


def _fate(site: Site, number: int) -> Fate:
    if forbidden(site, number) or gone(site, number):
        return "unwanted"
    return "either" if site.hostile else "wanted"


def _path(site: Site, number: int, at: datetime, text: Text) -> str:
    identity = 1_000_000 + number
    if forbidden(site, number):
        return f"/rahasia/{at:%Y/%m/%d}/{text.slug}-{identity}"
    forms = (
        f"/read/{at:%Y/%m/%d}/{identity}/{text.slug}",
        f"/{text.section}/{text.slug}-{identity}.html",
        f"/{at:%Y/%m/%d}/{text.slug}-{identity}/",
        f"/{text.section}/d-{identity}/{text.slug}",
    )
    return forms[site.style]


def _link(site: Site, number: int, path: str) -> str:
    return f"/r/{number}" if site.quirk in ("redirects", "moves-host") else path
