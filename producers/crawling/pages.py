"""An answer → a page: its text, its own address, what it says to machines, and whether it is an article at all. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from w3lib.encoding import html_to_unicode

from producers import robots
from producers.crawling.answer import Answer
from warta.errors import Invalid
from warta.hashing import blake2b_128
from warta.identity import canonical_url, same_site
from warta.messages import Robots

#: What may be an article; no type at all is judged by the body.
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", ""})
#: Less cannot hold an article with its markup.
MIN_BODY = 200
#: Where the head of a page is looked for.
_HEAD = 200_000
#: Paragraphs shorter than this are captions, teasers, buttons.
_MIN_PARAGRAPH = 40

_TAG = re.compile(r"<[^<>]{0,5000}>")
_SPACE = re.compile(r"\s+")
_LINK = re.compile(r"<link\b[^<>]{0,1000}>", re.IGNORECASE)
_CANONICAL = re.compile(r"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"<>]{1,2048})\"|'([^'<>]{1,2048})'|([^\s\"'<>]{1,2048}))", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)
#: Titles of apologies; a headline may well say that somebody was not found, or that 404 people fled.
_NOT_FOUND = re.compile(
    r"^\W{0,5}(?:error\s{0,3})?404\s{0,3}(?:$|[-|–—:!,.]|not found|error|page|halaman|tidak)"
    r"|\b(?:error 404|404 not found|page not found)\b|^\W{0,5}not found\b"
    r"|\b(?:halaman|artikel|berita|konten|laman)(?: yang \w{1,20} \w{1,20})? (?:ini )?"
    r"(?:tidak (?:dapat )?(?:ditemukan|tersedia|ada)|(?:telah|sudah) dihapus)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"article:published_time|datePublished|NewsArticle|itemprop=[\"']articleBody", re.IGNORECASE)
_HOME = re.compile(r"^/(?:index\.(?:html?|php)|home|beranda|id)?/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page that may be an article. `canonical_url` is its own address; `content_hash` is of its paragraphs, so that it
    does not change with advertisements and counters."""

    html: str
    canonical_url: str
    content_hash: str
    robots: Robots


def read(answer: Answer, asked: str, rules: robots.Rules) -> Page:
    """An answer with status 200 → page. `asked` is the address before redirects.

    Raises:
        Invalid: `not-html`, `empty`, `soft-404` (the home page or an apology in place of the article), `bad-url`.
    """
    if answer.content_type not in HTML_TYPES or answer.body.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"PK")):
        raise Invalid("not-html", f"{answer.url[:200]} is {answer.content_type or 'no HTML'}")
    if len(answer.body.strip()) < MIN_BODY:
        raise Invalid("empty", f"{answer.url[:200]} has {len(answer.body)} bytes")
    if is_home(answer.url) and not is_home(asked):
        raise Invalid("soft-404", f"{asked[:200]} leads to the home page")
    html = decode(answer)
    if says_not_found(html):
        raise Invalid("soft-404", f"{answer.url[:200]} says that there is nothing")
    said, noindex = robots.of_page(rules, answer.url, answer.headers, html)
    allowed = said.allowed and not noindex
    return Page(
        html, own_address(html, answer.url), content_hash(html), Robots(allowed=allowed, ai_training=said.ai_training)
    )


def decode(answer: Answer) -> str:
    """Bytes → text. Bytes that are UTF-8 and say more than ASCII are UTF-8 whatever a header claims (no other encoding gives
    such bytes by chance); else what byte order mark, header and meta say (WHATWG), else windows-1252."""
    if _is_utf8(answer.body):
        return answer.body.decode("utf-8", "replace").removeprefix("\ufeff")
    encoding, html = html_to_unicode(answer.headers.get("content-type"), answer.body, default_encoding="windows-1252")
    if encoding == "utf-8" and answer.body.isascii() is False:
        # Said to be UTF-8, and not: one byte in a thousand is a slip, more are another encoding.
        return html if html.count("\ufffd") * 1000 <= len(html) else answer.body.decode("windows-1252", "replace")
    return html


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A body that was cut in the middle of a letter is still UTF-8.
        return error.reason == "unexpected end of data" and error.start > 0 and not data[: error.start].isascii()
    return True


def is_home(url: str) -> bool:
    """Whether an address is a site's front page."""
    parts = urlsplit(url)
    return bool(_HOME.match(parts.path or "/")) and not parts.query


def says_not_found(html: str) -> bool:
    """A page with status 200 that is none: its title says so, and nothing marks it as an article."""
    title = _TITLE.search(html[:_HEAD])
    return bool(title and _NOT_FOUND.search(unescape(title[1]).strip()) and not _ARTICLE.search(html[:_HEAD]))


def own_address(html: str, url: str) -> str:
    """The canonical address: rel=canonical within the same site and not the front page, else where the page was found.

    Raises:
        Invalid: `bad-url`.
    """
    for tag in _LINK.findall(html[:_HEAD]):
        if not _CANONICAL.search(tag) or not (href := _HREF.search(tag)):
            continue
        try:
            said = urljoin(url, unescape(href[1] or href[2] or href[3]).strip())
            if same_site(url, said) and not is_home(said):
                return canonical_url(said)
        except (ValueError, Invalid):
            pass
        break
    return canonical_url(url)


def content_hash(html: str) -> str:
    """A hash of the page's paragraphs and title; of its whole text if it has no paragraph worth the name."""
    parts = [plain(part.partition("</p")[0].partition(">")[2]) for part in re.split(r"<[pP](?=[\s>])", html)[1:]]
    paragraphs = [part for part in parts if len(part) >= _MIN_PARAGRAPH]
    title = _TITLE.search(html[:_HEAD])
    text = "\n".join(paragraphs) if paragraphs else plain(html)
    return blake2b_128(f"{plain(title[1]) if title else ''}\n{text}".encode("utf-8", "replace"))


def plain(html: str) -> str:
    """Markup taken out, white space evened."""
    return _SPACE.sub(" ", unescape(_TAG.sub(" ", html))).strip()
