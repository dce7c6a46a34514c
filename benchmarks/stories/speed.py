"""Speed, memory and recovery of the whole engine at a given number of remembered articles, beside datasketch's LSH.

    python -m benchmarks.stories.speed [--remembered 10000 100000] [--sample 3000] [--peer 10000]

Each number of remembered articles has a process of its own. It restores that many durable records as the agent does (the
values are made on the spot; reading them from Kafka is not included), and then takes articles of 250 to 350 words as they
come: originals, copies of nine kinds, editions of templates, follow-ups. Speeds are of CPU time on one core, so that other
work on the machine counts little; wall time stands beside it. Memory is resident memory above that of the same process
with a warm, empty engine.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import psutil

from benchmarks.stories.generator import COPIES, Item, Newsroom
from benchmarks.stories.quality import START, event
from benchmarks.stories.remembered import DAYS, original, values
from stream_agents.agents.stories import StoriesStage
from stream_agents.stories import tokens
from stream_agents.stories.engine import StoryEngine
from warta.clock import ManualClock
from warta.messages import ScoredArticle

WANTED_SPEED, WANTED_BYTES, WANTED_RECOVERY_S = 1500, 2560, 60
#: The sample is measured in so many parts, in turns with an engine that remembers only a thousand articles: what else the
#: machine does slows both. The median part counts.
PARTS, SMALL = 10, 1000


def arriving(count: int, seed: int) -> list[Item]:
    """Articles as they come, shuffled over an hour: of 20, 10 originals, 7 copies, 2 editions of templates, 1 follow-up."""
    room, items, makes = Newsroom(seed), list[Item](), list(COPIES.values())
    while len(items) < count:
        first = len(items)
        originals = [original(room, first + at) for at in range(10)]
        items += originals
        items += [room.chance.choice(makes)(room, room.chance.choice(originals)) for _ in range(7)]
        items += [room.template(first % 40, first + 17), room.template((first + 1) % 40, first + 18)]
        items.append(room.follow_up(originals[0], first + 19))
    return items[:count]


def events(items: list[Item], first: int) -> list[ScoredArticle]:
    """The events of articles that come a second apart after everything remembered; `first` names them apart."""
    minute = DAYS * 1440.0
    return [event(replace(item, minute=minute + at / 60), first + at) for at, item in enumerate(items)]


def _warm() -> int:
    """Compile, fill the caches, and return the resident memory that is no article's (bytes)."""
    engine = StoryEngine(ManualClock(START + timedelta(days=400)))
    engine.load([])
    for offset, article in enumerate(events(arriving(400, 5), 0)):
        engine.apply(article, offset)
    del engine, article
    gc.collect()
    return psutil.Process().memory_info().rss


def _restore(remembered: int, stage: StoriesStage) -> tuple[float, float]:
    """Restore as the runner does, record by record in the order of the log; (CPU, wall) seconds, without making the
    records."""
    cpu = wall = 0.0
    made = values(remembered, START)
    while part := list(islice(made, 1000)):
        began = time.process_time(), time.perf_counter()
        for key, value in part:
            stage.restore(key, value)
        cpu, wall = cpu + time.process_time() - began[0], wall + time.perf_counter() - began[1]
    began = time.process_time(), time.perf_counter()
    stage.ready()
    return cpu + time.process_time() - began[0], wall + time.perf_counter() - began[1]


