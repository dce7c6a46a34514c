"""A back-test's bursts: made stories put into a history, to see which of them ring, how soon, and what else rings.

One burst a series and fortnight after the warm-up, three hours of 4.5 times the usual negative news of that hour of day, by
the series' own publishers; only where at least three stories would come on top, for fewer can never be an alarm.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stream_agents.alerting import calendar
from stream_agents.alerting.budget import FLOOR
from stream_agents.alerting.lines import Line
from warta.alarms import Alarm

FACTOR = 4.5
HOURS = 3
EVERY_DAYS = 14
#: An alarm that fires until so many hours after a burst began tells of it.
HEARD_H = 4
#: Negative stories an hour from which the bar of detection is absolute.
BUSY = 2.0
_TRIES = 8
_OWNERS = 12


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst to come: POSIX time of its start, usual negative stories an hour then, and how many are made."""

    series: str
    start: float
    usual: float
    stories: int


@dataclass(slots=True)
class Profile:
    """What a series has had: distinct negative stories by WIB hour of day, and some of its publishers."""

    by_hour: NDArray[np.float64] = field(default_factory=lambda: np.zeros(24))
    owners: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Profiles:
    """Every series of a history, and the history's first and last moment."""

    series: dict[str, Profile] = field(default_factory=dict)
    first: float = 0.0
    last: float = 0.0

    @property
    def days(self) -> float:
        return max((self.last - self.first) / 86400, 1 / 24)


def profiles(lines: Iterable[tuple[float, Line]]) -> Profiles:
    """Read a history once."""
    found = Profiles()
    known: set[tuple[str, str]] = set()
    for seconds, line in lines:
        found.first, found.last = found.first or seconds, seconds
        for name in line.series:
            if line.label != "negative" or (line.story_id, name) in known:
                continue
            known.add((line.story_id, name))
            profile = found.series.setdefault(name, Profile())
            profile.by_hour[calendar.hour_of_timestamp(seconds) % 24] += 1
            if len(profile.owners) < _OWNERS and line.publisher_group not in profile.owners:
                profile.owners.append(line.publisher_group)
    return found


def plan(history: Profiles, warm_up_days: float, rng: np.random.Generator) -> list[Burst]:
    """Bursts in order of time."""
    bursts = []
    begin = history.first + warm_up_days * 86400
    for name, profile in sorted(history.series.items()):
        usual = profile.by_hour / history.days
        for start in np.arange(begin, history.last - EVERY_DAYS * 86400 / 2, EVERY_DAYS * 86400).tolist():
            room = min(EVERY_DAYS * 86400.0, history.last - start) - HEARD_H * 3600
            for _ in range(_TRIES):
                at = start + float(rng.uniform(0, room))
                mean = float(usual[(calendar.hour_of_timestamp(at) + np.arange(HOURS)) % 24].mean())
                if (FACTOR - 1) * mean * HOURS >= FLOOR:
                    bursts.append(Burst(name, at, mean, int(rng.poisson((FACTOR - 1) * mean * HOURS))))
                    break
    return sorted(bursts, key=lambda burst: burst.start)


def injected(
    lines: Iterable[tuple[float, Line]], bursts: Sequence[Burst], history: Profiles, rng: np.random.Generator
) -> Iterator[tuple[float, Line]]:
    """The history with the bursts' stories among it, in order of time."""
    made = [
        (at, Line("", [burst.series], f"made {number}/{story}", str(rng.choice(owners)), "negative"))
        for number, burst in enumerate(bursts)
        for owners in (history.series[burst.series].owners,)
        for story, at in enumerate((burst.start + rng.uniform(0, HOURS * 3600, burst.stories)).tolist())
    ]
    return heapq.merge(lines, sorted(made, key=_time), key=_time)


def _time(timed: tuple[float, Line]) -> float:
    return timed[0]


@dataclass(slots=True)
class Heard:
    """What became of the bursts. `delays` are hours from a burst's start to its alarm, NaN where none came; `false` are the
    alarms that tell of no burst."""

    bursts: Sequence[Burst]
    delays: NDArray[np.float64]
    alarms: int
    false: int

    @property
    def precision(self) -> float:
        """The part of alarms that tell of a burst (PPV); it depends on how many bursts there are."""
        return 1.0 - self.false / self.alarms if self.alarms else float("nan")

    def found(self, least: float, most: float) -> tuple[int, int]:
        """Bursts found, and bursts, where the usual number of negative stories an hour is in [least, most)."""
        chosen = np.array([least <= burst.usual < most for burst in self.bursts], bool)
        return int((~np.isnan(self.delays[chosen])).sum()), int(chosen.sum())

    @property
    def median_delay(self) -> float:
        """Hours; NaN where nothing was found."""
        known = self.delays[~np.isnan(self.delays)]
        return float(np.median(known)) if len(known) else float("nan")

    def figures(self) -> dict[str, float | int | None]:
        """Everything as plain numbers; none where it cannot be told."""
        quiet, busy = self.found(0.0, BUSY), self.found(BUSY, np.inf)
        numbers = {
            "bursts": len(self.bursts),
            "detection": sum((quiet[0], busy[0])) / max(1, len(self.bursts)),
            "bursts_from_2_an_hour": busy[1],
            "detection_from_2_an_hour": busy[0] / busy[1] if busy[1] else np.nan,
            "bursts_below": quiet[1],
            "detection_below": quiet[0] / quiet[1] if quiet[1] else np.nan,
            "median_delay_hours": self.median_delay,
            "alarms_with_bursts": self.alarms,
            "ppv": self.precision,
        }
        return {name: None if number != number else number for name, number in numbers.items()}

    def lines(self) -> Iterator[str]:
        """The same in words."""
        if not self.bursts:
            yield "no burst was put in: no series has enough negative news after the warm-up"
            return
        yield f"{len(self.bursts)} bursts of {FACTOR:g} times the usual for {HOURS} hours put in, one a series and fortnight"
        for least, most, words in ((BUSY, np.inf, "from 2 negative stories an hour"), (0.0, BUSY, "below")):
            found, of = self.found(least, most)
            if of:
                yield f"{words}: {found} of {of} found ({found / of:.2f})"
        yield f"median delay {self.median_delay:.1f} h; {self.precision:.2f} of {self.alarms} alarms told of a burst (PPV)"


def heard(alarms: Iterable[Alarm], bursts: Sequence[Burst]) -> Heard:
    """Match alarms (one an episode, as fired) with bursts of the same series."""
    fired: dict[str, list[float]] = {}
    for alarm in alarms:
        if alarm.what != "spread":
            fired.setdefault(alarm.series, []).append(alarm.fired_at.timestamp())
    delays = np.full(len(bursts), np.nan)
    true: set[tuple[str, float]] = set()
    for number, burst in enumerate(bursts):
        at = [moment for moment in fired.get(burst.series, []) if 0 <= moment - burst.start <= HEARD_H * 3600]
        true.update((burst.series, moment) for moment in at)
        delays[number] = (min(at) - burst.start) / 3600 if at else np.nan
    total = sum(map(len, fired.values()))
    return Heard(bursts, delays, total, total - len(true))
