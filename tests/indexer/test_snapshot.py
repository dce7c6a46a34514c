"""What docs/backup.md says of snapshots, done on the real server."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

from indexer.apply import create_month
from warta.settings import ROOT

REPOSITORY = "warta"


@pytest.mark.integration
def test_months_come_back_from_a_snapshot_with_their_aliases(es: Elasticsearch) -> None:
    assert f"_snapshot/{REPOSITORY}" in (ROOT / "docs" / "backup.md").read_text("utf-8")
    es.snapshot.create_repository(
        name=REPOSITORY, repository={"type": "fs", "settings": {"location": "news"}}, verify=True
    )
    create_month(es, "news-2026.11", 1)
    es.index(index="news-2026.11", id="a", document={"doc_id": "a", "title": "Harga beras naik"}, refresh=True)
    es.snapshot.create(repository=REPOSITORY, snapshot="before", indices="news-*-g*", wait_for_completion=True)
    es.indices.delete(index="news-2026.11-g1")
    es.snapshot.restore(repository=REPOSITORY, snapshot="before", indices="news-*-g*", wait_for_completion=True)
    assert es.count(index="news", query={"match": {"title": "beras"}})["count"] == 1
    es.snapshot.delete(repository=REPOSITORY, snapshot="before")
    es.snapshot.delete_repository(name=REPOSITORY)
