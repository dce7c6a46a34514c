"""Where a site says what is new: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1, news sitemap, sitemap index, index pages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from tests.producers.local_web import layout
from tests.producers.local_web.newsroom import Article
from tests.producers.local_web.sites import MOBILE

#: Articles a feed or an index page lists; sitemaps list all.
FEED_LENGTH = 200
#: Articles of one child of a sitemap index.
CHILD_LENGTH = 50
_YEARS_AHEAD = timedelta(days=5 * 365)


def rss(articles: Sequence[Article], base: str) -> bytes:
    """RSS 2.0 with the dates of RFC 5322."""
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{escape(a.link)}</link><guid isPermaLink='false'>{a.key}</guid>"
        f"<pubDate>{format_datetime(_date(a))}</pubDate><category>{a.text.section}</category>"
        f"<description><![CDATA[<p>{a.text.paragraphs[0]}</p>]]></description></item>"
        for a in articles[:FEED_LENGTH]
    )
    head = f"<title>{base}</title><link>{base}</link><description>Kabar terbaru</description><language>id</language>"
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def atom(articles: Sequence[Article], base: str) -> bytes:
    """Atom; `updated` moves with edits."""
    entries = "".join(
        f'<entry><title>{escape(a.title)}</title><link href="{escape(a.link)}"/><id>tag:{a.key}</id>'
        f"<published>{a.at.isoformat()}</published><updated>{a.changed.isoformat()}</updated></entry>"
        for a in articles[:FEED_LENGTH]
    )
    head = f"<title>{base}</title><id>{base}/</id>"
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'.encode()


def json_feed(articles: Sequence[Article], base: str) -> bytes:
    """JSON Feed 1.1."""
    items = [
        {"id": a.key, "url": a.link, "title": a.title, "date_published": a.at.isoformat()}
        for a in articles[:FEED_LENGTH]
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": base, "items": items}).encode()


def news_sitemap(articles: Sequence[Article], base: str) -> bytes:
    """A news sitemap: publication date and title of each article."""
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    urls = "".join(
        f"<url><loc>{escape(a.link)}</loc><news:news><news:publication><news:name>{base}</news:name><news:language>id"
        f"</news:language></news:publication><news:publication_date>{_date(a).isoformat()}</news:publication_date>"
        f"<news:title>{escape(a.title)}</news:title></news:news></url>"
        for a in articles
    )
    opening = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="{news}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>{opening}{urls}</urlset>'.encode()


def sitemap_index(articles: Sequence[Article], base: str) -> bytes:
    """An index of gzipped sitemaps; the last child holds the newest."""
    children = "".join(
        f"<sitemap><loc>{base}/sitemap-{number}.xml.gz</loc><lastmod>{chunk[-1].changed.isoformat()}</lastmod></sitemap>"
        for number, chunk in enumerate(_chunks(articles))
    )
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{children}</sitemapindex>'.encode()


def sitemap_child(articles: Sequence[Article], number: int) -> bytes | None:
    """One child of the index, a gzip file; None where there is none of that number."""
    chunks = _chunks(articles)
    if number >= len(chunks):
        return None
    urls = "".join(
        f"<url><loc>{escape(a.link)}</loc><lastmod>{a.changed.isoformat()}</lastmod></url>" for a in chunks[number]
    )
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    return gzip.compress(body.encode(), mtime=0)


def index_page(articles: Sequence[Article], site: str) -> bytes:
    """An HTML page of the newest articles."""
    return layout.listing([(a.link, a.title) for a in articles[:FEED_LENGTH]], site).encode()


def entity_bomb() -> bytes:
    """XML whose entities would expand to gigabytes ("billion laughs")."""
    entities = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY b0 "ha">{entities}]><rss><channel>&b9;</channel></rss>'.encode()
    )


def spoilt(feed: bytes) -> bytes:
    """A feed as broken software writes it: control characters, a bare ampersand, no end."""
    return feed.replace(b"<item>", b"<item>\x01\x0b<x>R&D</x>", 1).removesuffix(b"</channel></rss>")


def straight(articles: Sequence[Article]) -> list[Article]:
    """The same articles by the addresses where their pages are."""
    return [replace(article, link=article.url) for article in articles]


def through_other_doors(articles: Sequence[Article]) -> list[Article]:
    """The same articles by addresses that lead to the same pages: trackers, the view of all pages, a fragment, phones."""

    def door(article: Article) -> str:
        forms = ("{}?utm_source=rss&utm_medium=feed", "{}?page=all", "{}#komentar")
        mobile = article.link.replace(article.site.host, MOBILE)
        return (*(form.format(article.link) for form in forms), mobile)[article.number % 4]

    return [replace(article, link=door(article)) for article in articles]


def _chunks(articles: Sequence[Article]) -> list[Sequence[Article]]:
    oldest_first = list(reversed(articles))
    return [oldest_first[at : at + CHILD_LENGTH] for at in range(0, len(oldest_first), CHILD_LENGTH)]


def _date(article: Article) -> datetime:
    return article.at + _YEARS_AHEAD if article.site.quirk == "future" else article.at
