from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.errors import Usage
from warta.publishers import MEDIA_TYPES, Publishers, find

ROOT = Path(__file__).parents[2]
TABLE = Publishers.load()


@pytest.mark.parametrize(
    ("url", "outlet", "owner"),
    [
        pytest.param("https://www.kompas.com/a", "kompas.com", "kompas_gramedia", id="a group's outlet"),
        pytest.param("https://jabar.tribunnews.com/a", "jabar.tribunnews.com", "kompas_gramedia", id="an edition"),
        pytest.param(
            "https://www.tribunjabar.id/a", "jabar.tribunnews.com", "kompas_gramedia", id="under its old domain"
        ),
        pytest.param("https://m.tribunnews.com/a", "tribunnews.com", "kompas_gramedia", id="the mobile host"),
        pytest.param(
            "https://baru.tribunnews.com/a", "baru.tribunnews.com", "kompas_gramedia", id="an unlisted edition"
        ),
        pytest.param("https://www.detik.com/jabar/b/d-1", "detik.com/jabar", "trans", id="a desk that is a path"),
        pytest.param("https://www.detik.com/jabarxyz", "detik.com", "trans", id="a path that only begins alike"),
        pytest.param("https://news.detik.com/d-1", "news.detik.com", "trans", id="a section's host"),
        pytest.param(
            "https://radarbogor.jawapos.com/a", "radarbogor.jawapos.com", "jawa_pos", id="a Radar of Jawa Pos"
        ),
        pytest.param("https://radarcirebon.disway.id/a", "radarcirebon.disway.id", "disway", id="a Radar of Disway"),
        pytest.param("https://www.jpnn.com/a", "jpnn.com", "jpnn", id="JPNN left Jawa Pos"),
        pytest.param("https://www.beritasatu.com/a", "beritasatu.com", "b_universe", id="BeritaSatu's own"),
        pytest.param(
            "https://www.beritasatu.com/network/radarcirebon/1/a",
            "radarcirebon.disway.id",
            "disway",
            id="a partner's text",
        ),
        pytest.param("https://www.pikiran-rakyat.com/a", "pikiran-rakyat.com", "pikiran_rakyat", id="the newspaper"),
        pytest.param(
            "https://kabar.pikiran-rakyat.com/a",
            "kabar.pikiran-rakyat.com",
            "kabar.pikiran-rakyat.com",
            id="a partner on its platform",
        ),
        pytest.param("https://www.gorajuara.com/a", "gorajuara.com", "gorajuara.com", id="Promedia is a platform too"),
        pytest.param("https://kumparan.com/kumparannews/a", "kumparan.com", "kumparan", id="kumparan's newsroom"),
        pytest.param("https://kumparan.com/joni/a", "kumparan.com/joni", "kumparan.com/joni", id="a reader's channel"),
        pytest.param(
            "https://jabar.antaranews.com/a", "jabar.antaranews.com", "antaranews.com", id="a bureau of the wire"
        ),
        pytest.param(
            "https://www.sumedangkab.go.id/a", "sumedangkab.go.id", "pemkab-sumedang", id="a regency's press room"
        ),
        pytest.param(
            "https://dinkes.sumedangkab.go.id/a", "dinkes.sumedangkab.go.id", "pemkab-sumedang", id="and its offices"
        ),
        pytest.param(
            "https://kotabaru.blogspot.com/a",
            "kotabaru.blogspot.com",
            "kotabaru.blogspot.com",
            id="blogs are strangers",
        ),
        pytest.param("https://www.koran.co.id/a", "koran.co.id", "koran.co.id", id="an unknown site"),
        pytest.param("https://a.koran.co.id/a", "a.koran.co.id", "koran.co.id", id="its sub-domain has its owner"),
        pytest.param(
            "https://alhikmah.ponpes.id/a", "alhikmah.ponpes.id", "alhikmah.ponpes.id", id="a school of its own"
        ),
        pytest.param(
            "https://satu.blogspot.com/a", "satu.blogspot.com", "satu.blogspot.com", id="a stranger on a host"
        ),
    ],
)
def test_host_and_path_lead_to_outlet_and_owner(url: str, outlet: str, owner: str) -> None:
    found = TABLE.find(url)
    assert (found.id, found.owner) == (outlet, owner)


def test_bonds_regions_and_types_are_told_apart() -> None:
    jabar = TABLE.find("https://jabar.tribunnews.com/")
    assert (jabar.network, jabar.platform, jabar.media_type, jabar.region) == ("tribun", "", "regional", "32")
    partner = TABLE.find("https://kabar.pikiran-rakyat.com/")
    assert (partner.network, partner.platform) == ("", "prmn")
    assert TABLE.find("https://kompasiana.com/x").media_type == "ugc"
    assert TABLE.find("https://jatengprov.go.id/x").media_type == "government"
    assert TABLE.find("https://antaranews.com/x").media_type == "wire"


def test_a_record_without_a_host_is_known_by_its_name() -> None:
    for name in ("Jabar Ekspres", "jabarekspres.com", "JabarEkspres"):
        assert TABLE.find("urn:sha256:00", name).owner == "disway"
    unknown = TABLE.find("urn:sha256:00", "Koran Desa")
    assert (unknown.id, unknown.owner) == ("Koran Desa", "korandesa")


def test_every_outlet_to_start_from_is_known() -> None:
    file = ROOT.parent / "shared" / "data" / "outlets.csv"
    if not file.exists():
        pytest.skip("the outlets to start from lie in ../shared, which is not beside this checkout")
    unknown = []
    for row in csv.DictReader(file.read_text("utf-8").splitlines()):
        hosts = [host for host in row["hosts"].split() if host.startswith("www.") and host.count(".") > 1]
        if hosts and not TABLE.find(f"https://{hosts[0]}/").media_type:
            unknown.append(row["slug"])
    assert unknown == []


def test_the_table_is_sound() -> None:
    outlets = TABLE.all()
    assert len({outlet.id for outlet in outlets}) == len(outlets) > 400
    assert {outlet.media_type for outlet in outlets} <= MEDIA_TYPES
    assert all(outlet.owner and outlet.name for outlet in outlets)
    assert all(not outlet.region or (outlet.region.isdigit() and len(outlet.region) == 2) for outlet in outlets)


def test_the_samples_invented_outlets_can_be_added() -> None:
    table = Publishers.load(ROOT / "samples" / "publishers.yaml")
    assert table.find("https://kabarsumedang.example/a").owner == "tampomas"
    assert table.find("https://www.kompas.com/a").owner == "kompas_gramedia"


def test_the_table_of_the_process_is_the_shipped_one() -> None:
    assert find("https://www.kompas.com/a").owner == "kompas_gramedia"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("groups: [{name: x}]", "group 1: needs an id"),
        ("groups: [{id: x, bond: friend}]", "group 'x': bond must be owner, network or platform"),
        ("groups: [{id: x, bond: owner, outlets: {a.id: [A, paper]}}]", "group 'x': a.id: unknown media type 'paper'"),
        ("groups: [{id: x, bond: owner, outlets: {a.id: 5}}]", "group 'x': a.id: needs a name"),
        ("independents: {paper: {a.id: A}}", "a.id: unknown media type 'paper'"),
        ("groups: [", "not valid YAML"),
        ("- a", "must be a mapping"),
    ],
)
def test_a_wrong_file_names_the_entry(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(Usage, match=message):
        Publishers.load(path)


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_address_has_an_owner_or_no_host(url: str, source: str) -> None:
    for address in (url, f"https://{url}", f"https://kumparan.com/{url}"):
        found = TABLE.find(address, source)
        assert isinstance(found.owner, str)
