"""Fixtures of the producers' tests: settings that lead to the session's broker, and what lies on a topic."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():
    # kafka-python reads its schemas by a call that Python 3.11 deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    import kafka as _kafka  # noqa: F401

from tests.servers import Server, make_topics
from warta import kafka, settings, topics


@pytest.fixture
def config(kafka_server: Server, tmp_path: Path) -> settings.Settings:
    """Settings for the broker, its topics made, with a home of the test's own."""
    config = settings.load(kafka=kafka_server.address, home=tmp_path / "home")
    make_topics(config)
    return config


ReadTopic = Callable[[str], list[Any]]


@pytest.fixture
def fresh(config: settings.Settings) -> Iterator[ReadTopic]:
    """Reads what came onto a topic since the test began, to its end."""
    from kafka import TopicPartition

    consumer = kafka.consumer(config, group=None, client_id="test-reader")
    names = (topics.RAW, topics.dead("publish"))
    starts = consumer.end_offsets(
        [TopicPartition(name, p) for name in names for p in range(topics.BY_NAME[name].partitions)]
    )

    def read(name: str) -> list[Any]:
        partitions = [p for p in starts if p.topic == name]
        consumer.assign(partitions)
        for partition in partitions:
            consumer.seek(partition, starts[partition])
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        while any(consumer.position(p) < ends[p] for p in partitions):
            for records in consumer.poll(timeout_ms=500).values():
                found += records
        return found

    yield read
    consumer.close()
