"""The answers themselves: they change only when somebody means them to.

A change of speed must leave both digests as they are. Who changes answers runs `benchmarks.stories.refit` and
`benchmarks.stories.quality` before and after, and writes the new digests down beside those figures.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.stories.generator import stream
from benchmarks.stories.quality import event
from stream_agents.stories.compare import Article, compare
from tests.stream_agents.stories.build import engine
from warta.hashing import blake2b_128

PAIRS = Path(__file__).parents[4] / "shared" / "data" / "story_pairs"


def digest(answers: list[object]) -> str:
    return blake2b_128(json.dumps(answers).encode())


def test_answers_over_a_generated_stream() -> None:
    stories = engine()
    events = [event(item, number) for number, item in enumerate(stream(250, seed=11))]
    for offset, article in enumerate(events):
        stories.apply(article, offset)
    standing = [stories.store.membership(article.doc_id) for article in events]
    answers: list[object] = [(m.story_id, m.original_id, m.relation, round(m.similarity, 4)) for m in standing]
    assert digest(answers) == "9ee26a55252b66e397036546d4099d4f"


@pytest.mark.skipif(not PAIRS.exists(), reason="the judged pairs are not in this checkout")
def test_decisions_on_the_judged_pairs() -> None:
    rows, pairs = (
        [json.loads(line) for line in (PAIRS / name).read_text("utf-8").splitlines()]
        for name in ("articles.jsonl", "pairs.jsonl")
    )
    articles = {row["id"]: Article(row["title"] or "", row["text"], row["source"] or "") for row in rows}
    compared = [compare(articles[pair["a"]], articles[pair["b"]]) for pair in pairs]
    answers: list[object] = [(c.same_story, c.verdict.relation, round(c.verdict.similarity, 4)) for c in compared]
    assert digest(answers) == "25f28b44f008a6aa7d0240d65f8a10f2"
