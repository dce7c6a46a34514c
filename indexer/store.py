"""What the indexer asks of Elasticsearch: find documents wherever they are, and write them only as they were found.

Writes go to the index a document was found in, guarded by `if_seq_no` and `if_primary_term`; a document that was not
found is created behind its month's alias. So a second writer, a rebuilt index or a woken zombie is noticed as a conflict.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from elasticsearch import ApiError, Elasticsearch

from indexer import months
from indexer.apply import create_month
from warta.errors import Transient, WartaError
from warta.search.client import BUSY, NEWS, blocked, explained

Verdict = Literal["ok", "conflict", "invalid", "busy"]

#: Documents whose month this process knows, because it wrote them: bridges the second until a search finds them.
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as the index holds it."""

    index: str
    seq_no: int
    primary_term: int
    source: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Write:
    """One item of a bulk request. `stored` is what it was made from; None creates it in the month of `alias`."""

    doc_id: str
    alias: str
    stored: Stored | None
    body: bytes
    #: Concrete index to create it in; None: whatever stands behind the alias.
    index: str | None = None

    def lines(self) -> list[bytes]:
        """Action and source, as the bulk format wants them."""
        meta: dict[str, Any]
        if self.stored is None:
            place = {"_index": self.index} if self.index else {"_index": self.alias, "require_alias": True}
            meta = {"create": {**place, "_id": self.doc_id}}
        else:
            meta = {
                "index": {
                    "_index": self.stored.index,
                    "_id": self.doc_id,
                    "if_seq_no": self.stored.seq_no,
                    "if_primary_term": self.stored.primary_term,
                }
            }
        return [msgspec.json.encode(meta), self.body]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item; `reason` is the server's, for the dead letter or the log."""

    verdict: Verdict
    reason: str = ""


