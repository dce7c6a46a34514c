"""Documents and stories of the index by their identity: what decisions and `warta story` start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from elasticsearch import Elasticsearch

from warta.decisions import identity_of
from warta.errors import Usage
from warta.search.client import NEWS, explained

_PAGE = 500
#: What a list of members shows.
MEMBER = (
    "doc_id", "url", "title", "source", "owner", "wire", "label", "published_at", "first_seen_at", "fetched_at", "story_id",
    "story_relation", "original_id", "similarity", "revision", "is_story_head", "story", "removed",
)  # fmt: skip


def document(es: Elasticsearch, reference: str, fields: Sequence[str] = MEMBER) -> dict[str, Any]:
    """The indexed document of an address or doc_id.

    Raises:
        Usage: it is neither, or not in the index.
        Transient: Elasticsearch is away or too busy.
    """
    found = documents(es, [identity_of(reference)], fields)
    if not found:
        raise Usage(f"{reference}: not in the index; 'warta trace {reference}' tells why")
    return found[0]


def documents(es: Elasticsearch, doc_ids: Sequence[str], fields: Sequence[str]) -> list[dict[str, Any]]:
    """The indexed ones of `doc_ids`, in no particular order; at most 10,000."""
    with explained("look up documents"):
        answer = es.search(
            index=NEWS,
            ignore_unavailable=True,
            query={"ids": {"values": list(doc_ids)}},
            size=len(doc_ids),
            source_includes=["doc_id", *fields],
        )
    return [hit["_source"] for hit in answer["hits"]["hits"]]


def story(es: Elasticsearch, reference: str, fields: Sequence[str] = MEMBER) -> list[dict[str, Any]]:
    """Every member of a story, first seen first; `reference` is its id, or an address or doc_id of any member.

    Raises:
        Usage: no such story, or the document stands in none.
        Transient: Elasticsearch is away or too busy.
    """
    story_id = reference
    if not reference.startswith("s-"):
        story_id = document(es, reference, ["story_id"]).get("story_id", "")
        if not story_id:
            raise Usage(f"{reference}: was taken down and stands in no story")
    members = _members(es, story_id, fields)
    if not members:
        raise Usage(f"{reference}: no such story in the index; 'warta search' shows stories, --json with their ids")
    return members


def _members(es: Elasticsearch, story_id: str, fields: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        with explained("look up a story"):
            page = es.search(
                index=NEWS,
                ignore_unavailable=True,
                query={"term": {"story_id": story_id}},
                sort=[{"first_seen_at": "asc"}, {"doc_id": "asc"}],
                search_after=after,
                size=_PAGE,
                source_includes=list(fields),
            )
        hits = page["hits"]["hits"]
        found += (hit["_source"] for hit in hits)
        if len(hits) < _PAGE:
            return found
        after = hits[-1]["sort"]
