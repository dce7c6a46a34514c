"""Speed of the engine (limit: 5,000 signals/s) and memory of many live series (limit: 500 MB for 20,000)."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import numpy as np

from stream_agents.agents.alerts import AlertsStage
from stream_agents.alerting.engine import Options
from stream_agents.crashloop import Position
from stream_agents.stage import Record
from warta.messages import Signal, Tick, Trace
from warta.wire import encode, envelope

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)


def _records(count: int, series: int) -> list[Record]:
    rng = np.random.default_rng(1)
    found: list[bytes] = []
    for number in range(count):
        at = BEGIN + timedelta(seconds=30 * number)
        base = envelope(doc_id=f"d{number}", fetched_at=at, first_seen_at=at, origin="live", trace=Trace(id="x"))
        if number % 2 == 0:
            found.append(encode(Tick(**{**base, "doc_id": ""}, minute=at)))
        place = int(rng.integers(series))
        signal = Signal(
            **base,
            story_id=f"s-d{number}",
            relation="original",
            revision=1,
            is_story_head=True,
            owner=f"o{place % 90}",
            label="negative" if rng.random() < 0.3 else "neutral",
            series=["all", f"place:{place % 90}.{place}", f"case:c{place % 60}", f"owner:o{place % 90}"],
        )
        found.append(encode(signal))
    return [Record(Position("warta.signals", 0, offset), b"all", value) for offset, value in enumerate(found)]


async def _run(stage: AlertsStage, records: list[Record]) -> None:
    for record in records:
        await stage.handle(record)


def rate(count: int = 30_000) -> float:
    """Signals a second through the stage, state records included (no broker)."""
    stage = AlertsStage(Options(), frozenset())
    stage.ready()
    records = _records(count, 500)
    began = time.perf_counter()
    asyncio.run(_run(stage, records))
    return count / (time.perf_counter() - began)


def memory(series: int) -> tuple[float, float]:
    """(peak MB above an empty process, seconds of the nightly lesson) with so many live series and eight weeks behind them."""
    from stream_agents.alerting.detector import Detector, Mode
    from stream_agents.alerting.history import DAYS

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rng = np.random.default_rng(1)
    detector = Detector()
    for _ in range(series):
        detector.add(0, Mode.BOTH)
    slowest = 0.0
    for day in range(57):
        detector.history.reach(day)
        detector.history.counts[:, :series, day % DAYS] = rng.poisson(0.2, (2, series, 24))
        if day in (7, 56):
            began = time.perf_counter()
            detector.learn(day - 1)
            slowest = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (after - before) / 1024, slowest


def main() -> None:
    """Print both beside their limits; memory in a process of its own."""
    print(f"Engine: {rate():,.0f} signals/s (limit 5,000)")
    code = "from benchmarks.alerting.speed import memory; print(*memory(20_000))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    peak, seconds = (float(value) for value in done.stdout.split())
    print(f"20,000 live series: {peak:.0f} MB at the peak of the nightly lesson (limit 500), lesson {seconds:.1f} s\n")


if __name__ == "__main__":
    main()
