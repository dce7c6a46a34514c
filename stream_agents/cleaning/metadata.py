"""What a page says about the article: ld+json first, then meta elements, then what a reader sees."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from lxml import html

from stream_agents.cleaning import linked_data
from stream_agents.cleaning.dates import VISIBLE, is_credible, parse_machine, parse_visible
from stream_agents.cleaning.people import page_authors
from stream_agents.cleaning.typography import normalise

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:article:published_time",
    "publishdate",
    "pubdate",
    "publish-date",
    "publish_date",
    "content_publisheddate",
    "dtk:publishdate",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "published_time",
    "og:published_time",
    "datecreated",
    "originalpublicationdate",
    "article_date_original",
    "rnews:datepublished",
    "news:publication_date",
    "published-date",
    "og:pubdate",
    "cxenseparse:publishtime",
)
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "revised",
    "updated_time",
)
_AUTHOR = (
    "author",
    "content_author",
    "dtk:author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "cxenseparse:author",
    "byl",
    "twitter:data1",
    "content_writer",
    "penulis",
)
_TAGS = (
    "article:tag",
    "news_keywords",
    "keywords",
    "content_tag",
    "dtk:keywords",
    "parsely-tags",
    "sailthru.tags",
    "content_tags",
)
_SECTION = (
    "article:section",
    "content_category",
    "dtk:namakanal",
    "parsely-section",
    "category",
    "cxenseparse:category",
    "section",
    "og:article:section",
)
_DATE_NAME = re.compile(r"date|time|tgl|tanggal|waktu|publish|posted|pubdate|tayang|meta|info|byline", re.I)
_SUFFIX = re.compile(r"\s*(?:\||»|::|–|—|-|:)\s*[^|»]{2,40}$")
_PAYWALL_NAME = re.compile(
    r"(?:^|[\s_\-])(?:paywall|premium-?content|regwall|subscriber-?only|konten-?premium|"
    r"content-?locked|metered)(?:$|[\s_\-])",
    re.I,
)
_NEXT_PAGE = re.compile(
    r"^\s*(?:(?:baca\s+)?hal(?:aman)?\s+)?(?:selanjutnya|berikutnya|next(?:\s+page)?|"
    r"lanjut(?:kan)?)\s*[»>→]*\s*$",
    re.I,
)
_PAGE_URL = re.compile(r"[?&/](?:page|halaman|hal)[=/](\d{1,2})\b", re.I)
_PAGE_OF = re.compile(r"\bhal(?:aman)?\s*\d{1,2}\s*(?:/|dari)\s*(\d{1,2})\b", re.I)
_KEY = re.compile(r"[\W_]+")


@dataclass(slots=True)
class Metadata:
    """What the page says; times with the publisher's offset, None or empty where it says nothing."""

    title: str = ""
    description: str = ""
    authors: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    modified_at: datetime | None = None
    date_suspect: bool = False
    section: str = ""
    tags: list[str] = field(default_factory=list)
    canonical_link: str = ""
    language: str = ""
    image_url: str = ""
    image_caption: str = ""
    site: str = ""
    paywall: bool = False
    amp: bool = False
    next_page: str = ""
    pages: int = 1
    noindex: bool = False
    noai: bool = False
    article_body: str = ""


def read_metadata(root: html.HtmlElement, now: datetime, url: str = "") -> Metadata:
    """Everything a page says about its article. `now` bounds what is believed of times; `url` resolves links."""
    metas = _metas(root)
    data = linked_data.article_data(
        [s.text or "" for s in root.iter("script") if "ld+json" in (s.get("type") or "").lower()]
    )
    seen = Metadata()
    seen.description = _one(metas, "og:description", "description", "twitter:description") or _text(
        linked_data.first(data.get("description"))
    )
    seen.title = _title(root, metas, data)
    _read_times(seen, root, metas, data, now)
    seen.site = _one(metas, "og:site_name", "application-name") or linked_data.first(data.get("publisher"))
    seen.authors = page_authors(root, data, _values(metas, _AUTHOR), seen.site)
    _read_labels(seen, root, metas, data, url)
    _read_access(seen, root, metas, data, url)
    return seen


