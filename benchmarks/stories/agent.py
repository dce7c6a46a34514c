"""The running agent: articles a second through the real Faust worker with its durable state, against a real Kafka.

    python -m benchmarks.stories.agent [--articles 20000] [--port 24000]

The articles wait on `warta.scored` before the worker starts; the clock runs while the middle eight tenths of them go through.
Then the worker is killed (SIGKILL) and started again: the time until it works again is the recovery of all its state, Kafka
included.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from benchmarks.stories.speed import arriving, events
from tests.servers import Stack, stack_with_kafka
from warta import kafka, settings, topics
from warta.wire import encode

WANTED = 400
_DONE = re.compile(r'^warta_records_total\{outcome="(?!included)\w+",stage="stories"\} (\S+)', re.MULTILINE)
_STATE = re.compile(r'^warta_state_records\{stage="stories"\} (\S+)', re.MULTILINE)


class Agent:
    """One worker process of stage stories."""

    def __init__(self, stack: Stack, port: int, log: Path) -> None:
        self._port, self._log = port, log
        self._environment = {**os.environ, **stack.environment()}
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "stream_agents", "stories", "--web-port", str(self._port)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        self._started = time.monotonic()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def page(self, path: str) -> str:
        """A page of the worker; empty while it does not answer."""
        if self._process.poll() is not None:
            sys.exit(f"the worker ended with {self._process.returncode}:\n{self._log.read_text()[-3000:]}")
        try:
            with urlopen(f"http://127.0.0.1:{self._port}/{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except (URLError, OSError):
            return ""

    def done(self) -> int:
        """Records it has finished."""
        return int(sum(map(float, _DONE.findall(self.page("metrics")))))

    def working_after(self) -> float:
        """Seconds from its start until it works."""
        while '"ok":true' not in self.page("healthz").replace(" ", ""):
            time.sleep(0.05)
        return time.monotonic() - self._started

    def cpu(self) -> float:
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def memory(self) -> tuple[int, int]:
        """Resident memory, now and at most so far (bytes; proc(5))."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        now, most = (int(re.findall(rf"{name}:\s+(\d+) kB", status)[0]) * 1024 for name in ("VmRSS", "VmHWM"))
        return now, most

    def state_records(self) -> int:
        return int(float((_STATE.findall(self.page("metrics")) or ["0"])[0]))


def _publish(config: settings.Settings, count: int) -> None:
    producer = kafka.producer(config, "benchmark")
    for first in range(0, count, 2000):
        for article in events(arriving(min(2000, count - first), first + 1), first):
            producer.send(topics.SCORED, key=article.doc_id.encode(), value=encode(article))
        producer.flush()
    producer.close()


def measure(agent: Agent, count: int) -> None:
    """Follow the worker through its input."""
    seen = list[tuple[float, float, int]]()
    while not seen or seen[-1][2] < count:
        time.sleep(0.25)
        seen.append((time.monotonic(), agent.cpu(), agent.done()))
    first = next(point for point in seen if point[2] >= count // 10)
    last = next(point for point in seen if point[2] >= count * 9 // 10)
    articles, wall, cpu = last[2] - first[2], last[0] - first[0], last[1] - first[1]
    print(
        f"{articles:,} articles through the agent: {articles / wall:,.0f}/s by wall clock (wanted {WANTED}; load "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, Kafka beside it), {articles / cpu:,.0f}/s of its own CPU",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--port", type=int, default=24_000, help="of the worker's pages")
    options = parser.parse_args()
    with stack_with_kafka() as (stack, config):
        _publish(config, options.articles)
        with tempfile.TemporaryDirectory() as folder:
            agent = Agent(stack, options.port, Path(folder) / "worker.log")
            measure(agent, options.articles)
            agent.kill()
            agent.start()
            print(
                f"killed and started again: works after {agent.working_after():.1f} s with {agent.state_records():,} records "
                "of state, read from Kafka",
                flush=True,
            )
            agent.stop()


if __name__ == "__main__":
    main()
