"""Search quality on the sample: nDCG@10 of judged queries, for three ways to ask.

    python -m benchmarks.indexer.search_quality [http://127.0.0.1:9200]

The server's news indices are not touched except that the sample is added; use one of your own.
standard: unstemmed fields, any word; indonesian: stemmed fields, any word; ours: `warta.search.find`.
Two sets are reported apart: queries the parser was developed with, and queries held out.
nDCG as Järvelin & Kekäläinen (2002) with gain 2^grade - 1, results grouped by story, ideal over the stories of the sample.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from elasticsearch import Elasticsearch

from tests import sample_index
from warta import settings
from warta.search.client import connect
from warta.search.compile import EXACT, STEMMED
from warta.search.find import Search, find

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
#: The queries that the parser was developed with, and those it never saw.
SETS = {"developed with": "judged.yaml", "held out": "held_out.yaml"}

Asker = Callable[[Elasticsearch, str], list[str]]


def plain(fields: tuple[str, ...]) -> Asker:
    """The obvious query: any of the words in any of the fields."""

    def ask(es: Elasticsearch, text: str) -> list[str]:
        answer = es.search(
            index="news",
            query={"multi_match": {"query": text, "fields": list(fields)}},
            collapse={"field": "story_id"},
            source_includes=["story_id"],
            size=10,
        )
        return [hit["_source"]["story_id"] for hit in answer["hits"]["hits"]]

    return ask


def ours(es: Elasticsearch, text: str) -> list[str]:
    return [hit.source["story_id"] for hit in find(es, Search(text), NOW, size=10).hits]


def ndcg(found: list[str], grades: dict[str, int], k: int = 10) -> float:
    """0 to 1; `grades` holds every relevant story."""

    def gain(values: list[int]) -> float:
        return sum(float(2**value - 1) / math.log2(rank + 2) for rank, value in enumerate(values[:k]))

    ideal = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(story, 0) for story in found]) / ideal if ideal else 0.0


def judged(name: str) -> list[tuple[str, dict[str, int]]]:
    """(query, grade of each story); in the file a name is an event, all its stories, and one with `s-` a single story."""
    stories: dict[str, set[str]] = {}
    for line in (sample_index.SAMPLES / "expected.jsonl").read_text("utf-8").splitlines():
        truth: dict[str, Any] = json.loads(line)
        if not truth.get("broken"):
            story = f"s-{truth['story']}"
            stories.setdefault(truth["event"], set()).add(story)
            stories[story] = {story}
    found = []
    for entry in yaml.safe_load((Path(__file__).parent / name).read_text("utf-8")):
        grades = {story: grade for grade in (1, 2) for event in entry.get(grade, []) for story in stories[event]}
        found.append((str(entry["q"]), grades))
    return found


def main(address: str) -> None:
    es = connect(settings.load(elasticsearch=address))
    sample_index.load(es)
    askers: dict[str, Asker] = {"standard": plain(EXACT), "indonesian": plain(STEMMED), "ours": ours}
    for name, file in SETS.items():
        queries = judged(file)
        rows = [[ndcg(ask(es, text), grades) for ask in askers.values()] for text, grades in queries]
        print(f"\n{name}\n{'  '.join(askers)}")
        for (text, _), scores in zip(queries, rows, strict=True):
            print("  ".join(f"{score:.2f}" for score in scores), text)
        print(f"nDCG@10 over {len(queries)} queries, {name}")
        for place, asker in enumerate(askers):
            print(f"  {asker:<12}{sum(scores[place] for scores in rows) / len(rows):.3f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9200")
