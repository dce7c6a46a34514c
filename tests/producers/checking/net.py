"""A net in this process: pages by address, and what was asked of it and when. The real one is in `test_real_web`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from producers.checking.web import Visit, Web
from producers.crawling.answer import Answer, Ask, NoAnswer
from warta.clock import ManualClock

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@dataclass
class Net:
    """Answers by address: a body, or a status with headers and a body, or what is raised."""

    pages: Mapping[str, str | tuple[int, dict[str, str], str] | NoAnswer]
    asked: list[tuple[str, float]] = field(default_factory=list)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))

    async def __call__(self, ask: Ask) -> Answer:
        self.asked.append((ask.url, self.clock.monotonic()))
        page = self.pages.get(ask.url, (404, {}, ""))
        if isinstance(page, NoAnswer):
            raise page
        status, headers, body = (200, {}, page) if isinstance(page, str) else page
        return Answer(ask.url, status, headers, body.encode(), self.clock.now())

    async def sleep(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def visit(self, delay: float = 1.0) -> Visit:
        return Visit(Web(self, self.clock, self.sleep), delay)

    @property
    def urls(self) -> list[str]:
        return [url for url, _ in self.asked]


def article(number: int) -> str:
    return f"https://a.id/berita/2026/11/24/harga-cabai-naik-lagi-di-pasar-{number}"


def feed(count: int = 6, age: timedelta = timedelta(minutes=9), url: str = "") -> str:
    date = (NOW - age).strftime("%a, %d %b %Y %H:%M:%S +0000")
    items = "".join(
        f"<item><title>J</title><link>{url or article(n)}</link><pubDate>{date}</pubDate></item>" for n in range(count)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>A</title>{items}</channel></rss>"


def sitemap(count: int = 6, age: timedelta = timedelta(hours=1)) -> str:
    urls = "".join(
        f"<url><loc>{article(n)}</loc><lastmod>{(NOW - age).isoformat()}</lastmod></url>" for n in range(count)
    )
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def page(links: list[str], head: str = "<title>Kabar A</title>") -> str:
    return f"<html lang='id'><head>{head}</head><body>{''.join(f'<a href={url!r}>Judul</a>' for url in links)}</body></html>"
