"""What a request gave: an answer, or no answer and why. And the seam through which everything is fetched."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

#: Bytes of a page or feed, as sent and as unpacked.
MAX_BYTES = 5 * 1024 * 1024
#: A sitemap of 50,000 addresses takes more.
MAX_SITEMAP_BYTES = 10 * 1024 * 1024
#: RFC 9110, section 15.4: redirects that keep GET a GET.
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Redirects that say the address has changed for good (RFC 9110, 15.4.2 and 15.4.9).
PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response. `headers` have lower-case names, repeated ones joined by a comma; `body` is unpacked."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    at: datetime

    @property
    def content_type(self) -> str:
        """The media type alone, lower-case; empty if the site named none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def etag(self) -> str:
        """The entity tag, if it is one that can be sent back."""
        tag = self.headers.get("etag", "").strip()
        return tag if len(tag) <= 300 and tag.isprintable() else ""

    @property
    def modified(self) -> str:
        """Last-Modified as it came."""
        value = self.headers.get("last-modified", "").strip()
        return value if len(value) <= 60 and value.isprintable() else ""

    def retry_after(self) -> float | None:
        """Seconds that the site asks us to wait (RFC 9110, section 10.2.3: seconds or a date)."""
        value = self.headers.get("retry-after", "").strip()
        try:
            seconds = float(value) if value else None
        except ValueError:
            seconds = self._until(value)
        return max(0.0, seconds) if seconds is not None and math.isfinite(seconds) else None

    def _until(self, value: str) -> float | None:
        try:
            return (parsedate_to_datetime(value[:60]) - self.at).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None


class NoAnswer(Exception):
    """No usable response. `reason`: `timeout`, `no-name`, `refused`, `unsafe`, `too-large`, `broken`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: where, what we have already (validators), and how much we take."""

    url: str
    etag: str = ""
    modified: str = ""
    max_bytes: int = MAX_BYTES
    accept: str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"

    def headers(self) -> dict[str, str]:
        """Conditional requests: RFC 9110, section 13.1."""
        given = {"Accept": self.accept, "If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in given.items() if value}


class Fetch(Protocol):
    """Where answers come from: Scrapy's downloader, or a test's own.

    Raises:
        NoAnswer: nothing usable came.
    """

    async def __call__(self, ask: Ask) -> Answer: ...


@dataclass(slots=True)
class Counted:
    """Requests by outcome, for the summary."""

    requests: int = 0
    bytes: int = 0
    failures: dict[str, int] = field(default_factory=dict)
