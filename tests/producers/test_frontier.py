"""The frontier: polite to each host, and no host in another's way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.frontier import BACKFILL, DEFAULT_DELAY, FIRST_PAUSE, NEW, POLL, Frontier
from warta.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, tzinfo=UTC))


def jobs(frontier: Frontier[str], most: int = 99) -> list[str]:
    return [job for _, job in frontier.take(most)]


def test_one_request_at_a_time_and_a_pause_between(clock: ManualClock) -> None:
    frontier: Frontier[str] = Frontier(clock)
    frontier.push("a", "a1", NEW)
    frontier.push("a", "a2", NEW)
    assert jobs(frontier) == ["a1"]
    clock.advance(timedelta(seconds=60))
    assert jobs(frontier) == []
    frontier.done("a")
    assert jobs(frontier) == []
    assert frontier.next_at() == pytest.approx(60 + DEFAULT_DELAY)
    clock.advance(timedelta(seconds=DEFAULT_DELAY))
    assert jobs(frontier) == ["a2"]


def test_feeds_first_then_articles_then_backfill(clock: ManualClock) -> None:
    frontier: Frontier[str] = Frontier(clock)
    for job, priority in (("old", BACKFILL), ("new", NEW), ("newer", NEW), ("feed", POLL)):
        frontier.push("a", job, priority)
    order = []
    for _ in range(4):
        order += jobs(frontier)
        frontier.done("a")
        clock.advance(timedelta(seconds=DEFAULT_DELAY))
    assert order == ["feed", "new", "newer", "old"]


def test_a_host_with_a_long_queue_or_a_failure_holds_nobody_up(clock: ManualClock) -> None:
    frontier: Frontier[str] = Frontier(clock)
    for number in range(1000):
        frontier.push("long", f"l{number}", NEW)
    frontier.push("broken", "b1", NEW)
    frontier.push("broken", "b2", NEW)
    frontier.push("good", "g", NEW)
    assert jobs(frontier) == ["l0", "b1", "g"]
    frontier.done("broken", failed=True, retry_after=120)
    frontier.done("long")
    clock.advance(timedelta(seconds=FIRST_PAUSE + 1))
    assert jobs(frontier) == ["l1"]
    clock.advance(timedelta(seconds=120))
    assert jobs(frontier) == ["b2"]


def test_a_host_that_recovers_is_forgiven(clock: ManualClock) -> None:
    frontier: Frontier[str] = Frontier(clock)
    frontier.push("a", "1", NEW)
    waits = []
    for failed in (True, True, False, True):
        (_,) = frontier.take(1)
        frontier.push("a", "x", NEW)
        frontier.done("a", failed=failed)
        at = frontier.next_at()
        assert at is not None
        waits.append(at - clock.monotonic())
        clock.advance(timedelta(seconds=waits[-1]))
    assert waits == pytest.approx([FIRST_PAUSE, 2 * FIRST_PAUSE, DEFAULT_DELAY, FIRST_PAUSE])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["push", "done", "fail", "wait"])), max_size=80))
def test_every_job_comes_out_once_and_no_host_is_hurried(steps: list[tuple[str, str]]) -> None:
    clock = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    frontier: Frontier[int] = Frontier(clock)
    running: set[str] = set()
    ended: dict[str, float] = {}
    pushed: list[int] = []
    taken: list[int] = []

    def take() -> None:
        for host, job in frontier.take(9):
            assert host not in running
            assert clock.monotonic() - ended.get(host, -99) >= DEFAULT_DELAY - 1e-9
            running.add(host)
            taken.append(job)

    def end(host: str, failed: bool) -> None:
        running.remove(host)
        ended[host] = clock.monotonic()
        frontier.done(host, failed=failed)

    for number, (host, step) in enumerate(steps):
        if step == "push":
            frontier.push(host, number, NEW)
            pushed.append(number)
        elif step == "wait":
            clock.advance(timedelta(seconds=0.7))
        elif host in running:
            end(host, step == "fail")
        take()
    while frontier.waiting or running:
        for host in list(running):
            end(host, False)
        clock.advance(timedelta(hours=2))
        take()
    assert sorted(taken) == pushed


def test_a_job_settled_without_a_request_costs_the_host_no_pause(clock: ManualClock) -> None:
    frontier: Frontier[str] = Frontier(clock)
    for job in ("a1", "a2", "a3"):
        frontier.push("a", job, NEW)
    assert jobs(frontier) == ["a1"]
    frontier.done("a", asked=False)
    assert jobs(frontier) == ["a2"]
    frontier.done("a")
    assert jobs(frontier) == []
    assert frontier.rest("a") == pytest.approx(DEFAULT_DELAY)
    assert frontier.rest("nobody") == 0.0


def test_a_job_settled_without_a_request_does_not_forgive_a_failure(clock: ManualClock) -> None:
    frontier: Frontier[str] = Frontier(clock)
    frontier.push("a", "a1", NEW)
    jobs(frontier)
    frontier.done("a", failed=True)
    clock.advance(timedelta(seconds=FIRST_PAUSE))
    frontier.push("a", "a2", NEW)
    jobs(frontier)
    frontier.done("a", asked=False)
    frontier.push("a", "a3", NEW)
    assert jobs(frontier) == ["a3"]
    frontier.done("a", failed=True)
    assert frontier.rest("a") == pytest.approx(2 * FIRST_PAUSE)


def test_a_host_s_queue_can_be_taken_back_in_order(clock: ManualClock) -> None:
    frontier: Frontier[str] = Frontier(clock)
    for job, priority in (("old", BACKFILL), ("feed", POLL), ("new", NEW)):
        frontier.push("a", job, priority)
    frontier.push("b", "b1", NEW)
    assert sorted(frontier.hosts()) == ["a", "b"]
    assert frontier.drop("a") == ["feed", "new", "old"]
    assert frontier.drop("nobody") == []
    assert (frontier.waiting, frontier.hosts()) == (1, ["b"])
    frontier.push("a", "later", NEW)
    assert sorted(jobs(frontier)) == ["b1", "later"]


def test_a_rest_may_be_longer_than_the_pace_and_never_shorter(clock: ManualClock) -> None:
    frontier: Frontier[str] = Frontier(clock)
    frontier.pace("a", 3.0)
    for wanted, rest in ((5.0, 5.0), (1.0, 3.0)):
        frontier.push("a", "job", NEW)
        clock.advance(timedelta(seconds=10))
        assert jobs(frontier) == ["job"]
        frontier.done("a", at_least=wanted)
        assert frontier.rest("a") == pytest.approx(rest)
