"""kill -9 and outages in the middle of a run: nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.articles import articles
from tests.pipeline.harness import Pipeline, write
from tests.servers import PATIENCE, until
from warta.identity import canonical_url, doc_id

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


class Run:
    """One run of articles of its own: what must be in the index when it is over."""

    def __init__(self, pipeline: Pipeline, path: Path, count: int, seed: int) -> None:
        self.pipeline = pipeline
        lines = articles(count, seed)
        self.path = write(path / "run.jsonl", lines)
        self.records = [json.loads(line) for line in lines]
        self.texts: dict[str, list[str]] = {}
        for record in self.records:
            texts = self.texts.setdefault(doc_id(canonical_url(record["url"])), [])
            if record["text"] not in texts:
                texts.append(record["text"])

    def indexed(self) -> int:
        """How many of the run's articles are searchable by now."""
        hosts = {"prefix": {"url": "https://"}}
        return int(self.pipeline.client.count(index="news", query=hosts)["count"])

    def check(self) -> None:
        """Every article once, with its last text, in one story with its exact copies, counted right."""
        everything = self.pipeline.documents()
        found = {d["doc_id"]: d for d in everything if d["doc_id"] in self.texts}
        assert set(found) == set(self.texts), f"lost: {len(set(self.texts) - set(found))}"
        stories: dict[str, set[str]] = {}
        for doc, texts in self.texts.items():
            # A later text that overtook an earlier one leaves the earlier one stale, so the number may be lower.
            assert 1 <= found[doc]["revision"] <= len(texts), found[doc]["url"]
            assert found[doc]["body"].endswith(texts[-1][-40:]), "an older text won"
            if len(texts) == 1:
                stories.setdefault(texts[0], set()).add(found[doc]["story_id"])
        assert all(len(ids) == 1 for ids in stories.values()), "exact copies stand in different stories"
        check_heads(everything)


def check_heads(documents: list[dict[str, Any]]) -> None:
    """Each story has one head, and it counts all of its members."""
    members = Counter(document["story_id"] for document in documents)
    heads = [(document["story_id"], document["story"]["copies"]) for document in documents if document["is_story_head"]]
    assert sorted(heads) == sorted(members.items())


def test_kill_9_of_worker_indexer_and_replay_loses_and_doubles_nothing(pipeline: Pipeline, tmp_path: Path) -> None:
    run = Run(pipeline, tmp_path, 600, seed=1)
    rng = random.Random(1)
    replay = pipeline.start("replay", str(run.path), "--as-live", "--rate", "60")
    # Every process dies at least twice; the replay dies in the middle and is started again from the beginning.
    victims = [worker.name for worker in pipeline.workers] * 2
    rng.shuffle(victims)
    for number, victim in enumerate(victims):
        time.sleep(rng.uniform(0.5, 2.5))
        pipeline.kill(victim)
        if number == len(victims) // 2:
            replay.kill()
            replay.wait()
            replay = pipeline.start("replay", str(run.path), "--as-live", "--rate", "120")
    assert replay.wait(timeout=PATIENCE) == 0
    pipeline.wait_ready()
    pipeline.wait_idle()
    run.check()


def test_elasticsearch_away_for_half_a_minute_is_survived(pipeline: Pipeline, tmp_path: Path) -> None:
    run = Run(pipeline, tmp_path, 150, seed=2)
    replay = pipeline.start("replay", str(run.path), "--as-live", "--rate", "30")
    pipeline.stack.elasticsearch.stop()
    time.sleep(30)
    pipeline.stack.elasticsearch.start()
    assert replay.wait(timeout=PATIENCE) == 0
    pipeline.wait_ready()
    pipeline.wait_idle()
    run.check()


def test_kafka_restarted_is_survived(pipeline: Pipeline, tmp_path: Path) -> None:
    run = Run(pipeline, tmp_path, 200, seed=3)
    replay = pipeline.start("replay", str(run.path), "--as-live", "--rate", "20")
    time.sleep(3)
    pipeline.stack.kafka.stop()
    pipeline.stack.kafka.start()
    code = replay.wait(timeout=PATIENCE)
    if code != 0:
        # What Kafka did not take lies in the spool: the next replay sends it first.
        pipeline.warta("replay", str(run.path), "--as-live")
    until(lambda: all(_healthy(pipeline)), "every worker is back")
    pipeline.wait_idle()
    run.check()


def _healthy(pipeline: Pipeline) -> list[bool]:
    from deploy.commands.up import healthy

    return [healthy(worker.health) for worker in pipeline.workers]
