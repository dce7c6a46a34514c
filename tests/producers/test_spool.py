"""The spool: what it said it keeps is there after kill -9, in order, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.spool import Entry, Spool
from warta.errors import StateError

GIB = 1024**3


def entry(seq: int, value: bytes = b"v", token: str = "", origin: str = "") -> Entry:
    return Entry(seq, "warta.raw", b"doc", value, [("x-stage", b"publish")], token, origin)


def spool(path: Path, limit: int = GIB, free: float = 0.5) -> Spool:
    return Spool(path, limit, free_share=lambda _: free)


def test_everything_of_an_entry_comes_back_after_reopening(tmp_path: Path) -> None:
    first = spool(tmp_path / "s.sqlite")
    first.put([entry(1, b"\x00\xff", token="t", origin="live")])
    first.close()
    again = spool(tmp_path / "s.sqlite")
    (found,) = again.head(10, GIB)
    assert (found.seq, found.topic, found.key, found.value) == (1, "warta.raw", b"doc", b"\x00\xff")
    assert (found.headers, found.token, found.origin) == ([("x-stage", b"publish")], "t", "live")
    assert again.keys() == {b"doc"}
    assert again.tokens() == {"t"}
    again.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(1, 7), st.integers(1, 400))
def test_it_drains_in_order_whatever_the_steps(
    tmp_path_factory: pytest.TempPathFactory, seqs: list[int], count: int, size: int
) -> None:
    kept = spool(tmp_path_factory.mktemp("spool") / "s.sqlite")
    kept.put([entry(seq) for seq in seqs])
    drained = []
    while head := kept.head(count, size):
        assert len(head) <= count
        drained += [e.seq for e in head]
        kept.remove(head)
    assert drained == sorted(seqs)
    assert (kept.count, kept.bytes) == (0, 0)
    kept.close()


def test_full_by_its_limit_and_by_the_disk(tmp_path: Path) -> None:
    by_limit = spool(tmp_path / "a.sqlite", limit=200)
    assert not by_limit.full
    by_limit.put([entry(1, b"x" * 200)])
    assert by_limit.full
    by_limit.remove(by_limit.head(1, GIB))
    assert not by_limit.full
    by_limit.close()
    by_disk = spool(tmp_path / "b.sqlite", free=0.09)
    assert by_disk.full
    by_disk.close()


def test_one_process_drains(tmp_path: Path) -> None:
    one, other = spool(tmp_path / "s.sqlite"), spool(tmp_path / "s.sqlite")
    assert one.claim()
    assert one.claim()
    assert not other.claim()
    one.close()
    assert other.claim()
    other.close()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    path.write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(StateError, match=r"s\.sqlite cannot be read .*move it away"):
        spool(path)


_WRITER = """
import sys
from pathlib import Path
from producers.spool import Entry, Spool
spool = Spool(Path(sys.argv[1]), 2**30)
for seq in range(1_000_000):
    spool.put([Entry(2 * seq + i, "warta.raw", b"k", b"v" * 3000) for i in range(2)])
    print(seq, flush=True)
"""


def test_kill_9_while_spooling_loses_nothing_that_was_reported(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    for kill_after in (3, 40):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        for _ in range(kill_after):
            reported = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read().split()
        writer.stdout.close()
        writer.wait()
        reported = int(rest[-1]) if rest else reported
        kept = spool(path)
        assert kept.claim()
        found = {e.seq for e in kept.head(1_000_000, GIB)}
        assert found >= set(range(2 * reported + 2))
        assert len(found) % 2 == 0, "half a transaction was kept"
        kept.remove(kept.head(1_000_000, GIB))
        kept.close()
