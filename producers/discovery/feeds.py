"""RSS, Atom (feedparser) and JSON Feed (jsonfeed.org, version 1.1)."""

from __future__ import annotations

import calendar
import re
import warnings
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
import msgspec

from producers.discovery.found import Discovered, Link
from producers.records import parse_time
from warta.errors import Invalid

#: Articles taken from one feed; a feed that lists more is an archive, for backfill through sitemaps.
MAX_LINKS = 1000
#: No feed has a document type; one that declares entities wants to expand them.
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)
_PAGED = re.compile(r"([?&]paged=)(\d{1,5})")
_HTML = re.compile(rb"^\s*<(?:!doctype\s+html|html)", re.IGNORECASE)


def parse(body: bytes, url: str, content_type: str = "") -> Discovered:
    """A feed's bytes → its articles, in its order.

    Raises:
        Invalid: `not-a-feed` (a web page, an empty body, XML with a document type).
    """
    if body.lstrip().startswith(b"{"):
        return _json(body, url)
    if not body.strip() or _HTML.match(body):
        raise Invalid("not-a-feed", f"{url} gives a web page or nothing where a feed was")
    if _DOCTYPE.search(body):
        raise Invalid("not-a-feed", f"{url} declares a document type: refused, it could expand entities")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = feedparser.parse(body, response_headers={"content-type": content_type, "content-location": url})
    if not found.version and not found.entries:
        raise Invalid("not-a-feed", f"{url} is neither RSS nor Atom nor JSON Feed")
    links = [_entry(entry, url) for entry in found.entries[:MAX_LINKS]]
    return Discovered([link for link in links if link is not None], older=_older(found.feed, url))


def _older(feed: Any, url: str) -> str:
    """Where older entries are: RFC 5005 (paged and archived feeds), else WordPress's own pages, which it does not link."""
    by_rel = {link.get("rel"): link.get("href") for link in feed.get("links", []) if link.get("href")}
    said = by_rel.get("prev-archive") or by_rel.get("next")
    if said:
        return _absolute(url, said)
    if "wordpress.org" not in str(feed.get("generator", "")) + str(feed.get("generator_detail", {}).get("href", "")):
        return ""
    paged = _PAGED.search(url)
    if paged:
        return f"{url[: paged.start(2)]}{int(paged[2]) + 1}{url[paged.end(2) :]}"
    return f"{url}{'&' if '?' in url else '?'}paged=2"


def _absolute(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return ""


def _entry(entry: Any, base: str) -> Link | None:
    # FeedBurner and its like keep the article's own address aside.
    url = entry.get("feedburner_origlink") or entry.get("link") or ""
    if not url and str(entry.get("id", "")).startswith("http"):
        url = entry["id"]
    return _link(url, base, entry.get("title"), _when(entry, "published"), _when(entry, "updated"))


def _when(entry: Any, name: str) -> datetime | None:
    # feedparser's own look-up takes `updated` for a missing `published`, and warns.
    parsed = dict.get(entry, f"{name}_parsed")
    if parsed:
        try:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        except (ValueError, OverflowError):
            return None
    return parse_time(dict.get(entry, name))


def _json(body: bytes, url: str) -> Discovered:
    try:
        feed = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise Invalid("not-a-feed", f"{url} is no JSON Feed") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Invalid("not-a-feed", f"{url} is no JSON Feed: it has no items")
    links = [_item(item, url) for item in items[:MAX_LINKS] if isinstance(item, dict)]
    older = feed.get("next_url")
    return Discovered(
        [link for link in links if link is not None], older=_absolute(url, older) if isinstance(older, str) else ""
    )


def _item(item: dict[str, Any], base: str) -> Link | None:
    published, modified = parse_time(item.get("date_published")), parse_time(item.get("date_modified"))
    return _link(item.get("url") or item.get("external_url"), base, item.get("title"), published, modified)


def _link(url: Any, base: str, title: Any, published: datetime | None, modified: datetime | None) -> Link | None:
    if not isinstance(url, str) or not url.strip():
        return None
    try:
        absolute = urljoin(base, url.strip())
    except ValueError:
        return None
    return Link(absolute, title.strip() if isinstance(title, str) else "", published, modified)
