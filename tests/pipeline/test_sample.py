"""The sample and the five seeds, through the real pipeline."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.pipeline.harness import Pipeline
from tests.servers import until
from warta import topics
from warta.identity import canonical_url, doc_id
from warta.settings import ROOT

pytestmark = pytest.mark.integration

SAMPLE = ROOT / "samples" / "articles.jsonl"
EXPECTED = [json.loads(line) for line in (ROOT / "samples" / "expected.jsonl").read_text("utf-8").splitlines()]
GOOD = [row for row in EXPECTED if not row.get("broken")]
SEEDS = ROOT.parent / "shared" / "seeds"


@pytest.fixture(scope="module")
def sample(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    """The index after the sample, by doc_id: everything of the sample's outlets."""
    pipeline.warta("replay", str(SAMPLE), "--as-live")
    pipeline.wait_idle()
    outlets = {urlsplit(row["url"]).hostname for row in GOOD}
    return {d["doc_id"]: d for d in pipeline.documents() if urlsplit(d["url"]).hostname in outlets}


def identity(url: str) -> str:
    return doc_id(canonical_url(url))


def test_every_article_is_in_the_index_exactly_once(pipeline: Pipeline, sample: dict[str, dict[str, Any]]) -> None:
    assert set(sample) == {identity(row["url"]) for row in GOOD}


def test_the_three_broken_records_are_dead_letters_that_a_person_understands(
    pipeline: Pipeline, sample: dict[str, dict[str, Any]]
) -> None:
    letters = pipeline.dead("publish") + pipeline.dead("clean")
    assert Counter(letter.reason for letter, _ in letters) == {"bad-json": 1, "no-text": 1, "bad-fetched-at": 1}
    details = {letter.reason: letter.detail for letter, _ in letters}
    assert "articles.jsonl:11" in details["bad-json"]
    assert "1970" in details["bad-fetched-at"]
    lines = SAMPLE.read_bytes().splitlines()
    assert next(value for letter, value in letters if letter.reason == "bad-json") == lines[10]


def test_the_last_text_of_an_address_is_the_one_indexed(pipeline: Pipeline, sample: dict[str, dict[str, Any]]) -> None:
    fetches = Counter(identity(row["url"]) for row in GOOD)
    latest = {identity(row["url"]): row for row in GOOD}
    for doc, count in fetches.items():
        # A later text that overtook an earlier one leaves the earlier one stale, so the number may be lower.
        assert 1 <= sample[doc]["revision"] <= count, sample[doc]["url"]
        if count > 1:
            assert latest[doc]["body"][:200] in sample[doc]["body"]


def test_exact_copies_stand_in_one_story(sample: dict[str, dict[str, Any]]) -> None:
    by_story: dict[str, set[str]] = {}
    for row in GOOD:
        if row["relation"] in ("original", "exact"):
            by_story.setdefault(row["story"], set()).add(sample[identity(row["url"])]["story_id"])
    split = {story: ids for story, ids in by_story.items() if len(ids) > 1}
    assert not split


def test_a_head_counts_its_story(sample: dict[str, dict[str, Any]]) -> None:
    members = Counter(document["story_id"] for document in sample.values())
    heads = [document for document in sample.values() if document["is_story_head"]]
    assert {head["story_id"]: head["story"]["copies"] for head in heads} == dict(members)


def test_bodies_are_clean(sample: dict[str, dict[str, Any]]) -> None:
    for document in sample.values():
        for dirt in ("Baca Juga", "BACA JUGA", "Dibaca :", "Google News", "<p>", "**"):
            assert dirt not in document["body"], f"{document['url']}: {dirt}"


def test_every_document_has_sentiment_and_a_trace(sample: dict[str, dict[str, Any]]) -> None:
    for document in sample.values():
        assert document["label"] in ("negative", "neutral", "positive")
        assert {"clean", "score", "stories"} <= set(document["trace"]["passed"])


def test_the_running_system_equals_the_offline_command(
    pipeline: Pipeline, sample: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """`warta stories --scored` over the dumped topic gives every document the story that the index holds."""
    dumped, answered = tmp_path / "scored.jsonl", tmp_path / "stories.jsonl"
    dumped.write_bytes(b"\n".join(pipeline.values(topics.SCORED)) + b"\n")
    pipeline.warta("stories", str(dumped), "--scored", "--out", str(answered))
    offline = {}
    for line in answered.read_text("utf-8").splitlines():
        told = json.loads(line)
        offline[identity(told["url"])] = (told["story_id"], told["original_url"])
    for doc, document in sample.items():
        original = sample[document["original_id"]]["url"]
        assert offline[doc] == (document["story_id"], original), document["url"]


def test_search_finds_the_news(pipeline: Pipeline, sample: dict[str, dict[str, Any]]) -> None:
    found = pipeline.warta("search", "keracunan", "Jatinangor", "--json").stdout.splitlines()
    assert any("Jatinangor" in json.loads(line)["title"] for line in found)


def test_trace_tells_the_whole_way(pipeline: Pipeline, sample: dict[str, dict[str, Any]]) -> None:
    told = json.loads(pipeline.warta("trace", GOOD[0]["url"], "--json").stdout)
    assert told["verdict"] == "indexed"
    assert [step["stage"] for step in told["steps"]][:4] == ["publish", "clean", "score", "stories"]


def test_trace_says_why_a_record_is_not_in_the_index(pipeline: Pipeline, sample: dict[str, dict[str, Any]]) -> None:
    broken = json.loads(SAMPLE.read_text("utf-8").splitlines()[107])
    told = json.loads(pipeline.warta("trace", broken["url"], "--json").stdout)
    assert told["verdict"].startswith("refused by clean: no-text")


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the five seed articles lie beside the repository, not in it")
def test_seeds_are_indexed_once_and_a_second_replay_changes_nothing(pipeline: Pipeline) -> None:
    def seeds() -> dict[str, tuple[str, str, int]]:
        pipeline.warta("replay", str(SEEDS))
        pipeline.wait_idle()
        found = [document for document in pipeline.documents() if document["url"].startswith("urn:")]
        return {
            document["doc_id"]: (document["story_id"], document["body"], document["revision"]) for document in found
        }

    first = seeds()
    assert len(first) == 5
    doubled = next(body for _, body, _ in first.values() if "TOPIS" in body)
    assert doubled.count("TOPIS") == 1
    assert seeds() == first


def pipeline_status(pipeline: Pipeline) -> dict[str, Any]:
    """What `warta status` says; it ends with 1 while something is down."""
    return dict(json.loads(pipeline.warta("status", "--json", check=False).stdout))


def test_status_is_well(pipeline: Pipeline, sample: dict[str, dict[str, Any]]) -> None:
    # A worker that another test had killed counts as well once it has run for some seconds.
    until(lambda: not pipeline_status(pipeline)["problems"], "status finds no problem")
    told = pipeline_status(pipeline)
    assert told["documents"] >= len(sample)
    assert {process["name"] for process in told["processes"]} >= {worker.program.name for worker in pipeline.workers}


def test_our_processes_stay_within_their_memory(pipeline: Pipeline, sample: dict[str, dict[str, Any]]) -> None:
    told = pipeline_status(pipeline)
    assert 0 < told["resident_bytes"] <= 1_500_000_000
