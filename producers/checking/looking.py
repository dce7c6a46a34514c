"""A look at one point: ask for it, examine it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from producers.checking.points import Examined, examine, freshest_child
from producers.checking.web import Visit
from producers.crawling.answer import MAX_BYTES, MAX_SITEMAP_BYTES
from producers.seen_rows import Kind


async def look(visit: Visit, kind: Kind, url: str, now: datetime, articles: str = "") -> Examined:
    """Ask for a point and examine it; an index of sitemaps is as good as its freshest sitemap."""
    most = MAX_SITEMAP_BYTES if kind == "sitemap" else MAX_BYTES
    found = examine(kind, await visit.get(url, max_bytes=most), now, articles)
    child = freshest_child(found)
    if not found.works or found.links or child is None:
        return found
    below = examine(kind, await visit.get(child, max_bytes=most), now)
    return replace(below, got=found.got, children=found.children, dead=False)