class Store:
    """Reads and writes the monthly indices."""

    def __init__(self, es: Elasticsearch, *, max_bytes: int) -> None:
        self._es = es
        self._max_bytes = max_bytes
        self._aliases: dict[str, set[str]] = {}
        self._recent: OrderedDict[str, str] = OrderedDict()

    # --- reading ---

    def locate(self, wanted: Mapping[str, str], new: Set[str] = frozenset()) -> dict[str, Stored]:
        """Find documents: doc_id → where it would stand by its own `first_seen_at`; it may stand in another month.

        Of those that are likely `new` only the searchable ones are found: creating the others is safe and cheaper than
        reading, for one that exists all the same is a conflict.

        Raises:
            Transient: the server is unreachable or busy.
        """
        with explained("reading stored documents"):
            self._learn_aliases(set(wanted.values()))
            guessed = {doc_id: self._recent.get(doc_id, alias) for doc_id, alias in wanted.items()}
            unread = new - self._recent.keys()
            found = self._get({i: alias for i, alias in guessed.items() if i not in unread and alias in self._aliases})
            missing = [doc_id for doc_id in wanted if doc_id not in found]
            if missing:
                found |= self._get(self._search(missing))
            return found

    def _learn_aliases(self, needed: set[str]) -> None:
        if not needed <= self._aliases.keys():
            self.refresh_aliases()

    def refresh_aliases(self) -> None:
        """Read which indices stand behind which monthly alias."""
        answer = self._es.indices.get_alias(name=f"{NEWS}-*", ignore_unavailable=True, allow_no_indices=True)
        aliases: dict[str, set[str]] = {}
        for index, entry in answer.items():
            for alias in entry.get("aliases", {}):
                aliases.setdefault(alias, set()).add(index)
        self._aliases = aliases

    def _get(self, where: Mapping[str, str]) -> dict[str, Stored]:
        """Real-time reads; `where` maps doc_id to an alias or an index."""
        if not where:
            return {}
        docs = [{"_index": index, "_id": doc_id} for doc_id, index in where.items()]
        answer = self._es.mget(docs=docs)["docs"]
        found = {}
        for item in answer:
            if error := item.get("error"):
                if error.get("type") != "index_not_found_exception":
                    raise Transient(f"reading {item['_id']}: {error.get('type')}: {error.get('reason')}")
                self._aliases.clear()
            elif item.get("found"):
                found[item["_id"]] = Stored(item["_index"], item["_seq_no"], item["_primary_term"], item["_source"])
        return found

    def _search(self, doc_ids: Sequence[str]) -> dict[str, str]:
        """The index of each document that some month holds; only what is searchable already."""
        answer = self._es.search(
            index=NEWS,
            ignore_unavailable=True,
            query={"ids": {"values": list(doc_ids)}},
            size=len(doc_ids),
            source=False,
            track_total_hits=False,
        )
        return {hit["_id"]: hit["_index"] for hit in answer["hits"]["hits"]}

    # --- writing ---

    def write(self, writes: Sequence[Write]) -> dict[str, Result]:
        """Write, and say of each document what became of it.

        Raises:
            Transient: the whole request failed in a way that may pass; what was written is found again by a replay.
            WartaError: the server refuses us (401, 403, an index without its template).
        """
        with explained("writing documents"):
            self._ensure_months({write.alias for write in writes if write.stored is None})
        results: dict[str, Result] = {}
        for chunk in chunks(writes, self._max_bytes):
            results |= self._bulk(chunk)
        for write in writes:
            if results[write.doc_id].verdict == "ok":
                self._remember(write)
        return results

    def _remember(self, write: Write) -> None:
        self._recent[write.doc_id] = write.alias
        self._recent.move_to_end(write.doc_id)
        while len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)

    def _ensure_months(self, aliases: set[str]) -> None:
        if aliases <= self._aliases.keys():
            return
        self.refresh_aliases()
        for alias in sorted(aliases - self._aliases.keys()):
            create_month(self._es, alias, self._generation())
        self.refresh_aliases()

    def _generation(self) -> int:
        """The rebuild generation of a new month: that of its neighbours."""
        known = [found[1] for names in self._aliases.values() for name in names if (found := months.parse(name))]
        return max(known, default=1)

    def _bulk(self, chunk: Sequence[Write]) -> dict[str, Result]:
        operations = [line for write in chunk for line in write.lines()]
        try:
            with explained("writing documents"):
                answer = self._send(operations)
        except _TooLarge as error:
            if len(chunk) == 1:
                return {chunk[0].doc_id: Result("invalid", str(error))}
            half = len(chunk) // 2
            return self._bulk(chunk[:half]) | self._bulk(chunk[half:])
        items = [next(iter(item.values())) for item in answer["items"]]
        return {write.doc_id: self._judge(item) for write, item in zip(chunk, items, strict=True)}

    def _send(self, operations: Any) -> Any:
        try:
            return self._es.bulk(operations=operations, filter_path="items.*.status,items.*.error")
        except ApiError as error:
            # 400 for a whole request: its body as such cannot be read; halves find the item.
            if error.status_code in (400, 413):
                raise _TooLarge(f"refused with {error.status_code}: {error.message}") from None
            raise

    def _judge(self, item: Mapping[str, Any]) -> Result:
        status = item["status"]
        if status < 300:
            return Result("ok")
        error = item.get("error") or {}
        kind = str(error.get("type", ""))
        cause = (error.get("caused_by") or {}).get("reason")
        reason = f"{kind}: {error.get('reason')}" + (f" ({cause})" if cause else "")
        if status == 409:
            return Result("conflict", reason)
        if status == 404 and kind == "index_not_found_exception":
            # A rebuild switched the alias and removed the old index, or a month was pruned: look again.
            self._aliases.clear()
            return Result("conflict", reason)
        if status in BUSY or blocked(status, kind):
            return Result("busy", reason)
        if status == 400:
            return Result("invalid", reason)
        raise WartaError(f"Elasticsearch refused to write with {status}: {reason}. Mend the cause, then start again.")


class _TooLarge(Exception):
    """The server refused a whole request for its content."""


def chunks(writes: Iterable[Write], max_bytes: int) -> Iterator[list[Write]]:
    """Runs of writes whose bodies together stay under `max_bytes`; a larger one travels alone."""
    chunk: list[Write] = []
    size = 0
    for write in writes:
        if chunk and size + len(write.body) > max_bytes:
            yield chunk
            chunk, size = [], 0
        chunk.append(write)
        size += len(write.body)
    if chunk:
        yield chunk
