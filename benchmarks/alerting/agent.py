"""The running alerts agent on a real Kafka of its own: signals a second from the log to committed state (limit: 1,000).

    python -m benchmarks.alerting.agent [signals]

The worker is the product's own process; outputs and state are awaited as always. It works off a backlog of the traffic of
Indonesia (half a million articles in a fortnight, design section 3). Timed is what it works off between its first and
last counted record, by its own metrics; beside it stands the processor time it took, which other work on the machine
does not change.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from deploy.local.stack import free_ports
from tests.servers import stack_with_kafka
from warta import kafka, topics
from warta.messages import Signal, Tick, Trace
from warta.wire import encode, envelope

LIMIT = 1000
SERIES = 500
BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
#: Seconds of the stream from article to article.
SPACING = 14 * 86400 / 500_000
_WITHIN_S = 300
_COUNTED = re.compile(rb'^warta_records_total\{outcome="(?:done|counted)",stage="alerts"\} ([\d.e+]+)$', re.MULTILINE)


def backlog(count: int) -> Iterator[bytes]:
    """Signals of distinct stories, three in ten negative, and the minutes between them."""
    rng = random.Random(1)
    minute = -1
    for number in range(count):
        at = BEGIN + timedelta(seconds=SPACING * number)
        base = envelope(doc_id=f"d{number}", fetched_at=at, first_seen_at=at, origin="live", trace=Trace(id="x"))
        if number * SPACING // 60 > minute:
            minute = int(number * SPACING // 60)
            yield encode(Tick(**{**base, "doc_id": ""}, minute=at.replace(second=0, microsecond=0)))
        place = rng.randrange(SERIES)
        negative = rng.random() < 0.3
        yield encode(
            Signal(
                **base,
                story_id=f"s-d{number}",
                relation="original",
                revision=1,
                is_story_head=True,
                owner=f"o{place % 90}",
                source=f"o{place % 90}.example",
                title="Judul berita sepanjang yang biasa ditulis redaksi daerah",
                url=f"https://o{place % 90}.example/daerah/{number}",
                sentences=["Kalimat yang membawa nada tulisan ini, sepanjang kalimat berita pada umumnya."]
                * 2
                * negative,
                label="negative" if negative else "neutral",
                series=["all", f"place:{place % 90}.{place}", f"case:c{place % 60}", f"owner:o{place % 90}"],
            )
        )


def counted(port: int) -> float:
    """Records that the worker says it has finished; 0 while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return sum(float(value) for value in _COUNTED.findall(answer.read()))
    except OSError:
        return 0.0


def work_off(port: int, total: int, worker: psutil.Process) -> tuple[float, float]:
    """Records a second between the first and the last that is seen to be finished; and a second of processor time."""
    end = time.monotonic() + _WITHIN_S
    first = first_at = used = 0.0
    while time.monotonic() < end:
        now, done = time.perf_counter(), counted(port)
        if done and not first:
            first, first_at, used = done, now, _used(worker)
        if done >= total:
            return (done - first) / (now - first_at), (done - first) / (_used(worker) - used)
        time.sleep(0.2)
    raise SystemExit(f"the agent finished {counted(port):.0f} of {total} records within {_WITHIN_S} s")


def _used(worker: psutil.Process) -> float:
    times = worker.cpu_times()
    return float(times.user + times.system)


def main(count: int = 20_000) -> None:
    """Print the rate beside its limit, with the load of the machine."""
    with stack_with_kafka() as (stack, config):
        environment = {**os.environ, **stack.environment()}
        records = list(backlog(count))
        producer = kafka.producer(config, "benchmark")
        for record in records:
            producer.send(topics.SIGNALS, key=b"all", value=record)
        producer.flush(timeout=120)
        producer.close()
        port = free_ports().kafka
        command = [sys.executable, "-m", "stream_agents", "alerts", "--web-port", str(port)]
        with (Path(stack.home) / "alerts.log").open("wb") as log:
            worker = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            try:
                rate, busy = work_off(port, len(records), psutil.Process(worker.pid))
            finally:
                worker.terminate()
                worker.wait(60)
        part = count / len(records)
        print(
            f"Running agent: {rate * part:,.0f} signals/s (limit {LIMIT:,}), {busy * part:,.0f} a second of processor time"
        )
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
