"""Fetching by Scrapy's downloader: HTTP/1.1, TLS, compression and their bounds are its; when and whether to ask is ours.

Scrapy's own ideas of pace, retries, redirects, robots and cookies are off, for each has its one place here (frontier, seen,
crawl, rules; cookies nowhere). Our loop runs as the spider's `start`, so Scrapy's engine lives as long as it does.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy import exceptions as failures
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

from producers.agent import user_agent
from producers.crawling.answer import MAX_BYTES, Answer, Ask, NoAnswer
from producers.crawling.names import Names, read_hosts
from producers.safety import Guard
from warta.clock import Clock
from warta.errors import Invalid
from warta.settings import Settings

#: Seconds from asking to the last byte; a site that drips is cut here.
TIMEOUT = 30.0
_HANDLER = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
_OFF = "scrapy.downloadermiddlewares."

_dns_threads = ThreadPoolExecutor(16, "warta-dns")

Work = Callable[["Downloads"], Awaitable[None]]


def scrapy_settings(settings: Settings) -> dict[str, Any]:
    """Scrapy, reduced to its downloader."""
    off: tuple[str, ...] = ("offsite.OffsiteMiddleware", "robotstxt.RobotsTxtMiddleware", "httpauth.HttpAuthMiddleware")
    off += ("retry.RetryMiddleware", "redirect.MetaRefreshMiddleware", "redirect.RedirectMiddleware")
    off += ("cookies.CookiesMiddleware", "httpcache.HttpCacheMiddleware", "stats.DownloaderStats")
    return {
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(("data", "file", "ftp", "s3")),
            "http": _HANDLER,
            "https": _HANDLER,
        },
        "DOWNLOADER_MIDDLEWARES": {_OFF + name: None for name in off},
        "DEFAULT_REQUEST_HEADERS": {"Accept-Language": "id,en;q=0.5"},
        "USER_AGENT": user_agent(settings.crawl_contact),
        "DOWNLOAD_MAXSIZE": MAX_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": TIMEOUT,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        # The frontier sends one request at a time to a host; a host named in several ways may have a few.
        "CONCURRENT_REQUESTS": 2 * settings.crawl_concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
        "DOWNLOAD_DELAY": 0,
        "EXTENSIONS": {},
        "EXTENSIONS_BASE": {},
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOG_LEVEL": "ERROR",
        "REACTOR_THREADPOOL_MAXSIZE": 4,
    }


def guard_of(settings: Settings) -> Guard:
    """The guard with the networks that are allowed all the same."""
    return Guard(network.strip() for network in settings.crawl_allowed_networks.split(",") if network.strip())


def names_of(settings: Settings, guard: Guard, clock: Clock) -> Names:
    """The resolver's core: the set hosts file, DNS, the guard."""
    hosts = read_hosts(settings.crawl_hosts) if settings.crawl_hosts else {}
    proxy = urlsplit(settings.crawl_proxy).hostname if settings.crawl_proxy else None
    return Names(guard, _dns, clock, hosts, frozenset({proxy.lower()} if proxy else ()))


async def _dns(name: str) -> list[str]:
    look_up = functools.partial(socket.getaddrinfo, name, None, type=socket.SOCK_STREAM)
    try:
        # Threads of its own: name servers that hang must not hold up the reading of feeds.
        found = await asyncio.get_running_loop().run_in_executor(_dns_threads, look_up)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """The answer of a look-up that nobody waits for goes into the cache."""


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's only way from a name to an address: what `Names` gives. An address in place of a name goes the same way."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._tasks: set[asyncio.Task[None]] = set()

    def resolveHostName(  # noqa: N802 (Twisted's interface)
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Any = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """See `twisted.internet.interfaces.IHostnameResolver`. No address at all is Twisted's word for failure."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        task = asyncio.get_running_loop().create_task(self._resolve(resolutionReceiver, hostName, portNumber))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return resolution

    async def _resolve(self, receiver: Any, name: str, port: int) -> None:
        found: list[str] = []
        with contextlib.suppress(Invalid, OSError):
            found = await self._names.addresses(name)
        for address in found:
            receiver.addressResolved((IPv6Address if ":" in address else IPv4Address)("TCP", address, port))
        receiver.resolutionComplete()


class Downloads:
    """`Fetch` by Scrapy's downloader."""

    def __init__(self, engine: Any, names: Names, guard: Guard, clock: Clock, proxy: str) -> None:
        self._engine = engine
        self._names = names
        self._guard = guard
        self._clock = clock
        self._proxy = proxy or None

    async def __call__(self, ask: Ask) -> Answer:
        """One request, no redirect followed. The whole of it takes at most `TIMEOUT` seconds.

        Raises:
            NoAnswer: nothing usable came.
        """
        try:
            self._guard.check_url(ask.url)
            # A proxy in the environment is not ours to use: only the setting counts.
            meta = {"proxy": self._proxy, "download_maxsize": ask.max_bytes}
            request = Request(ask.url, headers=ask.headers(), meta=meta, dont_filter=True)
            response = await self._engine.download_async(request)
        except Invalid as error:
            raise NoAnswer("unsafe", error.detail) from None
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise self._reason(ask, error) from error
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        return Answer(ask.url, response.status, headers, response.body, self._clock.now())

    def _reason(self, ask: Ask, error: Exception) -> NoAnswer:
        host = urlsplit(ask.url).hostname or ""
        detail = f"{host}: {str(error)[:200]}"
        match error:
            case failures.DownloadTimeoutError():
                return NoAnswer("timeout", detail)
            case failures.CannotResolveHostError():
                unsafe = self._names.reason(host)
                return NoAnswer("unsafe", unsafe) if unsafe else NoAnswer("no-name", detail)
            case failures.DownloadConnectionRefusedError():
                return NoAnswer("refused", detail)
            case failures.DownloadCancelledError() | failures.IgnoreRequest():
                return NoAnswer("too-large", f"{ask.url[:200]} has more than {ask.max_bytes} bytes")
            case _:
                return NoAnswer("broken", f"{detail} ({type(error).__name__})")


class _Loop(Spider):  # type: ignore[misc]
    name = "warta"
    work: Callable[[Any], Awaitable[None]]

    async def start(self) -> Any:
        await self.work(self.crawler.engine)
        return
        yield  # an asynchronous generator, as Scrapy wants it


def run(settings: Settings, clock: Clock, work: Work) -> None:
    """Run `work` with a downloader, in Scrapy's asyncio reactor, until it returns; what it raises is raised here."""
    from scrapy.crawler import AsyncCrawlerProcess

    guard = guard_of(settings)
    names = names_of(settings, guard, clock)
    raised: list[BaseException] = []

    async def start(engine: Any) -> None:
        from twisted.internet import reactor

        reactor.installNameResolver(GuardedResolver(names))
        try:
            await work(Downloads(engine, names, guard, clock, settings.crawl_proxy))
        except BaseException as error:
            raised.append(error)

    # Scrapy sets its own level and introduces itself at length; what matters of a request we say ourselves.
    logging.disable(logging.CRITICAL)
    process = AsyncCrawlerProcess(scrapy_settings(settings))
    logging.disable(logging.NOTSET)
    for name in ("scrapy", "twisted"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    process.crawl(type("Loop", (_Loop,), {"work": staticmethod(start)}))
    process.start(install_signal_handlers=False)
    if raised:
        raise raised[0]
