from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_agents.tagging.phrases import Phrases
from stream_agents.tagging.text import Text


def found(phrase: str, text: str) -> bool:
    phrases: Phrases[str] = Phrases()
    phrases.add(phrase, phrase)
    return any(True for _ in phrases.find(Text("", text)))


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("banjir", "Banjir besar", True),
        ("banjir", "kebanjiran", False),
        ("korup*", "korupsinya terbongkar", True),
        ("korup*", "antikorupsi", False),
        ("*korupsi", "antikorupsi", True),
        ("banjir", "banjirnya", True),
        ("banjir", "banjirpun", True),
        ("pu", "punya", False),
        ("PHK", "kena PHK massal", True),
        ("PHK", "kena phk massal", False),
        ("PHK", "PHKnya", True),
        ("PBB-P2", "tagihan PBB P2", True),
        ("PBB-P2", "tagihan pbb-p2", False),
        ("sabu-sabu", "Sabu sabu", True),
        ("gizi buruk", "gizi. Buruk", False),
        ("gizi buruk", "gizi, buruk", False),
        ("gizi buruk", "gizi\nburuk", False),
        ("El Nino", "el nino", True),
        ("Densus 88", "DENSUS 88", True),
    ],
)
def test_how_a_pattern_is_read(phrase: str, text: str, expected: bool) -> None:
    assert found(phrase, text) is expected


def test_overlapping_phrases_are_all_found() -> None:
    phrases: Phrases[str] = Phrases()
    for phrase in ("dana desa", "desa", "korupsi dana desa"):
        phrases.add(phrase, phrase)
    hits = [(hit.start, hit.end, hit.payload) for hit in phrases.find(Text("", "korupsi dana desa"))]
    assert sorted(hits) == [(0, 3, "korupsi dana desa"), (1, 3, "dana desa"), (2, 3, "desa")]


def test_a_phrase_needs_a_word() -> None:
    with pytest.raises(ValueError, match="holds no word"):
        Phrases[str]().add(" - ", "x")


@given(
    st.lists(
        st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=5, unique=True
    ),
    st.lists(st.sampled_from(["a", "b", "c", "d", ".", ","]), max_size=25).map(" ".join),
)
def test_the_trie_finds_what_regular_expressions_find(wanted: list[str], text: str) -> None:
    phrases: Phrases[str] = Phrases()
    for phrase in wanted:
        phrases.add(phrase, phrase)
    read = Text("", text)
    ours = sorted((read.starts[hit.start] - 1, hit.payload) for hit in phrases.find(read))
    theirs = sorted((m.start(), phrase) for phrase in wanted for m in re.finditer(rf"(?=\b{phrase}\b)", text))
    assert ours == theirs
