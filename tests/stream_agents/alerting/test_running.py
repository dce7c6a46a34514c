"""Alerts on real servers: signals in Kafka to alarms in the index and in a receiver's file, over kill -9 of the stage; and
what people decide about them."""

from __future__ import annotations

import os
import signal as signals
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from elasticsearch import Elasticsearch

from stream_agents.alerting.series import kinds
from stream_agents.alerting.words import shipped
from tests.servers import PATIENCE, Stack, free_port, make_stack, read_all, until
from tests.stream_agents.agents.test_alerts import alarms, run
from tests.stream_agents.alerting.news import START, burst, ordinary, tick
from warta import kafka, topics
from warta.alarms import Alarm, AlertMessage
from warta.messages import Signal, Tick
from warta.search.client import ALERTS, SERIES
from warta.settings import Settings, load
from warta.wire import encode

pytestmark = pytest.mark.integration
DAYS = 15
#: Times the stage is killed in the middle of its work.
KILLS = 3
ROUTES = "receivers: {text: {kind: text, path: told.txt}}\nroutes: [{receivers: [text], night_level: pantau}]\n"


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Servers of its own: decisions and signals that other tests left would be heard here, too."""
    made = make_stack()
    try:
        made.kafka.start()
        made.elasticsearch.start()
        yield made
    finally:
        made.close()


@pytest.fixture
def settings(stack: Stack, tmp_path: Path) -> Settings:
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
        # A killed stage is let in again at once, by its name; a stage that stalls must not be taken for a dead one.
        "WARTA_SESSION_TIMEOUT_S": "30",
    }
    return subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=subprocess.DEVNULL)


def _publish(settings: Settings, messages: list[Signal | Tick]) -> None:
    producer = kafka.producer(settings, "test")
    for message in messages:
        producer.send(topics.SIGNALS, key=b"all", value=encode(message))
    producer.flush(timeout=PATIENCE)
    producer.close()


def _alarms(settings: Settings) -> list[Alarm]:
    decoder = msgspec.json.Decoder(AlertMessage)
    found = [m for record in read_all(settings, topics.ALERTS) if isinstance(m := decoder.decode(record.value), Alarm)]
    return [alarm for alarm in found if alarm.series != "test"]


def _news() -> list[Signal | Tick]:
    """Ordinary weeks up to an hour ago, a burst, what rings it, and a correction of one of its stories."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    shift = now - START - timedelta(days=DAYS, hours=1)
    begin = START + timedelta(days=DAYS)
    stories = list(burst(begin, 14))
    corrected = msgspec.structs.replace(
        stories[1], fetched_at=begin + timedelta(minutes=50), label="neutral", previous_label="negative"
    )
    after = [tick(begin + timedelta(minutes=15 * i)) for i in range(1, 5)]
    messages = sorted([*ordinary(DAYS), *stories, corrected, *after], key=lambda message: message.fetched_at)
    for message in messages:
        message.fetched_at += shift
        if message.first_seen_at:
            message.first_seen_at += shift
        if isinstance(message, Tick):
            message.minute += shift
    return messages


