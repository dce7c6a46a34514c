"""What must hold for any input: a fixed point, nothing invented, no exception, every cut accounted for."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream_agents.cleaning.clean import Cleaned, clean_page, clean_text
from stream_agents.cleaning.command import decode
from stream_agents.cleaning.typography import plain_text
from tests.corpus.cleaning.articles import STORIES
from tests.corpus.cleaning.dirt import COPYRIGHT, COUNTER, FOLLOW, SHARE, TAYANG
from tests.corpus.cleaning.forms import FORMS
from tests.corpus.cleaning.themes import wordpress

NOW = datetime(2026, 11, 24, tzinfo=UTC)
_PIECES = [p for s in STORIES[:3] for p in (*s.paragraphs, s.title, *s.related, s.caption, f"({s.initials})")]
_DIRT = [
    *FOLLOW,
    TAYANG,
    COPYRIGHT,
    SHARE,
    COUNTER,
    "Baca juga: ",
    "BACA JUGA",
    "**",
    "(*)",
    "[Gambas:Video]",
    "ADVERTISEMENT",
    "#tagar",
    "\n",
    " ",
    "-",
    "Jakarta - ",
]
_soup = st.lists(st.sampled_from([*_PIECES, *_DIRT]), max_size=14).map("\n".join)
_glued = st.lists(st.sampled_from([*_PIECES, *_DIRT]), max_size=10).map("".join)


def _again(cleaned: Cleaned) -> Cleaned:
    return clean_text(cleaned.body, NOW, title=cleaned.title or "Judul yang sudah diketahui")


@given(st.one_of(_soup, _glued, st.text(max_size=400)))
@settings(max_examples=120, deadline=None)
def test_nothing_is_invented(text: str) -> None:
    cleaned = clean_text(text, NOW)
    source = plain_text(text)
    at = 0
    for paragraph in cleaned.body.split("\n"):
        for word in paragraph.split():
            found = source.find(word, at)
            assert found >= 0, word
            at = found + len(word)


@given(st.one_of(_soup, _glued, st.text(max_size=400)))
@settings(max_examples=120, deadline=None)
def test_cuts_say_what_stood_where(text: str) -> None:
    cleaned = clean_text(text, NOW)
    for cut in cleaned.cuts:
        # Inside a cut earlier ones may already have left blanks.
        there = cleaned.source[cut.offset : cut.offset + len(cut.text)]
        assert all(c.isspace() or c == t or t == "\n" for c, t in zip(cut.text, there, strict=True))


@pytest.mark.parametrize("form", FORMS)
def test_cleaning_twice_changes_nothing(form: str) -> None:
    for story in STORIES:
        once = clean_text(FORMS[form](story), NOW)
        assert _again(once).body == once.body


@given(st.one_of(_soup, _glued))
@example("\n".join([STORIES[0].title] * 2 + [*STORIES[0].related[:1], STORIES[0].title, "(rwn)", STORIES[1].title]))
@settings(max_examples=80, deadline=None)
def test_cleaning_is_a_fixed_point(text: str) -> None:
    once = clean_text(text, NOW, title="Judul yang sudah diketahui")
    assert _again(once).body == once.body


def test_headlines_under_each_other_are_not_one_sentence() -> None:
    headlines = [story.title for story in STORIES[:8]]
    assert clean_text("\n".join(headlines), NOW, title="Indeks berita").body.split("\n") == headlines


@given(st.binary(max_size=600))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise(data: bytes) -> None:
    clean_text(decode(data), NOW)
    clean_page(data, NOW)
    clean_page(b"<html><body><div class=article-body><p>" + data + b"</p></div>", NOW)


@given(st.integers(0, 4000), st.sampled_from(["<", "</div>", "<!--", "<script>", '<p class="', "&#x", "<td>"]))
@settings(max_examples=60, deadline=None)
def test_damaged_pages_do_not_raise(at: int, damage: str) -> None:
    page = wordpress(STORIES[0])
    clean_page(page[:at] + damage + page[at:], NOW)


def test_deep_nesting_is_bounded() -> None:
    cleaned = clean_page("<div>" * 60_000 + STORIES[0].paragraphs[0] + "</div>" * 60_000, NOW)
    assert unicodedata.is_normalized("NFC", cleaned.body)
