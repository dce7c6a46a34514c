"""Backfill: which sitemaps and listings of a source are read for what came out since a day."""

from __future__ import annotations

from datetime import datetime

from producers.catalogue import Source
from producers.crawling.rules import HostRules
from producers.seen import Kind, NewPoint, Seen
from warta.errors import Usage


def request(state: Seen, sources: dict[str, Source], since: datetime, now: datetime) -> int:
    """Ask for a backfill: the sources' sitemaps (catalogue and robots.txt), feeds and index pages become backfill points,
    read once each; a listing that is paged leads on to its older pages. A running crawler takes them up by itself. Returns
    how many.

    Raises:
        Usage: `since` lies ahead, or none of the sources has anything to read from.
    """
    if since > now:
        raise Usage(f"--since {since:%Y-%m-%d} lies ahead")
    rules = HostRules(state)
    listings = [
        (source.id, kind, url)
        for source in sources.values()
        for kind, urls in _listings(source, rules)
        for url in dict.fromkeys(urls)
    ]
    points = [NewPoint(url, source, kind, now, "backfill", since) for source, kind, url in listings]
    if not points:
        raise Usage(f"none of {len(sources)} sources has a sitemap, feed or index page to read the past from")
    state.again(points)
    return len(points)


def _listings(source: Source, rules: HostRules) -> list[tuple[Kind, tuple[str, ...]]]:
    return [
        ("sitemap", (*source.sitemaps, *rules.sitemaps(source.hosts))),
        ("feed", source.feeds),
        ("index", source.indexes),
    ]
