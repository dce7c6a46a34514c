"""What a crawl did: counters for people (progress, summary) and for Prometheus."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("warta_crawl_requests", "Requests by what they were for and how they ended.", ["what", "outcome"])
PAGES = Counter("warta_crawl_pages", "Article addresses settled, by outcome.", ["outcome"])
FOUND = Counter("warta_crawl_found", "New article addresses, by kind of point.", ["kind"])
WAITING = Gauge("warta_crawl_waiting", "Jobs that wait in the frontier.")
RUNNING = Gauge("warta_crawl_running", "Requests under way.")
UNCONFIRMED = Gauge("warta_crawl_unconfirmed", "Records that Kafka has not confirmed yet.")
PAUSED = Gauge("warta_crawl_paused", "1 while crawling pauses because the spool or the disk is full.")
FETCHED_SECONDS = Histogram(
    "warta_crawl_fetched_seconds",
    "From publication, as the site tells it, to our first fetch; live articles.",
    buckets=(5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800, 3600, 21600),
)
FOUND_SECONDS = Histogram(
    "warta_crawl_queue_seconds",
    "From an address being found to its first fetch; live articles.",
    buckets=(0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600),
)


@dataclass(slots=True)
class Stats:
    """One run's counts. `pages` by outcome: `new`, `changed`, `unchanged`, `removed`, `refused`, `failed`, `alias`."""

    looks: int = 0
    looks_failed: int = 0
    found: int = 0
    requests: int = 0
    pages: Tally[str] = field(default_factory=Tally)
    refused: Tally[str] = field(default_factory=Tally)
    troubles: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
    running: int = 0
    paused: str = ""

    def page(self, outcome: str, reason: str = "") -> None:
        """An address is settled."""
        self.pages[outcome] += 1
        if reason:
            self.refused[reason] += 1
        PAGES.labels(outcome).inc()

    def trouble(self, where: str, what: str) -> None:
        """A point that failed, for the summary; the last word on each, and not without end."""
        if where in self.troubles or len(self.troubles) < 1000:
            self.troubles[where] = what[:200]
