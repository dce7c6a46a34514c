from __future__ import annotations

from pathlib import Path

import pytest

from stream_agents.tagging.cases import CaseTagger, CaseTags
from stream_agents.tagging.taxonomy import load_taxonomy
from stream_agents.tagging.text import Text
from warta.errors import Usage

TAXONOMY = load_taxonomy()
TAGGER = CaseTagger(TAXONOMY)
FILLER = "Kalimat ini tidak berkata apa pun. "


def tags(title: str, body: str = "", *, foreign: bool = False) -> CaseTags:
    return TAGGER.tag(Text(title, body), foreign=foreign)


@pytest.mark.parametrize(
    ("title", "body", "main", "mention"),
    [
        pytest.param("Banjir di Demak", FILLER, ["banjir"], [], id="title"),
        pytest.param("", "Banjir datang malam itu. " + FILLER, ["banjir"], [], id="first sentence"),
        pytest.param(
            "", FILLER + FILLER + "Ada banjir. Lalu banjir. Juga banjir.", ["banjir"], [], id="three sentences"
        ),
        pytest.param("", FILLER + FILLER + "Ada banjir lagi.", [], ["banjir"], id="later and once is a mention"),
        pytest.param("Kebanjiran pesanan jelang Lebaran", "", [], [], id="a metaphor is excluded"),
        pytest.param("Banjir kritik, lalu banjir rob", "", ["banjir"], [], id="an exclusion hides only itself"),
        pytest.param("Komisi Pemberantasan Korupsi pindah kantor", "", [], [], id="an office is no case"),
        pytest.param("Badan Narkotika Nasional lomba lari", "", [], [], id="nor is this one"),
        pytest.param("UMK naik, kata dewan pengupahan", "", ["upah"], [], id="short form with its context"),
        pytest.param("UMK naik kelas lewat usaha mikro", "", ["koperasi_umkm"], [], id="the same form in another"),
        pytest.param("Laporan PBB soal Gaza", "", [], [], id="short form without any"),
        pytest.param("PMK sapi menyebar", "", ["pertanian"], [], id="PMK of cattle"),
        pytest.param("PMK Nomor 159 terbit", "", [], [], id="PMK of the ministry"),
    ],
)
def test_what_is_main_and_what_a_mention(title: str, body: str, main: list[str], mention: list[str]) -> None:
    found = tags(title, body)
    assert found.main == main
    assert [case for case in found.all if case not in found.main] == mention


def test_news_from_abroad_never_has_a_main_case() -> None:
    found = tags("Pembunuhan di Los Angeles", foreign=True)
    assert (found.main, found.all) == ([], ["pembunuhan"])


def test_the_shipped_taxonomy_is_sound() -> None:
    assert len(TAXONOMY.cases) == 60
    assert {case.kind for case in TAXONOMY.cases.values()} == {"risiko", "layanan", "program", "politik", "capaian"}
    assert {case.group for case in TAXONOMY.cases.values()} == set(TAXONOMY.groups)
    assert TAXONOMY.cases["perundungan"].sensitive
    for case in TAXONOMY.cases.values():
        assert not [term for term in case.terms if "," in term], case.id
        first = case.terms[0].replace("*", "si")
        assert case.id in tags(first).all, f"{case.id}: its own first term '{first}' does not hit"


# --- a user's own file ----------------------------------------------------------------------------------------------


def own(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "isu.yaml"
    path.write_text(content, "utf-8")
    return path


def test_users_add_replace_and_remove_without_touching_code(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        """
        groups: {lokal: Isu lokal}
        remove: [hoaks]
        cases:
        - {id: tol_cisumdawu, nama: Tol Cisumdawu, group: lokal, kind: layanan, terms: [Cisumdawu]}
        - {id: banjir, nama: Banjir, group: bencana, kind: risiko, terms: [caah dengdeng]}
        """,
    )
    taxonomy = load_taxonomy(path)
    tagger = CaseTagger(taxonomy)
    assert tagger.tag(Text("Cisumdawu diresmikan", "")).main == ["tol_cisumdawu"]
    assert tagger.tag(Text("Banjir dan hoaks", "")).all == []
    assert tagger.tag(Text("Caah dengdeng", "")).main == ["banjir"]


CASE = "id: x1, nama: X, group: bencana, kind: risiko"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("cases: [{nama: X}]", "case 1: id: must be"),
        (
            "cases: [{id: x1, nama: X, group: bencana, kind: buruk, terms: [a1]}]",
            "case 'x1': kind: must be one of risiko",
        ),
        ("cases: [{id: x1, nama: X, group: b, kind: risiko, terms: [a1]}]", "case 'x1': group: unknown group 'b'"),
        (f"cases: [{{{CASE}}}]", "case 'x1': terms: a case needs at least one"),
        (f"cases: [{{{CASE}, terms: banjir}}]", "case 'x1': terms: must be a list"),
        (f"cases: [{{{CASE}, terms: [1945]}}]", "case 'x1': terms: 1945 is not text; put it in quotes"),
        (f"cases: [{{{CASE}, terms: ['--']}}]", "case 'x1': terms: '--' holds no word"),
        (f"cases: [{{{CASE}, terms: ['ko*si']}}]", r"case 'x1': terms: 'ko\*si': \* may stand only"),
        (f"cases: [{{{CASE}, weak: {{a1: []}}}}]", "case 'x1': weak: a1: needs at least one context"),
        (f"cases: [{{{CASE}, weak: [a1]}}]", "case 'x1': weak: must be a mapping"),
        (f"cases: [{{{CASE}, terms: [a1], sensitive: maybe}}]", "case 'x1': sensitive: must be true or false"),
        (f"cases: [{{{CASE}, nama2: Y, terms: [a1]}}]", "case 'x1': nama2: unknown field"),
        (f"cases: [{{{CASE}, terms: [a1]}}, {{{CASE}, terms: [a1]}}]", "case 'x1': this id stands here twice"),
        ("remove: [nope]", "remove: there is no case 'nope'"),
        ("case: []", "case: unknown key"),
        ("cases: [", "not valid YAML"),
        ("- a", "must be a mapping"),
    ],
)
def test_a_wrong_file_names_the_case_and_the_field(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(Usage, match=rf"isu\.yaml.*{message}"):
        load_taxonomy(own(tmp_path, content))


def test_a_missing_file_names_the_setting() -> None:
    with pytest.raises(Usage, match=r"WARTA_CASES=/nowhere\.yaml: cannot be read"):
        load_taxonomy(Path("/nowhere.yaml"))
