"""Fixtures of the indexer's tests: settings for the session's real servers, and empty indices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from indexer.apply import apply, load
from tests.servers import Server
from warta import settings
from warta.search.client import connect


@pytest.fixture
def es(elasticsearch_server: Server) -> Iterator[Elasticsearch]:
    """A client of an Elasticsearch with our templates and no documents."""
    client = connect(settings.load(elasticsearch=elasticsearch_server.address), retries=0)
    wipe(client)
    apply(client)
    yield client
    wipe(client)
    client.close()


def wipe(client: Elasticsearch) -> None:
    """Remove every index, template and component of ours."""
    quiet = client.options(ignore_status=404)
    for name in client.indices.get(index="news-*,warta-*", expand_wildcards="all"):
        quiet.indices.delete(index=name)
    components, templates = load()
    for name in templates:
        quiet.indices.delete_index_template(name=name)
    for name in components:
        quiet.cluster.delete_component_template(name=name)


@pytest.fixture
def config(elasticsearch_server: Server, kafka_server: Server, tmp_path: Path) -> settings.Settings:
    """Settings of this session's servers."""
    return settings.load(kafka=kafka_server.address, elasticsearch=elasticsearch_server.address, home=tmp_path / "home")
