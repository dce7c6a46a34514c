"""The query language: what a text means, that nothing breaks the parser, and that mistakes are said."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warta.errors import Usage
from warta.search import abbreviations, places
from warta.search.compile import compile_query
from warta.search.fields import FIELDS, canonical_field, moment
from warta.search.query import MAX_TERMS, All, Any, Filter, Not, Phrase, Word, parse

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("banjir sumedang", (Word("banjir"), Word("sumedang"))),
        ('"makan gratis" sekolah', (Phrase("makan gratis"), Word("sekolah"))),
        ("“makan gratis”", (Phrase("makan gratis"),)),
        ("banjir -jakarta", (Word("banjir"), Not(Word("jakarta")))),
        ("banjir BUKAN jakarta", (Word("banjir"), Not(Word("jakarta")))),
        ("- banjir", (Word("banjir"),)),
        ("tarik-ulur", (Word("tarik-ulur"),)),
        ("banjir OR longsor", (Any((Word("banjir"), Word("longsor"))),)),
        ("banjir atau longsor", (Word("banjir"), Word("atau"), Word("longsor"))),
        ("a AND b", (Word("a"), Word("b"))),
        ("(banjir OR longsor) bandung", (Any((Word("banjir"), Word("longsor"))), Word("bandung"))),
        ("a b OR c", (Any((All((Word("a"), Word("b"))), Word("c"))),)),
        ('place:"Kab. Sumedang"', (Filter("place", "Kab. Sumedang"),)),
        ("wilayah:sumedang NADA:negatif", (Filter("place", "sumedang"), Filter("sentiment", "negatif"))),
        ("-case:banjir", (Not(Filter("case", "banjir")),)),
        ("since:2026-11-20T08:15", (Filter("since", "2026-11-20T08:15"),)),
        ("pukul 08:15", (Word("pukul"), Word("08:15"))),
        ("url:https://a.example/x", (Filter("url", "https://a.example/x"),)),
        ("NOT NOT a", (Word("a"),)),
        ("OR", ()),
        ("()", ()),
        ("!!! ...", ()),
    ],
)
def test_meaning(text: str, expected: tuple[object, ...]) -> None:
    assert parse(text).node == All(expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"tidak ditutup', "not closed"),
        ("(a", "bracket is not closed"),
        ("a)", "no opening"),
        ("warna:merah", "no field 'warna'"),
        ("_index:news", "no field '_index'"),
        ("story.copies:4", "no field 'story.copies'"),
        ('case:""', "has no value"),
    ],
)
def test_a_mistake_is_read_leniently_and_said(text: str, said: str) -> None:
    assert any(said in note for note in parse(text).notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 3000, "characters"),
        ("kata " * (MAX_TERMS + 1), "terms"),
        ("(" * 40 + "a", "inside each other"),
        ("since:soon", "not a time"),
        ("sentiment:marah", "no sentiment"),
        ("is:odd", "there is no is:odd"),
        ("since:2026-13-45", "not a time"),
    ],
)
def test_what_cannot_mean_anything_is_an_error_for_a_person(text: str, said: str) -> None:
    with pytest.raises(Usage, match=said):
        compile_query(parse(text), NOW)


_pieces = st.sampled_from(
    [
        '"',
        "(",
        ")",
        "-",
        "OR",
        "NOT",
        ":",
        "*",
        "banjir",
        "place:",
        "since:2h",
        "“",
        "\\",
        "/",
        "é",
        "\x00",
        "\ud83d\ude00",
        " ",
    ]
)


@settings(deadline=None)  # the first place loads the gazetteer
@given(
    st.one_of(
        st.text(max_size=80), st.lists(_pieces, max_size=25).map("".join), st.lists(_pieces, max_size=25).map(" ".join)
    )
)
def test_no_text_breaks_it(text: str) -> None:
    with contextlib.suppress(Usage):
        compile_query(parse(text), NOW).query()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2h", NOW - timedelta(hours=2)),
        ("30m", NOW - timedelta(minutes=30)),
        ("hari-ini", datetime(2026, 11, 19, 17, tzinfo=UTC)),
        ("kemarin", datetime(2026, 11, 18, 17, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 19, 17, tzinfo=UTC)),
        ("2026-11-20T08:15+09:00", datetime(2026, 11, 19, 23, 15, tzinfo=UTC)),
    ],
)
def test_times_are_of_the_newsroom(value: str, expected: datetime) -> None:
    assert moment(value, NOW) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kab. Sumedang", ("32.11",)),
        ("Kabupaten Bogor", ("32.01",)),
        ("Kota Bogor", ("32.71",)),
        ("bogor", ("32.01", "32.71")),
        ("Jawa Barat", ("32",)),
        ("jatinangor", ("32.11.15",)),
        ("32.11", ("32.11",)),
        ("Atlantis", ()),
        ("", ()),
    ],
)
def test_names_of_places(name: str, expected: tuple[str, ...]) -> None:
    assert places.codes(name) == expected


def test_abbreviations_go_both_ways_but_meanings_do_not_mix() -> None:
    assert "makan bergizi gratis" in abbreviations.others("MBG")
    assert abbreviations.others("Makan Bergizi Gratis") == ("mbg",)
    assert abbreviations.others("pajak bumi dan bangunan") == ("pbb",)


def test_every_field_goes_by_its_names_and_no_name_is_taken_twice() -> None:
    names = [name for field, spec in FIELDS.items() for name in (field, *spec.names)]
    assert len(set(names)) == len(names)
    assert all(canonical_field(name.upper()) for name in names)
