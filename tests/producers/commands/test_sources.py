"""`warta sources`: what it shows, what it refuses, what it writes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from producers import health
from producers.commands import sources
from producers.schedule import Rhythm
from producers.seen import Fetched, Found, Look, NewPoint, Seen, path_in
from warta import settings
from warta.errors import StateError, Usage

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


@pytest.fixture
def crawled(catalogue: Path, tmp_path: Path) -> Seen:
    """a.id gave an article a minute ago; Tribun Medan refuses."""
    seen, now = Seen(path_in(tmp_path / "home")), datetime.now(UTC)
    then = now - timedelta(minutes=1)
    seen.watch([NewPoint("https://a.id/feed", "a.id", "feed", now)])
    seen.watch([NewPoint("https://medan.tribunnews.com/", "medan.tribunnews.com", "index", now)])
    feed, index = seen.points()
    found = [Found("1", "https://a.id/1", "a.id", "", then)]
    seen.look(feed, Look(then, now, Rhythm(), 200, listed=1, new=1), found)
    seen.keep([Fetched("1", "1", then + timedelta(seconds=20), None)], "kafka", now)
    seen.look(index, Look(now, now, Rhythm(failures=3), 403, "HTTP 403\x1b[31m"))
    return seen


def health_of(*words: str) -> str:
    return CliRunner().invoke(sources.app, ["health", *words], catch_exceptions=False).stdout


def test_health_puts_trouble_first(crawled: Seen) -> None:
    lines = [json.loads(line) for line in health_of("--json").splitlines()]
    assert [(one["source"], one["state"]) for one in lines] == [
        ("medan.tribunnews.com", health.REFUSED),
        ("a.id", health.HEALTHY),
    ]
    assert lines[1]["lag_p50"] == pytest.approx(20)
    table = health_of()
    assert max(map(len, table.splitlines())) <= 100
    assert table.splitlines()[1].startswith("medan.tribunnews.com")
    assert f"1 {health.REFUSED}, 1 {health.HEALTHY}" in table
    assert "\x1b" not in table


def test_health_of_one_is_that_of_all(crawled: Seen) -> None:
    every = {one["source"]: one for one in map(json.loads, health_of("--json").splitlines())}
    alone = json.loads(health_of("medan.tribunnews.com", "--json"))
    assert alone["missed"] == pytest.approx(every["medan.tribunnews.com"]["missed"], rel=1e-3)


def test_the_table_cuts_no_figure(crawled: Seen) -> None:
    row = next(line for line in health_of().splitlines() if line.startswith("a.id"))
    assert row.split()[:5] == ["a.id", "sehat", row.split()[2], "1", "0"]
    assert "…" not in row


def test_health_of_one_names_its_points(crawled: Seen) -> None:
    text = health_of("medan.tribunnews.com")
    assert "https://medan.tribunnews.com/  3 failures: HTTP 403" in text
    assert json.loads(health_of("a.id", "--json"))["day_seen"] == 1


@pytest.mark.parametrize(("name", "help_"), [("tribunnews", "do you mean medan"), ("b.id", "'b.id' is not crawled")])
def test_health_of_none(crawled: Seen, name: str, help_: str) -> None:
    with pytest.raises(Usage, match=help_):
        health_of(name)


@pytest.mark.usefixtures("catalogue")
def test_health_before_the_first_crawl() -> None:
    with pytest.raises(StateError, match="has 'warta crawl' run here"):
        health_of()


def test_check_says_first_what_it_could_not_write(catalogue: Path) -> None:
    catalogue.write_text("sources:\n- id: a.id\n  name: A\n  hosts: [a.id]\n")
    with pytest.raises(Usage, match=r"write a\.id as one line each"):
        CliRunner().invoke(sources.app, ["check"], catch_exceptions=False)


@pytest.mark.usefixtures("catalogue")
def test_a_site_that_forbids_crawling_is_not_asked() -> None:
    with pytest.raises(Usage, match="its permission is 'needed'"):
        CliRunner().invoke(sources.app, ["check", "b.id"], catch_exceptions=False)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("address", "help_"),
    [
        ("http://169.254.169.254/latest", "not a public address"),
        ("file:///etc/passwd", "not an http or https"),
        ("a.id", "already in the catalogue as 'a.id'"),
    ],
)
def test_addresses_that_add_refuses(address: str, help_: str) -> None:
    with pytest.raises(Usage, match=help_):
        CliRunner().invoke(sources.app, ["add", address], catch_exceptions=False)
