"""The offline command: a line an article, as things stand after the whole input; the same decision as `compare`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from typer import Typer
from typer.testing import CliRunner

from benchmarks.stories.generator import Newsroom
from stream_agents.stories.command import stories
from stream_agents.stories.compare import Article, compare, differing
from stream_agents.stories.offline import run
from tests.stream_agents.stories.build import FLOOD, SCHOOL, scored
from warta.wire import encode

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def line(name: str, text: str, title: str = "Banjir di Jatigede") -> bytes:
    return json.dumps({"id": name, "title": title, "text": text, "source": name}).encode()


def test_lines_come_in_input_order_with_their_standing() -> None:
    result = run([line("a", FLOOD), line("s", SCHOOL, "Zonasi"), line("b", FLOOD), line("a", FLOOD)], NOW)
    assert [(r.url, r.relation, r.original_url) for r in result] == [
        ("a", "original", "a"),
        ("s", "original", "s"),
        ("b", "exact", "a"),
        ("a", "revision", "a"),
    ]


def test_unusable_line_keeps_its_place() -> None:
    result = run([b"{nonsense", line("a", FLOOD), json.dumps({"id": "b", "title": "kosong"}).encode()], NOW)
    assert [bool(r.error) for r in result] == [True, False, True]


def test_dumped_events_give_the_same_as_their_engine() -> None:
    dumped = [encode(scored("a", FLOOD)), encode(scored("b", FLOOD, minute=3))]
    assert [r.relation for r in run(dumped, NOW, scored=True)] == ["original", "exact"]


def test_two_line_file_decides_as_compare_does() -> None:
    room = Newsroom(3)
    for number in range(4):
        one = room.original(number)
        for other in (room.abridged(one), room.follow_up(one, number + 10), room.original(number + 20)):
            lines = [
                json.dumps({"id": str(at), "title": i.title, "text": i.body, "source": i.publisher}).encode()
                for at, i in enumerate((one, other))
            ]
            first, second = run(lines, NOW, cleaned=True)
            pair = [Article(item.title, item.body, item.publisher) for item in (one, other)]
            assert (first.story_id == second.story_id) == compare(pair[0], pair[1]).same_story


def test_differing_passages() -> None:
    assert differing("air naik cepat sekali", "air turun cepat") == [("naik", "turun"), ("sekali", "")]


def test_command_writes_the_contract_fields(tmp_path: Path) -> None:
    app = Typer()
    app.command()(stories)
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(line("a", FLOOD) + b"\n" + line("b", FLOOD) + b"\n")
    outcome = CliRunner().invoke(app, [str(source), "--out", str(out)])
    assert outcome.exit_code == 0
    written = [json.loads(row) for row in out.read_text(encoding="utf-8").splitlines()]
    assert [set(row) for row in written] == [{"url", "story_id", "relation", "original_url", "similarity"}] * 2
