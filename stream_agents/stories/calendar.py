"""Dates that a text states, read from word hashes: "Selasa (10/6/2025)", "Senin (9/6)", "10 Juni 2025"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories.compiled import compiled
from stream_agents.stories.tokens import NUMBER, word_hash

_DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "ahad")
_MONTHS = (
    "januari jan",
    "februari feb",
    "maret mar",
    "april apr",
    "mei",
    "juni jun",
    "juli jul",
    "agustus agu ags",
    "september sep",
    "oktober okt",
    "november nov nop",
    "desember des",
)
# What a word hash means, packed: a number from 1 to 31, a month from 1 to 12 by name, a weekday, a year.
_MONTH, _WEEKDAY, _YEAR = 1 << 5, 1 << 9, 1 << 10


def _calendar() -> NDArray[np.int16]:
    packed = np.zeros(1 << 14, dtype=np.int16)
    for value in range(1, 32):
        for form in (str(value), f"{value:02d}"):
            packed[word_hash(form)] |= value
    for month, names in enumerate(_MONTHS, start=1):
        for name in names.split():
            packed[word_hash(name)] |= month * _MONTH
    for flag, words in ((_WEEKDAY, _DAYS), (_YEAR, map(str, range(2000, 2051)))):
        for word in words:
            packed[word_hash(word)] |= flag
    return packed


CALENDAR = _calendar()


@compiled
def dates(words: NDArray[np.int64], kinds: NDArray[np.uint8], calendar: NDArray[np.int16]) -> NDArray[np.uint32]:
    """Every date in the text: for each month (1 to 12) its days, a bit each. Two numbers count as day and month only beside
    a weekday or a year: scores ("3-1") and addresses look the same."""
    found = np.zeros(13, dtype=np.uint32)
    for at in range(len(words) - 1):
        day = calendar[words[at]] & 31
        if kinds[at] != NUMBER or day == 0:
            continue
        after = calendar[words[at + 1]]
        if kinds[at + 1] != NUMBER:
            month = after // _MONTH & 15
        else:
            beside = at > 0 and calendar[words[at - 1]] & _WEEKDAY
            beside |= at + 2 < len(words) and calendar[words[at + 2]] & _YEAR
            month = after & 31 if beside and after & 31 <= 12 else 0
        if month:
            found[month] |= np.uint32(1 << day)
    return found
