"""From addresses of articles to a rule for them: the regular expression that tells articles from the rest of a site. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from producers.discovery.index_pages import looks_like_article

#: Marks that articles of many sites bear, the most telling first.
_MARKS = (
    r"/\d{4}/\d{2}/\d{2}/",
    r"/\d{4}/\d{2}/",
    r"/(?:read|baca|detail)/\d+",
    r"/d-\d{5,}",
    r"[-/.]\d{5,}(?:\.html?|/|$)",
    r"/\d{5,}/",
    r"/[a-z0-9]+(?:-[a-z0-9]+){3,}/?$",
)
#: A rule must take so many of the articles, and at most so many of the other links.
TAKES, LEAVES = 0.95, 0.2
#: Fewer articles tell nothing.
FROM = 5


def infer(articles: Sequence[str], others: Sequence[str] = ()) -> str:
    """A rule for `articles:` in the catalogue; empty where the general marks do as well, or no rule is good enough."""
    if len(articles) < FROM or _share(articles, looks_like_article) >= TAKES:
        return ""
    sections = Counter(_section(url) for url in articles)
    section, count = sections.most_common(1)[0]
    marks = list(_MARKS)
    if section and count >= TAKES * len(articles):
        marks.append(rf"^https?://[^/]+/{re.escape(section)}/[^/?#]+")
    for mark in marks:
        search = re.compile(mark).search
        if _share(articles, search) >= TAKES and _share(others, search) <= LEAVES:
            return mark
    return ""


def _share(urls: Sequence[str], test: object) -> float:
    assert callable(test)
    return sum(bool(test(url[:2048])) for url in urls) / len(urls) if urls else 0.0


def _section(url: str) -> str:
    parts = urlsplit(url).path.split("/")
    return parts[1] if len(parts) > 2 else ""
