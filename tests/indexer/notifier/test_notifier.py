"""The notifier: routes, silence, night, budget, changes, and the ledger over restarts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from indexer.notifier.channels import STALE_AFTER
from indexer.notifier.config import Receiver, RoutingFile, parse
from indexer.notifier.ledger import Ledger
from indexer.notifier.service import Notifier
from tests.indexer.notifier.alarm import NOON
from tests.indexer.notifier.alarm import alarm as found_alarm
from warta.alarms import Alarm, Change
from warta.clock import ManualClock
from warta.errors import Transient, Usage


def alarm(**fields: object) -> Alarm:
    """An alarm of an event of its own, unless its stories are given."""
    own = f"s-{fields.get('alarm_id', 'A-1')}"
    return found_alarm(**{"alarm_id": "A-1", "series": "place:32.11", "story_ids": [own], **fields})


ROUTES = """
receivers:
  desk: {kind: text, path: out.txt}
  boss: {kind: text, path: boss.txt}
routes:
  - {series: "place:32.*", receivers: [desk], budget_per_day: 2}
  - {series: "*", level: kritis, receivers: [boss]}
"""


class World:
    """A notifier whose deliveries are noted; `down` names receivers that do not answer."""

    def __init__(self, folder: Path, routes: str = ROUTES) -> None:
        self.file = folder / "alerts.yaml"
        self.file.write_text(routes)
        self.folder = folder
        self.clock = ManualClock(NOON)
        self.sent: list[tuple[str, str, str]] = []
        self.also: list[list[str]] = []
        self.refused: list[str] = []
        self.hushed: list[tuple[str, datetime | None]] = []
        self.down = False
        self.restart()

    def restart(self) -> None:
        self.ledger = Ledger(self.folder / "sent.db")
        routing = RoutingFile(self.file)
        self.notifier = Notifier(routing, self.ledger, self.clock, self._deliver, self._refuse, self._hush)

    def _deliver(self, receiver: Receiver, found: Alarm, also: Sequence[Alarm]) -> None:
        if self.down:
            raise Transient("no answer")
        self.also.append([other.series for other in also])
        self.sent.append((receiver.path, found.alarm_id, f"{found.state}/{found.level}"))

    def _hush(self, receiver: Receiver, found: Alarm, until: datetime | None) -> None:
        if self.down:
            raise Transient("no answer")
        self.hushed.append((found.alarm_id, until))

    def _refuse(self, name: str, found: Alarm, reason: str, detail: str) -> None:
        self.refused.append(f"{name} {found.alarm_id} {reason}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.ledger.close()


def test_each_stage_of_an_alarm_is_told_once_over_restarts(world: World) -> None:
    for _ in range(2):
        world.notifier.take(alarm())
        world.notifier.take(alarm(level="kritis"))
        world.notifier.take(alarm(level="kritis", state="resolved", resolved_at=NOON))
        world.ledger.close()
        world.restart()
    assert world.sent == [
        ("out.txt", "A-1", "open/waspada"),
        ("out.txt", "A-1", "open/kritis"),
        ("boss.txt", "A-1", "open/kritis"),
        ("out.txt", "A-1", "resolved/kritis"),
        ("boss.txt", "A-1", "resolved/kritis"),
    ]


def test_what_was_never_told_is_not_told_to_be_over(world: World) -> None:
    world.notifier.take(alarm(series="case:banjir", state="resolved", resolved_at=NOON))
    assert not world.sent


def test_at_night_only_kritis_rings_and_the_rest_in_the_morning(world: World) -> None:
    world.clock.advance(timedelta(hours=12))
    world.notifier.take(alarm())
    world.notifier.take(alarm(alarm_id="A-2", level="kritis"))
    assert {sent[1] for sent in world.sent} == {"A-2"}
    world.clock.advance(timedelta(hours=8))
    world.notifier.repeat()
    assert {sent[1] for sent in world.sent} == {"A-1", "A-2"}


def test_the_budget_of_a_day(world: World) -> None:
    for number in range(4):
        world.notifier.take(alarm(alarm_id=f"A-{number}"))
    assert len(world.sent) == 2


def test_silences_of_file_and_people_and_a_file_that_changes(world: World) -> None:
    world.ledger.silence("place:32.*", NOON + timedelta(hours=1))
    world.notifier.take(alarm())
    world.clock.advance(timedelta(hours=2))
    world.file.write_text(ROUTES + 'silences: [{series: "place:32.11", until: 2026-11-20T16:00:00+07:00}]\n')
    world.notifier.take(alarm())
    assert not world.sent
    world.file.write_text("routes: [{receivers: [nobody]}]")
    world.clock.advance(timedelta(hours=3))
    world.notifier.take(alarm(alarm_id="A-2"))
    assert world.sent == [("out.txt", "A-2", "open/waspada")]


def test_old_alarms_of_a_replayed_topic_ring_nobody(world: World) -> None:
    world.notifier.take(alarm(updated_at=NOON - timedelta(days=2)))
    assert not world.sent


def test_a_receiver_that_is_down_costs_a_dead_letter_and_no_other_alarm(world: World) -> None:
    world.down = True
    world.notifier.take(alarm())
    world.down = False
    world.notifier.take(alarm(alarm_id="A-2"))
    assert world.refused == ["desk A-1 unreachable"]
    assert [sent[1] for sent in world.sent] == ["A-2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("receivers: {a: {kind: pigeon}}", "pigeon"),
        ("receivers: {a: {kind: webhook}}", "needs url"),
        ("receivers: {a: {kind: webhook, url: ftp://x}}", "http://"),
        ("routes: [{receivers: [a]}]", "unknown receivers: a"),
        ("silences: [{series: a, until: 2026-01-01T00:00:00}]", "offset"),
        ("routes: [{reciever: [a]}]", "reciever"),
        ("a: [", "alerts.yaml"),
        ("console: warta.example", "console is 'warta.example'"),
        ("routes: [{receivers: [], budget_per_day: -1}]", "write 0 or more"),
    ],
)
def test_a_bad_file_is_told_by_its_field(text: str, said: str) -> None:
    with pytest.raises(Usage, match=r"alerts\.yaml") as error:
        parse(text, "alerts.yaml")
    assert said in str(error.value)


def change(now: int, was: int = 7) -> Change:
    return Change(at=NOON + timedelta(minutes=now), kind="correction", story_id="s-1", was=was, now=now)


def test_a_silenced_alarm_rings_nobody_until_the_silence_is_over(world: World) -> None:
    world.notifier.take(alarm(silenced=True))
    world.notifier.repeat()
    assert not world.sent
    world.notifier.take(alarm())
    assert world.sent == [("out.txt", "A-1", "open/waspada")]


def test_a_silenced_alarm_that_rang_rises_quietly_and_still_says_that_it_is_over(world: World) -> None:
    world.notifier.take(alarm())
    world.ledger.silence("A-1", NOON + timedelta(hours=8))
    world.notifier.take(alarm(level="kritis"))
    assert len(world.sent) == 1
    world.notifier.take(alarm(level="kritis", state="resolved", resolved_at=NOON))
    assert [sent[2] for sent in world.sent] == ["open/waspada", "resolved/kritis"]


def test_what_replaces_its_message_tells_every_change_and_what_rings_only_weighty_ones(world: World) -> None:
    world.file.write_text(ROUTES.replace("boss: {kind: text, path: boss.txt}", "boss: {kind: atom, path: boss.xml}"))
    steps: list[list[Change]] = [[], [change(6)], [change(6), change(2, 6)]]
    for changes in (*steps, *steps):
        world.notifier.take(alarm(level="kritis", changes=changes))
    assert [sent[0] for sent in world.sent].count("boss.xml") == 3
    assert [sent[0] for sent in world.sent].count("out.txt") == 2


def test_a_change_after_the_end_is_told_as_a_change(world: World) -> None:
    world.notifier.take(alarm())
    over = alarm(state="resolved", resolved_at=NOON)
    world.notifier.take(over)
    world.notifier.take(alarm(state="resolved", resolved_at=NOON, changes=[change(1)]))
    assert [sent[2] for sent in world.sent] == ["open/waspada", "resolved/waspada", "resolved/waspada"]


def test_a_dead_letter_is_written_once_and_may_be_replayed(world: World) -> None:
    world.down = True
    world.notifier.take(alarm())
    world.notifier.repeat()
    world.notifier.repeat()
    assert len(world.refused) == 1
    world.down = False
    world.notifier.repeat()
    assert not world.sent
    world.notifier.take(alarm())
    assert world.sent == [("out.txt", "A-1", "open/waspada")]


def test_the_budget_of_the_next_day_tells_what_is_still_open(world: World) -> None:
    for number in range(3):
        world.notifier.take(alarm(alarm_id=f"A-{number}"))
    world.clock.advance(timedelta(hours=23))
    world.notifier.repeat()
    assert len(world.sent) == 2
    world.clock.advance(timedelta(minutes=61))
    world.notifier.take(alarm(alarm_id="A-2", updated_at=world.clock.now()))
    assert [sent[1] for sent in world.sent] == ["A-0", "A-1", "A-2"]


def test_a_dead_letter_replayed_after_the_end_opens_nothing_again(world: World) -> None:
    world.down = True
    world.notifier.take(alarm())
    world.down = False
    world.notifier.take(alarm(state="resolved", resolved_at=NOON, updated_at=NOON + timedelta(hours=4)))
    world.notifier.take(alarm())
    assert not world.sent
    assert not world.ledger.open()
    world.notifier.take(alarm(updated_at=NOON + timedelta(hours=5)))
    assert world.sent == [("out.txt", "A-1", "open/waspada")]


def test_a_silenced_alarm_goes_on_at_alertmanager_and_is_kept_quiet_there(world: World) -> None:
    world.file.write_text(
        "receivers: {am: {kind: alertmanager, url: 'http://am.example'}}\n"
        "routes: [{series: 'place:*', receivers: [am]}]\n"
    )
    world.notifier.take(alarm())
    end = NOON + timedelta(hours=1)
    world.ledger.silence("place:32.*", end)
    world.notifier.repeat()
    assert world.hushed == [("A-1", end)]
    assert len(world.sent) == 2
    world.clock.advance(timedelta(hours=2))
    world.notifier.repeat()
    assert world.hushed[1:] == [("A-1", None)]
    # Silenced by the stage alone: for as long as what is said to Alertmanager holds.
    world.notifier.take(alarm(silenced=True))
    world.notifier.repeat()
    assert world.hushed[2:] == [("A-1", world.clock.now() + STALE_AFTER)]
    world.notifier.take(alarm(silenced=True, state="resolved", resolved_at=NOON))
    assert world.hushed[3:] == [("A-1", None)]
    assert world.sent[-1][2] == "resolved/waspada"


def test_an_alertmanager_that_does_not_take_a_silence_is_told_nothing_until_it_does(world: World) -> None:
    world.file.write_text(
        "receivers: {am: {kind: alertmanager, url: 'http://am.example'}}\nroutes: [{series: '*', receivers: [am]}]\n"
    )
    world.notifier.take(alarm())
    world.ledger.silence("A-1", NOON + timedelta(hours=1))
    world.down = True
    world.notifier.repeat()
    assert len(world.sent) == 1
    world.down = False
    world.notifier.repeat()
    assert len(world.sent) == len(world.hushed) + 1 == 2


# --- one event in several series ----------------------------------------------------------------------------------------

EVENT = [f"s-{number}" for number in range(8)]
WIDE = [*EVENT, *(f"s-other-{number}" for number in range(7))]


def of_one_event() -> list[Alarm]:
    """The same eight stories in five series, the widest first, as chances order them."""
    return [
        alarm(alarm_id="A-all", series="all", story_ids=WIDE),
        alarm(alarm_id="A-province", series="place:32", story_ids=WIDE[:12]),
        alarm(alarm_id="A-case", series="case:keracunan_pangan", story_ids=EVENT),
        alarm(alarm_id="A-place", series="place:32.11", story_ids=EVENT),
        alarm(alarm_id="A-both", series="place:32.11+case:keracunan_pangan", story_ids=EVENT),
    ]


@pytest.fixture
def desk(world: World) -> World:
    """Every series rings one telephone; an Alertmanager hears all of it."""
    world.file.write_text(
        "receivers: {desk: {kind: text, path: out.txt}, am: {kind: alertmanager, url: 'http://am.example'}}\n"
        "routes: [{series: '*', receivers: [desk, am], budget_per_day: 9}]\n"
    )
    return world


def rung(world: World) -> list[str]:
    return [f"{alarm_id} {stage}" for path, alarm_id, stage in world.sent if path == "out.txt"]


def test_one_event_rings_once_by_its_most_specific_series_which_names_the_others(desk: World) -> None:
    for _ in range(2):
        desk.notifier.take(*of_one_event())
        desk.notifier.repeat()
        desk.ledger.close()
        desk.restart()
    assert rung(desk) == ["A-both open/waspada"]
    said = [also for also in desk.also if also]
    assert said == [["place:32.11", "case:keracunan_pangan", "place:32", "all"]]
    assert len({alarm_id for path, alarm_id, _ in desk.sent if not path}) == 5
    over = [msgspec.structs.replace(one, state="resolved", resolved_at=NOON) for one in of_one_event()]
    desk.notifier.take(*over)
    assert rung(desk) == ["A-both open/waspada", "A-both resolved/waspada"]


def test_a_series_that_comes_later_joins_and_one_that_is_louder_or_another_event_rings(desk: World) -> None:
    every = of_one_event()
    desk.notifier.take(every[4])
    desk.notifier.take(every[0])
    assert rung(desk) == ["A-both open/waspada"]
    desk.notifier.take(msgspec.structs.replace(every[0], level="kritis"))
    desk.notifier.take(alarm(alarm_id="A-flood", series="case:banjir", story_ids=["s-f1", "s-f2", "s-0"]))
    desk.notifier.take(msgspec.structs.replace(every[0], level="kritis", state="resolved", resolved_at=NOON))
    assert rung(desk)[1:] == ["A-all open/kritis", "A-flood open/waspada", "A-all resolved/kritis"]


def test_an_event_whose_alarm_is_silenced_rings_by_the_series_that_is_not(desk: World) -> None:
    desk.ledger.silence("place:32.11+*", NOON + timedelta(hours=1))
    desk.notifier.take(*of_one_event())
    assert rung(desk) == ["A-place open/waspada"]


def test_what_was_told_with_another_costs_no_budget(desk: World) -> None:
    desk.file.write_text(desk.file.read_text().replace("budget_per_day: 9", "budget_per_day: 2"))
    desk.notifier.take(*of_one_event())
    desk.notifier.take(alarm(alarm_id="A-flood", story_ids=["s-f1"]))
    desk.notifier.take(alarm(alarm_id="A-fire", story_ids=["s-f2"]))
    assert rung(desk) == ["A-both open/waspada", "A-flood open/waspada"]
