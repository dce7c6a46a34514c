"""What became searchable since the last look, each document once. For `warta feed` and the console's live page."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from warta.search.client import NEWS, explained
from warta.search.compile import compile_query
from warta.search.find import SHOWN
from warta.search.query import parse

#: A document is written up to a refresh (1 s) and a bulk request before a search sees it: look back that far again.
_OVERLAP = timedelta(seconds=15)
_AT_ONCE = 1000
_REMEMBERED = 20_000
_ORDER: list[dict[str, Any]] = [
    {"indexed_at": {"order": "asc", "unmapped_type": "date"}},
    {"doc_id": {"order": "asc", "unmapped_type": "keyword"}},
]


class Tail:
    """Looks for documents by `indexed_at`; a document that only changed (a new score, a counter) does not come again."""

    def __init__(self, es: Elasticsearch, text: str, since: datetime) -> None:
        """Raises `Usage` when the query cannot be read."""
        self._es = es
        self._parsed = parse(text)
        compile_query(self._parsed, since)
        self._from = since
        self._seen: OrderedDict[tuple[str, int], None] = OrderedDict()

    def look(self, now: datetime) -> list[dict[str, Any]]:
        """New documents and new revisions since the last look, oldest first, as `SHOWN` fields.

        Raises:
            Transient: Elasticsearch is away; the next look finds what this one would have.
        """
        fresh: list[dict[str, Any]] = []
        after: list[Any] | None = None
        while True:
            hits = self._page(now, after)
            for hit in hits:
                source = hit["_source"]
                key = (hit["_id"], source.get("revision", 1))
                if key not in self._seen:
                    fresh.append(source)
                self._seen[key] = None
                self._seen.move_to_end(key)
            if len(hits) < _AT_ONCE:
                break
            after = hits[-1]["sort"]
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        self._from = max(self._from, now - _OVERLAP)
        return fresh

    def _page(self, now: datetime, after: list[Any] | None) -> list[dict[str, Any]]:
        compiled = compile_query(self._parsed, now)
        compiled.filters.append({"range": {"indexed_at": {"gte": self._from.astimezone(UTC).isoformat()}}})
        compiled.without.append({"term": {"hidden": True}})
        with explained("feed"):
            answer = self._es.search(
                index=NEWS,
                ignore_unavailable=True,
                query=compiled.query(),
                sort=_ORDER,
                size=_AT_ONCE,
                search_after=after,
                source_includes=[*SHOWN, "indexed_at"],
                track_total_hits=False,
            )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits
