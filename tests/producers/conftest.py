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

from tests.servers import Server, make_topics, read_from
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
        return read_from(consumer, {partition: start for partition, start in starts.items() if partition.topic == name})

    yield read
    consumer.close()
