"""`warta alerts list|show|ack|silence|test` on the real servers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from indexer.alerts_index import Indexing
from indexer.apply import apply
from indexer.notifier.config import RoutingFile
from stream_agents.alerting import desk
from stream_agents.alerting.command import app
from tests.indexer.conftest import wipe
from tests.indexer.notifier.alarm import NOON, alarm
from tests.indexer.test_alerts_index import Taken
from tests.servers import Server
from warta import kafka, settings, topics
from warta.alarms import Alarm, AlarmDecision, AlertMessage, Change
from warta.clock import SystemClock
from warta.errors import Usage
from warta.search.client import ALERTS, connect
from warta.wire import encode

pytestmark = pytest.mark.integration


@pytest.fixture
def config(
    kafka_server: Server, elasticsearch_server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> settings.Settings:
    """Settings of servers that hold three alarms: one open, one open and silenced by the file, one over; two amended."""
    found = settings.load(kafka=kafka_server.address, elasticsearch=elasticsearch_server.address, home=tmp_path)
    monkeypatch.setattr(desk, "settings", lambda: found)
    admin = kafka.admin(found)
    topics.apply(admin, 1)
    admin.close()
    es = connect(found)
    wipe(es)
    apply(es)
    _fill(es, tmp_path)
    es.close()
    return found


def _fill(es: Elasticsearch, folder: Path) -> None:
    (folder / "alerts.yaml").write_text("silences: [{series: 'case:*', until: 2200-01-01T00:00:00+07:00}]")
    change = Change(at=NOON, kind="retag", story_id="s-1", title="Siswa mual", was=7, now=6)
    over = alarm(alarm_id="A-3", state="resolved", resolved_at=NOON, changes=[change], counting=6)
    told = [
        # Amended, then told anew: what counts is its own number again.
        alarm(alarm_id="A-1", changes=[change]),
        alarm(alarm_id="A-2", series="case:banjir", fired_at=NOON + timedelta(hours=1)),
        over,
    ]
    indexing = Indexing(es, None, SystemClock(), 0, RoutingFile(folder / "alerts.yaml"))
    indexing.write([Taken(offset, encode(each)) for offset, each in enumerate(told)])
    es.indices.refresh(index=ALERTS)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_list_tells_open_alarms_newest_first_and_all_when_asked(config: settings.Settings) -> None:
    lines = run("list").splitlines()
    assert [line.split()[0] for line in lines] == ["A-2", "A-1"]
    assert "[silenced]" in lines[0]
    assert "Kab. Sumedang · Keracunan makanan: 7 (usually 0.4)  [1 change]" in lines[1]
    everything = run("list", "--all").splitlines()
    assert len(everything) == 3
    assert "resolved" in everything[-1] or "resolved" in everything[1]
    assert any("[1 change, 6 count]" in line for line in everything)
    as_json = [json.loads(line) for line in run("list", "--json", "--limit", "1").splitlines()]
    assert [(each["alarm_id"], each["silenced"], each["silenced_by"]) for each in as_json] == [
        ("A-2", True, "alerts.yaml")
    ]


def test_show_is_what_receivers_read_and_what_decided(config: settings.Settings) -> None:
    shown = run("show", "A-3")
    assert "🟢 MEREDA · Diralat · Kab. Sumedang · Keracunan makanan: 7 berita negatif" in shown
    assert "Kenapa sekarang: 6 dari 7 berita" in shown
    assert "p 0.00028, of the share 0.01" in shown
    assert "retag: s-1, 7 → 6 stories" in shown
    assert "RESOLVED" in run("show", "A-3", "--english")
    assert msgspec.json.decode(run("show", "A-1", "--json"), type=Alarm).observed == 7
    with pytest.raises(Usage, match="no alarm A-9"):
        run("show", "A-9")


def test_ack_and_silence_become_decisions(config: settings.Settings) -> None:
    assert "A-1 is taken on by Rina" in run("ack", "A-1", "--by", "Rina", "--note", "ke lokasi")
    key, value = last(config, topics.DECISIONS)
    decision = msgspec.json.decode(value, type=AlarmDecision)
    assert (key, decision.action, decision.subject, decision.by) == (b"ack/A-1", "ack", "A-1", "Rina")
    assert decision.note == "ke lokasi"
    assert "place:99.* is quiet until" in run("silence", "place:99.*", "--for", "2d")
    key, value = last(config, topics.DECISIONS)
    decision = msgspec.json.decode(value, type=AlarmDecision)
    assert (key, decision.action) == (b"silence/place:99.*", "silence")
    assert decision.by
    assert decision.until is not None
    assert decision.until - decision.at == timedelta(days=2)
    assert "no longer silenced" in run("silence", "A-1", "--for", "0h")
    for wrong in (("ack", "A-9"), ("silence", "A-9"), ("silence", "plaec:32"), ("silence", "all", "--for", "soon")):
        with pytest.raises(Usage):
            run(*wrong)


def test_a_test_alarm_goes_the_whole_way_and_can_be_ended(config: settings.Settings) -> None:
    said = run("test")
    alarm_id = said.split()[0]
    found = msgspec.json.decode(last(config, topics.ALERTS)[1], type=AlertMessage)
    assert isinstance(found, Alarm)
    assert (found.alarm_id, found.series, found.level, found.state) == (alarm_id, "test", "kritis", "open")
    assert abs(found.fired_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert f"{alarm_id} is over" in run("test", "--resolve", alarm_id)
    ended = msgspec.json.decode(last(config, topics.ALERTS)[1], type=AlertMessage)
    assert isinstance(ended, Alarm)
    assert (ended.alarm_id, ended.state) == (alarm_id, "resolved")


def last(config: settings.Settings, topic: str) -> tuple[Any, Any]:
    """Key and value of a topic's last record."""
    from kafka import TopicPartition

    consumer = kafka.consumer(config, group=None, client_id="test-last")
    part = TopicPartition(topic, 0)
    try:
        consumer.assign([part])
        consumer.seek(part, consumer.end_offsets([part])[part] - 1)
        (record,) = consumer.poll(timeout_ms=600_000)[part]
        return record.key, record.value
    finally:
        consumer.close()
