"""The sites: which doors each offers to its news, and how each behaves. 45 names, every one its own kind of trouble or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Ways to find news, with the address where each is. `/` and `/indeks` are index pages.
Point = Literal[
    "/rss.xml",
    "/rss/semua.xml",
    "/rss-lama.xml",
    "/atom.xml",
    "/feed.json",
    "/sitemap-news.xml",
    "/sitemap.xml",
    "/indeks",
]
Quirk = Literal[
    "",
    "redirects",  # one feed's links go through three redirects on the site, another's lead straight to the same pages
    "moves-host",  # …to another host of the publisher
    "traps",  # …some to private addresses, file:, loops, credentials
    "throttled",  # 429 with Retry-After, now and then
    "failing",  # 503, now and then
    "broken",  # 500 to everything but robots.txt
    "hanging",  # accepts and never answers
    "drip",  # a byte now and then, for ever
    "endless",  # a page that never ends
    "bomb",  # gzip that unpacks to 256 MiB: a sitemap, and pages
    "charset",  # a header that lies about the charset
    "latin",  # windows-1252, named only in the page
    "rules",  # robots.txt forbids /rahasia/ and asks for a delay
    "closed",  # robots.txt answers 503
    "no-robots",  # robots.txt answers 404
    "moved-feed",  # the feed has moved for good
    "duplicates",  # the same articles in several feeds, with trackers and through mobile and AMP addresses
    "soft404",  # gone articles answer 200, or lead to the front page
    "future",  # dates years ahead
    "optout",  # noai and TDM reservation, by header and in pages
    "noindex",  # asks not to be indexed, by header
    "edits",
    "removals",
    "garbage",  # broken XML, control characters, an entity bomb
    "dead",  # nothing listens at its port
]


@dataclass(frozen=True, slots=True)
class Site:
    """One host. `delay` is what its catalogue entry asks for in seconds, `crawl_delay` what its robots.txt does.

    `style` chooses the form of its article addresses, `encoding` its content encoding; `home` is the host that serves its
    articles where that is another.
    """

    host: str
    points: tuple[Point, ...]
    quirk: Quirk = ""
    style: int = 0
    encoding: Literal["", "gzip", "br", "zstd"] = "gzip"
    crawl_delay: float = 0.0
    home: str = ""

    @property
    def id(self) -> str:
        return self.host.removesuffix(".test")

    @property
    def dated(self) -> bool:
        """Whether its listings say when articles came out; a crawler can learn its rhythm at the first look then."""
        return self.points != ("/indeks",) and self.quirk != "future"

    @property
    def hostile(self) -> bool:
        """Whether none of its articles can be expected to arrive."""
        return self.quirk in ("broken", "hanging", "drip", "endless", "closed", "bomb", "dead", "noindex")


def _times(point: Point, count: int) -> tuple[Point, ...]:
    return (point,) * count


def _plain() -> list[Site]:
    points: tuple[Point, ...] = (
        *_times("/rss.xml", 8),
        *_times("/atom.xml", 2),
        *_times("/feed.json", 2),
        *_times("/sitemap-news.xml", 3),
        *_times("/sitemap.xml", 2),
        *_times("/indeks", 2),
    )
    encodings: tuple[Literal["", "gzip", "br", "zstd"], ...] = ("gzip", "br", "", "zstd")
    return [
        Site(f"media{number:02d}.test", (point,), style=number % 4, encoding=encodings[number % 4])
        for number, point in enumerate(points, start=1)
    ]


SITES: tuple[Site, ...] = (
    *_plain(),
    Site("alih20.test", ("/rss.xml", "/rss/semua.xml"), "redirects"),
    Site("pindah21.test", ("/rss.xml",), "moves-host", home="rumah21.test"),
    Site("jebak22.test", ("/rss.xml",), "traps", style=1),
    Site("batas23.test", ("/rss.xml",), "throttled"),
    Site("gagal24.test", ("/atom.xml",), "failing", style=2),
    Site("rusak25.test", ("/rss.xml", "/sitemap-news.xml"), "broken"),
    Site("gantung26.test", ("/rss.xml",), "hanging"),
    Site("tetes27.test", ("/rss.xml",), "drip"),
    Site("tanpaujung28.test", ("/rss.xml",), "endless", encoding=""),
    Site("bom29.test", ("/rss.xml", "/sitemap.xml"), "bomb"),
    Site("aksara30.test", ("/rss.xml",), "charset", encoding=""),
    Site("latin31.test", ("/rss.xml",), "latin", style=3),
    Site("aturan32.test", ("/rss.xml",), "rules", crawl_delay=0.5),
    Site("tutup33.test", ("/rss.xml",), "closed"),
    Site("bebas34.test", ("/atom.xml",), "no-robots"),
    Site("umpan35.test", ("/rss-lama.xml",), "moved-feed", style=1),
    Site("ganda36.test", ("/rss.xml", "/rss/semua.xml", "/sitemap-news.xml", "/indeks"), "duplicates"),
    Site("lenyap37.test", ("/rss.xml",), "soft404"),
    Site("esok38.test", ("/rss.xml",), "future"),
    Site("ubah39.test", ("/atom.xml",), "edits", style=2),
    Site("hapus40.test", ("/rss.xml",), "removals"),
    Site("hak41.test", ("/rss.xml",), "optout"),
    Site("sembunyi42.test", ("/rss.xml",), "noindex"),
    Site("kacau43.test", ("/rss.xml", "/sitemap-news.xml"), "garbage"),
    Site("mati44.test", ("/rss.xml",), "dead"),
)
#: The phones' address of the site that is reached through many doors.
MOBILE = "m.ganda36.test"
BY_HOST: dict[str, Site] = {
    **{site.host: site for site in SITES},
    **{site.home: site for site in SITES if site.home},
    MOBILE: next(site for site in SITES if site.quirk == "duplicates"),
}
