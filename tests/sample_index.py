"""The sample's articles in the index as the pipeline would leave them, from the truth beside it; fast, without a broker."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from indexer.apply import apply
from indexer.merge import Position, fold
from indexer.months import alias_of
from indexer.store import Store, Write
from tests.indexer import build
from warta.hashing import blake2b_128
from warta.identity import canonical_url
from warta.messages import Content, Cut, Document, Location, Place, Score, Sentiment, Story, StoryCounters
from warta.settings import ROOT

SAMPLES = ROOT / "samples"


def documents() -> list[Document]:
    """A document for each URL of the sample, the last version of it."""
    lines = (SAMPLES / "articles.jsonl").read_text("utf-8").splitlines()
    truths = [json.loads(line) for line in (SAMPLES / "expected.jsonl").read_text("utf-8").splitlines()]
    stories: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    latest: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for truth in truths:
        if not truth.get("broken"):
            article = json.loads(lines[truth["line"] - 1])
            latest[canonical_url(article["url"])] = (article, truth)
    for article, truth in latest.values():
        stories[truth["story"]].append(article)
    seen: set[str] = set()
    made = []
    for url, (article, truth) in latest.items():
        head = truth["story"] not in seen
        seen.add(truth["story"])
        made.append(_document(url, article, truth, stories[truth["story"]], head))
    return made


def _document(
    url: str, article: dict[str, Any], truth: dict[str, Any], story: list[dict[str, Any]], head: bool
) -> Document:
    fetched_at = datetime.fromisoformat(article["fetched_at"])
    published = article.get("published_at")
    place = truth.get("main_place")
    relation = truth["relation"] if truth["relation"] in ("original", "exact", "near", "contained") else "original"
    name = (truth.get("place_name") or "").removeprefix("Kabupaten ").removeprefix("Kota ")
    counters = StoryCounters(
        copies=len(story),
        publishers=len({each.get("source") for each in story}),
        owners=1,
        first_seen_at=fetched_at,
        last_seen_at=fetched_at,
    )
    return build.document(
        blake2b_128(url.encode()),
        at=fetched_at,
        first_seen_at=fetched_at,
        content=Content(
            url=article["url"],
            canonical_url=url,
            title=article.get("title") or truth["body"].split(".")[0],
            body=truth["body"],
            source=article.get("source") or article["url"].split("/")[2],
            owner=truth.get("owner") or "",
            genre=truth["genre"],
            language=truth["language"],
            published_at=datetime.fromisoformat(published) if published else None,
            date_suspect=len(truth["body"]) % 11 == 0,
            cuts=[Cut(kind=kind, chars=10) for kind in truth.get("dirt", [])],
        ),
        score=Score(
            sentiment=Sentiment(
                label=truth["label"],
                negative=0.2,
                neutral=0.2,
                positive=0.2,
                confidence=0.5 + len(truth["body"]) % 50 / 100,
                uncertain=len(truth["body"]) % 5 == 0,
                model="truth",
            ),
            main_place=place,
            places=[Place(code=place, name=name, level="regency", province=place[:2], strength="main")]
            if place
            else [],
            place_codes=[place, place[:2]] if place else [],
            provinces=[place[:2]] if place else [],
            location=Location(lat=-6.8, lon=107.9) if place else None,
            main_cases=truth["cases"],
            cases=truth["cases"],
        ),
        story=Story(
            story_id=f"s-{truth['story']}",
            story_relation=relation,  # type: ignore[arg-type]
            original_id="x",
            is_story_head=head,
            story=counters if head else None,
        ),
    )


def load(es: Elasticsearch) -> list[Document]:
    """Put the sample into an Elasticsearch with our templates; searchable on return."""
    apply(es)
    made = documents()
    writes = []
    for message in made:
        source = fold(None, [(Position(0, 1), message)], datetime.now(UTC)).source
        alias = alias_of(message.first_seen_at or message.fetched_at)
        writes.append(Write(message.doc_id, alias, None, msgspec.json.encode(source)))
    results = Store(es, max_bytes=1 << 22).write(writes)
    assert {result.verdict for result in results.values()} <= {"ok", "conflict"}
    es.indices.refresh(index="news")
    return made
