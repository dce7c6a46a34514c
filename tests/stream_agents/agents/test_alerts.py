"""The alerts stage: what it says survives restarts, and what must not alarm does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
import pytest

from stream_agents.agents.alerts import AlertsStage, voice_of, when
from stream_agents.alerting.engine import Options
from stream_agents.crashloop import Position
from stream_agents.stage import Record
from tests.stream_agents.alerting.news import START, burst, ordinary, signal, tick
from warta import alarm_text
from warta.alarms import Alarm, AlarmDecision, AlertMessage
from warta.errors import StateError
from warta.messages import Signal, Tick
from warta.wire import encode

Message = Signal | Tick | AlarmDecision
DAYS = 16
BURST = START + timedelta(days=DAYS)


def stage(**options: object) -> AlertsStage:
    built = AlertsStage(Options(**options), frozenset())  # type: ignore[arg-type]
    built.ready()
    return built


async def run(
    messages: Sequence[Message], restart_every: int | None = None, at: AlertsStage | None = None, **options: object
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


# --- what becomes of an alarm --------------------------------------------------------------------------------------------

LATER = BURST + timedelta(hours=2)


def quarter(hours: float = 12) -> list[Tick]:
    return [tick(BURST + timedelta(minutes=15 * i)) for i in range(1, int(hours * 4))]


def ring(*after: Message, **fields: object) -> list[Message]:
    """Ordinary weeks, a burst that rings, and what comes after it, at its own time."""
    return sorted([*ordinary(DAYS), *burst(BURST, 14, fields), *quarter(), *after], key=said_at)


def said_at(message: Message) -> datetime:
    return message.at if isinstance(message, AlarmDecision) else message.fetched_at


def later(number: int, **fields: object) -> Signal:
    """A document of the burst with another standing, two hours later."""
    (story,) = [s for s in burst(BURST, 14) if s.doc_id == f"b{number}"]
    return msgspec.structs.replace(story, fetched_at=LATER, first_seen_at=story.fetched_at, **fields)


def of_place(said: list[bytes]) -> list[Alarm]:
    return [alarm for alarm in alarms(said) if alarm.series == "place:32.11"]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"label": "neutral", "previous_label": "negative"}, "correction"),
        ({"story_id": "s-b0", "previous_story_id": "s-b1", "is_story_head": False}, "merge"),
        ({"series": ["all", "place:33"], "series_before": ["all", "place:32.11"]}, "retag"),
    ],
)
async def test_what_becomes_of_its_stories_is_noted_on_an_alarm(change: dict[str, object], kind: str) -> None:
    back = msgspec.structs.replace(later(1), fetched_at=LATER + timedelta(hours=1))
    found = of_place(await run(ring(later(1, **change), *([back] if kind != "merge" else []))))
    assert len({alarm.alarm_id for alarm in found}) == 1
    changed = [alarm for alarm in found if alarm.changes]
    first = changed[0]
    (change_made,) = first.changes
    assert (change_made.kind, change_made.story_id) == (kind, "s-b1")
    assert (change_made.was, change_made.now) == (first.observed, first.observed - 1)
    assert first.counting == first.observed - 1
    assert abs((change_made.at - LATER).total_seconds()) <= 15 * 60
    assert found[-1].state == "resolved"
    assert found[-1].changes == changed[-1].changes
    if kind != "merge":
        assert found[-1].counting == first.observed


async def test_a_merge_days_later_is_noted_and_the_story_counts_once() -> None:
    """Beyond 30 hours documents are folded into their stories."""
    at = BURST + timedelta(hours=54)
    change: dict[str, object] = {"story_id": "s-b0", "previous_story_id": "s-b1", "is_story_head": False}
    messages = [*ring(), *(tick(BURST + timedelta(hours=hour)) for hour in range(12, 54))]
    current = stage()
    await run(messages, at=current)
    merged = msgspec.structs.replace(later(1, **change), fetched_at=at)
    counted = _counted(current)
    found = of_place(await run([merged, merged], at=current))
    assert [(alarm.changes[-1].kind, alarm.changes[-1].story_id) for alarm in found] == [("merge", "s-b1")]
    assert found[0].changes[-1].now == found[0].observed - 1
    assert _counted(current) == counted - 1
    # A copy that leaves a folded story takes nothing with it.
    part = msgspec.structs.replace(later(2), doc_id="b2-copy", story_id="s-b2-copy", previous_story_id="s-b2")
    assert not of_place(await run([msgspec.structs.replace(part, fetched_at=at, series=[])], at=current))


def _counted(at: AlertsStage) -> int:
    history, row = at._engine.detector.history, at._engine.rows["place:32.11"]
    return int(history.counts[0, row].sum())


async def test_an_alarm_that_is_over_is_annotated_too() -> None:
    very_late = msgspec.structs.replace(later(1, label="neutral"), fetched_at=BURST + timedelta(hours=11))
    found = of_place(await run(ring(very_late)))
    assert [alarm.state for alarm in found[-2:]] == ["resolved", "resolved"]
    assert [change.kind for change in found[-1].changes] == ["correction"]


async def test_a_copy_or_a_new_text_with_the_same_label_annotates_nothing() -> None:
    copy = msgspec.structs.replace(later(1), doc_id="copy", relation="exact", is_story_head=False, owner="o9")
    found = of_place(await run(ring(copy, later(2, revision=2, title="Diperbarui"))))
    assert found
    assert not any(alarm.changes for alarm in found)


@pytest.mark.parametrize("restart_every", [None, 1])
async def test_a_document_that_is_taken_down_counts_no_longer_and_no_alarm_shows_its_text(
    restart_every: int | None,
) -> None:
    shown = {"title": "Nama anak di bawah umur", "url": "https://a.example/1", "sentences": ["Anak itu bernama N."]}
    gone = later(1, hidden=True, series=[], **{**shown, "sentences": []})
    stories = [
        msgspec.structs.replace(message, **shown) if isinstance(message, Signal) and message.doc_id == "b1" else message
        for message in ring()
    ]
    messages = sorted([*stories, gone], key=said_at)[-500:]
    found = of_place(await run(messages, restart_every=restart_every, warm_up_days=0))
    assert [alarm for alarm in found if b"Nama anak" in encode(alarm)]
    last = found[-1]
    (change,) = last.changes
    assert (change.kind, change.was, change.now) == ("takedown", last.observed, last.observed - 1)
    assert "s-b1" in [story.story_id for story in last.stories]
    assert b"Nama anak" not in encode(last)
    assert b"Anak itu" not in encode(last)
    assert "satu berita diturunkan" in alarm_text.text(last)


async def test_a_taken_down_document_leaves_its_copies_counted() -> None:
    copy = msgspec.structs.replace(
        later(1),
        fetched_at=BURST + timedelta(minutes=30),
        doc_id="copy",
        relation="exact",
        is_story_head=False,
        owner="o9",
    )
    found = of_place(await run(ring(copy, later(1, hidden=True, series=[]))))
    assert found
    assert not any(alarm.changes for alarm in found)


def decision(action: str, subject: str, at: datetime, **fields: object) -> AlarmDecision:
    return AlarmDecision(action=action, subject=subject, by="Rina", at=at, **fields)  # type: ignore[arg-type]


async def test_a_silence_marks_alarms_while_it_lasts() -> None:
    said = await run(ring(decision("silence", "place:32.*", BURST, until=BURST + timedelta(hours=1, minutes=30))))
    found = of_place(said)
    assert found[0].silenced
    assert found[0].silenced_by == "Rina"
    assert not found[-1].silenced
    assert [alarm.silenced for alarm in found] == sorted((alarm.silenced for alarm in found), reverse=True)
    assert not [alarm for alarm in alarms(said) if alarm.series == "all" and alarm.silenced]


async def test_an_open_alarm_can_be_silenced_by_its_id_and_taken_on() -> None:
    (alarm_id,) = {alarm.alarm_id for alarm in of_place(await run(ring()))}
    at = BURST + timedelta(hours=1, minutes=1)
    taken = decision("ack", alarm_id, at, note="ke lokasi")
    found = of_place(await run(ring(taken, decision("silence", alarm_id, at, until=at + timedelta(days=1)))))
    assert found[-1].silenced
    assert (found[-1].acknowledged_by, found[-1].notes) == ("Rina", ["ke lokasi"])
    assert not found[0].silenced


async def test_decisions_and_annotations_survive_a_restart_at_every_event() -> None:
    (alarm_id,) = {alarm.alarm_id for alarm in of_place(await run(ring()))}
    at = BURST + timedelta(hours=1, minutes=1)
    messages = ring(
        decision("silence", "place:*", BURST, until=BURST + timedelta(hours=3)),
        decision("ack", alarm_id, at),
        later(1, label="neutral"),
        later(2, story_id="s-b0", previous_story_id="s-b2", is_story_head=False),
    )[-500:]
    straight = await run(messages, warm_up_days=0)
    assert [alarm for alarm in alarms(straight) if alarm.changes and alarm.acknowledged_by]
    assert await run(messages, restart_every=1, warm_up_days=0) == straight


async def test_a_spread_rises_and_is_over_when_nobody_else_takes_it_up() -> None:
    copies = [
        signal(f"c{i}", BURST + timedelta(minutes=2 * i), story_id="s-c0", is_story_head=i == 0, owner=f"w{i}")
        for i in range(30)
    ]
    messages = sorted([*ordinary(DAYS), *copies, *quarter(12)], key=lambda message: message.fetched_at)
    found = [alarm for alarm in alarms(await run(messages)) if alarm.what == "spread"]
    assert len({alarm.alarm_id for alarm in found}) == 1
    assert [(alarm.state, alarm.level) for alarm in found] == [
        ("open", "pantau"),
        ("open", "waspada"),
        ("open", "kritis"),
        ("resolved", "kritis"),
    ]
    assert found[-1].fired_at == found[0].fired_at


# --- versions of the state ----------------------------------------------------------------------------------------------


async def state_of(messages: Iterable[Message]) -> dict[bytes, bytes]:
    """The state after the messages."""
    current, state = stage(), dict[bytes, bytes]()
    for offset, message in enumerate(messages):
        handled = await current.handle(Record(Position("warta.signals", 0, offset), b"all", encode(message)))
        for key, value in handled.state.items():
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value
    return state


def restored(state: dict[bytes, bytes], **versions: int) -> AlertsStage:
    """A stage that finds a state written by a program of other versions."""
    clock = {**msgspec.msgpack.decode(state[b"clock"]), **versions}
    built = AlertsStage(Options(), frozenset())
    for key, value in {**state, b"clock": msgspec.msgpack.encode(clock)}.items():
        built.restore(key, value)
    built.ready()
    return built


async def test_a_state_of_another_version_is_refused_with_what_to_do() -> None:
    state = await state_of(ordinary(0.2))
    restored(state)
    with pytest.raises(StateError, match=r"version 99.*warta\.state\.alerts.*warta-alerts.*topics apply"):
        restored(state, version=99)


async def test_a_model_of_another_version_is_learnt_anew_from_the_counts() -> None:
    state = await state_of(ordinary(DAYS))
    rest: list[Message] = [*burst(BURST, 14), *quarter()]
    straight = await run(rest, at=restored(state))
    # What the other version wrote is not so much as looked at.
    foreign = {key: b"?" if key.startswith(b"model/") else value for key, value in state.items()}
    foreign[b"pool"] = msgspec.msgpack.encode({"learnt": msgspec.msgpack.decode(state[b"pool"])["learnt"]})
    current = restored(foreign, model=99)
    first = await current.handle(Record(Position("warta.signals", 0, 0), b"all", encode(rest[0])))
    written = {**foreign, **{key: value for key, value in first.state.items() if value is not None}}
    found = await run(rest[1:], at=current)
    assert [alarm.alarm_id for alarm in of_place(found)] == [alarm.alarm_id for alarm in of_place(straight)]
    usual = of_place(found)[0].expected / of_place(straight)[0].expected
    assert 0.8 < usual < 1.25
    # What was learnt is in the state with the first event, so it is learnt once.
    assert await run(rest[1:], at=restored(written)) == found
