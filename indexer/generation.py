"""A new generation of the monthly indices while it is built: beside the old one, out of sight of searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from elasticsearch import Elasticsearch, NotFoundError

from indexer import months
from indexer.apply import create_month
from indexer.store import Result, Store, Stored, Write
from warta.search.client import NEWS, explained

#: After so many documents the new indices are refreshed, so that a search finds what the recent ones' memory has lost.
_REFRESH_EVERY = 20_000


class NewGeneration(Store):
    """Reads and writes the indices of one generation that no alias names yet.

    A document keeps the `first_seen_at`, and with it the month, under which the generation in use knows it: the log may
    not hold its first message any more.
    """

    def __init__(self, es: Elasticsearch, *, max_bytes: int, generation: int) -> None:
        super().__init__(es, max_bytes=max_bytes)
        self.generation = generation
        self._months: set[str] = set()
        self._since_refresh = 0

    def locate(self, wanted: Mapping[str, str], new: Set[str] = frozenset()) -> dict[str, Stored]:
        """Documents of this generation; one that only the generation in use holds comes with its first_seen_at alone."""
        with explained("reading stored documents"):
            guessed = {doc_id: self._recent.get(doc_id, alias) for doc_id, alias in wanted.items()}
            here = {doc_id: self._index(alias) for doc_id, alias in guessed.items() if alias in self._months}
            found = self._get(here)
            missing = [doc_id for doc_id in wanted if doc_id not in found]
            if missing and self._months:
                found |= self._get(self._search_here(missing))
            return found

    def first_seen(self, doc_ids: Sequence[str]) -> dict[str, str]:
        """When the generation in use first saw each document (RFC 3339); only those it holds."""
        if not doc_ids:
            return {}
        with explained("reading first_seen_at"):
            answer = self._es.search(
                index=NEWS,
                ignore_unavailable=True,
                query={"ids": {"values": list(doc_ids)}},
                size=len(doc_ids),
                source_includes=["first_seen_at"],
            )
        return {hit["_id"]: hit["_source"]["first_seen_at"] for hit in answer["hits"]["hits"]}

    def write(self, writes: Sequence[Write]) -> dict[str, Result]:
        for alias in {write.alias for write in writes} - self._months:
            with explained("creating an index"):
                self._create(alias)
        results = super().write([replace(write, index=self._index(write.alias)) for write in writes])
        self._since_refresh += len(writes)
        if self._since_refresh >= _REFRESH_EVERY:
            self.refresh()
        return results

    def _ensure_months(self, aliases: set[str]) -> None:
        """Its indices have no alias yet; `write` has made them."""

    def refresh(self) -> None:
        """Make everything written so far visible to searches of this generation."""
        with explained("refreshing"):
            self._es.indices.refresh(index=f"{NEWS}-*-g{self.generation}")
        self._since_refresh = 0

    def finish(self) -> None:
        """Give its indices the template's refresh interval back."""
        with explained("finishing the new indices"):
            for alias in sorted(self._months):
                self._es.indices.put_settings(index=self._index(alias), settings={"index.refresh_interval": "1s"})
            self.refresh()

    def publish(self) -> list[str]:
        """Switch every alias from the generation in use to this one, in one step; returns the indices that lost them."""
        with explained("switching the aliases"):
            old = [index for index in self._published() if months.parse(index)]
            actions: list[dict[str, object]] = []
            for index in old:
                alias, _ = months.parse(index) or ("", 0)
                actions += [
                    {"remove": {"index": index, "alias": alias, "must_exist": False}},
                    {"remove": {"index": index, "alias": NEWS, "must_exist": False}},
                ]
            for alias in sorted(self._months):
                actions += [
                    {"add": {"index": self._index(alias), "alias": alias, "is_write_index": True}},
                    {"add": {"index": self._index(alias), "alias": NEWS}},
                ]
            if actions:
                self._es.indices.update_aliases(actions=actions)
            return old

    def _published(self) -> list[str]:
        try:
            return sorted(self._es.indices.get_alias(name=NEWS))
        except NotFoundError:
            return []

    def _index(self, alias: str) -> str:
        return months.index_of(alias, self.generation)

    def _create(self, alias: str) -> None:
        name = create_month(self._es, alias, self.generation, published=False)
        self._es.indices.put_settings(index=name, settings={"index.refresh_interval": "-1"})
        self._months.add(alias)

    def _search_here(self, doc_ids: Sequence[str]) -> dict[str, str]:
        answer = self._es.search(
            index=f"{NEWS}-*-g{self.generation}",
            ignore_unavailable=True,
            query={"ids": {"values": list(doc_ids)}},
            size=len(doc_ids),
            source=False,
            track_total_hits=False,
        )
        return {hit["_id"]: hit["_index"] for hit in answer["hits"]["hits"]}


def existing(es: Elasticsearch) -> dict[str, int]:
    """Every monthly index with its generation, whether an alias names it or not."""
    with explained("listing indices"):
        names = es.indices.get(index=f"{NEWS}-*", features="aliases", allow_no_indices=True)
    return {name: found[1] for name in names if (found := months.parse(name))}


def delete(es: Elasticsearch, names: Sequence[str]) -> None:
    """Remove indices by name; those already gone are fine."""
    with explained("removing indices"):
        for name in names:
            es.options(ignore_status=404).indices.delete(index=name)
