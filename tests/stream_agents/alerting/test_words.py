"""Series in words, and the desk's own cases and publishers in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream_agents.alerting.words import Words, shipped
from warta.errors import Usage


@pytest.fixture(scope="module")
def words() -> Words:
    return shipped()


@pytest.mark.parametrize(
    ("series", "indonesian", "english"),
    [
        ("all", "Semua berita", "All news"),
        ("place:32.11", "Kab. Sumedang", "Kab. Sumedang"),
        ("place:32+case:keracunan_pangan", "Jawa Barat · Keracunan makanan", "Jawa Barat · Food poisoning"),
        ("owner:kompas_gramedia", "Grup Kompas Gramedia", "Kompas Gramedia group"),
        ("owner:nobody.example", "Grup nobody.example", "nobody.example group"),
        ("place:99.99", "Wilayah 99.99", "Place 99.99"),
        ("case:not_there", "not there", "not there"),
        ("something", "something", "something"),
    ],
)
def test_names(words: Words, series: str, indonesian: str, english: str) -> None:
    name = words.name(series)
    assert (name.id, name.en) == (indonesian, english)


def test_who_answers_and_what_is_sensitive(words: Words) -> None:
    assert words.offices("place:32.11+case:keracunan_pangan") == ["Dinkes"]
    assert words.offices("case:perundungan") == ["Disdik", "DP3A"]
    assert words.offices("case:pembunuhan") == ["Polres"]
    assert words.offices("place:32.11") == []
    assert words.sensitive(["all", "case:kekerasan_seksual"])
    assert not words.sensitive(["all", "place:32.11", "case:banjir"])


def test_a_desks_own_names(tmp_path: Path) -> None:
    cases = tmp_path / "cases.yaml"
    cases.write_text(
        "cases:\n- {id: jembatan, nama: Jembatan rusak, en: Broken bridges, group: infrastruktur, kind: layanan, owner: PUPR, "
        "terms: [jembatan ambruk]}\n"
    )
    publishers = tmp_path / "publishers.yaml"
    publishers.write_text(
        "groups:\n- {id: ujung, name: Ujung Media (UM), bond: owner, outlets: {ujung.example: Ujung}}\n"
    )
    own = shipped(cases, publishers)
    assert own.name("case:jembatan").en == "Broken bridges"
    assert own.owner("ujung") == "Ujung Media"
    with pytest.raises(Usage, match="missing"):
        shipped(tmp_path / "missing.yaml")
