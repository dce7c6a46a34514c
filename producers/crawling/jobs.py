"""What the frontier holds: one request to be made, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from producers import frontier
from producers.catalogue import Source
from producers.crawling.answer import MAX_SITEMAP_BYTES, Ask
from producers.crawling.rules import host_of, robots_url
from producers.robots import MAX_BYTES as MAX_ROBOTS
from producers.seen import Address, Point

#: Redirects that are followed from one address (RFC 9309 asks for at least five for robots.txt).
MAX_HOPS = 5

_FEED = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5"
_PAGE = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
_ACCEPT = {"feed": _FEED, "sitemap": "application/xml,text/xml,*/*;q=0.5", "index": _PAGE}


@dataclass(frozen=True, slots=True)
class Job:
    """A point to look at (`point`), an article to fetch (`new`) or to visit again (`visit`), or a host's robots.txt.

    `url` is where to ask next, after `hops` redirects, all `permanent` or not. `host` is the host whose rules a robots job
    is for. `id` is the same for all hops of one job.
    """

    kind: Literal["robots", "point", "new", "visit"]
    id: str
    url: str
    source: Source | None = None
    point: Point | None = None
    address: Address | None = None
    host: str = ""
    hops: int = 0
    permanent: bool = True

    @property
    def backfill(self) -> bool:
        """Whether it waits for live news."""
        owner = self.point or self.address
        return owner is not None and owner.origin == "backfill"

    @property
    def priority(self) -> int:
        """Its place in the frontier."""
        if self.kind == "robots" or self.hops:
            return frontier.BEGUN
        if self.backfill:
            return frontier.BACKFILL
        return {"point": frontier.POLL, "new": frontier.NEW, "visit": frontier.REVISIT}[self.kind]

    def ask(self, *, conditional: bool = True) -> Ask:
        """The request. Validators belong to the address that gave them: they go along to the last hop only by luck, so a
        site that answers 304 to them there has the same page."""
        if self.kind == "robots":
            return Ask(self.url, max_bytes=MAX_ROBOTS * 4, accept="text/plain,*/*;q=0.5")
        held = self.point or self.address
        etag, modified = (held.etag, held.modified) if held is not None and conditional else ("", "")
        if self.point is not None:
            most = {"max_bytes": MAX_SITEMAP_BYTES} if self.point.kind == "sitemap" else {}
            return Ask(self.url, etag, modified, accept=_ACCEPT[self.point.kind], **most)
        return Ask(self.url, etag, modified, accept=_PAGE)


def look_at(point: Point, source: Source) -> Job:
    """A look at a point."""
    return Job("point", f"point:{point.id}", point.address, source, point=point)


def fetch(address: Address, source: Source) -> Job:
    """A first fetch (pending) or a visit (in Kafka)."""
    kind: Literal["new", "visit"] = "new" if address.state == "pending" else "visit"
    return Job(kind, address.key, whole(address.url, source.whole), source, address=address)


def robots_of(url: str) -> Job:
    """The rules for an address's host."""
    host = host_of(url)
    return Job("robots", f"robots:{host}", robots_url(url), host=host)


def whole(url: str, query: str) -> str:
    """An article's address with the query that shows all its pages, unless it has one of that name already."""
    name = query.partition("=")[0]
    path, _, fragment = url.partition("#")
    del fragment
    if not query or f"?{name}=" in path or f"&{name}=" in path:
        return url
    return f"{path}{'&' if '?' in path else '?'}{query}"
