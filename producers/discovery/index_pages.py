"""Index pages: which links of a listing are articles. Rules of the source first, else the marks that article addresses bear."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from producers.discovery.found import Discovered, Link
from warta.identity import same_site

MAX_LINKS = 500
#: A date in the path: /2026/11/20/, /2026-11-20, /20261120.
_DATE = re.compile(r"/(?:19|20)\d\d[/-]?(?:0[1-9]|1[0-2])(?:[/-]?(?:0[1-9]|[12]\d|3[01]))?(?=[/\-]|$)")
#: An article's number: d-7012345, /read/1234567, -1234567.html, /1234567/.
_NUMBER = re.compile(r"(?:^|[/\-_.])(?:d-)?\d{5,}(?=$|[/\-_.])")
#: A title in the address: four or more words joined by hyphens.
_SLUG = re.compile(r"/[a-z0-9]+(?:-[a-z0-9]+){4,}(?:\.html?)?/?$", re.IGNORECASE)
#: Parts of a site that never hold articles.
_NEVER = re.compile(
    r"/(?:tag|tags|topik|topic|author|penulis|kategori|category|search|cari|login|register|video|foto|galeri|"
    r"tentang|about|redaksi|pedoman|privacy|kontak|contact|iklan|rss|feed|page|indeks?)(?:/|$)",
    re.IGNORECASE,
)
_FILES = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp4|mp3|css|js|xml|zip)$", re.IGNORECASE)


def looks_like_article(url: str) -> bool:
    """Whether an address bears an article's marks: two of a date, a number and a long title, or a long title alone deep in."""
    path = urlsplit(url).path
    if len(path) < 12 or _NEVER.search(path) or _FILES.search(path):
        return False
    marks = bool(_DATE.search(path)) + bool(_NUMBER.search(path)) + bool(_SLUG.search(path))
    return marks >= 2 or bool(_SLUG.search(path))


def parse(html: str, url: str, *, articles: str = "") -> Discovered:
    """A listing's HTML → links that look like articles of the same site, in order. `articles` is the source's own rule, a
    regular expression searched in the whole address."""
    rule = re.compile(articles) if articles else None
    found: dict[str, Link] = {}
    anchors, older = _anchors(html)
    for href, text in anchors:
        absolute = _absolute(url, href)
        if absolute is None or absolute in found or not same_site(url, absolute):
            continue
        if rule.search(absolute[:2048]) if rule else looks_like_article(absolute):
            found[absolute] = Link(absolute, text)
            if len(found) >= MAX_LINKS:
                break
    return Discovered(list(found.values()), older=_absolute(url, older) or "" if older else "")


def _anchors(html: str) -> tuple[list[tuple[str, str]], str]:
    """Links with their texts, and the first one marked as the next page (HTML, link type `next`)."""
    try:
        tree = lxml_html.document_fromstring(
            html.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
    except (etree.LxmlError, ValueError):
        return [], ""
    anchors = [
        (str(a.get("href")), " ".join("".join(map(str, a.itertext())).split())[:300])
        for a in tree.iter("a")
        if a.get("href")
    ]
    following = (
        str(e.get("href"))
        for e in tree.iter("a", "link")
        if e.get("href") and "next" in str(e.get("rel") or "").lower().split()
    )
    return anchors, next(following, "")


def _absolute(base: str, href: str) -> str | None:
    try:
        absolute = urldefrag(urljoin(base, href.strip())).url
    except ValueError:
        return None
    return absolute if absolute.startswith(("http://", "https://")) else None
