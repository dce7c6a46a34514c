"""The count model: what it expects, how odd it finds a silence, what it refuses to learn."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.health_rhythm import PER_WEEK, WEEK, Past, Stretch, fit, hours_of_week


def monday() -> int:
    """The hour since 1970 at which Monday 2026-11-02 begins in Jakarta (2026-11-01 17:00 UTC)."""
    return 1_793_552_400 // 3600


def office(weeks: int, per_hour: float, seed: int = 1) -> Past:
    """A source that publishes on weekdays from 8 to 17 WIB."""
    rng = random.Random(seed)
    numbers = np.random.default_rng(seed)
    seen = np.zeros(weeks * WEEK, dtype=np.int64)
    for hour in range(weeks * WEEK):
        if hour % WEEK < 5 * 24 and 8 <= hour % 24 < 17:
            seen[hour] = numbers.poisson(per_hour * rng.choice((0.8, 1.2)))
    return Past(monday(), seen, np.ones(weeks * WEEK))


def test_the_week_begins_on_monday_in_jakarta() -> None:
    assert hours_of_week(monday(), 1)[0] == 0
    assert hours_of_week(monday() + WEEK + 25, 2).tolist() == [25, 26]


def test_office_hours_are_learnt() -> None:
    profile = fit(office(6, 5.0))
    assert profile.weekly == pytest.approx(225, rel=0.15)
    assert profile.means[24 + 11] == pytest.approx(5, rel=0.2)  # Tuesday, 11
    assert profile.means[24 * 6 + 11] < 0.5  # Sunday
    assert profile.means[3] < 0.5  # Monday, 3


def silence(past: Past, start: int, hours: int) -> float:
    """How often a week chance makes this silence, after a past that ended where it starts."""
    profile = fit(past)
    quiet = Past(start, np.zeros(hours, dtype=np.int64), np.ones(hours))
    return profile.weekly * profile.silence(profile.stretch(quiet))


def test_a_weekend_is_no_silence_and_a_working_day_is() -> None:
    past = office(6, 5.0)
    friday_evening, monday_8 = past.end - 24 * 2 - 7, past.end + 8
    assert silence(past, friday_evening, 62) > PER_WEEK
    assert silence(past, monday_8, 9) < PER_WEEK


def test_hours_that_nobody_watched_are_no_silence() -> None:
    profile = fit(office(6, 5.0))
    nobody = Past(monday(), np.zeros(200, dtype=np.int64), np.zeros(200))
    assert profile.silence(profile.stretch(nobody)) == 1.0


def test_hours_that_nobody_watched_teach_nothing() -> None:
    past = office(6, 5.0)
    watched = past.watched.copy()
    seen = past.seen.copy()
    seen[WEEK : 2 * WEEK], watched[WEEK : 2 * WEEK] = 0, 0.0
    assert fit(Past(past.first, seen, watched)).weekly == pytest.approx(fit(past).weekly, rel=0.1)


def test_a_past_silence_beyond_reason_hardly_teaches() -> None:
    past = office(6, 5.0)
    seen = past.seen.copy()
    seen[3 * WEEK : 5 * WEEK] = 0  # two weeks dead, then alive again
    profile = fit(Past(past.first, seen, past.watched))
    assert profile.weekly > 0.75 * fit(past).weekly


def test_clumps_make_silence_less_odd() -> None:
    """Eight articles at once, three times a day, against twenty-four one by one: the same mean, another silence."""
    numbers = np.random.default_rng(2)
    hours = 6 * WEEK
    single = Past(monday(), numbers.poisson(1.0, hours), np.ones(hours))
    batches = Past(monday(), 8 * numbers.poisson(1 / 8, hours), np.ones(hours))
    lone = fit(single)
    clumpy = fit(batches)
    assert clumpy.weekly == pytest.approx(lone.weekly, rel=0.25)
    # A day without any: e^-24 and e^-3 by construction.
    day = Past(monday(), np.zeros(24, dtype=np.int64), np.ones(24))
    assert lone.silence(lone.stretch(day)) < 1e-5
    assert 0.01 < clumpy.silence(clumpy.stretch(day)) < 0.4


def test_days_that_differ_are_noticed() -> None:
    numbers = np.random.default_rng(3)
    levels = np.repeat(numbers.gamma(2, 0.5, 42), 24)
    uneven = fit(Past(monday(), numbers.poisson(10 * levels), np.ones(42 * 24)))
    even = fit(Past(monday(), numbers.poisson(10.0, 42 * 24), np.ones(42 * 24)))
    assert uneven.day_spread > 0.2
    assert even.day_spread < 0.03


def test_what_came_before_sets_the_level() -> None:
    """After a half day far above the usual a silence is odder, after one far below less odd."""
    profile = fit(office(6, 5.0))
    before, quiet = Stretch(45, 225, 40, 1000), Stretch(10, 50, 9, 200)
    high, usual, low = (profile.silence(quiet, seen, before) for seen in (90, 45, 5))
    assert high < usual < low


def test_at_most_is_a_distribution() -> None:
    profile = fit(office(6, 5.0))
    stretch = Stretch(20, 60, 15, 500)
    chances = [profile.at_most(n, stretch) for n in range(60)]
    assert chances == sorted(chances)
    assert chances[-1] > 0.99
    assert chances[5] < 0.02


def test_nothing_known_is_a_guess_that_rings_late() -> None:
    profile = fit(Past(monday(), np.zeros(0, dtype=np.int64), np.zeros(0)))
    assert profile.weekly == pytest.approx(0.25 * WEEK)
    quiet = Past(monday(), np.zeros(WEEK, dtype=np.int64), np.ones(WEEK))
    assert profile.weekly * profile.silence(profile.stretch(quiet)) > PER_WEEK


counts = st.lists(st.integers(0, 60), min_size=1, max_size=24 * 9)


@given(counts, st.integers(0, WEEK), st.data())
def test_any_past_gives_a_profile(seen: list[int], offset: int, data: st.DataObject) -> None:
    watched = data.draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=len(seen), max_size=len(seen)))
    past = Past(monday() + offset, np.array(seen), np.array(watched))
    profile = fit(past)
    assert (profile.means > 0).all()
    assert math.isfinite(profile.weekly)
    assert 0 <= profile.silence(profile.stretch(past)) <= 1
    assert profile.hour_spread > 0
    assert profile.day_spread > 0


@given(counts, st.integers(0, 300), st.integers(0, 300))
def test_a_past_is_cut_where_asked(seen: list[int], start: int, end: int) -> None:
    past = Past(monday(), np.array(seen), np.ones(len(seen)))
    part = past.since(past.first + start).until(past.first + end)
    assert part.seen.tolist() == seen[start : max(start, end)]


def test_longer_silences_are_never_less_odd() -> None:
    profile = fit(office(6, 5.0))
    chances = [
        profile.silence(profile.stretch(Past(monday(), np.zeros(n, dtype=np.int64), np.ones(n)))) for n in range(200)
    ]
    assert chances == sorted(chances, reverse=True)
