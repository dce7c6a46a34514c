"""The search: a query in plain words → stories or documents, in pages or as a stream. For the command and the console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from elasticsearch import Elasticsearch

from warta.errors import Usage
from warta.search.client import NEWS, explained
from warta.search.compile import Compiled, compile_query
from warta.search.query import parse

Order = Literal["relevance", "time"]

#: What a list of results shows; bodies stay on the server.
SHOWN = (
    "doc_id", "url", "source", "owner", "title", "lead", "label", "sentiment.confidence", "sentiment.uncertain",
    "published_at", "first_seen_at", "fetched_at", "story_id", "story_relation", "is_story_head", "original_id", "revision",
    "story", "main_place", "places", "main_cases", "cases", "genre", "origin", "removed", "correction", "wire",
)  # fmt: skip
#: Around a found word in a highlight: private characters, so that nothing in a text can pretend to be a mark.
MARK, UNMARK = "\ue000", "\ue001"
#: Elasticsearch's own limit on from + size.
WINDOW = 10_000
_KEEP = "2m"
_HIGHLIGHTED = 200_000


@dataclass(frozen=True, slots=True)
class Search:
    """One search: the text of the query and how its answer is wanted. `extra` are filters in Elasticsearch's language."""

    text: str = ""
    order: Order = "relevance"
    by_story: bool = True
    extra: tuple[dict[str, Any], ...] = ()
    #: Also what is kept out of sight (probes, takedowns).
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a story went: documents and outlets, all of them, whether they match the query or not."""

    documents: int
    outlets: int
    owners: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: the best document of its story (or the document itself). `matching` documents of the story match."""

    doc_id: str
    source: dict[str, Any]
    score: float | None
    matching: int = 1
    spread: Spread = Spread(1, 1, 1)
    highlights: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits, how many documents and stories match in all, and what the parser wants to say."""

    hits: list[Hit]
    documents: int
    stories: int
    notes: tuple[str, ...] = ()


def find(es: Elasticsearch, search: Search, now: datetime, *, size: int = 20, start: int = 0) -> Answer:
    """One page of results.

    Raises:
        Usage: the query cannot be read, or the page lies beyond what a page can reach (use `stream`).
        Transient: Elasticsearch is away or too busy.
    """
    if start + size > WINDOW:
        raise Usage(
            f"results beyond {WINDOW} are not paged; narrow the query, or take all with --all or 'warta export'"
        )
    parsed = parse(search.text)
    compiled = compile_query(parsed, now, loose=search.order == "relevance")
    body = request(search, compiled, now)
    stories = {"stories": {"cardinality": {"field": "story_id"}}}
    if search.by_story:
        body["collapse"] = {"field": "story_id", "inner_hits": {"name": "same", "size": 0}}
    body["aggs"] = {**stories, "all_words": {"filter": {"bool": {"must": compiled.all_words}}, "aggs": stories}}
    with explained("search"):
        answer = es.search(index=NEWS, ignore_unavailable=True, from_=start, size=size, track_total_hits=True, **body)
        raw = answer["hits"]["hits"]
        spread = _spread(es, [hit["_source"].get("story_id", "") for hit in raw]) if search.by_story else {}
    return Answer([_hit(hit, spread) for hit in raw], *_counts(answer, search, parsed.notes))


def _counts(answer: Any, search: Search, notes: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
    """Documents and stories with all the words; where there are none, those with some, and a note that says so."""
    total = answer["hits"]["total"]["value"]
    groups = answer.get("aggregations") or {
        "stories": {"value": 0},
        "all_words": {"doc_count": 0, "stories": {"value": 0}},
    }
    documents, stories = groups["all_words"]["doc_count"], groups["all_words"]["stories"]["value"]
    if total and not documents:
        documents, stories = total, groups["stories"]["value"]
        notes = (*notes, "no document has all the words: these have some of them")
    return documents, (stories if search.by_story else documents), notes


def request(search: Search, compiled: Compiled, now: datetime) -> dict[str, Any]:
    """The body of a search request, without paging."""
    compiled.filters += search.extra
    if not search.hidden:
        compiled.without.append({"term": {"hidden": True}})
    by_rank = search.order == "relevance" and compiled.ranked
    query = compiled.query()
    body: dict[str, Any] = {
        "query": _fresher(query, now) if by_rank else query,
        "sort": (["_score"] if by_rank else []) + [_newest("published_at"), _newest("first_seen_at")],
        "source_includes": list(SHOWN),
    }
    if compiled.ranked:
        body["highlight"] = _highlight()
    return body


def _newest(name: str) -> dict[str, Any]:
    return {name: {"order": "desc", "missing": "_last", "unmapped_type": "date"}}


def _fresher(query: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Relevance with recency: a text of three days ago counts three quarters, an old one half."""
    decay = {"exp": {"first_seen_at": {"origin": now.isoformat(), "scale": "3d", "offset": "6h", "decay": 0.5}}}
    functions = [{**decay, "weight": 0.5}, {"weight": 0.5}]
    return {"function_score": {"query": query, "functions": functions, "score_mode": "sum", "boost_mode": "multiply"}}


