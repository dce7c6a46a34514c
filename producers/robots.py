"""What a site says to machines: robots.txt (RFC 9309, protego), crawl delay, X-Robots-Tag, meta robots, TDM reservation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protego import Protego

from warta.messages import Robots

#: RFC 9309 section 2.4: not used for longer than a day.
LIFETIME = timedelta(hours=24)
#: How soon an unreachable robots.txt is tried again, at first and at most, doubled with each failure: until then the site is
#: closed (RFC 9309, 2.3.1.4), so one lost answer should not cost it long.
FIRST_RETRY = timedelta(seconds=15)
LAST_RETRY = timedelta(minutes=10)
#: RFC 9309 section 2.5: at least 500 KiB are read.
MAX_BYTES = 500 * 1024
#: A longer wish than this is taken for it: one page an hour is no crawling.
MAX_DELAY = 60.0
#: Tokens by which sites address the crawlers that feed models (as those crawlers' vendors document them).
TRAINING_BOTS = ("GPTBot", "Google-Extended", "CCBot", "ClaudeBot", "anthropic-ai", "Applebot-Extended", "Bytespider")

#: A shorter wish to be asked again than this is taken for it.
MIN_LIFETIME = timedelta(minutes=1)

_MAX_AGE = re.compile(r"\bmax-age\s*=\s*(\d{1,9})", re.IGNORECASE)
_META = re.compile(r"<meta\b[^>]{0,500}>", re.IGNORECASE)
_NAME = re.compile(r"\bname\s*=\s*[\"']?\s*(robots|warta|tdm-reservation)\b", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*=\s*[\"']([^\"']{0,300})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """A host's robots.txt as it stood at `fetched_at`. `state`: `read`, `none` (4xx: everything is allowed), `unreachable`
    (5xx, no answer: nothing is)."""

    fetched_at: datetime
    state: str
    agent: str
    text: str = ""
    parsed: Protego | None = field(default=None, compare=False)
    lifetime: timedelta = LIFETIME

    def stale(self, now: datetime) -> bool:
        """Whether it must be fetched again before the next use."""
        return now - self.fetched_at >= self.lifetime

    def allows(self, url: str) -> bool:
        """Whether our crawler may fetch an address."""
        if self.parsed is None:
            return self.state == "none"
        return bool(self.parsed.can_fetch(url, self.agent))

    def training(self, url: str) -> bool | None:
        """Whether a page may train models, as far as robots.txt says: False if any such crawler is shut out, else None."""
        if self.parsed is None or not any(bot.lower() in self.text.lower() for bot in TRAINING_BOTS):
            return None
        return None if all(self.parsed.can_fetch(url, bot) for bot in TRAINING_BOTS) else False

    @property
    def delay(self) -> float | None:
        """Seconds that the site wants between two requests, at most `MAX_DELAY`."""
        delay = self.parsed.crawl_delay(self.agent) if self.parsed else None
        return min(MAX_DELAY, max(0.0, float(delay))) if delay is not None else None

    @property
    def sitemaps(self) -> list[str]:
        """Addresses of sitemaps that robots.txt names."""
        return list(self.parsed.sitemaps) if self.parsed else []


def read(status: int | None, body: bytes, now: datetime, agent: str, cache_control: str = "") -> Rules:
    """An answer to /robots.txt → rules; `status` None is no answer. Redirects are followed before this.

    `cache_control` is the header's value: a site that wants its file read again sooner than daily is heard.
    """
    if status is not None and 200 <= status < 300:
        text = body[:MAX_BYTES].decode("utf-8", "replace")
        return Rules(now, "read", agent, text, Protego.parse(text), lifetime(cache_control))
    if status is not None and 400 <= status < 500 and status != 429:
        return Rules(now, "none", agent, lifetime=lifetime(cache_control))
    return Rules(now, "unreachable", agent, lifetime=FIRST_RETRY)


def retry(failures: int) -> timedelta:
    """How long after so many failures in a row (1 or more) an unreachable robots.txt is asked for again."""
    return min(LAST_RETRY, FIRST_RETRY * 2.0 ** min(failures - 1, 10))


def lifetime(cache_control: str) -> timedelta:
    """How long a robots.txt is used: its max-age, between `MIN_LIFETIME` and `LIFETIME` (RFC 9309, section 2.4)."""
    age = _MAX_AGE.search(cache_control[:300])
    return min(LIFETIME, max(MIN_LIFETIME, timedelta(seconds=int(age[1])))) if age else LIFETIME


def of_page(rules: Rules, url: str, headers: dict[str, str], html: str) -> tuple[Robots, bool]:
    """What robots.txt, the headers and the page say together, and whether the page asks not to be indexed.

    `headers` have lower-case names. TDM reservation: W3C community group report "TDMRep".
    """
    words = _directives(headers, html)
    refused = "noai" in words or "noimageai" in words or "tdm-reservation:1" in words
    training = False if refused else rules.training(url)
    return Robots(allowed=rules.allows(url), ai_training=training), "noindex" in words or "none" in words


def _directives(headers: dict[str, str], html: str) -> set[str]:
    found = set(_words(headers.get("x-robots-tag", "")))
    if headers.get("tdm-reservation", "").strip() == "1":
        found.add("tdm-reservation:1")
    for tag in _META.findall(html[:200_000]):
        name, content = _NAME.search(tag), _CONTENT.search(tag)
        if name and content:
            reservation = name[1].lower() == "tdm-reservation"
            found |= {f"tdm-reservation:{content[1].strip()}"} if reservation else set(_words(content[1]))
    return found


def _words(value: str) -> list[str]:
    """`noindex, nofollow` → words; a part for another crawler (`googlebot: noindex`) is not for us."""
    words, ours = [], True
    for part in value.lower().split(","):
        agent, colon, rest = part.partition(":")
        if colon and agent.strip() not in (
            "unavailable_after",
            "max-snippet",
            "max-image-preview",
            "max-video-preview",
        ):
            ours, part = agent.strip() in ("warta", "*"), rest
        if ours:
            words.append(part.strip())
    return words
