"""Plain Kafka clients: what they hold while a broker hangs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Server, make_topics
from warta import kafka, settings, topics

_POLLS = 10


@pytest.fixture
def member(kafka_server: Server, tmp_path: Path) -> Iterator[Any]:
    """A member of a group with its partitions, that has been asked for nothing yet."""
    config = settings.load(kafka=kafka_server.address, home=tmp_path, session_timeout_s=10)
    make_topics(config)
    consumer = kafka.consumer(config, topics.DOCUMENTS, group="test-hanging", client_id="test-hanging")
    while not consumer.assignment():
        consumer.poll(timeout_ms=200)
    yield consumer
    consumer.close(autocommit=False, timeout_ms=10_000)


def test_polls_wait_while_the_broker_hangs(member: Any, kafka_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each turn of a poll leaves a callback at the fetch under way: turns are to be few a poll, not as fast as they can."""
    turns = 0
    fetch = member._fetcher.fetch_records

    def counted(*args: Any, **options: Any) -> Any:
        nonlocal turns
        turns += 1
        return fetch(*args, **options)

    kafka_server.pause()
    try:
        while member._coordinator.time_to_next_heartbeat():
            member.poll(timeout_ms=200)
        monkeypatch.setattr(member._fetcher, "fetch_records", counted)
        for _ in range(_POLLS):
            member.poll(timeout_ms=200)
    finally:
        kafka_server.resume()
    assert _POLLS <= turns <= 10 * _POLLS
