"""The gate: live goes first while stages work, and nobody waits for a stage that nobody runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.servers import Server, until
from warta import kafka, topics
from warta.clock import ManualClock
from warta.errors import Transient
from warta.gate import GRACE, Gate, KafkaLag, Lag
from warta.settings import Settings, load


class Stages:
    """A reader of lag that says what it is told."""

    def __init__(self) -> None:
        self.lags: list[Lag] = []
        self.error: Transient | None = None

    def __call__(self) -> list[Lag]:
        if self.error:
            raise self.error
        return self.lags


@pytest.fixture
def config(kafka_server: Server) -> Settings:
    """Settings of the session's broker, its topics made."""
    made = load(kafka=kafka_server.address)
    admin = kafka.admin(made)
    topics.apply(admin, 1)
    admin.close()
    return made


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture
def stages() -> Stages:
    return Stages()


@pytest.fixture
def look(stages: Stages, clock: ManualClock) -> Callable[[], bool]:
    gate = Gate(stages, 500, clock)

    def look() -> bool:
        clock.advance(timedelta(seconds=2))
        return gate.open()

    return look


@pytest.mark.parametrize(("behind", "is_open"), [(None, True), (0, True), (500, True), (501, False)])
def test_a_running_stage_closes_the_gate_beyond_the_limit(
    stages: Stages, look: Callable[[], bool], behind: int | None, is_open: bool
) -> None:
    stages.lags = [Lag("warta-clean", 3, True), Lag("warta-score", behind, True)]
    assert look() is is_open


def test_a_stage_that_nobody_runs_is_not_waited_for(stages: Stages, look: Callable[[], bool]) -> None:
    stages.lags = [Lag("warta-clean", 10_000, False)]
    assert look()


def test_a_restart_does_not_open_the_gate(stages: Stages, look: Callable[[], bool], clock: ManualClock) -> None:
    stages.lags = [Lag("warta-clean", 10_000, True)]
    assert not look()
    stages.lags = [Lag("warta-clean", 10_000, False)]
    assert not look()
    clock.advance(timedelta(seconds=GRACE))
    assert look()


def test_what_was_known_stands_while_the_broker_is_silent(stages: Stages, look: Callable[[], bool]) -> None:
    stages.lags = [Lag("warta-clean", 501, True)]
    assert not look()
    stages.error = Transient("no broker")
    assert not look()


def test_a_fast_sender_is_stopped_before_a_second_is_over(stages: Stages, clock: ManualClock) -> None:
    gate = Gate(stages, 500, clock)
    assert gate.open()
    stages.lags = [Lag("warta-clean", 501, True)]
    sent = 0
    while gate.open():
        sent += 1
        assert sent <= 251


@pytest.mark.integration
def test_lag_of_a_real_group(config: Settings) -> None:
    stages = {"test-lag-reader": topics.RAW, "test-lag-nobody": topics.ARTICLES}
    reader = KafkaLag(kafka.admin(config), stages)
    assert reader() == []
    consumer = kafka.consumer(config, topics.RAW, group="warta-test-lag-reader", client_id="t")
    try:
        before = _consume_all(consumer)
        _produce(config, 7)
        lag = {lag.group: lag for lag in reader()}["warta-test-lag-reader"]
        assert lag == Lag("warta-test-lag-reader", 7, True)
        assert before >= 0
    finally:
        consumer.close()
    until(lambda: [lag.running for lag in reader()] == [False], "its group is empty")
    reader.close()


def _consume_all(consumer: Any) -> int:
    seen = 0
    while not consumer.assignment():
        seen += sum(map(len, consumer.poll(500).values()))
    while any(consumer.position(p) < end for p, end in consumer.end_offsets(list(consumer.assignment())).items()):
        seen += sum(map(len, consumer.poll(500).values()))
    consumer.commit()
    return seen


def _produce(config: Settings, count: int) -> None:
    producer = kafka.producer(config, "t")
    for n in range(count):
        producer.send(topics.RAW, b"{}", str(n).encode())
    producer.close()
