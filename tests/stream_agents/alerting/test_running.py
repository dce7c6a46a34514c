"""Alerts on real servers: signals in Kafka to an alarm in the index and in a receiver's file, over a kill -9."""

from __future__ import annotations

import os
import signal as signals
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from elasticsearch import Elasticsearch

from deploy.local.stack import free_ports
from tests.servers import Server, Stack
from tests.stream_agents.alerting.news import START, burst, ordinary, tick
from warta import kafka, topics
from warta.alarms import Alarm, AlertMessage
from warta.search.client import ALERTS, SERIES
from warta.settings import Settings, load
from warta.wire import encode

pytestmark = pytest.mark.integration
DAYS = 15
ROUTES = "receivers: {text: {kind: text, path: told.txt}}\nroutes: [{receivers: [text], night_level: pantau}]\n"


@pytest.fixture
def settings(stack: Stack, kafka_server: Server, elasticsearch_server: Server, tmp_path: Path) -> Settings:
    fields = {name.removeprefix("WARTA_").lower(): value for name, value in stack.environment().items()}
    config = load(**{**fields, "home": str(tmp_path / "home")})
    environment = {**os.environ, **stack.environment()}
    for command in (("topics", "apply"), ("index", "apply")):
        subprocess.run([sys.executable, "-m", "warta", *command], env=environment, check=True)
    return config


def _start(settings: Settings, stack: Stack, *command: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        **stack.environment(),
        "WARTA_HOME": str(settings.home),
        "WARTA_SESSION_TIMEOUT_S": "6",
    }
    return subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=subprocess.DEVNULL)


def _until(found: Callable[[], bool], what: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.3)


def _alarms(settings: Settings) -> list[Alarm]:
    consumer = kafka.consumer(settings, topics.ALERTS, group=None, client_id="test", consumer_timeout_ms=1500)
    decoder = msgspec.json.Decoder(AlertMessage)
    try:
        return [m for record in consumer if isinstance(m := decoder.decode(record.value), Alarm)]
    finally:
        consumer.close()


def test_an_alarm_reaches_index_and_receiver_once_though_the_stage_is_killed(settings: Settings, stack: Stack) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    shift = now - START - timedelta(days=DAYS, hours=1)
    begin = START + timedelta(days=DAYS)
    after = [tick(begin + timedelta(minutes=15 * i)) for i in range(1, 5)]
    messages = sorted([*ordinary(DAYS), *burst(begin, 14), *after], key=lambda message: message.fetched_at)
    for message in messages:
        message.fetched_at += shift
        if message.first_seen_at:
            message.first_seen_at += shift
        if hasattr(message, "minute"):
            message.minute += shift
    settings.home.mkdir(parents=True)
    (settings.home / "alerts.yaml").write_text(ROUTES)
    producer = kafka.producer(settings, "test")
    for message in messages:
        producer.send(topics.SIGNALS, key=b"all", value=encode(message))
    producer.flush(timeout=60)
    producer.close()
    port = free_ports().kafka
    running = [
        _start(settings, stack, "indexer.alerts_index", "--metrics-port", "0"),
        _start(settings, stack, "indexer.notifier", "--metrics-port", "0"),
        _start(settings, stack, "stream_agents", "alerts", "--web-port", str(port)),
    ]
    es = Elasticsearch(settings.elasticsearch)
    try:
        _until(lambda: _state_size(settings) > 0, "state of alerts")
        running[2].send_signal(signals.SIGKILL)
        running[2].wait(10)
        running[2] = _start(settings, stack, "stream_agents", "alerts", "--web-port", str(port))
        _until(lambda: any(alarm.series == "place:32.11" for alarm in _alarms(settings)), "an alarm")
        told = settings.home / "told.txt"
        _until(lambda: told.exists() and "32.11" in told.read_text(), "a message")

        def indexed() -> bool:
            es.indices.refresh(index=f"{ALERTS},{SERIES}")
            return bool(es.count(index=ALERTS, query={"term": {"series": "place:32.11"}})["count"])

        _until(indexed, "the alarm in the index")
        found = {alarm.alarm_id for alarm in _alarms(settings) if alarm.series == "place:32.11"}
        assert len(found) == 1
        assert es.count(index=ALERTS, query={"term": {"series": "place:32.11"}})["count"] == 1
        assert es.count(index=SERIES)["count"] > 24
        assert told.read_text().count(found.pop()) <= 3
    finally:
        es.close()
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


def _state_size(settings: Settings) -> int:
    from warta.lag import bounds

    admin = kafka.admin(settings)
    try:
        return bounds(admin, topics.STATE_ALERTS)[1]
    finally:
        admin.close()