def _metas(root: html.HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        content = meta.get("content")
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = meta.get(attribute)
            if name:
                metas.setdefault(name.strip().lower(), []).append(content[:2000])
    return metas


def _one(metas: dict[str, list[str]], *names: str) -> str:
    for name in names:
        for value in metas.get(name, ()):
            if value.strip():
                return _text(value)
    return ""


def _text(value: str) -> str:
    return " ".join(normalise(value).split())


def _title(root: html.HtmlElement, metas: dict[str, list[str]], data: dict[str, Any]) -> str:
    """The headline as a reader sees it: the h1 the page's own titles agree with, else those titles less the site's name."""
    stated = [
        t
        for t in (
            _text(linked_data.first(data.get("headline"))),
            _one(metas, "og:title", "twitter:title"),
            _text(_element_text(root.find(".//title"))),
        )
        if t
    ]
    heads = [t for t in (_text(h.text_content()[:400]) for h in list(root.iter("h1", "h2", "h3"))[:60]) if len(t) > 8]
    keys = [_KEY.sub("", s).lower() for s in stated]
    for head in heads:
        key = _KEY.sub("", head).lower()
        if len(key) >= 8 and any(
            k.startswith(key) or (len(key) > 20 and k.endswith(key)) or (key.startswith(k) and len(key) < len(k) + 20)
            for k in keys
            if k
        ):
            return head
    if stated:
        return _without_site(
            stated[0] if len(stated) == 1 or not _SUFFIX.search(stated[0]) else min(stated[:2], key=len)
        )
    return next((_text(h.text_content()[:400]) for h in root.iter("h1") if h.text_content().strip()), "")


def _element_text(element: html.HtmlElement | None) -> str:
    return element.text_content()[:400] if element is not None else ""


def _without_site(title: str) -> str:
    """Take " - Kompas.com", " | Republika Online", " : Okezone Lifestyle" off a title."""
    for _ in range(3):
        m = _SUFFIX.search(title)
        if m is None or m.start() < 15 or not _is_site(m[0]):
            return title
        title = title[: m.start()].strip()
    return title


def _is_site(suffix: str) -> bool:
    name = suffix.strip(" |»:–—-")
    return (
        bool(
            re.search(
                r"\.\w{2,4}\b|news|online|berita|portal|radar|tribun|kompas|detik|okezone|liputan|"
                r"tempo|republika|viva|merdeka|suara|media|pos\b|antara|halaman|page|all",
                name,
                re.I,
            )
        )
        or len(name.split()) <= 2
    )


def _read_times(
    seen: Metadata, root: html.HtmlElement, metas: dict[str, list[str]], data: dict[str, Any], now: datetime
) -> None:
    published = _machine([linked_data.first(data.get("datePublished")), *_values(metas, _PUBLISHED)])
    if published is None:
        published = _machine(_time_elements(root))
    if published is None or _plain_utc(published) or not _has_clock(published):
        visible = _visible_time(root, now)
        published = _agree(published, visible)
    modified = _machine([linked_data.first(data.get("dateModified")), *_values(metas, _MODIFIED)])
    seen.published_at, seen.modified_at = published, modified
    for name in ("published_at", "modified_at"):
        moment = getattr(seen, name)
        if moment is not None and not is_credible(moment, now):
            setattr(seen, name, None)
            seen.date_suspect = True


def _values(metas: dict[str, list[str]], names: Iterable[str]) -> list[str]:
    return [v for name in names for v in metas.get(name, ())]


def _machine(values: Iterable[str]) -> datetime | None:
    """The first value that is a time; one with a time of day wins over a bare date."""
    days: list[datetime] = []
    for value in values:
        moment = parse_machine(value) if value else None
        if moment is not None:
            if _has_clock(moment):
                return moment
            days.append(moment)
    return days[0] if days else None


def _has_clock(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) != (0, 0, 0)


def _plain_utc(moment: datetime) -> bool:
    return moment.tzinfo is not None and moment.utcoffset() == UTC.utcoffset(None)


def _agree(machine: datetime | None, visible: datetime | None) -> datetime | None:
    """A stated UTC time whose clock reads like the visible local one is local time wrongly stamped; a bare date takes the
    visible clock of that day."""
    if machine is None or visible is None:
        return machine or visible
    if (
        _plain_utc(machine)
        and not _plain_utc(visible)
        and abs(machine.replace(tzinfo=None) - visible.replace(tzinfo=None)).total_seconds() < 60
    ):
        return machine.replace(tzinfo=visible.tzinfo)
    if not _has_clock(machine) and _has_clock(visible) and machine.date() == visible.date():
        return visible
    return machine


def _time_elements(root: html.HtmlElement) -> list[str]:
    found = []
    for element in root.iter("time", "abbr", "span", "div", "p"):
        if element.tag == "time" or element.get("itemprop", "").lower() == "datepublished":
            found += [v for v in (element.get("datetime"), element.get("content"), element.get("title")) if v]
        if len(found) > 6:
            break
    return found


def _visible_time(root: html.HtmlElement, now: datetime) -> datetime | None:
    """The first date with a time of day in a short element named like a date, else in any short text of the page's top."""
    fallback: datetime | None = None
    body = root.find("body")
    texts = 0
    for element in (body if body is not None else root).iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "a", "option"):
            continue
        text = element.text or ""
        named = bool(_DATE_NAME.search(f"{element.get('class', '')} {element.get('id', '')}")) or element.tag == "time"
        if named and len(element) < 8:
            text = element.text_content()[:300] if len(element) else text
        if not 8 <= len(text.strip()) <= 160 or not any(c.isdigit() for c in text):
            continue
        texts += 1
        moment = parse_visible(_text(text), now if named else None)
        if moment is not None and is_credible(moment, now):
            m = VISIBLE.search(text)
            if named and (m is None or m["hour"]):
                return moment
            if fallback is None and m is not None and m["hour"]:
                fallback = moment
        if texts > 60:
            break
    return fallback


