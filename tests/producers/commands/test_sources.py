"""`warta sources`: what it shows, what it refuses, what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from producers.commands import sources
from warta import settings
from warta.errors import Usage

CATALOGUE = """
sources:
- {id: a.id, name: A, hosts: [a.id], region: '32', feeds: ['https://a.id/feed']}
- {id: medan.tribunnews.com, name: Tribun Medan, hosts: [medan.tribunnews.com], region: '12', indexes: ['https://medan.tribunnews.com/']}
- {id: b.id, name: B, hosts: [b.id], permission: needed, feeds: ['https://b.id/feed']}
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text(CATALOGUE)
    config = settings.load(catalogue=path, home=tmp_path / "home")
    monkeypatch.setattr(sources, "settings", lambda: config)
    return path


def ids(*words: str) -> list[str]:
    result = CliRunner().invoke(sources.app, ["list", "--json", *words], catch_exceptions=False)
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("catalogue")
def test_list_chooses() -> None:
    assert ids() == ["a.id", "medan.tribunnews.com", "b.id"]
    assert ids("--region", "jawa barat") == ["a.id"]
    assert ids("--network", "tribun") == ["medan.tribunnews.com"]
    assert ids("--network", "kompas_gramedia") == ["medan.tribunnews.com"]
    assert ids("--permission", "needed") == ["b.id"]


@pytest.mark.usefixtures("catalogue")
def test_list_joins_the_publisher() -> None:
    result = CliRunner().invoke(sources.app, ["list", "--json", "-r", "12"])
    facts = json.loads(result.stdout)
    assert (facts["owner"], facts["network"], facts["province"]) == ("kompas_gramedia", "tribun", "Sumatera Utara")
    assert facts["crawled"] is True


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("words", "help_"),
    [
        (["--network", "tri"], "do you mean tribun"),
        (["--permission", "maybe"], "open, needed, blocked"),
        (["--region", "Jawa"], "Jawa Barat"),
    ],
)
def test_a_choice_that_is_none(words: list[str], help_: str) -> None:
    with pytest.raises(Usage, match=help_):
        CliRunner().invoke(sources.app, ["list", *words], catch_exceptions=False)


def test_the_shipped_list_fits_100_columns() -> None:
    result = CliRunner().invoke(sources.app, ["list"], catch_exceptions=False)
    lines = result.stdout.splitlines()
    assert len(lines) > 500
    assert max(map(len, lines)) <= 100
    assert "needed" in next(line for line in lines if line.startswith("antaranews.com"))
