"""The schedule: it follows each point's rhythm, never hammers, and obeys the site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.schedule import CAP, FLOOR, Rhythm, after_failure, first_look, interval, next_look, observe, rate

NOON = datetime(2026, 11, 16, 5, tzinfo=UTC)  # 12.00 WIB


def watch(rhythm: Rhythm, start: datetime, step: timedelta, looks: int, per_look: int) -> datetime:
    for _ in range(looks):
        observe(rhythm, start, per_look)
        start += step
    return start


def wait(rhythm: Rhythm, now: datetime) -> float:
    return (next_look(rhythm, now, Random(1)) - now).total_seconds()


def test_a_feed_that_updates_each_minute_is_looked_at_within_the_minute() -> None:
    rhythm = Rhythm()
    now = watch(rhythm, NOON, timedelta(minutes=1), 120, 1)
    assert rate(rhythm, now) == pytest.approx(1 / 60, rel=0.3)
    assert FLOOR <= wait(rhythm, now) <= 57


def test_a_rarer_feed_is_looked_at_less_often() -> None:
    waits = []
    for per_day in (600, 60, 6, 0):
        rhythm, now = Rhythm(), NOON
        for hour in range(24 * 14):
            observe(rhythm, now, (hour * per_day) // 24 - ((hour - 1) * per_day) // 24)
            now += timedelta(hours=1)
        waits.append(wait(rhythm, now))
    assert waits == sorted(waits)
    assert waits[0] < 120
    assert waits[-1] > 1500


def test_a_burst_is_followed_at_once_and_forgotten() -> None:
    rhythm = Rhythm()
    now = watch(rhythm, NOON, timedelta(minutes=10), 6 * 24 * 7, 0)
    quiet = wait(rhythm, now)
    now = watch(rhythm, now, timedelta(minutes=1), 5, 2)
    assert wait(rhythm, now) < quiet / 4
    assert rate(rhythm, now + timedelta(hours=3)) < rate(rhythm, now) / 20


def test_the_newsrooms_day_is_learnt() -> None:
    rhythm, now = Rhythm(), NOON
    for _ in range(24 * 10 * 6):
        observe(rhythm, now, 5 if 6 <= (now.hour + 7) % 24 < 22 else 0)
        now += timedelta(minutes=10)
    night = now.replace(hour=18)  # 01.00 WIB
    assert rate(rhythm, now.replace(hour=3)) > 10 * rate(rhythm, night)
    # The wait that begins in the last minutes of the night does not sleep into the morning.
    before_dawn = now.replace(hour=22, minute=30)
    assert wait(rhythm, before_dawn) < 30 * 60 + 120


@pytest.mark.parametrize(("seconds", "count"), [(60, 30), (300, 40), (1800, 24)])
def test_the_first_look_learns_from_the_times_that_the_list_gives(seconds: float, count: int) -> None:
    rhythm = Rhythm()
    observe(rhythm, NOON, count, [NOON - timedelta(seconds=seconds * n + 5) for n in range(count)])
    assert wait(rhythm, NOON) == pytest.approx(interval(1 / seconds), rel=0.35)


def test_times_that_tell_nothing_teach_nothing() -> None:
    fresh, rhythm = Rhythm(), Rhythm()
    midnight = NOON.astimezone(timezone(timedelta(hours=7))).replace(hour=0)
    old, ahead = NOON - timedelta(days=400), NOON + timedelta(days=400)
    for point, listed in ((fresh, []), (rhythm, [midnight] * 50 + [old] * 50 + [ahead] * 50 + [NOON])):
        observe(point, NOON, 151, listed)
    assert rhythm == fresh


@given(st.lists(st.datetimes(datetime(2026, 11, 14), datetime(2026, 11, 18)), max_size=50))
def test_whatever_a_list_says_the_wait_is_between_floor_and_cap(listed: list[datetime]) -> None:
    rhythm = Rhythm()
    observe(rhythm, NOON, len(listed), [at.replace(tzinfo=UTC) for at in listed])
    assert FLOOR <= wait(rhythm, NOON) <= CAP * 1.1


def test_the_first_look_says_nothing_about_the_rhythm() -> None:
    rhythm = Rhythm()
    observe(rhythm, NOON, 50)
    assert rate(rhythm, NOON) == rate(Rhythm(), NOON)


@given(st.lists(st.tuples(st.floats(0, 1e7), st.integers(0, 1000)), max_size=20), st.integers(0, 2**32))
def test_waits_stay_within_floor_and_cap_whatever_happens(looks: list[tuple[float, int]], seed: int) -> None:
    rhythm, now = Rhythm(), NOON
    for step, new in looks:
        now += timedelta(seconds=step)
        observe(rhythm, now, new)
        assert FLOOR <= (next_look(rhythm, now, Random(seed)) - now).total_seconds() <= CAP * 1.1
    assert msgspec.json.decode(msgspec.json.encode(rhythm), type=Rhythm) == rhythm


@given(st.floats(0, 10), st.floats(0, 10))
def test_a_busier_point_never_waits_longer(one: float, other: float) -> None:
    assert (interval(max(one, other)) <= interval(min(one, other))) or one == other


def test_failures_back_off_and_a_success_forgives() -> None:
    rhythm, waits = Rhythm(), []
    for _ in range(9):
        waits.append((after_failure(rhythm, NOON, Random(1)) - NOON).total_seconds())
    assert waits == sorted(waits)
    assert waits[0] < 70
    assert CAP <= waits[-1] <= CAP * 1.1
    observe(rhythm, NOON, 0)
    assert (after_failure(rhythm, NOON, Random(1)) - NOON).total_seconds() == waits[0]


@pytest.mark.parametrize(
    ("asked", "least", "most"), [(600.0, 600, 660), (1.0, 60, 66), (1e9, 86400, 95040), (-5, 60, 66)]
)
def test_retry_after_is_obeyed_within_reason(asked: float, least: float, most: float) -> None:
    waited = (after_failure(Rhythm(), NOON, Random(1), asked) - NOON).total_seconds()
    assert least <= waited <= most


def test_a_start_is_no_stampede() -> None:
    looks = {first_look(f"https://a.id/{n}", NOON) for n in range(100)}
    assert len(looks) == 100
    assert all(NOON <= look <= NOON + timedelta(seconds=FLOOR) for look in looks)


def test_a_point_that_tells_no_times_is_watched_closely_until_it_is_known() -> None:
    rhythm, now, waits = Rhythm(), datetime(2026, 11, 20, 3, tzinfo=UTC), []
    observe(rhythm, now, 50)
    for _ in range(60):
        following = next_look(rhythm, now, Random(1))
        waits.append((following - now).total_seconds())
        now = following
        observe(rhythm, now, 0)
    assert max(waits[:30]) <= 45 * 1.1
    assert sum(waits[:30]) < 45 * 60
    # An hour of nothing is known: it is left in peace.
    assert waits[-1] > 200
