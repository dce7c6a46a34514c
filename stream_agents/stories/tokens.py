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

from stream_agents.stories.compiled import compiled

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

#: What a word, a number, and a mark look like: a run of letters of any script; digits with inner points and commas; one
#: character. `_scan` finds exactly what this finds.
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[“„«”»\"]|[.!?…\n]")
_MARKS = {**dict.fromkeys("“„«", QUOTE), **dict.fromkeys("”»", END_QUOTE), **dict.fromkeys(".!?…\n", SENTENCE)}
STRAIGHT = 5 << 2 | MARK  # a straight quotation mark, before it is known which way it faces

# Classes of characters: letters and digits below; a mark is its code.
_LETTER, _DIGIT = 1, 2


def _code(token: str) -> int:
    if token in _MARKS:
        return _MARKS[token]
    if token == '"':
        return STRAIGHT
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


def _classes() -> NDArray[np.uint8]:
    """The class of every character there is."""
    everything = "".join(map(chr, range(0x110000)))
    classes = np.zeros(len(everything), dtype=np.uint8)
    for pattern, value in ((r"[^\W\d_]+", _LETTER), (r"\d+", _DIGIT)):
        for run in re.finditer(pattern, everything):
            classes[run.start() : run.end()] = value
    for mark in (*_MARKS, '"'):
        classes[ord(mark)] = _code(mark)
    return classes


def _crc_table() -> NDArray[np.uint32]:
    """CRC-32 (ISO 3309) of every byte, for the step from one to the next."""
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ 0xEDB88320, values >> 1).astype(np.uint32)
    return values


_CLASSES, _CRC = _classes(), _crc_table()


@compiled
def _scan(
    text: NDArray[np.uint32], classes: NDArray[np.uint8], crc_table: NDArray[np.uint32]
) -> tuple[Codes, NDArray[np.int64]]:
    """Code points → codes of all tokens, and of each token that is not plain ASCII (its code is left open): its place
    among the codes, its first character and the one after its last, n × 3."""
    codes, odd = np.empty(len(text), dtype=np.uint16), np.empty((len(text), 3), dtype=np.int64)
    count = odds = at = 0
    while at < len(text):
        kind = classes[text[at]]
        if kind > _DIGIT:
            codes[count] = kind
            count += 1
        if kind == 0 or kind > _DIGIT:
            at += 1
            continue
        start, plain, crc = at, True, np.uint32(0xFFFFFFFF)
        while at < len(text):
            char = text[at]
            inside = classes[char] == kind
            if kind == _DIGIT and (char == 44 or char == 46) and at + 1 < len(text):  # a comma or point before a digit
                inside = classes[text[at + 1]] == _DIGIT
                char = np.uint32(46)
            if not inside:
                break
            if char > 127:
                plain = False
            elif 65 <= char <= 90:
                char += np.uint32(32)
            crc = crc_table[(crc ^ char) & np.uint32(0xFF)] ^ (crc >> np.uint32(8))
            at += 1
        if plain:
            of_kind = NUMBER if kind == _DIGIT else NAME if text[start] <= 90 else PLAIN
            codes[count] = (np.int64(~crc) & 0x3FFF) << 2 | of_kind
        else:
            odd[odds, 0], odd[odds, 1], odd[odds, 2] = count, start, at
            odds += 1
        count += 1
    return codes[:count], odd[:odds]


@compiled
def _settled(codes: Codes, limit: int) -> Codes:
    """At most `limit` words of a text, with its marks made sense of."""
    kept, result, words, open_quote = 0, np.empty(len(codes), dtype=np.uint16), 0, False
    before = SENTENCE
    for code in codes:
        if code & 3 != MARK:
            if words == limit:
                break
            words += 1
            if code & 3 == NAME and before & 3 == MARK:
                # A capital right after a mark opens a sentence: it says nothing about names.
                code &= 0xFFFC
        elif code == STRAIGHT:
            open_quote = not open_quote
            code = QUOTE if open_quote else END_QUOTE
        if code != SENTENCE or before != SENTENCE:
            result[kept] = code
            kept += 1
        before = code
    return result[:kept]


def _encode(text: str, limit: int) -> Codes:
    text = text[:MAX_CHARS]
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes, odd = _scan(points, _CLASSES, _CRC)
    for place, start, end in odd.tolist():
        codes[place] = _codes[text[start:end]]
    return _settled(codes, limit)


def encode(title: str, body: str) -> Codes:
    """Codes of title, `END_TITLE`, body: uint16, at most `MAX_TITLE_WORDS` + `MAX_WORDS` words."""
    end = np.array([END_TITLE], dtype=np.uint16)
    return np.concatenate((_encode(title, MAX_TITLE_WORDS), end, _encode(body, MAX_WORDS)))


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
