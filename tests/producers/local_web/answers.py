"""What each site answers: request in, answer out, by the time the injected clock shows. No sockets."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from tests.producers.local_web import hostile, layout, listings, traps
from tests.producers.local_web.newsroom import Article, Newsroom, gone
from tests.producers.local_web.policing import RobotsAnswer
from tests.producers.local_web.sites import BY_HOST, Site

_TYPES = {
    "/feed.json": "application/feed+json",
    "/atom.xml": "application/atom+xml",
    "/indeks": "text/html; charset=utf-8",
}
_RETRY_AFTER = 2


@dataclass(slots=True)
class Answer:
    """An answer before it is encoded. `stream` takes the body's place; `raw` bodies are encoded already; `hang` never comes."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "other"
    key: str = ""
    stream: Callable[[], AsyncIterator[bytes]] | None = None
    raw: bool = False
    hang: bool = False
    retry_after: float = 0.0
    robots: RobotsAnswer | None = None


class Sites:
    """All sites of a newsroom. `robots` holds rules that replaced a host's own while running."""

    def __init__(self, room: Newsroom, port: int) -> None:
        self.room = room
        self.robots: dict[str, RobotsAnswer] = {}
        self._port = port
        self._refused: set[str] = set()

    def answer(self, host: str, path: str, headers: Mapping[str, str], now: datetime) -> Answer:
        """The answer to a GET of `path` (without query) at a host; `headers` have lower-case names."""
        site = BY_HOST.get(host)
        if site is None:
            return Answer(421, b"no such site", kind="other")
        if path == "/robots.txt":
            return self._robots(site, host)
        if site.quirk == "broken":
            return Answer(500, b"rusak")
        if path.startswith(("/r/", "/r2/", "/r3/")):
            return self._hop(site, path)
        listing = self._listing(site, path, now)
        if listing is not None:
            return _conditional(listing, headers)
        article = self.room.find(site.home or site.host, path, now)
        if article is not None and (not site.home or host == site.home):
            return _conditional(self._article(article, now), headers)
        return self._rest(site, path)

    def _robots(self, site: Site, host: str) -> Answer:
        statuses = {"closed": 503, "no-robots": 404}
        disallow = ("/rahasia/",) if site.quirk == "rules" else ()
        rules = self.robots.get(host) or RobotsAnswer(statuses.get(site.quirk, 200), disallow, site.crawl_delay)
        answer = Answer(rules.status, rules.text.encode(), {"content-type": "text/plain"}, "robots")
        answer.robots = rules
        return answer

    def _listing(self, site: Site, path: str, now: datetime) -> Answer | None:
        if path == "/rss-lama.xml" and site.quirk == "moved-feed":
            return Answer(301, headers={"location": "/rss.xml"}, kind="listing")
        articles = self.room.published(site.host, now)
        base = f"http://{site.host}:{self._port}"
        if path.startswith("/sitemap-") and path.endswith(".xml.gz"):
            return self._sitemap_child(site, path, articles, base)
        makers: dict[str, Callable[[list[Article]], bytes]] = {
            "/rss.xml": lambda found: self._rss(site, found, base),
            "/rss/semua.xml": lambda found: listings.rss(listings.straight(found), base),
            "/atom.xml": lambda found: listings.atom(found, base),
            "/feed.json": lambda found: listings.json_feed(found, base),
            "/sitemap-news.xml": lambda found: (
                listings.entity_bomb() if site.quirk == "garbage" else listings.news_sitemap(found, base)
            ),
            "/sitemap.xml": lambda found: listings.sitemap_index(found, base),
            "/indeks": lambda found: listings.index_page(found, site.host),
            "/": lambda found: listings.index_page(found, site.host),
        }
        if path != "/" and path not in site.points and not (path == "/rss.xml" and site.quirk == "moved-feed"):
            return None
        answer = Answer(body=makers[path](articles), kind="listing")
        answer.headers["content-type"] = _TYPES.get(path, "text/html" if path == "/" else "application/xml")
        changed = max((a.changed for a in articles), default=self.room.started)
        return _dated(answer, changed, site)

    def _rss(self, site: Site, articles: list[Article], base: str) -> bytes:
        if site.quirk == "traps" and articles:
            articles = [*traps.items(articles[0], self._port), *articles]
        if site.quirk == "duplicates":
            articles = listings.through_other_doors(articles)
        feed = listings.rss(articles, base)
        return listings.spoilt(feed) if site.quirk == "garbage" else feed

    def _sitemap_child(self, site: Site, path: str, articles: list[Article], base: str) -> Answer | None:
        number = path.removeprefix("/sitemap-").removesuffix(".xml.gz")
        body = listings.sitemap_child(articles, int(number)) if number.isdigit() else None
        if body is None or "/sitemap.xml" not in site.points:
            return None
        if site.quirk == "bomb":
            body = hostile.gzip_bomb()
        answer = Answer(body=body, headers={"content-type": "application/gzip"}, kind="listing", raw=True)
        return _dated(answer, max(a.changed for a in articles), site)

    def _article(self, article: Article, now: datetime) -> Answer:
        site, number = article.site, article.number
        refusal = self._refusal(article)
        if refusal is not None:
            return refusal
        if site.quirk == "hanging":
            return Answer(hang=True, kind="article")
        if site.quirk in ("drip", "endless"):
            return Answer(stream=getattr(hostile, site.quirk), kind="article", headers={"content-type": "text/html"})
        if site.quirk == "bomb":
            headers = {"content-type": "text/html", "content-encoding": "gzip"}
            return Answer(body=hostile.gzip_bomb(), headers=headers, kind="article", raw=True)
        if gone(site, number):
            if number % 8:
                return Answer(302, headers={"location": "/"}, kind="article")
            return Answer(
                body=layout.not_found(site.host).encode(), headers={"content-type": "text/html"}, kind="article"
            )
        return self._page(article)

    def _refusal(self, article: Article) -> Answer | None:
        quirk = article.site.quirk
        if article.removed is not None:
            return Answer(410, b"dihapus", kind="article")
        if quirk not in ("throttled", "failing") or article.number not in (2, 7) or article.key in self._refused:
            return None
        self._refused.add(article.key)
        if quirk == "failing":
            return Answer(503, b"sedang sibuk", kind="article")
        headers = {"retry-after": str(_RETRY_AFTER)}
        return Answer(429, b"terlalu sering", headers, "article", retry_after=_RETRY_AFTER)

    def _page(self, article: Article) -> Answer:
        site = article.site
        head, headers = _opt_out(site, article.number)
        charset = "windows-1252" if site.quirk == "latin" else "utf-8"
        html = layout.article(
            article.text,
            site=site.host,
            url=article.url,
            published=article.at,
            modified=article.changed,
            head=head,
            charset=charset,
        )
        lies = {"charset": "; charset=iso-8859-1", "latin": ""}
        headers["content-type"] = f"text/html{lies.get(site.quirk, '; charset=utf-8')}"
        answer = Answer(body=html.encode(charset), headers=headers, kind="article", key=article.key)
        return _dated(answer, article.changed, site)

    def _hop(self, site: Site, path: str) -> Answer:
        _, step, number = path.split("/", 2)
        article = next((a for a in self.room.articles[site.host] if str(a.number) == number), None)
        if article is None or site.quirk not in ("redirects", "moves-host"):
            return Answer(404, b"tidak ada")
        after = {"r": (301, f"/r2/{number}"), "r2": (302, f"/r3/{number}"), "r3": (307, article.url)}
        status, location = (301, article.url) if site.quirk == "moves-host" else after[step]
        return Answer(status, headers={"location": location})

    def _rest(self, site: Site, path: str) -> Answer:
        location = traps.redirect(path, self._port) if site.quirk == "traps" else None
        if location is not None:
            return Answer(302, headers={"location": location})
        return Answer(404, layout.not_found(site.host).encode(), {"content-type": "text/html"})


