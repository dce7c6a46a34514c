"""The nightly lesson of many series: its records fit the topic, and a process killed while writing leaves none of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from stream_agents.agents.alerts import AlertsStage
from stream_agents.alerting.engine import Options
from stream_agents.crashloop import Position
from stream_agents.outbox import STATE_BATCH_BYTES, Outbox
from stream_agents.stage import Handled, Record
from stream_agents.state import StateReader
from tests.servers import Server
from tests.stream_agents.alerting.news import START, signal, tick
from warta import kafka, settings, topics
from warta.messages import Signal, Tick
from warta.wire import encode

SERIES = 1500
State = dict[bytes, bytes]


def news(days: int = 8) -> Iterator[Signal | Tick]:
    """A story an hour in many series at once: more counts than one batch of state holds."""
    rng = np.random.default_rng(3)
    for hour in range(days * 24):
        at = START + timedelta(hours=hour)
        yield tick(at)
        places = rng.choice(SERIES, 150, replace=False)
        series = ["all", *(f"place:{number % 90}.{number}" for number in places)]
        yield signal(f"d{hour}", at, series=series, label="negative" if rng.random() < 0.3 else "neutral")
    yield tick(START + timedelta(days=days))


def stage(state: State) -> AlertsStage:
    built = AlertsStage(Options(), frozenset())
    for key, value in state.items():
        built.restore(key, value)
    built.ready()
    return built


async def handle(at: AlertsStage, number: int, message: Signal | Tick) -> Handled:
    return await at.handle(Record(Position("warta.signals", 0, number), b"all", encode(message)))


def written(state: State, handled: Handled) -> None:
    for key, value in handled.state.items():
        if value is None:
            state.pop(key, None)
        else:
            state[key] = value


async def until_a_lesson() -> tuple[State, int, list[Signal | Tick], Handled]:
    """The state before the last lesson in the news, which message brings it, all messages, and what came of it."""
    messages, current = list(news()), stage({})
    state: State = {}
    last: tuple[State, int, Handled] | None = None
    for number, message in enumerate(messages):
        handled = await handle(current, number, message)
        if any(key.startswith(b"model/") for key in handled.state):
            last = dict(state), number, handled
        written(state, handled)
    assert last is not None, "no lesson in a week"
    return last[0], last[1], messages, last[2]


async def test_a_lesson_of_many_series_fits_and_goes_on_as_if_never_stopped() -> None:
    before, number, messages, lesson = await until_a_lesson()
    values = [value for value in lesson.state.values() if value is not None]
    assert sum(key.startswith(b"model/") for key in lesson.state) >= SERIES // 256
    assert max(map(len, values)) < STATE_BATCH_BYTES / 2
    state = dict(before)
    written(state, lesson)
    restored, straight = stage(state), stage(before)
    await handle(straight, number, messages[number])
    for at, message in enumerate(messages[number + 1 :], number + 1):
        one, other = await handle(restored, at, message), await handle(straight, at, message)
        assert one.outputs == other.outputs
        assert one.state == other.state


@pytest.mark.integration
async def test_a_lesson_cut_off_in_the_middle_of_its_writing_never_was(kafka_server: Server) -> None:
    config = settings.load(kafka=kafka_server.address)
    admin = kafka.admin(config)
    topics.apply(admin, 1)
    admin.close()
    before, number, messages, lesson = await until_a_lesson()
    # One record a batch, so that some of the transaction is surely on the log when it is cut off.
    entries = list(lesson.state.items())
    first = Outbox(config, "test-lesson", fence="warta-test-lesson")
    await first.start()
    await first.send_state(topics.STATE_ALERTS, before.items())
    assert first._fence
    await first._fence.begin_transaction()
    for entry in entries[: len(entries) // 2]:
        await first._send_batch(first._fence, topics.STATE_ALERTS, [entry])
    second = Outbox(config, "test-lesson", fence="warta-test-lesson")
    await second.start()
    async with StateReader(config, topics.STATE_ALERTS) as state:
        found = {key: value async for key, value in state.records() if key in before or key in lesson.state}
    assert found == before
    again = await handle(stage(found), number, messages[number])
    assert again.outputs == lesson.outputs
    assert again.state == lesson.state
    await second.send_state(topics.STATE_ALERTS, again.state.items())
    # The topic is the session's: others start on it without a state.
    await second.send_state(topics.STATE_ALERTS, dict.fromkeys({*before, *lesson.state}).items())
    await second.stop()
    await _let_go(first)


async def _let_go(outbox: Outbox) -> None:
    """Close a producer that was fenced off, as a killed process's sockets would be closed."""
    assert outbox._fence
    assert outbox._outputs
    await outbox._outputs.stop()
    outbox._fence._sender._sender_task.cancel()
    await outbox._fence.client.close()
    outbox._fence._closed = True
