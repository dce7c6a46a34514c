"""The catalogue: the shipped one holds, and a wrong entry is named with its field."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from producers.catalogue import Source, load, publisher
from producers.provinces import PROVINCES
from warta.errors import Usage
from warta.publishers import Publishers

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"
shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared lists of outlets are not beside this checkout")


@pytest.fixture(scope="module")
def shipped() -> list[Source]:
    return load()


def test_the_shipped_catalogue(shipped: list[Source]) -> None:
    assert len(shipped) >= 150
    assert all(source.feeds or source.sitemaps or source.indexes for source in shipped)
    assert {source.permission for source in shipped if "antaranews.com" in source.id} == {"needed"}
    assert not any(source.crawlable for source in shipped if source.permission != "open")


def test_every_province_has_news_and_its_press_room(shipped: list[Source]) -> None:
    kinds = {(source.region[:2], publisher(source).media_type) for source in shipped if source.crawlable}
    news = {region for region, kind in kinds if kind not in ("government", "ugc")}
    assert news >= set(PROVINCES)
    assert {source.region[:2] for source in shipped if source.hosts[0].endswith(".go.id")} >= set(PROVINCES)


def test_every_known_publisher_has_a_source(shipped: list[Source]) -> None:
    covered = {host.removeprefix("www.") for source in shipped for host in source.hosts}
    assert {p.id.split("/")[0] for p in Publishers.load().all()} <= covered


@shared
def test_every_outlet_of_the_shared_list_has_a_source(shipped: list[Source]) -> None:
    covered = {host.removeprefix("www.") for source in shipped for host in source.hosts}
    names = {source.name.casefold() for source in shipped}
    with (SHARED / "outlets.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 86
    # Three rows hold no whole host, only "www."; the outlet itself is known by its name.
    missing = [
        row["slug"]
        for row in rows
        if not any(host.removeprefix("www.") in covered for host in row["hosts"].split())
        and row["name"].casefold() not in names
        and not any(row["slug"] in host for host in covered)
    ]
    assert missing == []


def hosts(groups: Any) -> Iterator[str]:
    for group in groups["groups"]:
        yield from group.get("outlets") or {}
        yield from group.get("ugc") or {}
        base = (group.get("hosts") or [""])[0].removeprefix(".")
        for edition in group.get("editions") or {}:
            yield base if edition == "www" else f"{edition}.{base}"
    for room in ("independents", "state", "regional"):
        for outlets in groups[room].values():
            yield from outlets if isinstance(outlets, dict) else ()


@shared
def test_every_outlet_of_the_shared_groups_has_a_source(shipped: list[Source]) -> None:
    covered = {host.removeprefix("www.") for source in shipped for host in source.hosts}
    groups = yaml.safe_load((SHARED / "publisher_groups.yaml").read_text("utf-8"))
    # Siberindo is the associations' own page, not an outlet: it prints what its members do.
    assert {host for host in hosts(groups) if host not in covered} <= {"siberindo.co"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "list 'sources'"),
        ("sources: [{id: a, name: A}]", "source 'a': hosts: Field required"),
        ("sources: [{id: a, name: A, hosts: ['https://a.id']}]", "source 'a': hosts: 'https://a.id' is no host name"),
        ("sources: [{id: a, name: A, hosts: [a.id], feeds: [/feed]}]", "source 'a': feeds: '/feed' is not"),
        ("sources: [{id: a, name: A, hosts: [a.id], feed: x}]", "source 'a': feed: Extra"),
        ("sources: [{id: a, name: A, hosts: [a.id], articles: '('}]", "source 'a': articles: '\\(' is no regular"),
        (
            "sources: [{id: a, name: A, hosts: [a.id]}, {id: b, name: B, hosts: [a.id]}]",
            "'b': 'a.id/' already belongs to 'a'",
        ),
        ("sources: [{id: a, name: A, hosts: [a.id]}, {id: a, name: B, hosts: [b.id]}]", "'a': 'a' already belongs"),
        ("sources: [{id: a, name: A, hosts: [a.id], region: '99'}]", "source 'a': region: '99' is no code of"),
        ("sources: [{id: a, name: A, hosts: [a.id], region: 32}]", "source 'a': region: .*string"),
        ("sources: [{id: a, name: A, hosts: [a.id], paths: [jabar/]}]", "source 'a': paths: 'jabar/' is no path"),
        ("sources: [{id: a, name: A, hosts: [a.id], whole: 'x'}]", "source 'a': whole: 'x' is no query"),
        ("sources: [{id: a, name: A, hosts: [a.id], verified: soon}]", "source 'a': verified"),
        ("sources: [{name: A, hosts: [a.id]}]", "source 'number 1': id: Field required"),
        ("sources: [", "not valid YAML"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises(Usage, match=message):
        load(tmp_path / "s.yaml")
