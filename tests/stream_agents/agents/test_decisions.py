"""The forwarder, and what the story engine makes of what it forwards."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from stream_agents.agents.decisions import DecisionsStage
from stream_agents.crashloop import Position
from stream_agents.stage import Handled, Record
from warta import topics
from warta.alarms import AlarmDecision
from warta.clock import ManualClock
from warta.decisions import Subject, decide
from warta.errors import Invalid
from warta.messages import Decision
from warta.wire import encode

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
ONE, OTHER = Subject("a" * 32, fetched_at=NOW), Subject("b" * 32, fetched_at=NOW)


def forward(key: str, value: bytes | None) -> Handled:
    stage = DecisionsStage(ManualClock(NOW))
    return asyncio.run(stage.handle(Record(Position(topics.DECISIONS, 0, 0), key.encode(), value)))


@pytest.mark.parametrize(
    "decision",
    [
        decide("correct", ONE, "meja", NOW, label="negative"),
        decide("uncorrect", ONE, "meja", NOW),
        decide("forget", ONE, "hukum", NOW),
        decide("must-link", OTHER, "meja", NOW, other=ONE),
        decide("unlink", ONE, "meja", NOW, other=OTHER),
    ],
    ids=lambda decision: decision.action,
)
def test_a_decision_about_documents_enters_the_one_order_under_its_document(decision: Decision) -> None:
    (output,) = forward(decision.decision_id, encode(decision)).outputs
    assert (output.topic, output.key) == (topics.SCORED, decision.doc_id.encode())
    sent = msgspec.json.decode(output.value or b"", type=Decision)
    assert "decisions" in sent.trace.passed
    sent.trace = decision.trace
    assert sent == decision


def test_a_decision_about_an_alarm_goes_on_byte_by_byte() -> None:
    value = encode(AlarmDecision(action="ack", subject="A-1043", by="meja", at=NOW))
    (output,) = forward("ack/A-1043", value).outputs
    assert (output.topic, output.key, output.value) == (topics.SIGNALS, b"all", value)


def test_a_deleted_decision_is_passed_over() -> None:
    assert forward("silence/x", None).outputs == []


@pytest.mark.parametrize("key", ["correct/" + "b" * 32, "link/" + "a" * 32, "applaud/x", ""])
def test_a_key_that_does_not_fit_is_refused(key: str) -> None:
    with pytest.raises(Invalid, match="bad-decision"):
        forward(key, encode(decide("correct", ONE, "meja", NOW, label="negative")))


def test_a_value_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(Invalid, match="bad-json"):
        forward("correct/" + "a" * 32, b"{")