def at(remembered: int, sample: int) -> None:
    """One process: restore `remembered` articles, then measure `sample` more."""
    base = _warm()
    clock = ManualClock(START + timedelta(days=400))
    engine = StoryEngine(clock)
    cpu, wall = _restore(remembered, StoriesStage(engine, clock))
    gc.collect()
    process = psutil.Process()
    rss, peak = process.memory_info().rss - base, _peak() - base
    print(
        f"{remembered:>9,} remembered: restored in {cpu:.1f} s CPU, {wall:.1f} s wall "
        f"({remembered / cpu:,.0f}/s; 500,000 in {500_000 * cpu / remembered:.0f} s, wanted {WANTED_RECOVERY_S}); "
        f"{rss / remembered:,.0f} bytes an article (wanted {WANTED_BYTES:,}; peak while restoring {peak / remembered:,.0f}; "
        f"{base / 1e6:.0f} MB of program not counted)",
        flush=True,
    )
    batch = arriving(sample, 99)
    made = events(batch, remembered)
    small = StoryEngine(clock)
    _restore(SMALL, StoriesStage(small, clock))
    speeds, ratios = list[float](), list[float]()
    size = max(1, sample // PARTS)
    wall, whole = time.perf_counter(), time.process_time()
    for first in range(0, sample, size):
        part = list(enumerate(made[first : first + size], start=remembered + first))
        began = time.process_time()
        for offset, article in part:
            engine.apply(article, offset)
        middle = time.process_time()
        for offset, article in part:
            small.apply(article, offset)
        cost, beside = middle - began, time.process_time() - middle
        speeds.append(len(part) / cost)
        ratios.append(cost / beside)
    waited = (time.perf_counter() - wall) / (time.process_time() - whole)
    stories = {item.story: engine.store.groups.story_id(e.doc_id) for item, e in zip(batch, made, strict=True)}
    copies = [(item, e) for item, e in zip(batch, made, strict=True) if item.kind in COPIES]
    found = sum(engine.store.groups.story_id(e.doc_id) == stories[item.story] for item, e in copies)
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {waited:.1f} s of wall clock a second of CPU"
    print(
        f"{'':>9}  {statistics.median(speeds):,.0f} articles/s of CPU (wanted {WANTED_SPEED:,}; median of {PARTS} parts, best "
        f"{max(speeds):,.0f}; {load}); {statistics.median(ratios):.2f} times the cost with {SMALL:,} remembered, turn by turn; "
        f"{found / max(1, len(copies)):.3f} of the copies found",
        flush=True,
    )


def _peak() -> int:
    """Highest resident memory so far (bytes)."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def datasketch(remembered: int, sample: int) -> None:
    """The same articles through datasketch, which keys and looks up but confirms nothing."""
    import numpy as np
    from datasketch import MinHash, MinHashLSH

    room, chance = MinHashLSH(threshold=0.5, num_perm=128), np.random.default_rng(1)
    for number in range(remembered):
        hashes = chance.integers(0, 1 << 32, 128, dtype=np.uint32)
        room.insert(f"r{number}", MinHash(num_perm=128, hashvalues=hashes, scheme="affine32"))
    items, found = arriving(sample, 99), 0
    started = time.process_time()
    for number, item in enumerate(items):
        signature = MinHash(num_perm=128)
        shingles = tokens.shingles(tokens.words(tokens.encode("", item.body)), 3)
        signature.update_batch([int(key).to_bytes(8, "little") for key in shingles])
        near = [items[int(other)] for other in room.query(signature) if not str(other).startswith("r")]
        found += item.kind in COPIES and any(other.story == item.story for other in near)
        room.insert(str(number), signature)
    spent = time.process_time() - started
    copies = sum(item.kind in COPIES for item in items)
    print(
        f"datasketch (128 permutations, threshold 0.5, {remembered:,} remembered): {sample / spent:,.0f} articles/s of CPU, "
        f"{found / max(1, copies):.3f} of the copies among its candidates",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--remembered", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--sample", type=int, default=3000)
    parser.add_argument("--peer", type=int, default=10_000, help="articles that datasketch remembers; 0 leaves it out")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        at(options.remembered[0], options.sample)
        return
    if options.peer:
        datasketch(options.peer, min(1000, options.sample))
    for remembered in options.remembered:
        command = [sys.executable, "-m", "benchmarks.stories.speed", "--here", "--remembered", str(remembered)]
        subprocess.run([*command, "--sample", str(options.sample)], check=True)


if __name__ == "__main__":
    main()
