"""Speed and memory of the engine at a given number of remembered articles, beside datasketch's LSH in the same run."""

from __future__ import annotations

import argparse
import gc
import random
import time
from dataclasses import replace

import psutil

from benchmarks.stories.generator import COPIES, Item, Newsroom
from benchmarks.stories.quality import START, event
from stream_agents.stories import tokens
from stream_agents.stories.engine import StoryEngine
from warta.clock import ManualClock
from warta.messages import ScoredArticle

#: Days over which the remembered articles are spread.
DAYS = 13


def _shuffled(item: Item, chance: random.Random, number: int) -> Item:
    """A cheap new article: sentences of one original, every word order its own, so that it shares no passage."""
    words = item.body.split()
    chance.shuffle(words)
    return replace(
        item, title=f"{number} {item.title}", sentences=(" ".join(words) + ".",), publisher=f"media{number % 300}"
    )


def articles(count: int, seed: int) -> list[Item]:
    room = Newsroom(seed)
    pool = [room.original(number) for number in range(200)]
    return [_shuffled(pool[number % 200], room.chance, number) for number in range(count)]


def measured(count: int, seed: int) -> list[Item]:
    """Articles as they come: 6 in 10 new, 4 in 10 copies of one another."""
    room, items = Newsroom(seed), list[Item]()
    makes = list(COPIES.values())
    while len(items) < count:
        original = room.original(len(items))
        items.append(original)
        items += [room.chance.choice(makes)(room, original) for _ in range(room.chance.choice((0, 0, 1, 2)))]
    return items[:count]


def _events(items: list[Item], first: int, minute: float, step: float) -> list[ScoredArticle]:
    return [event(replace(item, minute=minute + at * step), first + at) for at, item in enumerate(items)]


def engine_speed(remembered: int, sample: int) -> None:
    process, before = psutil.Process(), psutil.Process().memory_info().rss
    engine = StoryEngine(ManualClock(START.replace(year=2030)), content_window=0)
    step, offset, chunk = DAYS * 1440 / max(1, remembered), 0, 2000
    started = time.process_time()
    while offset < remembered:
        batch = _events(articles(min(chunk, remembered - offset), offset), offset, offset * step, step)
        for article in batch:
            engine.apply(article, offset)
            offset += 1
    filling = time.process_time() - started
    batch = []  # the benchmark's own events are not the engine's memory
    gc.collect()
    rss = process.memory_info().rss - before
    print(
        f"{remembered:>9,} remembered: {rss / max(1, remembered):,.0f} bytes an article (RSS); filled in {filling:.0f} s CPU"
    )
    batch = _events(measured(sample, 99), offset, DAYS * 1440.0, 0.001)
    started = time.process_time()
    for article in batch:
        engine.apply(article, offset)
        offset += 1
    spent = time.process_time() - started
    print(f"{'':>9}  {sample / spent:,.0f} articles/s of CPU through apply (wanted 1,500)")


def datasketch_speed(sample: int) -> None:
    from datasketch import MinHash, MinHashLSH

    items, room = measured(sample, 99), MinHashLSH(threshold=0.5, num_perm=128)
    started, found = time.process_time(), 0
    for number, item in enumerate(items):
        signature = MinHash(num_perm=128)
        shingles = tokens.shingles(tokens.words(tokens.encode("", item.body)), 3)
        signature.update_batch([int(key).to_bytes(8, "little") for key in shingles])
        found += any(items[int(other)].story == item.story for other in room.query(signature))
        room.insert(str(number), signature)
    spent = time.process_time() - started
    copies = sum(item.kind != "original" for item in items)
    print(
        f"datasketch (128 permutations, threshold 0.5): {sample / spent:,.0f}/s, "
        f"finds {found / max(1, copies):.3f} of the copies"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remembered", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--sample", type=int, default=2000)
    options = parser.parse_args()
    datasketch_speed(min(1000, options.sample))
    for remembered in options.remembered:
        engine_speed(remembered, options.sample)


if __name__ == "__main__":
    main()
