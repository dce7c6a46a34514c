"""Dead letters: nothing of them is lost, and a storm stops the stage."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from warta.deadletters import DeadLetter, Storm, StormGuard

LETTER = DeadLetter(
    stage="clean",
    reason="no-text",
    detail="https://a.id/x: tidak ada teks",
    topic="warta.raw",
    partition=3,
    offset=12345678901,
    failed_at=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
    attempts=2,
)


def test_headers_carry_everything() -> None:
    assert DeadLetter.parse(LETTER.headers()) == LETTER


def test_foreign_headers_are_read_as_far_as_they_go() -> None:
    parsed = DeadLetter.parse([("x-stage", b"clean"), ("x-offset", b"\xff"), ("other", b"1")])
    assert (parsed.stage, parsed.offset, parsed.attempts) == ("clean", -1, 1)


def test_a_row_of_refusals_stops_the_stage() -> None:
    guard = StormGuard("clean", ratio=1.0, consecutive=3)
    guard.bad()
    guard.bad()
    guard.good()
    guard.bad()
    guard.bad()
    with pytest.raises(Storm, match="clean: 3 records refused in a row"):
        guard.bad()


def test_a_share_of_refusals_stops_the_stage_once_it_is_known() -> None:
    guard = StormGuard("clean", ratio=0.5, consecutive=1000, window=10)
    for _ in range(5):
        guard.good()
    for _ in range(5):
        guard.bad()
    with pytest.raises(Storm, match="60% of the last 10"):
        guard.bad()


def test_three_broken_records_among_many_are_no_storm() -> None:
    guard = StormGuard("clean", ratio=0.5, consecutive=100)
    for _ in range(3):
        guard.bad()
    for _ in range(500):
        guard.good()
