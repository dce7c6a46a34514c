"""The block list of takedowns, from the decisions as they lie in Kafka."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from producers.crawling.blocks import Blocks, Forgotten
from producers.seen import Seen
from warta import decisions, kafka, topics, wire
from warta.errors import Transient
from warta.messages import Decision
from warta.settings import Settings, load

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TAKEN, KEPT, LATER = "a" * 32, "b" * 32, "c" * 32


def decide(config: Settings, *made: Decision) -> None:
    producer = kafka.producer(config, "test-decisions")
    for decision in made:
        producer.send(topics.DECISIONS, wire.encode(decision), decision.decision_id.encode())
    # A key of a kind that nobody knows yet must not end the reading.
    producer.send(topics.DECISIONS, b"{}", b"baru/x")
    producer.flush(timeout=30)
    producer.close()


def forget(doc: str) -> Decision:
    return decisions.decide("forget", decisions.Subject(doc), "uji", NOW)


def test_what_forget_decided_is_read_from_kafka_and_afterwards_only_what_is_new(config: Settings) -> None:
    decide(config, forget(TAKEN), decisions.decide("correct", decisions.Subject(KEPT), "uji", NOW, label="neutral"))
    forgotten = Forgotten(config)
    found = forgotten()
    assert TAKEN in found
    assert KEPT not in found
    assert not forgotten()
    decide(config, forget(LATER))
    assert forgotten() == {LATER}


def test_a_broker_that_is_away_leaves_the_known_list_in_force(tmp_path: Path) -> None:
    def away() -> set[str]:
        raise Transient("away")

    seen = Seen(tmp_path / "seen.sqlite")
    seen.block([TAKEN])
    blocks = Blocks(seen, away)
    blocks.refresh()
    assert (blocks(TAKEN), blocks(KEPT)) == (True, False)


def test_new_takedowns_are_kept_for_the_next_start(tmp_path: Path) -> None:
    seen = Seen(tmp_path / "seen.sqlite")
    Blocks(seen, lambda: {TAKEN}).refresh()
    assert Blocks(seen, lambda: set())(TAKEN)


def test_no_broker_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kafka.errors import KafkaTimeoutError

    def refuse(*_: object, **__: object) -> None:
        raise KafkaTimeoutError("nobody there")

    monkeypatch.setattr(kafka, "consumer", refuse)
    with pytest.raises(Transient, match=topics.DECISIONS):
        Forgotten(load())()
