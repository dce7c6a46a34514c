"""What an address turns out to be: a feed, a sitemap, an index page, with how much it lists and how new that is. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from producers.checking.web import Got
from producers.crawling import pages
from producers.crawling.answer import Answer
from producers.discovery import feeds, index_pages, sitemaps
from producers.discovery.found import Discovered, Link
from producers.seen_rows import Kind
from warta.errors import Invalid

#: Statuses that say an address is not there for good (RFC 9110, 15.5.5 and 15.5.11).
GONE = frozenset({404, 410})
#: Links looked at for dates and shapes.
MAX_LINKS = 1000
#: A date further ahead is a mistake.
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Examined:
    """One point. `links`: the articles it lists; `children`: sitemaps it leads to; `newest`: its newest article's time.

    `dead`: the address is wrong for good (not there, or something else is there); otherwise a `problem` may pass.
    """

    kind: Kind
    got: Got
    links: list[Link] = field(default_factory=list)
    children: list[Link] = field(default_factory=list)
    newest: datetime | None = None
    problem: str = ""
    dead: bool = False

    @property
    def works(self) -> bool:
        """Whether it lists articles, or sitemaps that may."""
        return not self.problem and bool(self.links or self.children)


def examine(kind: Kind, got: Got, now: datetime, articles: str = "") -> Examined:
    """An answer → what it is good for as a point of this kind."""
    if got.answer is None or got.problem:
        return Examined(kind, got, problem=got.problem, dead=got.status in GONE)
    try:
        found = _parse(kind, got.answer, articles)
    except Invalid as error:
        return Examined(
            kind, got, problem=f"no {kind}: {error.detail or error.reason}", dead=error.reason != "too-large"
        )
    links, children = found.links[:MAX_LINKS], found.sitemaps[:MAX_LINKS]
    problem = "" if links or children else "lists no article"
    return Examined(kind, got, links, children, newest(links, now), problem)


def _parse(kind: Kind, answer: Answer, articles: str) -> Discovered:
    if kind == "feed":
        return feeds.parse(answer.body, answer.url, answer.headers.get("content-type", ""))
    if kind == "sitemap":
        return sitemaps.parse(answer.body, answer.url)
    return index_pages.parse(pages.decode(answer), answer.url, articles=articles)


def newest(links: list[Link], now: datetime) -> datetime | None:
    """The newest believable time of these links."""
    times = (time for link in links for time in (link.published_at, link.modified_at) if time and time <= now + AHEAD)
    return max(times, default=None)


def freshest_child(examined: Examined) -> str | None:
    """The sitemap of an index that holds the newest articles: by its date, else one that calls itself news, else the first."""
    children = examined.children
    dated = [child for child in children if child.modified_at]
    if dated:
        return max(dated, key=lambda child: child.modified_at.timestamp() if child.modified_at else 0.0).url
    named = [child for child in children if "news" in child.url.lower() or "berita" in child.url.lower()]
    return (named or children)[0].url if children else None
