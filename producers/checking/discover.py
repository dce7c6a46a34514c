"""`warta sources add`: from a site's address to an entry of the catalogue. Bounded by the visit's budget.

What the site says comes first: links to feeds in its page, sitemaps in its robots.txt. Only where it says nothing, a few
usual addresses are tried, for guessing is what gets a crawler locked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from producers.catalogue import Source
from producers.checking import rule
from producers.checking.looking import look
from producers.checking.points import Examined, examine
from producers.checking.web import Got, Visit
from producers.crawling import pages
from producers.crawling.answer import NoAnswer
from producers.discovery.index_pages import looks_like_article
from warta.errors import Invalid, Usage, WartaError
from warta.identity import same_site
from warta.publishers import find

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"})
USUAL_FEEDS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")
USUAL_SITEMAPS = ("/sitemap-news.xml", "/sitemap_news.xml", "/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
#: Last parts of the paths of pages that list what is new.
_LISTS = frozenset(
    {"indeks", "index", "indeks-berita", "index-berita", "terbaru", "terkini", "berita-terbaru", "latest"}
)
_NOT_NEWS = re.compile(r"comment|komentar|/tag/|/author/", re.IGNORECASE)
MAX_FEEDS, MAX_SITEMAPS, MAX_INDEXES = 4, 4, 2
#: An index page lists at least so many articles.
MIN_LISTED = 5
#: Titles that name no site.
_NO_NAME = frozenset({"home", "beranda", "indeks", "index", "berita", "news", "terkini"})
_LANGUAGES = frozenset({"id", "en", "jv", "su", "ms"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry and the points it rests on."""

    source: Source
    points: Sequence[Examined]
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Front:
    """What a site's page says: its name and language, feeds it links to, pages that list what is new, all other links."""

    name: str
    language: str
    feeds: list[str]
    lists: list[str]
    links: list[str]


async def propose(visit: Visit, url: str, now: datetime) -> Proposal:
    """Look at a site and propose an entry for it.

    Raises:
        Usage: it is the address of an article.
        WartaError: the site cannot be read, or nothing that lists articles was found.
    """
    if looks_like_article(url):
        raise Usage(f"{url} is an article's address; give the site's, or that of its section")
    page = await visit.get(url)
    if page.answer is None or page.problem:
        raise WartaError(f"{url} cannot be read: {page.problem}")
    front = read_front(page)
    tried: set[str] = set()
    path = _own_path(page.url)
    found = await feeds_of(visit, page, now, tried, guess=True)
    found += await sitemaps_of(visit, page.url, now, tried, guess=not found) if not path else []
    found = [point for point in found if is_of(point, (path,) if path else ())]
    articles = [link.url for point in found for link in point.links]
    marks = rule.infer(articles[:200], [link for link in front.links if link not in set(articles)])
    found += await _indexes_of(visit, page, front, now, marks)
    if not found:
        raise WartaError(
            f"{url}: no feed, sitemap or index page with articles was found; give the address of its news section"
        )
    dates = [point.newest for point in found if point.newest is not None]
    return Proposal(_entry(page, front, found, marks, now), found, max(dates, default=None))


def read_front(page: Got) -> Front:
    """What a site's page says of itself."""
    assert page.answer is not None
    tree = _tree(pages.decode(page.answer))
    if tree is None:
        return Front(_host(page.url), "id", [], [], [])
    anchors = list(dict.fromkeys(_urls(page.url, (a.get("href") for a in tree.iter("a")))))
    own = [url for url in anchors if same_site(page.url, url)]
    lists = [url for url in own if urlsplit(url).path.rstrip("/").rpartition("/")[2].lower() in _LISTS]
    return Front(_name(tree, page.url), _language(tree), _feeds(tree, page.url), lists, own)


def is_of(point: Examined, paths: Sequence[str]) -> bool:
    """Whether a point is that of a part of a site: most of its articles lie below the part's paths. Without paths: always."""
    if not paths:
        return True
    below = sum(urlsplit(link.url).path.startswith(tuple(f"{path}/" for path in paths)) for link in point.links)
    return 2 * below > len(point.links)


async def feeds_of(visit: Visit, page: Got, now: datetime, tried: set[str], *, guess: bool) -> list[Examined]:
    """Feeds that a page links to; with `guess`, where it links to none that works, usual addresses below it until one works."""
    named = read_front(page).feeds if page.answer is not None and not page.problem else []
    found = await _working(visit, "feed", named[: 2 * MAX_FEEDS], now, tried, MAX_FEEDS)
    if found or not guess:
        return found
    below = page.url.rstrip("/") if _own_path(page.url) else urljoin(page.url, "/").rstrip("/")
    return await _working(visit, "feed", (below + path for path in USUAL_FEEDS), now, tried, 1)


