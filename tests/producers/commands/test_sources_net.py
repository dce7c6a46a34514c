"""`warta sources check` and `add` as processes, against the local web: the crawler's own downloader, guard and manners."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from producers import catalogue
from producers.checking import lines
from tests.producers.local_web.newsroom import Plan
from tests.producers.local_web.running import LocalWeb, local_web
from tests.producers.local_web.traps import TRAP_NAMES
from tests.servers import PATIENCE

pytestmark = pytest.mark.integration

WATCHED = ("media01", "umpan35", "rusak25", "mati44", "tutup33", "media13")


@pytest.fixture(scope="module")
def web() -> Iterator[LocalWeb]:
    with local_web(Plan(backlog=6)) as running:
        yield running


@pytest.fixture
def environment(web: LocalWeb, tmp_path: Path) -> dict[str, str]:
    """A catalogue of some of the sites, one line each, and the names of all."""
    found = web.environment(tmp_path) | {"WARTA_HOME": str(tmp_path / "home")}
    path = tmp_path / "sources.yaml"
    chosen = [source for source in catalogue.load(path) if source.id in WATCHED]
    path.write_text("# Ours.\nsources:\n" + "".join(map(lines.line, chosen)))
    return os.environ | found


def sources(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "warta", "sources", *words]
    return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_check_tells_and_corrects(web: LocalWeb, environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    before = path.read_bytes()
    looked = sources(environment, "check", "--dry-run", "umpan35")
    assert looked.returncode == 0, looked.stderr
    assert path.read_bytes() == before

    days = {datetime.now(UTC).date()}
    done = sources(environment, "check", "--json")
    days.add(datetime.now(UTC).date())  # midnight may have passed
    reports = {one["source"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert {source for source, one in reports.items() if one["works"]} == {"media01", "umpan35", "media13"}
    assert reports["tutup33"]["robots"] == "unreachable"
    assert reports["media01"]["feed"] == {"work": 1, "of": 1}
    assert reports["rusak25"]["problems"][0].endswith("HTTP 500")

    after = {source.id: source for source in catalogue.load(path)}
    assert path.read_bytes().startswith(b"# Ours.\n")
    assert {name for name, one in after.items() if one.verified in days} == {"media01", "umpan35", "media13"}
    assert after["umpan35"].feeds == (f"http://umpan35.test:{web.port}/rss.xml",)
    assert web.state().broken == {}


def test_check_of_nothing_that_works_fails(environment: dict[str, str]) -> None:
    done = sources(environment, "check", "mati44")
    assert done.returncode == 1
    assert "0 of 1 sources give articles" in done.stdout


def test_add_proposes_and_writes(web: LocalWeb, environment: dict[str, str], tmp_path: Path) -> None:
    done = sources(environment, "add", "--write", f"http://ganda36.test:{web.port}")
    assert done.returncode == 0, done.stderr
    added = next(source for source in catalogue.load(tmp_path / "sources.yaml") if source.id == "ganda36.test")
    assert added.feeds == (f"http://ganda36.test:{web.port}/rss.xml",)
    assert lines.line(added) in done.stdout
    again = sources(environment, "add", "--write", f"http://ganda36.test:{web.port}")
    assert again.returncode == 2
    assert "already in the catalogue as 'ganda36.test'" in " ".join(again.stderr.split())
    assert web.state().broken == {}


def test_a_name_that_leads_inside_is_not_connected_to(web: LocalWeb, environment: dict[str, str]) -> None:
    """One of its two addresses is where the local web listens, and the other is refused: so both are."""
    assert "127.0.0.1" in TRAP_NAMES["campur.test"]
    done = sources(environment, "add", f"http://campur.test:{web.port}/")
    assert done.returncode == 1
    assert "not public" in done.stderr
