"""State on its topic: what counts is handed over, once, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition
from kafka.admin import NewTopic

from stream_agents.outbox import Outbox
from stream_agents.state import Included, StateReader, edition_key, encode_position, parse_key
from tests.servers import Server
from warta import kafka
from warta.errors import StateError
from warta.settings import Settings, load

Entries = list[tuple[bytes, bytes | None]]


@given(st.integers(0, 1000), st.text())
def test_a_key_of_an_edition_is_found_in_it_and_no_text_is_taken_for_one(edition: int, text: str) -> None:
    assert parse_key(edition_key(edition, text.encode("utf-8", "replace"))) == (
        edition,
        text.encode("utf-8", "replace"),
    )


def test_a_key_with_a_mark_and_no_number_is_of_no_edition() -> None:
    assert parse_key(b"\xffx/a")[0] == -1


class State:
    """A state topic of its own, written as a stage writes it."""

    def __init__(self, settings: Settings, topic: str, outbox: Outbox) -> None:
        self.settings, self.topic, self._outbox = settings, topic, outbox

    async def write(self, *entries: tuple[bytes, bytes | None]) -> None:
        await self._outbox.send_state(self.topic, entries)

    async def read(self) -> tuple[StateReader, Entries]:
        async with StateReader(self.settings, self.topic) as reader:
            return reader, [entry async for entry in reader.records()]


@pytest.fixture
async def state(kafka_server: Server) -> AsyncIterator[State]:
    config, name = load(kafka=kafka_server.address), f"state-{uuid.uuid4().hex[:8]}"
    admin = kafka.admin(config)
    admin.create_topics([NewTopic(name, 1, 1, topic_configs={"cleanup.policy": "compact,delete"})])
    outbox = Outbox(config, name, fence=name)
    await outbox.start()
    yield State(config, name, outbox)
    await outbox.stop()
    admin.delete_topics([name])
    admin.close()


@pytest.mark.integration
async def test_the_last_value_of_each_key_comes_once_in_the_order_of_writing(state: State) -> None:
    await state.write((b"a", b"1"), (b"b", b"1"), (b"c", b"1"), encode_position(Included("in", 3)))
    await state.write((b"a", b"2"), (b"b", None), (b"d", b"1"), encode_position(Included("in", 7, 2)))
    reader, entries = await state.read()
    assert entries == [(b"c", b"1"), (b"a", b"2"), (b"d", b"1")]
    assert (reader.included, len(reader), reader.strays) == (Included("in", 7, 2), 3, [])


@pytest.mark.integration
async def test_an_empty_topic_is_no_state(state: State) -> None:
    reader, entries = await state.read()
    assert (reader.included, entries, len(reader)) == (None, [], 0)


@pytest.mark.integration
async def test_only_the_edition_that_the_position_names_counts(state: State) -> None:
    beside = [(edition_key(1, key), b"new") for key in (b"a", b"b")]
    await state.write((b"a", b"old"), encode_position(Included("in", 3)))
    await state.write(*beside)
    reader, entries = await state.read()
    assert entries == [(b"a", b"old")]
    assert (reader.strays, reader.latest_edition) == ([key for key, _ in beside], 1)
    await state.write(encode_position(Included("in", 3, edition=1)))
    reader, entries = await state.read()
    assert entries == [(b"a", b"new"), (b"b", b"new")]
    assert (reader.strays, reader.latest_edition) == ([b"a"], 1)


@pytest.mark.integration
async def test_records_that_go_while_they_are_read_are_missed(state: State) -> None:
    await state.write((b"a", b"1"), (b"b", b"1"))
    await state.write((b"c", b"1"))
    admin = kafka.admin(state.settings)
    async with StateReader(state.settings, state.topic) as reader:
        admin.delete_records({TopicPartition(state.topic, 0): 2})
        with pytest.raises(StateError, match="changed while it was read"):
            assert [entry async for entry in reader.records()] == []
    admin.close()


async def test_a_broker_that_does_not_answer_is_an_error() -> None:
    reader = StateReader(load(kafka="127.0.0.1:1"), "nowhere")
    with pytest.raises(StateError, match="could not be read"):
        async with reader:
            pass
