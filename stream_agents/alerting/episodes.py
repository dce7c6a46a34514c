"""One alarm an episode: it opens, may rise, and is over when three hours in a row were unremarkable."""

from __future__ import annotations

from hashlib import blake2b

from msgspec import Struct

from warta.alarms import LEVELS, Level

#: A chance below this keeps an episode open.
WARM = 0.05
#: Unremarkable hours in a row that end it.
COOL_HOURS = 3
#: Fractions of the nominal chance, stories and voices that a level asks for.
RISES: tuple[tuple[float, int, int], ...] = ((1.0, 3, 1), (0.4, 4, 2), (0.01, 6, 3))
#: Hours after which an open episode is the new usual and is learnt from.
NEW_USUAL = 48


class Episode(Struct, kw_only=True):
    """An open alarm of one row; hours are WIB hours, `level` an index of `LEVELS`, `warm` the last hour out of the ordinary."""

    row: int
    alarm_id: str
    fired: float
    start: int
    end: int
    warm: int
    level: int = 0
    p: float = 1.0
    what: str = "spike"


def alarm_id(series: str, start: int) -> str:
    """The same alarm has the same id in every replay."""
    return "A-" + blake2b(f"{series}\n{start}".encode(), digest_size=6).hexdigest()


def level_of(p: float, nominal: float, stories: int, voices: int) -> int:
    """The highest level whose demands are met, as an index of `LEVELS`."""
    level = 0
    for index, (fraction, least, speaking) in enumerate(RISES):
        if p <= nominal * fraction and stories >= least and voices >= speaking:
            level = index
    return level


def name(level: int) -> Level:
    """Index → level."""
    return LEVELS[level]
