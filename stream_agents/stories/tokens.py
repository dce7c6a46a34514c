"""Text → a packed sequence of 16-bit tokens, in reading order.

The sequence is the fingerprint of an article: 2 bytes a word keep nearly everything a comparison needs (order, passages,
numbers, names, sentences, quotes), where a set of 64-bit shingles keeps neither order nor kind and costs four times more.

A code is `hash << 2 | kind`: 14 bits of CRC-32 of the folded word, and 2 bits of kind (plain, name, number, mark). Two
different words share a hash once in 16,384, so single words are weak evidence and runs of three (42 bits) are safe.
Marks are sentence ends, quotation marks and the end of the title; they are never part of a shingle.
"""

from __future__ import annotations

import re
import unicodedata
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]

#: Changes whenever the codes of the same text change; stored with every record.
VERSION = 1

PLAIN, NAME, NUMBER, MARK = 0, 1, 2, 3
END_TITLE, SENTENCE, QUOTE, END_QUOTE = (value << 2 | MARK for value in (1, 2, 3, 4))

#: Words kept of one article. Beyond it the fingerprint is cut, so that one endless live blog cannot fill the memory; the
#: cut affects about 1 article in 200.
MAX_WORDS = 2000
#: Words kept of a title; more is not a headline.
MAX_TITLE_WORDS = 40
#: Characters looked at: enough for `MAX_WORDS` words, and a bound on hostile input.
MAX_CHARS = 60_000

# A word that starts with a plain letter is tried first: it is nearly every word, and plain ranges are matched faster.
_TOKEN = re.compile(r"[A-Za-z]+[^\W\d_]*|\d+(?:[.,]\d+)*|[^\W\d_]+|[“„«”»\"]|[.!?…\n]")
_MARKS = {**dict.fromkeys("“„«", QUOTE), **dict.fromkeys("”»", END_QUOTE), **dict.fromkeys(".!?…\n", SENTENCE)}
_STRAIGHT = 5 << 2 | MARK  # a straight quotation mark, before it is known which way it faces


def _code(token: str) -> int:
    if token in _MARKS:
        return _MARKS[token]
    if token == '"':
        return _STRAIGHT
    number = token[0].isdigit()
    folded = token.replace(",", ".") if number else unicodedata.normalize("NFKC", token).casefold()
    kind = NUMBER if number else NAME if token[0].isupper() else PLAIN
    return (crc32(folded.encode()) & 0x3FFF) << 2 | kind


def word_hash(word: str) -> int:
    """The 14-bit hash that `words` gives for one word or number."""
    return _code(word) >> 2


class _Codes(dict[str, int]):
    """Codes of the tokens met so far; emptied when it has grown past its bound (a pure function's cache)."""

    def __missing__(self, token: str) -> int:
        if len(self) >= 1 << 15:
            self.clear()
        code = self[token] = _code(token)
        return code


_codes = _Codes()


def _scan(text: str, limit: int) -> Codes:
    found = _TOKEN.findall(text[:MAX_CHARS])
    codes = np.fromiter(map(_codes.__getitem__, found), dtype=np.uint16, count=len(found))
    mark = (codes & 3) == MARK
    if len(codes) > limit:
        cut = int(np.searchsorted(np.cumsum(~mark), limit, side="right"))
        codes, mark = codes[:cut], mark[:cut]
    straight = np.flatnonzero(codes == _STRAIGHT)
    codes[straight[0::2]] = QUOTE
    codes[straight[1::2]] = END_QUOTE
    # A capital right after a mark opens a sentence: it says nothing about names.
    fresh = np.concatenate(([True], mark[:-1])) & ((codes & 3) == NAME)
    codes[fresh] &= 0xFFFC
    repeated = (codes == SENTENCE) & np.concatenate(([True], codes[:-1] == SENTENCE))
    kept: Codes = codes[~repeated]
    return kept


def encode(title: str, body: str) -> Codes:
    """Codes of title, `END_TITLE`, body: uint16, at most `MAX_TITLE_WORDS` + `MAX_WORDS` words."""
    end = np.array([END_TITLE], dtype=np.uint16)
    return np.concatenate((_scan(title, MAX_TITLE_WORDS), end, _scan(body, MAX_WORDS)))


def split(codes: Codes) -> tuple[Codes, Codes]:
    """Codes → (title, body) without the mark between them."""
    at = int((codes == END_TITLE).argmax())
    return codes[:at], codes[at + 1 :]


def words(codes: Codes) -> NDArray[np.int64]:
    """14-bit word hashes of a sequence, marks dropped."""
    hashes: NDArray[np.int64] = (codes[(codes & 3) != MARK] >> 2).astype(np.int64)
    return hashes


def shingles(hashes: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Keys of every run of `size` words, in order (14 bits a word, so `size` ≤ 4); empty where the text is shorter."""
    count = len(hashes) - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    keys = hashes[:count].copy()
    for step in range(1, size):
        keys <<= 14
        keys |= hashes[step : step + count]
    return keys
