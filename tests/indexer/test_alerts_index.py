"""Alarms and hour facts in the index: each once, as it stands last, with what people and later events made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from elasticsearch import Elasticsearch

from indexer.alerts_index import Indexing
from indexer.apply import TEMPLATES, apply, load
from indexer.notifier.config import RoutingFile
from tests.indexer.notifier.alarm import NOON, alarm
from tests.servers import read_all
from warta import kafka, topics
from warta.alarms import Bilingual, Change, HourFact
from warta.clock import ManualClock
from warta.search.client import ALERTS, SERIES
from warta.settings import Settings
from warta.wire import encode

pytestmark = pytest.mark.integration


class Taken(NamedTuple):
    """A record of `warta.alerts`."""

    offset: int
    value: bytes
    key: bytes = b"k"
    topic: str = topics.ALERTS
    partition: int = 0


@pytest.fixture
def indexing(es: Elasticsearch, config: Settings, tmp_path: Path) -> Iterator[Indexing]:
    (tmp_path / "alerts.yaml").write_text('silences: [{series: "case:*", until: 2026-11-20T13:00:00+07:00}]')
    admin = kafka.admin(config)
    topics.apply(admin, 1)
    admin.close()
    producer = kafka.producer(config, "test")
    yield Indexing(es, producer, ManualClock(NOON), 0, RoutingFile(tmp_path / "alerts.yaml"))
    producer.close()


def found(es: Elasticsearch, alarm_id: str = "A-1043") -> dict[str, Any]:
    es.indices.refresh(index=f"{ALERTS},{SERIES}")
    return dict(es.get(index=ALERTS, id=alarm_id)["_source"])


def test_an_alarm_is_there_once_as_it_stands_last(indexing: Indexing, es: Elasticsearch) -> None:
    later = NOON + timedelta(minutes=80)
    change = Change(at=later, kind="merge", story_id="s-2", was=7, now=6)
    stages = [
        alarm(),
        alarm(level="kritis", acknowledged_by="Rina", silenced=True, silenced_by="Adi"),
        alarm(state="resolved", resolved_at=later, updated_at=later, changes=[change], counting=6),
    ]
    records = [Taken(offset, encode(stage)) for offset, stage in enumerate(stages)]
    indexing.write(records[:2])
    assert (found(es)["state"], found(es)["level"], found(es)["silenced_by"]) == ("open", "kritis", "Adi")
    indexing.write(records)
    indexing.write(records[:1])
    indexing.write([Taken(9, encode(stages[1]))])  # a dead letter that is replayed late
    last = found(es)
    assert es.count(index=ALERTS)["count"] == 1
    assert (last["state"], last["changes"], last["counting"]) == ("resolved", 1, 6)
    assert (last["place"], last["case"]) == ("32.11", "keracunan_pangan")
    assert last["name"] == "Kab. Sumedang · Keracunan makanan"
    assert (last["groups_heard"], last["groups"], last["complete"]) == (46, 48, True)
    assert last["details"]["changes"][0]["kind"] == "merge"
    assert last["details"]["stories"][0]["sentences"] == ["Puluhan siswa dilarikan ke puskesmas."]
    for words in ("puskesmas", "dapur"):
        assert es.count(index=ALERTS, query={"match": {"text": words}})["count"] == 1


def test_the_file_of_routes_silences_by_the_time_of_the_alarm(indexing: Indexing, es: Elasticsearch) -> None:
    during = alarm(alarm_id="A-1", series="case:banjir", name=Bilingual(id="Banjir"))
    after = alarm(alarm_id="A-2", series="case:banjir", updated_at=NOON + timedelta(hours=2))
    other = alarm(alarm_id="A-3", series="place:32.11")
    indexing.write([Taken(offset, encode(each)) for offset, each in enumerate((during, after, other))])
    assert [found(es, name)["silenced"] for name in ("A-1", "A-2", "A-3")] == [True, False, False]
    assert found(es, "A-1")["silenced_by"] == "alerts.yaml"


def test_hour_facts_and_a_dead_letter_for_what_is_neither(
    indexing: Indexing, es: Elasticsearch, config: Settings
) -> None:
    fact = HourFact(
        series="place:32.11",
        name="Kab. Sumedang",
        hour=NOON,
        negative=3,
        total=9,
        expected_negative=0.4,
        expected_total=2,
    )
    indexing.write([Taken(0, b"{"), Taken(1, encode(fact)), Taken(2, encode(fact))])
    es.indices.refresh(index=SERIES)
    (hit,) = es.search(index=SERIES)["hits"]["hits"]
    assert (hit["_source"]["name"], hit["_source"]["negative"]) == ("Kab. Sumedang", 3)
    # The topic is the session's: other tests' letters may stand in it.
    assert next(record for record in read_all(config, topics.dead("index")) if record.value == b"{").headers


def test_a_newer_template_gives_its_fields_to_the_standing_index(es: Elasticsearch, tmp_path: Path) -> None:
    for folder in ("", "components"):
        for path in (TEMPLATES / folder).glob("*.json"):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / path.name).write_text(path.read_text("utf-8"))
    body = load()[1][ALERTS]
    body["version"] += 1
    body["template"]["mappings"]["properties"]["mood"] = {"type": "keyword"}
    (tmp_path / f"{ALERTS}.json").write_text(json.dumps(body))
    assert apply(es, tmp_path).upgraded == [ALERTS]
    es.index(index=ALERTS, id="a", document={"alarm_id": "a", "mood": "calm"})
