"""The crawler against the local web of news sites: pages a second beside Scrapy alone, discovery delay, manners, memory.

    python -m benchmarks.producers.crawl [pages a site]

A Kafka of its own, the real `warta crawl`. Scrapy alone is a plain spider without pipeline that is given every article's
address, obeys robots.txt, and has the same bounds (64 requests at a time, one a host): it neither discovers, nor remembers,
nor publishes. It runs before ours and after; processor time a page does not depend on what else the machine does. Then the
sites publish an article a minute each, and the delay is from publication to `fetched_at`.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.producers.crawl.harness import Crawl, crawl
from tests.producers.local_web.newsroom import Plan
from tests.producers.local_web.running import LocalWeb, local_web
from tests.producers.local_web.sites import BY_HOST, SITES
from tests.servers import stack_with_kafka

#: Issue: pages a second fetched and published; seconds from publication to fetch, 95th percentile.
BAR_PAGES = 60.0
BAR_DELAY = 60.0
#: Memory may end so many times higher than it was in the middle.
BAR_MEMORY = 1.15
CONCURRENCY = 64
#: Minutes of live publishing, one article a site each.
LIVE = 2
HOSTS = tuple(
    site.host for site in SITES if site.quirk in ("", "future", "removals", "optout", "edits", "no-robots", "latin")
)


def main() -> None:
    """Print all figures beside their bars."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 160
    print(f"{len(HOSTS)} hosts, {pages} articles each, on {os.cpu_count()} cores")
    plan = Plan(backlog=pages, spacing=60.0, live=LIVE, per_minute=1.0, delay=0.0, hosts=HOSTS)
    scrapy_alone(plan)
    with (
        stack_with_kafka() as (_, config),
        tempfile.TemporaryDirectory() as folder,
        crawl(plan, config, Path(folder)) as run,
    ):
        ours(run)
    scrapy_alone(plan)


def ours(run: Crawl) -> None:
    """The backlog as fast as it goes, then live."""
    wanted = len(run.wanted())
    run.start()
    assert run.process is not None
    memory = Memory(run.process.pid)
    _wait(lambda: run.raw.length() > 0, memory)
    started = memory.cpu()
    _wait(lambda: run.raw.length() >= wanted // 2, memory)
    middle = memory.now()
    _wait(lambda: run.raw.length() >= wanted, memory)
    span = run.state().span
    assert span is not None
    fetched, published = wanted / (span[1] - span[0]), wanted / (time.monotonic() - span[0])
    _say("pages a second, fetched", f"{fetched:.0f}", f"{_cost(memory.cpu() - started, wanted)}")
    _say("pages a second, fetched and in Kafka", f"{published:.0f}", f"bar {BAR_PAGES:.0f}")
    done = memory.now()
    run.web.go()
    _wait(lambda: len(run.web.published()) == run.web.plan.total, memory)
    dated = {doc for doc, article in run.wanted().items() if BY_HOST[article.host].dated}
    _wait(lambda: dated <= set(run.raw.read().counts()), memory, seconds=90)
    end = memory.now()
    run.stop()
    _delays(run)
    _say("rules broken", str(sum(run.state().broken.values())), f"bar 0 {run.state().broken or ''}")
    doubles = sum(count - 1 for count in run.raw.counts().values())
    _say("articles twice on the topic", str(doubles), "bar 0")
    figures = f"{memory.first:.0f} / {middle:.0f} / {done:.0f} / {end:.0f} MiB"
    _say("memory: first page, half, all, after live news", figures, f"end/middle {end / middle:.2f}, bar {BAR_MEMORY}")


def _delays(run: Crawl) -> None:
    """Those that tell their rhythm by dates, and the others (index pages, dates that are nonsense)."""
    published = run.wanted()
    first = {article.doc_id: article.fetched_at for article in reversed(run.raw.read().articles())}
    live = [article for article in published.values() if int(article.key.rpartition("/")[2]) >= run.web.plan.backlog]
    for dated, name in ((True, "feeds and sitemaps"), (False, "lists without dates")):
        asked = [article for article in live if BY_HOST[article.host].dated == dated]
        came = [article for article in asked if article.doc_id in first]
        delays = sorted((first[article.doc_id] - article.published_at).total_seconds() for article in came)
        if delays:
            figures = f"{statistics.median(delays):.0f} / {delays[math.ceil(len(delays) * 0.95) - 1]:.0f} s"
            bar = f"bar {BAR_DELAY:.0f} s for the latter; " if dated else ""
            _say(f"delay, {name}, median / 95 %", figures, f"{bar}{len(came)} of {len(asked)} articles came")


class Memory:
    """Resident memory of the crawler in MiB, and its CPU time."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.first = 0.0

    def now(self) -> float:
        return float(self._process.memory_info().rss / 2**20)

    def cpu(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


def _wait(condition: Callable[[], bool], memory: Memory, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.2)
    memory.first = memory.first or memory.now()


def _say(what: str, figure: str, beside: str) -> None:
    print(f"{what:48} {figure:>20}   {beside}", flush=True)


def scrapy_alone(plan: Plan) -> None:
    """A plain spider over the same articles, in a process of its own."""
    with local_web(plan) as web:
        urls = _interleaved(web)
        spider = [sys.executable, "-c", _SPIDER]
        done = subprocess.run(spider, input="\n".join(urls), text=True, check=True, capture_output=True)
        state = web.state()
        assert state.span is not None
        assert len(state.fetches) == len(urls), "Scrapy did not fetch every page"
        speed = len(urls) / (state.span[1] - state.span[0])
        _say("Scrapy alone, pages a second", f"{speed:.0f}", _cost(float(done.stdout), len(urls)))


def _cost(seconds: float, pages: int) -> str:
    return f"{seconds / pages * 1000:.1f} ms of processor a page; load {os.getloadavg()[0]:.1f}"


def _interleaved(web: LocalWeb) -> list[str]:
    """Every article's address, the hosts in turn, so that one slot a host is no brake."""
    by_host: dict[str, list[str]] = {}
    for article in web.published():
        by_host.setdefault(article.host, []).append(article.url)
    return [url for row in zip(*by_host.values(), strict=True) for url in row]


_SPIDER = f"""
import sys, time
from urllib.parse import urlsplit
import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.resolver import dnscache

urls = sys.stdin.read().split()
for url in urls:
    dnscache[urlsplit(url).hostname] = "127.0.0.1"

class Plain(scrapy.Spider):
    name = "plain"
    start_urls = urls

    def parse(self, response):
        assert response.text

process = CrawlerProcess({{
    "CONCURRENT_REQUESTS": {CONCURRENCY}, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0, "ROBOTSTXT_OBEY": True,
    "USER_AGENT": "Warta-benchmark (+https://warta.test/perayap)", "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False,
    "COOKIES_ENABLED": False, "RETRY_ENABLED": False,
}})
process.crawl(Plain)
started = time.process_time()
process.start()
print(time.process_time() - started)
"""


if __name__ == "__main__":
    main()
