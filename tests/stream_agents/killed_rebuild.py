"""A rebuild of the state of stories that kills itself where it is told to; run by `test_rebuild_stories.py`.

`python -m tests.stream_agents.killed_rebuild POINT`: -1 lets it end, an even POINT kills it with transaction POINT / 2 on the
log and not committed, an odd one right after it was committed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from stream_agents import rebuild_stories
from stream_agents.outbox import Outbox
from tests.stream_agents.stories.build import START
from warta.clock import ManualClock
from warta.settings import Settings, settings

#: Records in one transaction.
CHUNK = 4


class Mortal(Outbox):
    """An outbox that dies at a point."""

    def __init__(self, config: Settings, point: int) -> None:
        super().__init__(config, "stories-rebuild", fence="warta-stories-0")
        self._point = point
        self._done = 0

    def _passes(self, point: int) -> None:
        if point == self._point:
            os.kill(os.getpid(), signal.SIGKILL)

    async def send_state(self, topic: str, records: Iterable[tuple[bytes, bytes | None]]) -> None:
        await super().send_state(topic, records)
        self._passes(2 * self._done + 1)
        self._done += 1

    async def _send_batch(self, *args: Any) -> list[tuple[bytes, bytes | None]]:
        rest = await super()._send_batch(*args)
        self._passes(2 * self._done)
        return rest


if __name__ == "__main__":
    rebuild_stories.CHUNK = CHUNK
    config = settings()
    clock = ManualClock(START + timedelta(days=400))
    asyncio.run(rebuild_stories.rebuild(config, clock, Mortal(config, int(sys.argv[1]))))
