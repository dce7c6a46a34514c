"""The crash ledger: a record that kills the process is found and given up, its neighbours are not."""

from __future__ import annotations

from pathlib import Path

from stream_agents.crashloop import CrashLedger, Position


def at(offset: int) -> Position:
    return Position("warta.raw", 0, offset)


def batch(*offsets: int) -> list[tuple[Position, int]]:
    return [(at(offset), offset) for offset in offsets]


def offsets(groups: list[list[tuple[Position, int]]]) -> list[list[int]]:
    return [[offset for _, offset in group] for group in groups]


def die(path: Path, *in_hand: int) -> None:
    """A process that starts, takes records and is killed."""
    CrashLedger(path).take([at(offset) for offset in in_hand])


def test_a_killer_is_found_and_given_up_and_its_neighbours_live(tmp_path: Path) -> None:
    path = tmp_path / "clean-0.json"
    deaths = 0
    done: set[int] = set()
    gave_up: list[int] = []
    while done != {1, 2, 3, 4}:
        ledger = CrashLedger(path)
        for group in ledger.groups(batch(*sorted({1, 2, 3, 4} - done))):
            ledger.take(position for position, _ in group)
            if any(offset == 3 and not ledger.given_up(position) for position, offset in group):
                deaths += 1
                break
            gave_up += [offset for position, offset in group if ledger.given_up(position)]
            done |= {offset for _, offset in group}
            ledger.done()
    assert gave_up == [3]
    assert deaths == 4  # three together with its neighbours, once alone


def test_a_stop_or_a_transient_failure_is_nobodys_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for _ in range(5):
        ledger = CrashLedger(path)
        ledger.take([at(1), at(2)])
        ledger.leave("transient")
    assert CrashLedger(path).deaths(at(1)) == 0


def test_deaths_elsewhere_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for offset in range(10):
        die(path, offset, offset + 1)
    ledger = CrashLedger(path)
    assert offsets(list(ledger.groups(batch(9, 10, 11)))) == [[9, 10, 11]]


def test_suspects_stand_alone_in_order(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for _ in range(3):
        die(path, 2, 3)
    groups = offsets(list(CrashLedger(path).groups(batch(1, 2, 3, 4, 5))))
    assert groups == [[1], [2], [3], [4, 5]]


def test_finishing_clears_the_record(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for _ in range(3):
        die(path, 2)
    ledger = CrashLedger(path)
    ledger.take([at(2)])
    ledger.done()
    assert CrashLedger(path).deaths(at(2)) == 0


def test_a_torn_note_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'{"in_hand": ["warta')
    assert CrashLedger(path).deaths(at(1)) == 0
