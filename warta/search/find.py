"""The search itself: a query → documents, grouped by story."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch

from warta.search.client import NEWS, explained

#: What a list of results shows; bodies stay on the server.
SHOWN = (
    "doc_id", "url", "source", "owner", "title", "lead", "label", "sentiment.confidence", "sentiment.uncertain",
    "published_at", "first_seen_at", "fetched_at", "story_id", "story_relation", "is_story_head", "original_id",
    "story", "main_place", "places.name", "main_cases", "cases", "genre", "origin",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """One story (or document) of the answer: its best document, and how many documents and outlets of it match."""

    doc_id: str
    source: dict[str, Any]
    score: float | None
    copies: int = 1
    outlets: int = 1
    highlights: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits in order, and how many documents match in all."""

    hits: list[Hit]
    total: int


def find(es: Elasticsearch, text: str, *, size: int = 20) -> Answer:
    """The documents that match `text`, newest and most relevant first, one a story."""
    must: list[dict[str, Any]] = []
    if text.strip():
        must.append(
            {
                "multi_match": {
                    "query": text,
                    "fields": ["title^3", "lead^1.5", "body"],
                    "operator": "and",
                    "type": "cross_fields",
                }
            }
        )
    with explained("search"):
        answer = es.search(
            index=NEWS,
            ignore_unavailable=True,
            query={"bool": {"must": must, "must_not": [{"term": {"hidden": True}}]}},
            collapse={"field": "story_id", "inner_hits": {"name": "copies", "size": 0}},
            sort=["_score", {"published_at": {"order": "desc", "missing": "_last"}}] if must else [{"first_seen_at": "desc"}],
            size=size,
            source=list(SHOWN),  # type: ignore[arg-type]
        )  # fmt: skip
    hits = [_hit(raw) for raw in answer["hits"]["hits"]]
    return Answer(hits, answer["hits"]["total"]["value"])


def _hit(raw: dict[str, Any]) -> Hit:
    inner = raw.get("inner_hits", {}).get("copies", {}).get("hits", {}).get("total", {}).get("value", 1)
    return Hit(raw["_id"], raw["_source"], raw.get("_score"), copies=inner)
