"""`news-revisions`: content that later revisions replaced, kept for diffs and removed with its document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from indexer.entries import Cleared, Entry
from warta.errors import Transient, WartaError
from warta.messages import Superseded
from warta.search.client import BUSY, REVISIONS, blocked, explained


class Revisions:
    """Writes and removes superseded content."""

    def __init__(self, es: Elasticsearch) -> None:
        self._es = es

    def write(self, items: Sequence[Entry | Cleared]) -> list[tuple[Entry, str]]:
        """Store superseded contents and remove cleared ones, in order; returns what the index refuses for good.

        Writing the same revision again is harmless: its version is its log position.

        Raises:
            Transient: some item was not taken yet; the whole may be repeated.
        """
        operations: Any = [line for item in items for line in _lines(item)]
        if not operations:
            return []
        with explained("writing revisions"):
            answer = self._es.bulk(operations=operations, filter_path="items.*.status,items.*.error")
        refused = []
        kept = [item for item in items if _lines(item)]
        for item, outcome in zip(kept, answer["items"], strict=True):
            (result,) = outcome.values()
            reason = _verdict(result)
            if reason and isinstance(item, Entry):
                refused.append((item, reason))
        return refused

    def forget(self, doc_id: str) -> None:
        """Remove every revision of a document that was taken down."""
        with explained("removing revisions"):
            self._es.indices.refresh(index=REVISIONS)
            while True:
                hits = self._es.search(index=REVISIONS, query={"term": {"doc_id": doc_id}}, source=False, size=1000)[
                    "hits"
                ]["hits"]
                if not hits:
                    return
                lines: Any = [msgspec.json.encode({"delete": {"_index": REVISIONS, "_id": hit["_id"]}}) for hit in hits]
                self._es.bulk(operations=lines, refresh=True)


def _lines(item: Entry | Cleared) -> list[bytes]:
    if isinstance(item, Cleared):
        doc_id, _, rest = item.key.partition("/revision/")
        return [_action("delete", f"{doc_id}-{rest}")] if rest else []
    message = item.message
    if not isinstance(message, Superseded):
        return []
    # 40 bits hold a trillion records of one partition; the generation stands above them.
    version = (item.position.generation << 40) + item.position.offset + 1
    body: dict[str, Any] = {
        "doc_id": message.doc_id,
        "revision": message.revision,
        "fetched_at": message.fetched_at,
        "first_seen_at": message.first_seen_at,
        "content": message.content,
    }
    meta = {"version": version, "version_type": "external_gte"}
    return [_action("index", f"{message.doc_id}-{message.revision}", **meta), msgspec.json.encode(body)]


def _action(name: str, key: str, **meta: Any) -> bytes:
    return msgspec.json.encode({name: {"_index": REVISIONS, "_id": key, **meta}})


def _verdict(result: dict[str, Any]) -> str:
    """Empty when the item is done (also: an older version, or nothing to delete), else why it never will be."""
    status = result["status"]
    error = result.get("error") or {}
    kind = str(error.get("type", ""))
    if status < 300 or status == 409 or (status == 404 and not error):
        return ""
    if status in BUSY or blocked(status, kind):
        raise Transient(f"revision not taken: {kind}")
    if status == 400:
        return f"{kind}: {error.get('reason')}"
    raise WartaError(f"Elasticsearch refused a revision with {status}: {kind}: {error.get('reason')}")
