"""`warta alerts backtest`: its lines, its options, its errors."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from stream_agents.alerting.command import app, days_of
from tests.stream_agents.alerting.news import START, burst, ordinary
from warta.errors import Usage
from warta.messages import Signal

BURST = START + timedelta(days=16)


def _line(signal: Signal) -> str:
    return json.dumps(
        {
            "time": signal.fetched_at.isoformat(),
            "series": ["x"],
            "story_id": signal.story_id,
            "publisher_group": signal.owner,
            "label": signal.label,
        }
    )


def _write(path: Path, **fields: Any) -> Path:
    signals = [message for message in ordinary(18) if isinstance(message, Signal)] + list(burst(BURST, 14, fields))
    path.write_text("\n".join(_line(s) for s in sorted(signals, key=lambda s: s.fetched_at)) + "\n")
    return path


def _run(*arguments: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, ["backtest", *arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_burst_is_one_line(tmp_path: Path) -> None:
    (found,) = _run(str(_write(tmp_path / "in.jsonl")))
    assert {"series", "fired_at", "window_start", "window_end", "expected", "observed", "p"} <= set(found)
    assert found["series"] == "x"
    assert found["observed"] >= 3 > found["expected"]
    assert found["window_start"] < found["fired_at"] <= (BURST + timedelta(hours=1)).isoformat()


def test_copies_of_one_story_are_one_story_and_meluas_is_asked_for(tmp_path: Path) -> None:
    path = _write(tmp_path / "in.jsonl", story_id="s-one")
    assert not _run(str(path))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for number, line in enumerate(line for line in lines if line["story_id"] == "s-one"):
        line["publisher_group"] = f"w{number}"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    assert not _run(str(path))
    (found,) = _run(str(path), "--meluas")
    assert found["what"] == "spread"
    assert found["observed"] >= 6


def test_nothing_fires_in_warm_up(tmp_path: Path) -> None:
    assert not _run(str(_write(tmp_path / "in.jsonl")), "--warm-up", "3w")


def test_the_summary_names_rates(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["backtest", str(_write(tmp_path / "in.jsonl")), "--plot", str(tmp_path / "a.png")])
    assert "1 alarms" in done.stdout
    assert "nominal 0.1" in done.stdout
    assert (tmp_path / "a.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "line 1"), ('{"time": "x", "series": [], "story_id": "a"}', "line 1"), ('{"series": []}', "time")],
)
def test_a_bad_line_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(text)
    with pytest.raises(Usage, match=said):
        CliRunner().invoke(app, ["backtest", str(path)], catch_exceptions=False)


def test_lines_out_of_order_are_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "in.jsonl")
    path.write_text("\n".join(reversed(path.read_text().splitlines())))
    with pytest.raises(Usage, match="earlier"):
        CliRunner().invoke(app, ["backtest", str(path)], catch_exceptions=False)


def test_durations() -> None:
    assert [days_of(text) for text in ("14d", "36h", "2w", "3")] == [14, 1.5, 14, 3]
    with pytest.raises(Usage, match="duration"):
        days_of("soon")
