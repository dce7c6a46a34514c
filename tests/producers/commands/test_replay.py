"""`warta replay` on a real broker: what it sends, what it says, how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.servers import PATIENCE, until
from warta import topics, wire
from warta.deadletters import DeadLetter
from warta.messages import RawArticle
from warta.settings import Settings

pytestmark = pytest.mark.integration
Fresh = Callable[[str], list[Any]]
DECODER = wire.Decoder(RawArticle)


def command(config: Settings, *words: str) -> tuple[list[str], dict[str, str]]:
    environment = os.environ | {"WARTA_KAFKA": config.kafka, "WARTA_HOME": str(config.home)}
    return [sys.executable, "-m", "warta", "replay", *words], environment


def replay(config: Settings, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    line, environment = command(config, *words)
    return subprocess.run(line, env=environment, input=stdin, capture_output=True, timeout=PATIENCE, check=False)


def lines(count: int, start: int = 0) -> bytes:
    records = [
        {"url": f"https://a.id/{n}", "title": f"Judul {n}", "text": "Isi.", "fetched_at": "2026-11-20T01:00:00Z"}
        for n in range(start, start + count)
    ]
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def articles(fresh: Fresh) -> list[RawArticle]:
    return [DECODER.decode(record.value) for record in fresh(topics.RAW)]


def test_files_of_all_kinds_and_again(config: Settings, fresh: Fresh, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(lines(3) + b"{broken\n")
    (tmp_path / "in" / "b.txt").write_text("Banjir di Sumedang.")
    (tmp_path / "in" / "c.html").write_text('<link rel="canonical" href="https://b.id/c"><p>Isi</p>')
    done = replay(config, str(tmp_path / "in"), "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert {k: summary[k] for k in ("sent", "spooled", "dead", "cut")} == {"sent": 5, "spooled": 0, "dead": 1, "cut": 0}
    first = articles(fresh)
    assert {a.origin for a in first} == {"replay"}
    (letter,) = fresh(topics.dead("publish"))
    assert letter.value == b"{broken"
    assert DeadLetter.parse(letter.headers).detail.startswith(f"{tmp_path}/in/a.jsonl:4: ")
    assert replay(config, str(tmp_path / "in")).returncode == 0
    both = [(a.doc_id, a.url, a.title, a.text, a.html) for a in articles(fresh)]
    assert len(both) == 10
    assert all(both.count(one) == 2 for one in both)


def test_stdin_as_live(config: Settings, fresh: Fresh) -> None:
    done = replay(config, "-", "--as-live", stdin=lines(2))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"2 sent, 0 refused")
    assert [a.origin for a in articles(fresh)] == ["live", "live"]


@pytest.mark.parametrize(
    ("words", "message"),
    [(("/none.jsonl",), b"there is no /none.jsonl"), (("-", "--rate", "1", "--speed", "1"), b"exclude each other")],
)
def test_wrong_use_is_said_and_ends_with_2(config: Settings, words: tuple[str, ...], message: bytes) -> None:
    done = replay(config, *words)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_file_that_is_something_else_stops_as_a_storm(config: Settings, fresh: Fresh) -> None:
    done = replay(config, "-", stdin=b"tanggal,judul\n" * 5000)
    assert done.returncode == 1
    assert b"refused in a row" in done.stderr
    assert len(fresh(topics.dead("publish"))) == config.dead_consecutive


def test_kill_9_in_the_middle_and_once_more(config: Settings, fresh: Fresh, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(600))
    line, environment = command(config, "-")
    # It is given half, so that it is killed in the middle however fast it is.
    process = subprocess.Popen(
        line, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None
    process.stdin.write(lines(300))
    process.stdin.flush()
    until(
        lambda: len(fresh(topics.RAW)) >= 100,
        "it has sent some",
        ended=lambda: f"exit code {process.returncode}" if process.poll() is not None else "",
    )
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdin.close()
    assert len({a.doc_id for a in articles(fresh)}) < 600
    assert replay(config, str(tmp_path / "a.jsonl")).returncode == 0
    assert {a.url for a in articles(fresh)} == {f"https://a.id/{n}" for n in range(600)}
