"""The indexer against raw bulk of the same documents, in one run: documents a second, and the ratio (limit 0.85).

    python -m benchmarks.indexer.throughput [http://127.0.0.1:9200] [documents]

Use a server of your own: the news indices of a month in 1990 are made and removed. The lanes are the real ones, fed from
memory as Kafka would; what a run costs beyond raw bulk is decoding, folding, looking for stored documents and judging
outcomes. Both sides run in turn, seven times; the median of the turns' ratios counts: other work on the machine disturbs some.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
from elasticsearch import Elasticsearch, helpers

from indexer.apply import apply, create_month
from indexer.lanes import Lane, Limits
from indexer.merge import Position, fold
from indexer.revisions import Revisions
from indexer.store import Store
from indexer.writer import Writer
from tests.indexer import build
from warta import settings
from warta.clock import SystemClock
from warta.search.client import connect

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
ALIAS = "news-1990.01"
LANES = 2
LIMIT = 0.85
TURNS = 7


def corpus(count: int) -> list[Any]:
    """Documents of about 2.5 kB of invented Indonesian-looking words."""
    rng = random.Random(7)
    syllables = ["ban", "jir", "su", "me", "dang", "war", "ga", "ke", "lu", "kan", "pe", "me", "rin", "tah", "ko", "ta"]
    words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(20_000)]

    def text(length: int) -> str:
        return " ".join(rng.choices(words, k=length))

    return [
        build.document(
            f"bench{n}", at=LONG_AGO, first_seen_at=LONG_AGO, content=build.content(title=text(10), body=text(300))
        )
        for n in range(count)
    ]


class _Counted:
    def refuse(self, record: Any, reason: str, detail: str) -> None:
        raise AssertionError(detail)

    def good(self) -> None: ...


def fresh(es: Elasticsearch) -> None:
    es.options(ignore_status=404).indices.delete(index=f"{ALIAS}-g1")
    create_month(es, ALIAS, 1)


def raw(es: Elasticsearch, sources: list[dict[str, Any]]) -> float:
    """`helpers.parallel_bulk` with as many threads as the indexer has lanes."""
    actions = (
        {"_op_type": "create", "_index": ALIAS, "_id": source["doc_id"], "_source": source} for source in sources
    )
    start = time.perf_counter()
    for good, item in helpers.parallel_bulk(es, actions, thread_count=LANES, chunk_size=500):
        assert good, item
    return len(sources) / (time.perf_counter() - start)


def ours(es: Elasticsearch, config: settings.Settings, records: list[Any]) -> float:
    """The lanes, from a queue that is never empty to the last outcome."""
    clock = SystemClock()
    limits = Limits(config.bulk_docs, config.bulk_bytes, config.bulk_wait_ms / 1000)
    failed = threading.Event()

    def writer() -> Writer:
        store = Store(es, max_bytes=config.bulk_bytes)
        return Writer(store, Revisions(es), _Counted(), clock, generation=0, pause=lambda s: False)

    lanes = [Lane(f"lane-{n}", writer(), limits, clock, failed.set) for n in range(LANES)]
    start = time.perf_counter()
    for number, lane in enumerate(lanes):
        lane.start()
        lane.put(("t", number), records[number::LANES])
        lane.hurry()
    while not all(lane.idle() for lane in lanes):
        assert not failed.wait(0.005), [lane.failure for lane in lanes]
    return len(records) / (time.perf_counter() - start)


def main(address: str, count: int) -> None:
    config = settings.load(elasticsearch=address)
    es = connect(config, retries=0)
    apply(es)
    messages = corpus(count)
    records = build.records(*messages)
    sources = [fold(None, [(Position(0, n), m)], LONG_AGO).source or {} for n, m in enumerate(messages)]
    # The corpus stands in memory for both sides; the collector shall not walk through it while they are timed.
    gc.collect()
    gc.freeze()
    print(f"{count} documents of {len(msgspec.json.encode(sources[0]))} bytes, {LANES} threads each")
    speeds: dict[str, list[float]] = {"parallel_bulk": [], "indexer": []}
    for turn in range(1, TURNS + 1):
        fresh(es)
        speeds["parallel_bulk"].append(raw(es, sources))
        fresh(es)
        speeds["indexer"].append(ours(es, config, records))
        print(f"  turn {turn}: " + ", ".join(f"{name} {of[-1]:.0f}/s" for name, of in speeds.items()))
    es.indices.delete(index=f"{ALIAS}-g1")
    medians = {name: statistics.median(of) for name, of in speeds.items()}
    print("  medians: " + ", ".join(f"{name} {speed:.0f}/s" for name, speed in medians.items()))
    pairs = zip(speeds["indexer"], speeds["parallel_bulk"], strict=True)
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    print(f"ratio {ratio:.2f} (limit {LIMIT}): {'held' if ratio >= LIMIT else 'MISSED'}")


if __name__ == "__main__":
    main(
        sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9200", int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    )
