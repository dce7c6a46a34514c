"""Runs checks on the real net, through the crawler's downloader: many sources side by side, each host at its own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from producers.catalogue import Source
from producers.checking.check import Report, check, known
from producers.checking.web import Visit, Web
from warta.clock import Clock
from warta.settings import Settings

Result = TypeVar("Result")

#: Sources looked at side by side.
SIDE_BY_SIDE = 24


def with_web(config: Settings, clock: Clock, work: Callable[[Web], Awaitable[Result]]) -> Result:
    """Run `work` with the net and return its result; what it raises is raised here. Once a process."""
    from producers.crawling import downloads

    results: list[Result] = []

    async def run(fetch: downloads.Downloads) -> None:
        results.append(await work(Web(fetch, clock)))

    downloads.run(config, clock, run)
    return results[0]


async def check_all(
    web: Web, sources: Sequence[Source], catalogue: Sequence[Source], done: Callable[[Report], None]
) -> None:
    """Check sources of a catalogue; `done` hears of each as it ends. A source that hangs holds only itself."""
    taken = {url for source in catalogue for _, url in known(source)}
    waiting = list(reversed(sources))

    async def worker() -> None:
        while waiting:
            source = waiting.pop()
            done(await check(Visit(web, source.delay), source, web.clock.now(), taken))

    await asyncio.gather(*(worker() for _ in range(min(SIDE_BY_SIDE, len(sources)))))
