"""The indexer as a process of its own, and a log for it to work on, for tests that kill things."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError
from kafka import TopicPartition

from indexer.merge import Position, fold
from tests.indexer import build
from tests.servers import PATIENCE, free_port, until
from warta import kafka, topics
from warta.messages import Document, Envelope, Patch, Tombstone
from warta.settings import ROOT, Settings
from warta.wire import encode

GROUP = "warta-indexer"


class Process:
    """`python -m indexer` against the session's servers."""

    def __init__(self, config: Settings, log: Path) -> None:
        self._config = config
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def start(self, session_s: int = 30) -> None:
        environment = {
            **os.environ,
            "WARTA_KAFKA": self._config.kafka,
            "WARTA_ELASTICSEARCH": self._config.elasticsearch,
            "WARTA_SESSION_TIMEOUT_S": str(session_s),
        }
        command = [sys.executable, "-m", "indexer", "--metrics-port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def signal(self, number: signal.Signals) -> int | None:
        """Send a signal; for one that ends the process, wait for the end and return its status."""
        assert self._process is not None
        self._process.send_signal(number)
        if number in (signal.SIGSTOP, signal.SIGCONT):
            return None
        return self._process.wait(timeout=PATIENCE)

    def output(self) -> str:
        return self._log.read_text("utf-8", errors="replace")

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def last_words(self) -> str:
        """Its output once it has ended; nothing while it runs."""
        return "" if self.running() else self.output()[-3000:] or "(nothing)"

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait(timeout=PATIENCE)

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextmanager
def running(config: Settings, log: Path, session_s: int = 30) -> Iterator[Process]:
    process = Process(config, log)
    process.start(session_s)
    try:
        yield process
    finally:
        process.close()


def log_of(prefix: str, documents: int, seed: int = 1) -> list[Envelope]:
    """A log of whole documents, revisions, patches, takedowns and revivals of `documents` ids."""
    rng = random.Random(seed)
    messages: list[Envelope] = []
    for n in range(documents):
        messages.append(build.document(f"{prefix}{n}", content=build.content(title=f"Judul {n}", body="isi " * 50)))
        messages += [_change(rng, f"{prefix}{rng.randint(0, n)}") for _ in range(rng.choice((0, 1, 1, 2)))]
    return messages


def _change(rng: random.Random, doc_id: str) -> Envelope:
    label = rng.choice(build.LABELS)
    kinds: list[Callable[[], Envelope]] = [
        lambda: build.patch(doc_id, "score", build.score(label)),
        lambda: build.patch(doc_id, "story", build.story(f"s-{rng.randint(0, 50)}")),
        lambda: build.patch(doc_id, "correction", rng.choice([None, build.correction(label)])),
        lambda: build.document(doc_id, content=build.content(title=f"Revisi {rng.random()}")),
        lambda: build.tombstone(doc_id),
    ]
    return rng.choice(kinds)()


def publish(config: Settings, messages: Sequence[Envelope]) -> None:
    """Write messages to `warta.documents`, each document's in one partition, and wait until they are safe."""
    producer = kafka.producer(config, "test-documents")
    try:
        futures = [
            producer.send(
                topics.DOCUMENTS, value=encode(m), key=build.key(m), partition=zlib.crc32(m.doc_id.encode()) % 4
            )
            for m in messages
        ]
        for future in futures:
            future.get(timeout=PATIENCE)
    finally:
        producer.close()


def lag(config: Settings) -> int:
    """Records the group has not committed yet."""
    consumer = kafka.consumer(config, group=GROUP, client_id="test-lag")
    try:
        parts = [TopicPartition(topics.DOCUMENTS, p) for p in range(topics.BY_NAME[topics.DOCUMENTS].partitions)]
        ends = consumer.end_offsets(parts)
        return sum(ends[part] - (consumer.committed(part) or 0) for part in parts)
    finally:
        consumer.close(autocommit=False)


def settled(config: Settings, es: Elasticsearch, prefix: str, log: Sequence[Envelope], process: Process) -> None:
    """Wait until the whole log is committed, then hold the index against it."""
    until(lambda: lag(config) == 0, "the indexer's lag becomes 0", ended=process.last_words)
    assert held(es, prefix) == expected(log)


def expected(log: Sequence[Envelope]) -> dict[str, Any]:
    """What the index has to hold after `log`, without times and positions."""
    documents: dict[str, Any] = {}
    for offset, message in enumerate(log):
        assert isinstance(message, Document | Patch | Tombstone)
        source = fold(documents.get(message.doc_id), [(Position(0, offset), message)], build.NOON).source
        documents[message.doc_id] = source or documents[message.doc_id]
    return {doc_id: _bare(source) for doc_id, source in documents.items()}


def held(es: Elasticsearch, prefix: str) -> dict[str, Any]:
    """What the index holds of a test's documents; fails when one is there twice."""
    es.indices.refresh(index="news")
    found: dict[str, Any] = {}
    answer = es.search(index="news", query={"prefix": {"doc_id": prefix}}, size=10_000, track_total_hits=True)
    for hit in answer["hits"]["hits"]:
        assert hit["_id"] not in found, f"{hit['_id']} is in the index twice"
        found[hit["_id"]] = _bare(hit["_source"])
    assert answer["hits"]["total"]["value"] == len(found)
    return found


def some(es: Elasticsearch, prefix: str) -> Callable[[], bool]:
    """Whether some of a test's documents are in the index."""

    def look() -> bool:
        try:
            return bool(es.count(index="news", query={"prefix": {"doc_id": prefix}})["count"])
        except (ApiError, TransportError):
            return False

    return look


def _bare(source: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in source.items() if name not in ("indexed_at", "applied")}
