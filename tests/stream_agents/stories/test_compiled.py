"""Where compiled code is kept: an upgrade never runs old code, and a place that cannot be written is no failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream_agents.stories import compiled


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room of one loop, away from the user's own cache."""
    folder = tmp_path / "room"
    folder.mkdir()
    (folder / "loop.py").write_text("SIZE = 2\n\n@compiled\ndef loop(): ...\n")
    (folder / "other.py").write_text("NAME = 'x'\n")
    monkeypatch.setattr(compiled, "_HERE", folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    return folder


def parent() -> Path | None:
    folder = compiled.kept_in.__wrapped__()
    return folder and folder.parent


def test_a_changed_constant_beside_a_loop_is_another_place(room: Path) -> None:
    before = compiled.kept_in.__wrapped__()
    (room / "other.py").write_text("NAME = 'y'\n")
    assert compiled.kept_in.__wrapped__() == before
    (room / "loop.py").write_text("SIZE = 3\n\n@compiled\ndef loop(): ...\n")
    assert compiled.kept_in.__wrapped__() != before


def test_the_wished_place_comes_first(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parent() == room / "__pycache__"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(room.parent / "wished"))
    assert parent() == room.parent / "wished"


def test_an_installation_that_cannot_be_written_keeps_code_with_the_user(room: Path) -> None:
    (room / "__pycache__").write_text("a file where the folder should be")
    assert parent() == room.parent / "home" / ".cache" / "warta"


def test_nowhere_to_write_means_compiling_anew(room: Path) -> None:
    (room / "__pycache__").write_text("a file")
    (room.parent / "home").write_text("a file")
    assert compiled.kept_in.__wrapped__() is None
