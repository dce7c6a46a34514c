from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_agents.sentiment.text import clip, model_input


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        pytest.param("Banjir", "Warga mengungsi.", "Banjir. Warga mengungsi.", id="a full stop after the title"),
        pytest.param("Banjir?", "Ya.", "Banjir? Ya.", id="none after a question mark"),
        pytest.param("Awas!", "Ya.", "Awas! Ya.", id="none after an exclamation mark"),
        pytest.param("Selesai.", "Ya.", "Selesai. Ya.", id="no second full stop"),
        pytest.param(
            " Banjir \n besar ", "Satu\n\n dua\t tiga", "Banjir besar. Satu dua tiga", id="white space collapsed"
        ),
        pytest.param("", "Hanya isi", "Hanya isi", id="no title"),
        pytest.param("Hanya judul", " \n", "Hanya judul", id="no body"),
        pytest.param(" ", "", "", id="nothing"),
    ],
)
def test_the_model_reads_title_and_body_as_its_card_says(title: str, body: str, expected: str) -> None:
    assert model_input(title, body) == expected


@given(st.text(max_size=4000), st.integers(8, 64))
def test_clipping_keeps_a_prefix_and_enough_words(text: str, tokens: int) -> None:
    text = " ".join(text.split())
    clipped = clip(text, tokens)
    assert text.startswith(clipped)
    assert clipped == text or len(clipped) >= 4 * tokens or len(clipped.split(" ")) >= 4 * tokens


def test_a_megabyte_is_cut_to_a_few_thousand_characters() -> None:
    assert len(clip("a" * 1_000_000, 192)) <= 64 * 192
    assert len(clip("kata " * 200_000, 192)) <= 64 * 192
