"""What a discovery point yields: addresses, with what it says about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Link:
    """One article's address as a discovery point gave it. Times are aware; None where it said nothing usable."""

    url: str
    title: str = ""
    published_at: datetime | None = None
    modified_at: datetime | None = None


@dataclass(slots=True)
class Discovered:
    """The articles of one look, the sitemaps that an index of sitemaps leads to (`modified_at` is its lastmod), and the page
    of the same listing that holds older articles, if it names one."""

    links: list[Link] = field(default_factory=list)
    sitemaps: list[Link] = field(default_factory=list)
    older: str = ""
