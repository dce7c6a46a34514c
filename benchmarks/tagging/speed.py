"""Articles a second of the tagger, places and cases together, on one core.

    python -m benchmarks.tagging.speed

The limit is 300 a second: fifteen times what the sentiment model beside it manages on the same core.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from stream_agents.tagging.tagger import Tagger
from stream_agents.tagging.taxonomy import load_taxonomy
from stream_agents.tagging.text import Text

ROOT = Path(__file__).parents[2]
LIMIT = 300


def main() -> None:
    tagger, articles = Tagger(load_taxonomy()), _articles()
    for name in ("first pass", "warm"):
        start = time.process_time()
        for title, body in articles:
            tagger.tag_text(Text(title, body))
        seconds = time.process_time() - start
        characters = sum(len(body) for _, body in articles) / len(articles)
        print(f"{name:10} {len(articles) / seconds:7.0f} articles/s of {characters:.0f} characters (limit {LIMIT})")


def _articles() -> list[tuple[str, str]]:
    shared = ROOT.parent / "shared" / "data" / "sentiment_validation.jsonl"
    if shared.exists():
        return [(record["title"], record["text"]) for record in map(json.loads, shared.read_bytes().splitlines())]
    lines = (ROOT / "samples" / "expected.jsonl").read_bytes().splitlines()
    return [("", record["body"]) for record in map(json.loads, lines) if "body" in record]


if __name__ == "__main__":
    main()
