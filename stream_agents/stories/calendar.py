"""Dates that a text states, read from word hashes: "Selasa (10/6/2025)", "Senin (9/6)", "10 Juni 2025"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories.tokens import word_hash

_DAYS = frozenset(word_hash(day) for day in ["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "ahad"])
_MONTHS = {
    word_hash(name): number
    for number, names in enumerate(
        (
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
        ),
        start=1,
    )
    for name in names.split()
}
_NUMBERS = {word_hash(form): value for value in range(1, 32) for form in (str(value), f"{value:02d}")}
_YEARS = frozenset(word_hash(str(year)) for year in range(2000, 2051))


def dates(words: NDArray[np.int64], numbers: NDArray[np.bool_]) -> frozenset[tuple[int, int]]:
    """(month, day) of every date in the text. Two numbers count as day and month only beside a weekday or a year: scores
    ("3-1") and addresses look the same."""
    found = set()
    hashes = words.tolist()
    for at in np.flatnonzero(numbers[:-1]).tolist():
        day = _NUMBERS.get(hashes[at])
        if day is None:
            continue
        if not numbers[at + 1]:
            month = _MONTHS.get(hashes[at + 1])
        else:
            month = _NUMBERS.get(hashes[at + 1])
            beside = (at > 0 and hashes[at - 1] in _DAYS) or (at + 2 < len(hashes) and hashes[at + 2] in _YEARS)
            month = month if month is not None and month <= 12 and beside else None
        if month is not None:
            found.add((month, day))
    return frozenset(found)
