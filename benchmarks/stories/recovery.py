"""Recovery: the stories worker killed and started again, with its whole state read back from a real Kafka topic.

    python -m benchmarks.stories.recovery [--remembered 500000] [--port 24000]

The state topic holds a record of every article, and of every third an older one that compaction has not taken yet. The
worker is started once with no state, for what the program alone takes, and once with all of it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from itertools import islice
from pathlib import Path

from benchmarks.stories.agent import Agent
from benchmarks.stories.quality import START
from benchmarks.stories.remembered import values
from benchmarks.stories.speed import WANTED_BYTES, WANTED_RECOVERY_S
from stream_agents.state import Included, encode_position
from tests.servers import stack_with_kafka
from warta import kafka, settings, topics

#: Of so many records one was written before, too.
REWRITTEN = 3


def _publish(config: settings.Settings, count: int) -> None:
    producer = kafka.producer(config, "benchmark")
    made = values(count, START)
    while part := list(islice(made, 1000)):
        for key, value in part[::REWRITTEN] + part:
            producer.send(topics.STATE_STORIES, key=key, value=value)
        producer.flush()
    key, value = encode_position(Included(topics.SCORED, -1, config.generation))
    producer.send(topics.STATE_STORIES, key=key, value=value).get(timeout=30)
    producer.close()


def measure(agent: Agent) -> tuple[float, float, int, int]:
    """Seconds from start to work by the wall and of CPU, and resident memory then and at most (bytes)."""
    wall, cpu = agent.working_after(), agent.cpu()
    resident, peak = agent.memory()
    agent.kill()
    return wall, cpu, resident, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--remembered", type=int, default=500_000)
    parser.add_argument("--port", type=int, default=24_000, help="of the worker's pages")
    options = parser.parse_args()
    with stack_with_kafka() as (stack, config):
        with tempfile.TemporaryDirectory() as folder:
            agent = Agent(stack, options.port, Path(folder) / "worker.log")
            _, alone, program, _ = measure(agent)
            began = time.monotonic()
            _publish(config, options.remembered)
            print(f"state of {options.remembered:,} articles written in {time.monotonic() - began:.0f} s", flush=True)
            before = os.getloadavg()[0]
            agent.start()
            wall, cpu, resident, peak = measure(agent)
        print(
            f"recovery of {options.remembered:,} articles from Kafka: works after {wall:.1f} s by the wall (wanted "
            f"{WANTED_RECOVERY_S} for 500,000), {cpu:.1f} s of its own CPU, {alone:.1f} of them the program's start; load "
            f"{before:.1f} before and {os.getloadavg()[0]:.1f} after on {os.cpu_count()} cores, Kafka beside it; "
            f"{(resident - program) / options.remembered:,.0f} bytes an article, at most "
            f"{(peak - program) / options.remembered:,.0f} on the way (wanted {WANTED_BYTES:,}; {program / 1e6:.0f} MB of "
            f"program not counted)",
            flush=True,
        )


if __name__ == "__main__":
    main()
