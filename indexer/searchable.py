"""Measures when live documents become searchable: the last one of each batch is looked for until a search finds it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from elasticsearch import Elasticsearch

from indexer.entries import Entry
from warta.clock import Clock
from warta.errors import WartaError
from warta.messages import Document
from warta.metrics import SEARCHABLE_SECONDS
from warta.search.client import NEWS, explained

#: How often is looked, and how many documents at a time: a sample, so that measuring stays cheap.
_EVERY_S = 0.2
_AT_ONCE = 50


class Watch:
    """Samples `SEARCHABLE_SECONDS`; a failure to look is no failure of indexing."""

    def __init__(self, es: Elasticsearch, clock: Clock) -> None:
        self._es = es
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[str, datetime] = {}
        self._something = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="searchable", daemon=True).start()

    def written(self, entries: Sequence[Entry]) -> None:
        """Note documents that were written; of many in a moment only some are followed."""
        for entry in entries:
            message = entry.message
            if isinstance(message, Document) and message.origin == "live":
                with self._lock:
                    if len(self._waiting) < _AT_ONCE:
                        self._waiting.setdefault(message.doc_id, message.fetched_at)
                self._something.set()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._something.wait()
            self.look()
            pause.wait(_EVERY_S)

    def look(self) -> None:
        """One search for all that is waited for."""
        with self._lock:
            waiting = dict(self._waiting)
        try:
            with explained("measuring"):
                found = self._es.search(
                    index=NEWS,
                    ignore_unavailable=True,
                    query={"ids": {"values": list(waiting)}},
                    size=_AT_ONCE,
                    source=False,
                )
        except WartaError:
            return
        now = self._clock.now()
        with self._lock:
            for hit in found["hits"]["hits"]:
                fetched_at = self._waiting.pop(hit["_id"], None)
                if fetched_at:
                    SEARCHABLE_SECONDS.observe(max(0.0, (now - fetched_at).total_seconds()))
            if not self._waiting:
                self._something.clear()