async def sitemaps_of(visit: Visit, url: str, now: datetime, tried: set[str], *, guess: bool) -> list[Examined]:
    """Sitemaps that robots.txt names, those for news first; with `guess`, where it names none, one at a usual address."""
    try:
        named = (await visit.rules(url)).sitemaps
    except NoAnswer:
        return []
    named = sorted(named, key=lambda one: "news" not in one.lower() and "berita" not in one.lower())
    if not named and guess:
        return await _working(visit, "sitemap", (urljoin(url, path) for path in USUAL_SITEMAPS), now, tried, 1)
    return await _working(visit, "sitemap", named[: 2 * MAX_SITEMAPS], now, tried, MAX_SITEMAPS)


async def _indexes_of(visit: Visit, page: Got, front: Front, now: datetime, marks: str) -> list[Examined]:
    found = await _working(visit, "index", front.lists[:3], now, {page.url}, MAX_INDEXES, marks)
    # A page that only lists comes before the front page, which shows what the desk likes best.
    listing = [point for point in (*found, examine("index", page, now, marks)) if len(point.links) >= MIN_LISTED]
    return listing[:MAX_INDEXES]


async def _working(
    visit: Visit, kind: Any, urls: Iterable[str], now: datetime, tried: set[str], most: int, articles: str = ""
) -> list[Examined]:
    found: list[Examined] = []
    for url in urls:
        if url in tried or len(found) >= most:
            continue
        tried.add(url)
        point = await look(visit, kind, url, now, articles)
        if point.works and point.got.url not in {other.got.url for other in found}:
            found.append(point)
    return found


def _entry(page: Got, front: Front, found: list[Examined], marks: str, now: datetime) -> Source:
    host, path = _host(page.url), _own_path(page.url)
    bare = host.removeprefix("www.")
    publisher = find(page.url)
    entry = {
        "id": re.sub(r"[^a-z0-9._-]", "", bare + path.lower().replace("/", "_"))[:80],
        "name": publisher.name if publisher.name != publisher.id else front.name,
        "hosts": list(dict.fromkeys((bare, host))),
        "paths": [path] if path else [],
        "region": publisher.region,
        "language": front.language,
        "articles": marks,
        "verified": now.date(),
    }
    for kind, name in (("feed", "feeds"), ("sitemap", "sitemaps"), ("index", "indexes")):
        entry[name] = [point.got.url for point in found if point.kind == kind]
    try:
        return Source.model_validate(entry)
    except ValueError as error:
        raise WartaError(f"{page.url} makes no entry: {error}") from None


def _own_path(url: str) -> str:
    """The path that a source has on its host; a file (index.html) is none."""
    path = urlsplit(url).path.rstrip("/")
    return path if re.fullmatch(r"(?:/[A-Za-z0-9_~-]+)+", path) else ""


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _tree(html: str) -> Any:
    try:
        return lxml_html.document_fromstring(
            html.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
    except (etree.LxmlError, ValueError):
        return None


def _urls(base: str, hrefs: Iterable[Any]) -> Iterable[str]:
    for href in hrefs:
        if not href:
            continue
        try:
            url = urldefrag(urljoin(base, str(href).strip()[:2048])).url
        except ValueError:
            continue
        if url.startswith(("http://", "https://")):
            yield url


def _feeds(tree: Any, base: str) -> list[str]:
    linked = (
        link.get("href")
        for link in tree.iter("link")
        if "alternate" in str(link.get("rel", "")).lower().split() and str(link.get("type", "")).lower() in FEED_TYPES
    )
    shown = (
        a.get("href") for a in tree.iter("a") if re.search(r"/(?:rss|feed)(?:\.xml|/|$)", str(a.get("href", ""))[:500])
    )
    found = [url for hrefs in (linked, shown) for url in _urls(base, hrefs)]
    return [url for url in dict.fromkeys(found) if not _NOT_NEWS.search(url)]


def _language(tree: Any) -> str:
    language = str(tree.get("lang") or "id").lower()[:2]
    return language if language in _LANGUAGES else "id"


def _name(tree: Any, url: str) -> str:
    """og:site_name, else the title's shortest part, else the host."""
    for meta in tree.iter("meta"):
        if meta.get("property") == "og:site_name" and str(meta.get("content", "")).strip():
            return _line(meta.get("content"))
    title = next(tree.iter("title"), None)
    text = str(title.text_content()) if title is not None else ""
    parts = [part.strip() for part in re.split(r"\s[|\-–—:]\s", text[:300])]
    parts = [part for part in parts if part and part.casefold() not in _NO_NAME]
    return _line(min(parts, key=len)) if parts else _host(url)


def _line(text: Any) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[:120]


def safe_address(url: str, check: Any) -> str:
    """An address as a person types it → a whole one that may be asked.

    Raises:
        Usage: it is no public http(s) address.
    """
    whole = url if "://" in url else f"https://{url}"
    try:
        check(whole)
    except Invalid as error:
        raise Usage(f"{url}: {error.detail}") from None
    return whole
