"""The web as a server: every site on one port, the trap beside it, the control address under 127.0.0.1."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import brotli  # type: ignore[import-untyped]
import zstandard
from aiohttp import web

from tests.producers.local_web.answers import Answer, Sites
from tests.producers.local_web.newsroom import Article, Newsroom, Plan
from tests.producers.local_web.policing import RobotsAnswer, Visit, Watch
from tests.producers.local_web.sites import BY_HOST
from tests.producers.local_web.traps import TRAP_ADDRESS
from warta.clock import Clock

_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, 1, mtime=0),
    "br": lambda body: bytes(brotli.compress(body, quality=1)),
    "zstd": lambda body: zstandard.compress(body, 1),
}


class Web:
    """One running web. `contact` is what the crawler's user agent must name."""

    def __init__(self, plan: Plan, port: int, clock: Clock, contact: str = "") -> None:
        self.room = Newsroom.open(plan, port, clock.now())
        self.sites = Sites(self.room, port)
        self.watch = Watch(plan.delay, contact)
        self._clock = clock

    def application(self) -> web.Application:
        """For aiohttp's runners."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        return application

    async def sprung(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody has connected to the trap."""
        peer = writer.get_extra_info("sockname")
        self.watch.report(str(peer[0]), "connected to a private address", "")
        writer.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
        if host == "127.0.0.1" and request.path.startswith("/_web/"):
            return await self._control(request)
        visit = self._arrive(request, host)
        answer = self.sites.answer(host, request.path, _lower(request), self._clock.now())
        if answer.robots is not None:
            self.watch.told(host, answer.robots)
        return await self._send(request, answer, visit)

    def _arrive(self, request: web.Request, host: str) -> Visit:
        agent = request.headers.get("user-agent", "")

        def alive() -> bool:
            return request.transport is not None and not request.transport.is_closing()

        return self.watch.begin(host, request.path, agent, self._clock.monotonic(), alive)

    async def _send(self, request: web.Request, answer: Answer, visit: Visit) -> web.StreamResponse:
        if answer.hang:
            await self._until_gone(visit)
            return web.Response()
        if answer.stream is not None:
            return await self._stream(request, answer, visit)
        body, headers = _encoded(answer, visit.host, request.headers.get("accept-encoding", ""))
        self._ends(visit, answer)
        return web.Response(status=answer.status, body=body, headers=headers)

    async def _until_gone(self, visit: Visit) -> None:
        while visit.alive():  # noqa: ASYNC110 (aiohttp tells nobody that a client hung up)
            await asyncio.sleep(0.2)

    async def _stream(self, request: web.Request, answer: Answer, visit: Visit) -> web.StreamResponse:
        assert answer.stream is not None
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            async for piece in answer.stream():
                await response.write(piece)
        self._ends(visit, answer)
        return response

    def _ends(self, visit: Visit, answer: Answer) -> None:
        # When the reader of an unending page hung up nobody here can know: buffers go on taking for a while.
        at = self._clock.monotonic() if answer.stream is None else visit.began
        self.watch.end(
            visit, at, status=answer.status, kind=answer.kind, key=answer.key, retry_after=answer.retry_after
        )

    # --- the control address ----------------------------------------------------------------------------------------

    async def _control(self, request: web.Request) -> web.Response:
        actions: dict[str, Callable[[Any], Awaitable[Any]]] = {
            "published": self._published,
            "state": self._state,
            "go": self._go,
            "do": self._do,
        }
        action = actions.get(request.path.removeprefix("/_web/"))
        if action is None:
            raise web.HTTPNotFound
        arguments = await request.json() if request.method == "POST" else {}
        return web.json_response(await action(arguments))

    async def _published(self, _: Any) -> list[dict[str, Any]]:
        now = self._clock.now()
        return [_told(article) for articles in self.room.articles.values() for article in articles if article.at <= now]

    async def _state(self, _: Any) -> dict[str, Any]:
        return self.watch.state()

    async def _go(self, _: Any) -> dict[str, str]:
        self.room.go(self._clock.now())
        return {"live_from": self.room.live_from.isoformat()}

    async def _do(self, wish: Any) -> list[dict[str, Any]]:
        """`edit` or `remove` the newest `count` articles of a host, or give it other `robots` (disallow, delay, status)."""
        now, host = self._clock.now(), wish["host"]
        if wish["action"] == "robots":
            self.sites.robots[host] = RobotsAnswer(
                wish.get("status", 200), tuple(wish.get("disallow", ())), wish.get("delay", 0.0)
            )
            return []
        change = {"edit": self.room.edit, "remove": self.room.remove}[wish["action"]]
        return [_told(article) for article in change(host, wish["count"], now)]


def _told(article: Article) -> dict[str, Any]:
    return {
        "key": article.key,
        "host": article.site.host,
        "url": article.url,
        "title": article.title,
        "fate": article.fate,
        "published_at": article.at.isoformat(),
        "version": article.version,
        "removed": article.removed is not None,
    }


def _lower(request: web.Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _encoded(answer: Answer, host: str, accepted: str) -> tuple[bytes, dict[str, str]]:
    """The body in the site's encoding, where the client takes it."""
    encoding = BY_HOST[host].encoding if host in BY_HOST else ""
    if answer.raw or not answer.body or encoding not in [part.split(";")[0].strip() for part in accepted.split(",")]:
        return answer.body, answer.headers
    return _ENCODERS[encoding](answer.body), {**answer.headers, "content-encoding": encoding}


async def serve(plan: Plan, clock: Clock, *, port: int = 0, contact: str = "") -> tuple[int, Web, web.AppRunner]:
    """Bind, and serve until the runner is cleaned up. Returns the port, the web and the runner."""
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    bound = listener.getsockname()[1]
    made = Web(plan, bound, clock, contact)
    runner = web.AppRunner(made.application(), access_log=None, keepalive_timeout=30)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    for address in (TRAP_ADDRESS, "::1"):
        with contextlib.suppress(OSError):  # a machine without IPv6 has no second trap
            await asyncio.start_server(made.sprung, address, bound)
    return bound, made, runner
