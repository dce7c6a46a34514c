"""What `warta up` says at its end can be typed as it stands, and on its way it says things as they are."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from deploy.commands import up


def executable(folder: Path) -> Path:
    folder.mkdir(parents=True)
    made = folder / "warta"
    made.write_text("#!/bin/sh\n")
    made.chmod(0o755)
    return made


def test_the_command_is_named_by_its_file_where_the_shell_does_not_know_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = executable(tmp_path / "project" / ".venv" / "bin")
    monkeypatch.setattr(sys, "executable", str(made.with_name("python")))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path / "project")
    assert up._name() == ".venv/bin/warta"
    monkeypatch.chdir("/")
    assert Path("/", up._name()) == made
    monkeypatch.setenv("PATH", str(made.parent))
    assert up._name() == "warta"


def test_a_line_of_progress_is_no_markup() -> None:
    said = io.StringIO()
    up._teller(Console(file=said), time.monotonic())("kafka: [Errno 2] at :9092: [/x]")
    assert said.getvalue().endswith("s  kafka: [Errno 2] at :9092: [/x]\n")
