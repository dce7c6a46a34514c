"""Eviction: what the event costs that carries the watermark over midnight, when the oldest day is forgotten at once.

    python -m benchmarks.stories.eviction [--remembered 100000 1000000]

The whole way of the running agent is taken: engine, outputs, and one null for every forgotten document in the step's
transaction on a real Kafka. The cost must follow the size of the day, not of the memory; and while the engine works the
event loop stands still, which half a session must outlast (`stream_agents/watchdog.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.stories.quality import START, event
from benchmarks.stories.remembered import DAYS, values
from benchmarks.stories.speed import arriving
from stream_agents.agents.stories import StoriesStage
from stream_agents.crashloop import CrashLedger, Position
from stream_agents.outbox import Outbox
from stream_agents.runner import Runner
from stream_agents.stage import Handled, Record
from stream_agents.stories.engine import StoryEngine
from stream_agents.watchdog import Watchdog
from tests.servers import stack_with_kafka
from warta import settings, topics
from warta.clock import ManualClock, SystemClock
from warta.wire import encode

#: Articles before the one that evicts: what one costs without.
USUAL = 20


class Timed(StoriesStage):
    """Notes how long the last event kept the loop (seconds), and how many records it forgot."""

    standing, forgotten = 0.0, 0

    async def handle(self, record: Record) -> Handled:
        began = time.perf_counter()
        handled = await super().handle(record)
        self.standing = time.perf_counter() - began
        self.forgotten = sum(value is None for value in handled.state.values())
        return handled


def _articles(remembered: int, horizon_days: int) -> list[Record]:
    """Some articles of the last day remembered, then the first one of the day on which the first day is too old."""
    late = [DAYS * 1440.0] * USUAL + [(horizon_days + 1) * 1440.0]
    items = [replace(item, minute=minute) for item, minute in zip(arriving(len(late), 99), late, strict=True)]
    return [
        Record(Position(topics.SCORED, 0, remembered + at), None, encode(event(item, remembered + at)))
        for at, item in enumerate(items)
    ]


async def measure(config: settings.Settings, remembered: int, ledger: Path) -> None:
    """Fill, and carry the watermark over midnight."""
    stage = Timed(StoryEngine(ManualClock(START + timedelta(days=400)), config.story_horizon_days), SystemClock())
    for key, value in values(remembered, START):
        stage.restore(key, value)
    watchdog = Watchdog(SystemClock(), stage.name, config.session_timeout_s / 2)
    outbox = Outbox(config, "benchmark", fence="warta-benchmark")
    runner = Runner(stage, config, SystemClock(), outbox, CrashLedger(ledger), watchdog)
    await runner.start()
    *usual, last = _articles(remembered, config.story_horizon_days)
    began = time.perf_counter()
    for record in usual:
        watchdog.check()
        await runner.process([record])
    each = (time.perf_counter() - began) / len(usual)
    began, cpu = time.perf_counter(), time.process_time()
    watchdog.check()
    await runner.process([last])
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    await runner.stop()
    print(
        f"{remembered:>9,} remembered: {stage.forgotten:,} forgotten in one event: {wall:.2f} s by the wall ({cpu:.2f} s of "
        f"CPU, {cpu / max(1, stage.forgotten) * 1e6:.0f} us each), of it the loop stood still for {stage.standing:.2f} s "
        f"(half a session: {config.session_timeout_s / 2:.0f} s); an event that forgets nothing {each * 1000:.0f} ms; load "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--remembered", type=int, nargs="+", default=[100_000, 1_000_000])
    options = parser.parse_args()
    for remembered in options.remembered:
        with stack_with_kafka() as (_, config), tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(config, remembered, Path(folder) / "ledger.json"))


if __name__ == "__main__":
    main()
