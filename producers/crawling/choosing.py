"""Which of the links that a point names are wanted: ours, young enough, not seen. Pure.

A sitemap may list a site's whole history, dated or not. Live crawling wants the news: an article that is known to be older
than `FRESH` is passed by, and of undated ones at most `MAX_UNDATED` a look. Backfill wants all since its date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from producers.crawling.owners import Owners
from producers.discovery.found import Link
from producers.seen import Found, NewPoint, Point
from warta.errors import Invalid
from warta.identity import canonical_url, doc_id

#: Live crawling's idea of news; what is older is for backfill.
FRESH = timedelta(days=3)
#: Undated addresses that one look may add.
MAX_UNDATED = 1000
#: Sitemaps that one sitemap index may add, and how deep indexes may lead.
MAX_SITEMAPS = 50
MAX_SITEMAPS_BACKFILL = 2000
MAX_DEPTH = 3
#: Undated sitemaps of an index that live crawling watches: the first of them, and those whose name says news.
MAX_UNDATED_SITEMAPS = 4

_DAY = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/\-]|$)")
_MONTH = re.compile(r"((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])(?:\D|$)")
_NEWS = re.compile(r"news|berita|latest|terbaru|today", re.IGNORECASE)


@dataclass(slots=True)
class Chosen:
    """`found` are new and wanted, `known` were known before, `passed` are undated ones that are not wanted, `edited` were
    modified after we fetched them; `foreign` counts links to nobody's hosts, `old` those that say they are too old;
    `times` are when the articles came out, as far as the point says."""

    found: list[Found] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    foreign: int = 0
    old: int = 0

    @property
    def listed(self) -> int:
        """Articles of ours that the point names."""
        return len(self.found) + len(self.known) + len(self.passed) + self.old


@dataclass(frozen=True, slots=True)
class Named:
    """A link with its key and the source it belongs to."""

    key: str
    source: str
    link: Link


def oldest(point: Point, now: datetime) -> datetime:
    """What came out before this is not wanted from a point."""
    return point.since if point.since is not None else now - FRESH


def named(links: Iterable[Link], owners: Owners, since: datetime) -> tuple[list[Named], int, int]:
    """Links with keys, each once, of crawlable sources and not said to be older than `since`; how many were nobody's or
    unusable, and how many too old. Age comes first, for it is cheap and a sitemap may hold a site's whole history."""
    seen: dict[str, Named] = {}
    foreign = old = 0
    for link in links:
        dated = when(link)
        if dated is not None and dated < since:
            old += 1
            continue
        owner = owners.owner(link.url)
        if owner is None or not owner.crawlable:
            foreign += 1
            continue
        try:
            key = doc_id(canonical_url(link.url))
        except Invalid:
            foreign += 1
            continue
        seen.setdefault(key, Named(key, owner.id, link))
    return list(seen.values()), foreign, old


def choose(links: Sequence[Named], known: Mapping[str, tuple[str, datetime | None]], point: Point) -> Chosen:
    """Part the links of one look. `known` maps keys to state and time of the last fetch (`Seen.known`)."""
    chosen = Chosen(times=[at for one in links if (at := one.link.published_at or one.link.modified_at)])
    undated = 0
    for one in links:
        if one.key in known and not (point.origin == "backfill" and known[one.key][0] == "passed"):
            state, fetched_at = known[one.key]
            (chosen.passed if state == "passed" else chosen.known).append(one.key)
            if state == "kafka" and fetched_at and one.link.modified_at and one.link.modified_at > fetched_at:
                chosen.edited.append(one.key)
            continue
        undated += when(one.link) is None
        if point.origin == "live" and undated > MAX_UNDATED and when(one.link) is None:
            chosen.passed.append(one.key)
        else:
            chosen.found.append(Found(one.key, one.link.url, one.source, one.link.title, one.link.published_at))
    return chosen


def when(link: Link) -> datetime | None:
    """When an article came out, as far as its link tells: what the point said, else the day in its address (its end)."""
    if link.published_at or link.modified_at:
        return link.published_at or link.modified_at
    try:
        day = _DAY.search(urlsplit(link.url).path[:500])
        if not day:
            return None
        return datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=UTC) + timedelta(days=1)
    except ValueError:
        return None


def sitemaps(links: Sequence[Link], point: Point, now: datetime) -> list[NewPoint]:
    """The sitemaps of an index that are worth watching (live) or reading (backfill), as points below this one."""
    if point.depth >= MAX_DEPTH:
        return []
    backfill = point.origin == "backfill"
    limit = oldest(point, now)
    dated = [link for link in links if link.modified_at is not None]
    fresh = [link for link in dated if link.modified_at and link.modified_at >= limit]
    undated = [link for link in links if link.modified_at is None]
    undated = [link for link in undated if not _ends_before(link.url, limit)]
    if not backfill:
        fresh.sort(key=lambda link: link.modified_at or now, reverse=True)
        telling = [link for link in undated if _NEWS.search(link.url)]
        undated = (telling + [link for link in undated if link not in telling])[:MAX_UNDATED_SITEMAPS]
    most = MAX_SITEMAPS_BACKFILL if backfill else MAX_SITEMAPS
    return [
        NewPoint(link.url, point.source, "sitemap", now, point.origin, point.since, point.url, point.depth + 1)
        for link in (fresh + undated)[:most]
    ]


def _ends_before(url: str, limit: datetime) -> bool:
    """Whether a sitemap is named after a month that ended before `limit` (`sitemap-2024-03.xml`)."""
    month = _MONTH.search(url.partition("?")[0][-200:])
    if not month:
        return False
    year, number = int(month[1]), int(month[2])
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    return end + timedelta(days=1) < limit
