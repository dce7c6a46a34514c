"""`warta dead` on the real broker: list, show, replay with the record's own bytes, drop."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.servers import Server, make_topics
from warta import kafka, settings, topics
from warta.commands import dead
from warta.deadletters import DeadLetter
from warta.errors import Usage, WartaError

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
RAW = b'{"not": "utf-8 \xff"}'


@pytest.fixture
def config(kafka_server: Server, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    config = settings.load(kafka=kafka_server.address)
    make_topics(config)
    monkeypatch.setattr(dead, "settings", lambda: config)
    return config


@pytest.fixture
def letter(config: settings.Settings) -> str:
    """A dead letter of the decisions stage; its id."""
    made = DeadLetter("decisions", "bad-json", "[red]no[/red] \x1b[31m", topics.DECISIONS, 0, 7, NOW)
    producer = kafka.producer(config, "test-dead")
    sent = producer.send(topics.dead("decisions"), value=RAW, key=b"forget/x", headers=made.headers()).get(timeout=600)
    producer.close()
    return f"decisions:{sent.offset}"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(dead.app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_list_show_replay_drop(config: settings.Settings, letter: str) -> None:
    listed = [json.loads(line) for line in run("list", "--stage", "decisions", "--json").splitlines()]
    # Other tests may have left letters of theirs.
    assert [found["reason"] for found in listed if found["id"] == letter] == ["bad-json"]
    assert "\x1b" not in run("list", "--stage", "decisions")
    assert "utf-8 \\xff" in run("show", letter)
    run("replay", letter)
    value, key = _last(config, topics.DECISIONS)
    assert (value, key) == (RAW, b"forget/x")
    run("drop", "decisions", "--yes")
    assert "nothing to drop" in run("drop", "decisions", "--yes")
    with pytest.raises(WartaError, match="no dead letter"):
        run("show", letter)


@pytest.mark.parametrize(
    "arguments", [("show", "nonsense"), ("show", "clean:x"), ("list", "--stage", "nope"), ("replay",)]
)
def test_what_cannot_be_meant_is_said(config: settings.Settings, arguments: tuple[str, ...]) -> None:
    with pytest.raises(Usage):
        run(*arguments)


def _last(config: settings.Settings, topic: str) -> tuple[Any, Any]:
    from kafka import TopicPartition

    consumer = kafka.consumer(config, group=None, client_id="test-last")
    part = TopicPartition(topic, 0)
    consumer.assign([part])
    consumer.seek(part, consumer.end_offsets([part])[part] - 1)
    (record,) = consumer.poll(timeout_ms=600_000)[part]
    consumer.close(autocommit=False)
    return record.value, record.key
