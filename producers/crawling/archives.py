"""Backfill: which sitemaps of a source are read for what came out since a day."""

from __future__ import annotations

from datetime import datetime

from producers.catalogue import Source
from producers.crawling.rules import HostRules
from producers.seen import NewPoint, Seen
from warta.errors import Usage


def request(state: Seen, sources: dict[str, Source], since: datetime, now: datetime) -> int:
    """Ask for a backfill: the sources' sitemaps (catalogue and robots.txt) become backfill points, read once each. A
    running crawler takes them up by itself. Returns how many.

    Raises:
        Usage: `since` lies ahead, or none of the sources has a sitemap.
    """
    if since > now:
        raise Usage(f"--since {since:%Y-%m-%d} lies ahead")
    rules = HostRules(state)
    points = [
        NewPoint(url, source.id, "sitemap", now, "backfill", since)
        for source in sources.values()
        for url in dict.fromkeys((*source.sitemaps, *rules.sitemaps(source.hosts)))
    ]
    if not points:
        raise Usage(f"none of {len(sources)} sources has a sitemap to read the past from")
    state.again(points)
    return len(points)
