"""From fetched to searchable through the whole running pipeline, and whether its lag grows.

    warta up && python -m benchmarks.pipeline.freshness [--rate 3] [--seconds 60]
    WARTA_SENTIMENT=off warta up && python -m benchmarks.pipeline.freshness --rate 200

Invented articles are sent as live ones by `warta replay`; a search every tenth of a second notes when each is found. At live
rate the limit is p95 ≤ 2 s. At 200 a second it is that the lag of no stage grows: printed for the halves of the run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, quantiles

from elasticsearch import Elasticsearch

from benchmarks.stories.generator import stream
from warta import kafka
from warta.lag import lags
from warta.search.client import NEWS, connect
from warta.settings import Settings, settings

LIMIT_S = 2.0
EVERY_S = 0.1
OVERLAP = timedelta(seconds=5)
#: How long after the last article is sent the search goes on.
PATIENCE_S = 60.0
#: Rates up to this are live ones: about twenty times what Indonesia's outlets publish.
LIVE = 10.0


def write(path: Path, count: int, run: str) -> None:
    """`count` records in a file; they carry no times, so each is fetched when it is sent."""
    items = stream(count, seed=time.time_ns() % 1_000_000)
    with path.open("w", encoding="utf-8") as out:
        for number, item in zip(range(count), items, strict=False):
            url = f"https://{item.publisher}.example/{run}/{number}"
            out.write(json.dumps({"url": url, "title": item.title, "text": item.body}) + "\n")


def newest(es: Elasticsearch, began: datetime, since: datetime) -> dict[str, datetime]:
    """doc_id → fetched_at of what was fetched after `began` and indexed after `since`. Doc values alone: looking is cheap."""
    answer = es.search(
        index=NEWS,
        query={
            "bool": {
                "filter": [
                    {"range": {"fetched_at": {"gte": began.isoformat()}}},
                    {"range": {"indexed_at": {"gte": since.isoformat()}}},
                ]
            }
        },
        size=5_000,
        sort=["_doc"],
        source=False,
        docvalue_fields=[{"field": "fetched_at", "format": "strict_date_optional_time"}],
        track_total_hits=False,
    )
    return {hit["_id"]: datetime.fromisoformat(hit["fields"]["fetched_at"][0]) for hit in answer["hits"]["hits"]}


def watch(
    es: Elasticsearch, config: Settings, count: int, every: float, sender: subprocess.Popen[bytes]
) -> tuple[list[float], dict[str, list[int]]]:
    """Seconds from fetched to found of each article, and the lag of each stage once a second while they are sent."""
    found: dict[str, float] = {}
    lag: dict[str, list[int]] = defaultdict(list)
    admin = kafka.admin(config)
    began = datetime.now(UTC)
    ended = asked = time.monotonic()
    while len(found) < count and time.monotonic() - ended < PATIENCE_S:
        # Searchable a refresh (1 s) after it was indexed; a look may be late.
        for doc_id, fetched_at in newest(es, began, datetime.now(UTC) - OVERLAP).items():
            found.setdefault(doc_id, (datetime.now(UTC) - fetched_at).total_seconds())
        if sender.poll() is None:
            ended = time.monotonic()
        if time.monotonic() - asked >= 1 and sender.poll() is None:
            asked = time.monotonic()
            for stage in lags(admin):
                lag[stage.stage].append(stage.records)
        time.sleep(every)
    admin.close()
    return list(found.values()), lag


def main(rate: float = 3.0, seconds: int = 60) -> None:
    """Send, watch, print."""
    config = settings()
    count, run = int(rate * seconds), f"ukur-{time.time_ns()}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        write(path, count, run)
        command = [sys.executable, "-m", "warta", "replay", str(path), "--rate", str(rate), "--as-live"]
        sender = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        delays, lag = watch(connect(config), config, count, EVERY_S if rate <= LIVE else 5 * EVERY_S, sender)
        sender.wait()
    print(f"{count} articles at {rate:g}/s, sentiment {config.sentiment}: {len(delays)} found")
    if len(delays) > 1:
        cuts = quantiles(delays, n=100)
        verdict = f"limit {LIMIT_S:g} s: {'held' if cuts[94] <= LIMIT_S else 'MISSED'}" if rate <= LIVE else "no limit"
        print(
            f"fetched → searchable: median {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, max {max(delays):.2f} s ({verdict})"
        )
    for stage, values in lag.items():
        half = len(values) // 2
        if half:
            print(
                f"lag of {stage}: mean {mean(values[:half]):.0f} in the first half, {mean(values[half:]):.0f} in the second"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=3.0)
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    main(given.rate, given.seconds)