def _highlight() -> dict[str, Any]:
    whole = {"number_of_fragments": 0, "no_match_size": 0}
    part = {"number_of_fragments": 2, "fragment_size": 180}
    return {
        "pre_tags": [MARK],
        "post_tags": [UNMARK],
        "max_analyzed_offset": _HIGHLIGHTED,
        "fields": {
            "title": {"matched_fields": ["title", "title.exact"], **whole},
            "lead": {"matched_fields": ["lead", "lead.exact"], **part},
            "body": {"matched_fields": ["body", "body.exact"], **part},
        },
    }


def _spread(es: Elasticsearch, story_ids: Sequence[str]) -> dict[str, Spread]:
    """How far each story went."""
    wanted = sorted({story_id for story_id in story_ids if story_id})
    if not wanted:
        return {}
    within = {"outlets": {"cardinality": {"field": "source"}}, "owners": {"cardinality": {"field": "owner"}}}
    answer = es.search(
        index=NEWS,
        ignore_unavailable=True,
        size=0,
        query={"bool": {"filter": [{"terms": {"story_id": wanted}}], "must_not": [{"term": {"hidden": True}}]}},
        aggs={"story": {"terms": {"field": "story_id", "size": len(wanted)}, "aggs": within}},
    )
    return {
        bucket["key"]: Spread(bucket["doc_count"], bucket["outlets"]["value"], bucket["owners"]["value"])
        for bucket in answer["aggregations"]["story"]["buckets"]
    }


def _hit(raw: dict[str, Any], spread: dict[str, Spread]) -> Hit:
    inner = raw.get("inner_hits", {}).get("same", {}).get("hits", {}).get("total", {}).get("value", 1)
    known = spread.get(raw["_source"].get("story_id", ""), Spread(1, 1, 1))
    return Hit(raw["_id"], raw["_source"], raw.get("_score"), inner, known, raw.get("highlight", {}))


def stream(
    es: Elasticsearch, search: Search, now: datetime, *, at_once: int = 500, fields: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Every matching document (`_id`, `_source`), in order, however many, as things stood at the first page.

    One a story when `search.by_story`. Memory holds one page, and the ids of the stories seen.
    """
    compiled = compile_query(parse(search.text), now)
    body = request(search, compiled, now)
    body.pop("highlight", None)
    body["source_includes"] = list(fields or SHOWN)
    with explained("search"):
        pit = es.open_point_in_time(index=NEWS, keep_alive=_KEEP, ignore_unavailable=True)["id"]
    seen: set[str] = set()
    try:
        after: list[Any] | None = None
        while True:
            with explained("search"):
                page = es.search(
                    pit={"id": pit, "keep_alive": _KEEP},
                    size=at_once,
                    search_after=after,
                    track_total_hits=False,
                    **body,
                )
            pit = page.get("pit_id", pit)
            hits = page["hits"]["hits"]
            for hit in hits:
                story = hit["_source"].get("story_id") or hit["_id"]
                if search.by_story and story in seen:
                    continue
                if search.by_story:
                    seen.add(story)
                yield hit
            if len(hits) < at_once:
                return
            after = hits[-1]["sort"]
    finally:
        with explained("search"):
            es.options(ignore_status=404).close_point_in_time(id=pit)