def _read_labels(
    seen: Metadata, root: html.HtmlElement, metas: dict[str, list[str]], data: dict[str, Any], url: str
) -> None:
    seen.section = _text(linked_data.first(data.get("articleSection"))) or _one(metas, *_SECTION)
    tags: list[str] = []
    for value in [*linked_data.texts(data.get("keywords")), *_values(metas, _TAGS)]:
        for tag in value.split(","):
            clean = _text(tag).strip("# ")
            if 1 < len(clean) <= 60 and clean.lower() not in (t.lower() for t in tags):
                tags.append(clean)
    seen.tags = tags[:30]
    link = next(
        (e.get("href", "") for e in root.iter("link") if "canonical" in (e.get("rel") or "").lower().split()), ""
    ) or _one(metas, "og:url")
    seen.canonical_link = _absolute(url, link)
    seen.language = (root.get("lang") or _one(metas, "og:locale", "content-language", "language"))[:2].lower()
    seen.image_url = _absolute(
        url,
        linked_data.first(data.get("image"))
        if "http" in linked_data.first(data.get("image"))
        else _one(metas, "og:image", "twitter:image", "twitter:image:src", "thumbnailurl"),
    )


def _absolute(url: str, link: str) -> str:
    try:
        return urljoin(url, link.strip()) if link else ""
    except ValueError:
        return ""


def _read_access(
    seen: Metadata, root: html.HtmlElement, metas: dict[str, list[str]], data: dict[str, Any], url: str
) -> None:
    free = data.get("isAccessibleForFree")
    locked = _one(metas, "article:content_tier").lower() in ("locked", "metered") or any(
        _PAYWALL_NAME.search(f"{e.get('class', '')} {e.get('id', '')}") for e in root.iter("div", "section")
    )
    seen.paywall = locked or str(free).strip().lower() == "false"
    seen.amp = root.get("amp") is not None or root.get("\u26a1") is not None
    seen.article_body = linked_data.first(data.get("articleBody"))
    robots = " ".join(_values(metas, ("robots", "googlebot"))).lower()
    seen.noindex = "noindex" in robots
    seen.noai = (
        any(word in robots for word in ("noai", "noimageai")) or "noai" in _one(metas, "tdm-reservation", "ai").lower()
    )
    _read_pages(seen, root, url)


def _read_pages(seen: Metadata, root: html.HtmlElement, url: str) -> None:
    for link in root.iter("link", "a"):
        href = link.get("href") or ""
        if not href or href.startswith(("#", "javascript")):
            continue
        number = _PAGE_URL.search(href)
        if "next" in (link.get("rel") or "").lower().split() or (
            link.tag == "a" and number and _NEXT_PAGE.match(link.text_content()[:60])
        ):
            seen.next_page = seen.next_page or _absolute(url, href)
        if link.tag == "a" and number and _same_article(url or seen.canonical_link, href):
            seen.pages = max(seen.pages, min(99, int(number[1])))


def _same_article(url: str, href: str) -> bool:
    """Does a page link lead to another page of this article (and not of a list of articles)?"""
    base = _PAGE_URL.sub("", href).split("?")[0].rstrip("/")
    return (
        not base
        or base.startswith("?")
        or (
            bool(url)
            and _PAGE_URL.sub("", url)
            .split("?")[0]
            .rstrip("/")
            .endswith(base.removeprefix("https:").removeprefix("http:"))
        )
    )