async def test_alarms_are_those_of_an_uninterrupted_run_though_the_stage_is_killed_again_and_again(
    settings: Settings, stack: Stack
) -> None:
    messages = _news()
    expected = told(alarms(await run(messages, kinds=kinds(None), words=shipped())))
    assert any(changes for *_, changes in expected)
    settings.home.mkdir(parents=True)
    (settings.home / "alerts.yaml").write_text(ROUTES)
    # A part for each kill: the stage, however fast, is killed with most of a part before it.
    size = len(messages) // (KILLS + 1)
    parts = [messages[n * size : (n + 1) * size] for n in range(KILLS)]
    port = free_port()
    stage = ("stream_agents", "alerts", "--web-port", str(port))
    running = [
        _start(settings, stack, "indexer.alerts_index", "--metrics-port", "0"),
        _start(settings, stack, "indexer.notifier", "--metrics-port", "0"),
        _start(settings, stack, "stream_agents", "decisions", "--web-port", str(free_port())),
        _start(settings, stack, *stage),
    ]
    es = Elasticsearch(settings.elasticsearch)

    def ended() -> str:
        """Which of them is gone by itself."""
        gone = [process for process in running if process.poll() is not None]
        return ", ".join(f"{process.args!r} ended with {process.returncode}" for process in gone)

    try:
        for part in parts:
            seen = _state_size(settings)
            _publish(settings, part)
            until(lambda seen=seen: _state_size(settings) > seen, "state of alerts", ended=ended)  # type: ignore[misc]
            running[-1].send_signal(signals.SIGKILL)
            running[-1].wait(PATIENCE)
            running[-1] = _start(settings, stack, *stage)
        _publish(settings, messages[KILLS * size :])
        until(lambda: told(_alarms(settings)) == expected, "the alarms of an uninterrupted run", ended=ended)
        _reaches_index_and_receiver(settings, es, ended)
        _decisions_reach_the_alarm(settings, es, ended)
    finally:
        es.close()
        for process in running:
            process.terminate()
        for process in running:
            process.wait(PATIENCE)


def told(found: list[Alarm]) -> set[tuple[str, str, str, str, int, int]]:
    """What was ever said of each alarm: whatever is said again after a kill is the same."""
    return {(a.alarm_id, a.series, a.state, a.level, a.observed, len(a.changes)) for a in found}


def _in_index(es: Elasticsearch, **fields: object) -> int:
    es.indices.refresh(index=f"{ALERTS},{SERIES}")
    query = {"bool": {"filter": [{"term": {name: value}} for name, value in fields.items()]}}
    return int(es.count(index=ALERTS, query=query)["count"])


def _reaches_index_and_receiver(settings: Settings, es: Elasticsearch, ended: Callable[[], str]) -> None:
    written = settings.home / "told.txt"
    # The place's own message, or that of a louder series of the same event.
    until(
        lambda: written.exists() and any(f"#{alarm.alarm_id}" in written.read_text() for alarm in _alarms(settings)),
        "a message",
        ended=ended,
    )
    until(
        lambda: _in_index(es, series="place:32.11", changes=1) == 1,
        "the alarm in the index, with its change",
        ended=ended,
    )
    assert _in_index(es, series="place:32.11") == 1
    assert es.count(index=SERIES)["count"] > 24
    (alarm_id,) = {alarm.alarm_id for alarm in _alarms(settings) if alarm.series == "place:32.11"}
    assert written.read_text().count(f"#{alarm_id}") <= 3


def _decisions_reach_the_alarm(settings: Settings, es: Elasticsearch, ended: Callable[[], str]) -> None:
    """Taken on and silenced by `warta alerts`, through the forwarder and the stage, into the index."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WARTA_")}
    environment |= {"WARTA_KAFKA": settings.kafka, "WARTA_ELASTICSEARCH": settings.elasticsearch}
    (alarm_id,) = {alarm.alarm_id for alarm in _alarms(settings) if alarm.series == "place:32.11"}
    for command in (("ack", alarm_id, "--by", "Rina"), ("silence", "place:32.*", "--by", "Adi", "--for", "2d")):
        subprocess.run([sys.executable, "-m", "warta", "alerts", *command], env=environment, check=True)
    until(
        lambda: _in_index(es, alarm_id=alarm_id, acknowledged_by="Rina", silenced=True, silenced_by="Adi") == 1,
        "the decisions on the alarm",
        ended=ended,
    )
    assert _in_index(es, series="all", silenced=True) == 0


def _state_size(settings: Settings) -> int:
    from warta.lag import bounds

    admin = kafka.admin(settings)
    try:
        return bounds(admin, topics.STATE_ALERTS)[1]
    finally:
        admin.close()
