"""Tokens: the compiled scanner finds what the pattern says, and marks and names are what they should be."""

from __future__ import annotations

import unicodedata
from zlib import crc32

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream_agents.stories import tokens
from stream_agents.stories.tokens import END_QUOTE, MARK, MAX_WORDS, NAME, NUMBER, PLAIN, QUOTE, SENTENCE, TOKEN

#: The first example compiles.
COMPILING = settings(deadline=None)

#: Every class of character the scanner knows, and neighbours that look like them.
CHARACTERS = st.text(alphabet='aZé½²٣5 19.,!?…\n"“”»«„_-\u0301ＡİßŁ中😀\U0001d400', max_size=60)


def plainly(text: str) -> list[int]:
    """The codes of a body, by the pattern and one rule after the other."""
    codes, straight, before = list[int](), 0, ""
    for token in TOKEN.findall(text):
        if token == '"':
            straight += 1
            code = QUOTE if straight % 2 else END_QUOTE
        elif token in "“„«":
            code = QUOTE
        elif token in "”»":
            code = END_QUOTE
        elif token in ".!?…\n":
            code = SENTENCE
        else:
            number = token[0].isdigit()
            folded = token.replace(",", ".") if number else unicodedata.normalize("NFKC", token).casefold()
            named = token[0].isupper() and before != "mark"
            kind = NUMBER if number else NAME if named else PLAIN
            code = (crc32(folded.encode()) & 0x3FFF) << 2 | kind
        if not (code == SENTENCE and (not codes or (before == "mark" and codes[-1] == SENTENCE))):
            codes.append(code)
        before = "mark" if code & 3 == MARK else "word"
    return codes


@COMPILING
@given(CHARACTERS)
@example('"Kata" Asep: 1.250,5 kg. Di Bogor…')
@example("3.,4 a1b _x_ É É\u0301")
def test_scanner_finds_what_the_pattern_says(text: str) -> None:
    codes = tokens.encode("", "x " + text)
    assert tokens.split(codes)[1].tolist() == plainly("x " + text)


def test_names_are_capitals_inside_sentences() -> None:
    body = tokens.split(tokens.encode("", "Hari ini Asep ke Bogor. Bupati hadir."))[1]
    kinds = (body & 3).tolist()
    assert kinds == [PLAIN, PLAIN, NAME, PLAIN, NAME, MARK, PLAIN, PLAIN, MARK]


def test_one_number_in_two_spellings() -> None:
    assert tokens.word_hash("1.250") == tokens.word_hash("1,250") != tokens.word_hash("1250")


def test_endless_texts_are_cut() -> None:
    codes = tokens.encode("judul " * 100, "Kata orang. " * 40_000)
    title, body = tokens.split(codes)
    assert (len(tokens.words(title)), len(tokens.words(body))) == (tokens.MAX_TITLE_WORDS, MAX_WORDS)


def test_shingles_are_runs_of_words_without_marks() -> None:
    one, other = (tokens.words(tokens.encode("", text)) for text in ("satu dua. Tiga empat", "satu dua tiga empat"))
    assert np.array_equal(tokens.shingles(one, 3), tokens.shingles(other, 3))
    assert len(tokens.shingles(one, 3)) == 2
    assert not len(tokens.shingles(one[:2], 3))
