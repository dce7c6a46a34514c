"""The notifier's own process on a real Kafka: retries under one key, dead letters, routes that change while it runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.indexer.notifier.alarm import alarm
from tests.indexer.notifier.test_channels import Sink, sink
from tests.servers import PATIENCE, Server, read_all, until
from warta import kafka, settings, topics
from warta.alarms import AlarmDecision
from warta.deadletters import DeadLetter
from warta.wire import encode

__all__ = ["sink"]  # a fixture
pytestmark = pytest.mark.integration

#: The series of this file's alarms; the topic is the session's, and others' alarms stand in it.
SERIES = "place:77.01"


class Running:
    """A notifier in a home of its own, and the producer of what it reads."""

    def __init__(self, config: settings.Settings, hook: str) -> None:
        self.config = config
        self.routes = config.home / "alerts.yaml"
        self.write(f'hook: {{kind: webhook, url: "{hook}", secret: s3}}', "hook")
        self.producer = kafka.producer(config, "test")
        self.start()

    def write(self, receivers: str, to: str) -> None:
        """Change the file of routes in one step, as editors do."""
        beside = self.routes.with_suffix(".new")
        beside.write_text(
            f"receivers: {{{receivers}}}\nroutes: [{{series: '{SERIES}', receivers: [{to}], night_level: pantau}}]\n"
        )
        beside.replace(self.routes)

    def start(self) -> None:
        environment = {**os.environ, "WARTA_KAFKA": self.config.kafka, "WARTA_HOME": str(self.config.home)}
        command = [sys.executable, "-m", "indexer.notifier", "--metrics-port", "0"]
        with (self.config.home / "notifier.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def last_words(self) -> str:
        """Its log once it has ended; nothing while it runs."""
        running = self.process.poll() is None
        return "" if running else (self.config.home / "notifier.log").read_text()[-3000:] or "(nothing)"

    def ring(self, alarm_id: str, **fields: Any) -> None:
        now = datetime.now(UTC)
        given = {"series": SERIES, "story_ids": [f"s-{alarm_id}"], **fields}
        found = alarm(alarm_id=alarm_id, fired_at=now, updated_at=now, **given)
        self.producer.send(topics.ALERTS, key=alarm_id.encode(), value=encode(found)).get(timeout=PATIENCE)

    def decide(self, decision: AlarmDecision) -> None:
        key = f"{decision.action}/{decision.subject}".encode()
        self.producer.send(topics.DECISIONS, key=key, value=encode(decision)).get(timeout=PATIENCE)


@pytest.fixture
def running(kafka_server: Server, tmp_path: Path, sink: tuple[type[Sink], str]) -> Iterator[Running]:
    config = settings.load(kafka=kafka_server.address, home=str(tmp_path))
    admin = kafka.admin(config)
    topics.apply(admin, 1)
    admin.close()
    made = Running(config, sink[1])
    yield made
    made.process.terminate()
    made.process.wait(PATIENCE)
    made.producer.close()


def ids(handler: type[Sink]) -> list[str]:
    return [json.loads(body)["alarm"]["alarm_id"] for _, body in handler.got]


def test_tries_again_gives_up_and_follows_the_file(running: Running, sink: tuple[type[Sink], str]) -> None:
    handler, url = sink
    handler.answers[:] = [503, 429]
    running.ring("A-try")
    until(lambda: len(handler.got) >= 3, "two failures and a success", ended=running.last_words)
    assert {headers["idempotency-key"] for headers, _ in handler.got} == {"A-try/open/waspada"}

    handler.answers[:] = [400]
    running.ring("A-bad")
    running.ring("A-next")
    until(lambda: "A-next" in ids(handler), "the alarm behind the refused one", ended=running.last_words)
    assert ids(handler).count("A-bad") == 1
    letter = _letter(running.config, b"A-bad")
    assert letter.reason == "refused"
    assert letter.detail.startswith("hook: ")
    assert "400" in letter.detail

    told = running.config.home / "told.txt"
    running.write(f'hook: {{kind: webhook, url: "{url}"}}, text: {{kind: text, path: told.txt}}', "hook, text")
    running.ring("A-both")
    until(
        lambda: told.exists() and "#A-both" in told.read_text(), "the receiver that was added", ended=running.last_words
    )
    running.routes.write_text("receivers: {hook: {kind: pigeon}}")
    running.ring("A-still")
    until(lambda: "#A-still" in told.read_text(), "the last good routes", ended=running.last_words)


def test_a_restart_tells_nothing_twice_and_a_silence_holds(running: Running, sink: tuple[type[Sink], str]) -> None:
    handler, _ = sink
    running.ring("A-once")
    running.ring("A-then")
    # When the second has arrived, the first is in the ledger; the second may be told again, under the same key.
    until(lambda: "A-then" in ids(handler), "the first alarms", ended=running.last_words)
    running.process.send_signal(signal.SIGKILL)
    running.process.wait(PATIENCE)
    now = datetime.now(UTC)
    silence = AlarmDecision(action="silence", subject="A-quiet", by="Adi", at=now, until=now + timedelta(hours=1))
    running.decide(silence)
    running.start()
    running.ring("A-again")
    until(lambda: "A-again" in ids(handler), "an alarm after the restart", ended=running.last_words)
    running.ring("A-quiet")
    running.ring("A-quiet", level="kritis")
    running.ring("A-loud")
    until(lambda: "A-loud" in ids(handler), "the alarm behind the silenced one", ended=running.last_words)
    mine = [name for name in ids(handler) if name in ("A-once", "A-again", "A-quiet", "A-loud")]
    assert mine == ["A-once", "A-again", "A-loud"]
    assert len({headers["idempotency-key"] for headers, body in handler.got if b"A-then" in body}) == 1


def _letter(config: settings.Settings, key: bytes) -> DeadLetter:
    """The dead letter of an alarm."""
    return DeadLetter.parse(
        next(record.headers for record in read_all(config, topics.dead("notify")) if record.key == key)
    )
