"""A rebuild gives the same index from the log alone, under traffic, and forgets nothing only the old index knew."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from indexer.generation import existing
from indexer.prune import age, outdated, prune
from indexer.rebuild import Rebuild
from indexer.revisions import Revisions
from indexer.store import Store
from indexer.writer import Writer
from tests.indexer import build
from tests.indexer.process import held, log_of, publish, running, settled
from warta import kafka, topics
from warta.clock import SystemClock
from warta.errors import Usage
from warta.settings import Settings


@pytest.fixture(autouse=True)
def _topics(request: pytest.FixtureRequest) -> None:
    if "config" in request.fixturenames:
        config = request.getfixturevalue("config")
        admin = kafka.admin(config)
        topics.apply(admin, 1)
        admin.close()


def rebuild(es: Elasticsearch, config: Settings, **options: bool) -> list[str]:
    return Rebuild(es, config, SystemClock(), pause=lambda seconds: False).run(**options).removed


@pytest.mark.integration
def test_a_rebuild_under_traffic_loses_none(config: Settings, es: Elasticsearch, tmp_path: Path) -> None:
    log = log_of("traffic", 1500)
    publish(config, log[:1000])
    with running(config, tmp_path / "log") as process:
        settled(config, es, "traffic", log[:1000], process)
        traffic = threading.Thread(target=publish, args=(config, log[1000:]))
        traffic.start()
        removed = rebuild(es, config)
        traffic.join()
        settled(config, es, "traffic", log, process)
    assert removed == ["news-2026.11-g1"]
    assert set(existing(es).values()) == {2}
    assert list(es.indices.get_alias(name="news-2026.11")) == ["news-2026.11-g2"]


@pytest.mark.integration
def test_an_empty_server_is_filled_from_the_log(config: Settings, es: Elasticsearch, tmp_path: Path) -> None:
    log = log_of("empty", 200)
    publish(config, log)
    with running(config, tmp_path / "log") as process:
        settled(config, es, "empty", log, process)
    before = held(es, "empty")
    for name in existing(es):
        es.indices.delete(index=name)
    rebuild(es, config)
    assert held(es, "empty") == before


@pytest.mark.integration
def test_first_seen_that_only_the_old_index_knows_is_kept(config: Settings, es: Elasticsearch) -> None:
    long_ago = build.NOON - timedelta(days=90)
    writer = Writer(
        Store(es, max_bytes=1 << 20), Revisions(es), _Nowhere(), SystemClock(), generation=0, pause=lambda s: False
    )
    writer.write(build.records(build.document("known", at=long_ago, first_seen_at=long_ago)))
    es.indices.refresh(index="news")
    publish(config, [build.document("known", first_seen_at=None)])
    rebuild(es, config)
    assert held(es, "known")["known"]["first_seen_at"] == "2026-08-22T05:00:00Z"
    assert es.exists(index="news-2026.08-g2", id="known")


@pytest.mark.integration
def test_what_an_interrupted_rebuild_left_is_removed_by_the_next(config: Settings, es: Elasticsearch) -> None:
    publish(config, [build.document("left")])
    rebuild(es, config)
    es.indices.create(index="news-2026.01-g7")
    assert "news-2026.01-g7" in rebuild(es, config)
    assert set(existing(es).values()) == {8}


class _Nowhere:
    def refuse(self, record: object, reason: str, detail: str) -> None:
        raise AssertionError(detail)

    def good(self) -> None: ...


@pytest.mark.integration
def test_prune_removes_whole_months_only(es: Elasticsearch) -> None:
    for name in ("news-2026.08-g1", "news-2026.09-g1", "news-2026.10-g1"):
        es.indices.create(index=name)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert prune(es, now, age("54d"), dry_run=True) == ["news-2026.08-g1", "news-2026.09-g1"]
    prune(es, now, age("54d"))
    assert list(existing(es)) == ["news-2026.10-g1"]


@pytest.mark.parametrize(
    ("limit", "expected"), [("1d", ["news-2025.12-g3", "news-2026.10-g1"]), ("40d", ["news-2025.12-g3"]), ("2y", [])]
)
def test_a_month_is_outdated_when_its_last_day_is(limit: str, expected: list[str]) -> None:
    names = ["news-2026.11-g1", "news-2026.10-g1", "news-2025.12-g3", "news-revisions", "news-2026.99-g1"]
    assert outdated(names, datetime(2026, 11, 24, tzinfo=UTC), age(limit)) == expected


@pytest.mark.parametrize("text", ["", "d", "12", "12h", "-3d", "1.5y"])
def test_an_age_that_is_none_is_explained(text: str) -> None:
    with pytest.raises(Usage, match="is not an age"):
        age(text)
