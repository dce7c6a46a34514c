"""Ten thousand documents scored anew while live ones arrive: exactly those change, and of them only the score."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch, helpers

from tests.indexer import build
from tests.indexer.process import lag, publish, running
from tests.servers import make_topics, until
from warta.settings import Settings

pytestmark = pytest.mark.integration

RESCORED = 10_000
LEFT_ALONE = 500
ARRIVING = 1_000


def test_a_rescore_of_ten_thousand_changes_exactly_those(config: Settings, es: Elasticsearch, tmp_path: Path) -> None:
    make_topics(config)
    publish(config, [build.document(f"old{n}") for n in range(RESCORED + LEFT_ALONE)])
    patches = [build.patch(f"old{n}", "score", build.score("negative")) for n in range(RESCORED)]
    live = [build.document(f"live{n}") for n in range(ARRIVING)]
    with running(config, tmp_path / "log") as process:
        until(lambda: lag(config) == 0, "everything is indexed", ended=process.last_words)
        before = stored(es)
        traffic = threading.Thread(target=publish, args=(config, live))
        traffic.start()
        publish(config, patches)
        traffic.join()
        until(lambda: lag(config) == 0, "the re-scores are indexed", ended=process.last_words)
    after = stored(es)
    changed = {doc_id for doc_id, source in before.items() if after[doc_id] != source}
    assert changed == {f"old{n}" for n in range(RESCORED)}
    assert after.keys() - before.keys() == {f"live{n}" for n in range(ARRIVING)}
    assert all(
        after[doc_id] == before[doc_id] | {name: after[doc_id][name] for name in ("sentiment", "label")}
        for doc_id in changed
    )
    assert {after[doc_id]["label"] for doc_id in changed} == {"negative"}


def stored(es: Elasticsearch) -> dict[str, Any]:
    """Every document of the index, without what says when and from which position it was written."""
    es.indices.refresh(index="news")
    return {
        hit["_id"]: {name: value for name, value in hit["_source"].items() if name not in ("indexed_at", "applied")}
        for hit in helpers.scan(es, index="news", size=2_000)
    }