def _opt_out(site: Site, number: int) -> tuple[str, dict[str, str]]:
    """What a page says against machines: in its head, and in its headers."""
    if site.quirk == "noindex":
        return "", {"x-robots-tag": "noindex"}
    if site.quirk != "optout":
        return "", {}
    ways: tuple[tuple[str, dict[str, str]], ...] = (
        ("", {"x-robots-tag": "noai, noimageai"}),
        ('<meta name="robots" content="noai">', {}),
        ("", {"tdm-reservation": "1"}),
    )
    return ways[number % 3]


def _dated(answer: Answer, changed: datetime, site: Site) -> Answer:
    """Validators: an ETag everywhere, Last-Modified where the site's style has it."""
    answer.headers["etag"] = f'"{hashlib.blake2b(answer.body, digest_size=8).hexdigest()}"'
    if site.style % 2 == 0:
        answer.headers["last-modified"] = format_datetime(changed.astimezone(UTC), usegmt=True)
    return answer


def _conditional(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """304 where the client has the same already (RFC 9110, 13.1)."""
    if answer.status != 200 or "etag" not in answer.headers:
        return answer
    known, since = headers.get("if-none-match"), headers.get("if-modified-since")
    if known is not None:
        same = answer.headers["etag"] in [tag.strip().removeprefix("W/") for tag in known.split(",")]
    else:
        same = since is not None and _not_later(answer.headers.get("last-modified"), since)
    if not same:
        return answer
    kept = {name: value for name, value in answer.headers.items() if name in ("etag", "last-modified")}
    return Answer(304, headers=kept, kind=answer.kind)


def _not_later(modified: str | None, since: str) -> bool:
    try:
        return modified is not None and parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except ValueError:
        return False
