"""The alerts stage: what it says survives restarts, and what must not alarm does not."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from stream_agents.agents.alerts import AlertsStage, voice_of, when
from stream_agents.alerting.engine import Options
from stream_agents.crashloop import Position
from stream_agents.stage import Record
from tests.stream_agents.alerting.news import START, burst, ordinary, signal, tick
from warta.alarms import Alarm, AlertMessage
from warta.messages import Signal, Tick
from warta.wire import encode

DAYS = 16
BURST = START + timedelta(days=DAYS)


def stage(**options: object) -> AlertsStage:
    built = AlertsStage(Options(**options), frozenset())  # type: ignore[arg-type]
    built.ready()
    return built


async def run(
    messages: list[Signal | Tick], restart_every: int | None = None, at: AlertsStage | None = None, **options: object
) -> list[bytes]:
    """Every message through the stage, which is killed and restored from its state after every so many."""
    current = at or stage(**options)
    state: dict[bytes, bytes] = {}
    said: list[bytes] = []
    for offset, message in enumerate(messages):
        handled = await current.handle(Record(Position("warta.signals", 0, offset), b"all", encode(message)))
        said.extend(output.value for output in handled.outputs if output.value)
        for key, value in handled.state.items():
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value
        if restart_every and offset % restart_every == restart_every - 1:
            current = AlertsStage(Options(**options), frozenset())  # type: ignore[arg-type]
            for key, value in state.items():
                current.restore(key, value)
            current.ready()
    return said


def alarms(said: list[bytes]) -> list[Alarm]:
    decoder = msgspec.json.Decoder(AlertMessage)
    return [message for value in said if isinstance(message := decoder.decode(value), Alarm)]


def with_burst(**fields: object) -> list[Signal | Tick]:
    after = [tick(BURST + timedelta(minutes=15 * i)) for i in range(1, 40)]
    return sorted([*ordinary(DAYS), *burst(BURST, 14, fields), *after], key=lambda message: message.fetched_at)


async def test_a_burst_is_one_alarm_that_opens_and_resolves() -> None:
    found = [alarm for alarm in alarms(await run(with_burst())) if alarm.series == "place:32.11"]
    assert len({alarm.alarm_id for alarm in found}) == 1
    assert found[0].state == "open"
    assert found[-1].state == "resolved"
    assert found[0].fired_at <= BURST + timedelta(hours=1)
    assert found[0].stories
    assert found[0].owners >= 2


@pytest.mark.parametrize("every", [1, 97])
async def test_restarts_change_no_answer(every: int) -> None:
    messages = with_burst()[-400:] if every == 1 else with_burst()
    assert await run(messages, restart_every=every, warm_up_days=0) == await run(messages, warm_up_days=0)


async def test_the_same_signals_again_move_nothing() -> None:
    messages = with_burst()
    twice = [
        copy for message in messages for copy in ([message, message] if isinstance(message, Signal) else [message])
    ]
    assert await run(twice) == await run(messages)


@pytest.mark.parametrize(
    "fields",
    [
        {"owner": "o1"},
        {"media_type": "government"},
        {"wire": "antara"},
        {"hidden": True},
        {"label": "neutral"},
        {"story_id": "s-one"},
        {"origin": "backfill"},
        {"published_at": BURST - timedelta(days=2)},
    ],
    ids=lambda fields: next(iter(fields)),
)
async def test_what_is_no_rise_of_negative_coverage_stays_silent(fields: dict[str, object]) -> None:
    assert not [alarm for alarm in alarms(await run(with_burst(**fields))) if alarm.what == "spike"]


async def test_a_correction_takes_a_story_out_of_the_count() -> None:
    current = stage()
    await run(list(ordinary(DAYS)), at=current)
    stories = list(burst(BURST, 14, minutes=0.5))
    corrected = [msgspec.structs.replace(story, label="neutral", previous_label="negative") for story in stories]
    said = await run([*stories, *corrected, tick(BURST + timedelta(hours=1))], at=current)
    assert not alarms(said)


async def test_a_merge_makes_one_story_of_many() -> None:
    current = stage()
    await run(list(ordinary(DAYS)), at=current)
    stories = list(burst(BURST, 14, minutes=0.5))
    merged = [
        msgspec.structs.replace(story, story_id="s-b0", previous_story_id=story.story_id, is_story_head=False)
        for story in stories[1:]
    ]
    said = await run([*stories, *merged, tick(BURST + timedelta(hours=1))], at=current)
    assert not [alarm for alarm in alarms(said) if alarm.what == "spike"]


def test_published_time_counts_where_it_is_believed() -> None:
    early, old = BURST - timedelta(hours=2), BURST - timedelta(hours=8)
    assert when(signal("a", BURST, published_at=early)) == (early, True)
    assert when(signal("a", BURST, published_at=early, date_suspect=True)) == (BURST, True)
    assert when(signal("a", BURST, published_at=old)) == (old, False)
    assert when(signal("a", BURST, published_at=BURST + timedelta(hours=2))) == (BURST, True)


def test_voices() -> None:
    assert voice_of(signal("a", BURST)) == "kg"
    assert voice_of(signal("a", BURST, wire="antara")) == "wire:antara"
    assert voice_of(signal("a", BURST, media_type="ugc")) == ""
    assert voice_of(signal("a", BURST, platform="promedia", relation="near")) == "platform:promedia"
