"""Silent sources: how many false alarms a week, and how long until a source that died is noticed, on modelled rhythms.

The model: newsrooms that follow the day (WIB), press rooms that work in office hours, sites that publish in batches, sources
that give a few articles a week; hours are clumpy (gamma), days differ (log-normal), a three-day holiday takes two thirds of
everybody's articles, and breaking news floods an hour now and then. Six weeks teach; in the next four every alarm is a false
one. Then each source dies at several hours of the week. Every rule sees the very same articles and is asked every half hour.

Run: python -m benchmarks.producers.health
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from producers.health import SILENT, Facts, Point, experience, judge, tide
from producers.health_rhythm import PER_WEEK, Past, Profile

START = datetime(2026, 8, 30, 17, tzinfo=UTC)  # Monday, midnight in Jakarta
STEP = timedelta(minutes=30)
A_WEEK = 7 * 48
LEARN, MEASURE = 6, 4
#: Hours since 1970 at `START`; hours of the past that are looked at; hours after which a death counts as never noticed.
FIRST = int(START.timestamp() // 3600)
HISTORY = 6 * 168
LONGEST = 3 * 168
#: Share of the day's articles by hour (WIB).
DAY = (2, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 5, 3)
OFFICE = (0, 0, 0, 0, 0, 0, 0, 1, 6, 9, 9, 8, 4, 8, 9, 9, 6, 2, 1, 0, 0, 0, 0, 0)
HOLIDAY = range(2 + 7 * 6, 5 + 7 * 6)  # days: Wednesday to Friday of the seventh week
SEED = 11


@dataclass(slots=True)
class Modelled:
    """One source: its kind, articles in each half hour."""

    kind: str
    daily: float
    arrivals: list[int] = field(default_factory=list)


def model(kind: str, daily: float, rng: random.Random) -> Modelled:
    """Articles of a source over all weeks."""
    source = Modelled(kind, daily)
    for day in range((LEARN + MEASURE) * 7):
        level = math.exp(rng.gauss(0, 0.25) - 0.03) * (0.34 if day in HOLIDAY else 1.0)
        weekend = day % 7 >= 5
        level *= (0.0 if kind == "press room" else 0.6) if weekend else 1.0
        shape = OFFICE if kind == "press room" else DAY
        for hour in range(24):
            mean = daily * level * shape[hour] / sum(shape) * rng.gammavariate(4, 0.25)
            mean *= 4 if rng.random() < 0.005 else 1
            source.arrivals += [batch(kind, mean / 2, rng) for _ in range(2)]
    return source


def batch(kind: str, mean: float, rng: random.Random) -> int:
    """Articles of half an hour; a batch site gives eight at a time."""
    size = 8 if kind == "batches" else 1
    return size * poisson(mean / size, rng)


def poisson(mean: float, rng: random.Random) -> int:
    """A Poisson number (Knuth); means here are small."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def sources(rng: random.Random) -> list[Modelled]:
    """The modelled catalogue."""
    wanted = [("newsroom", daily) for daily in (600.0, 300.0, 150.0, 80.0, 40.0, 20.0, 10.0, 5.0) for _ in range(5)]
    wanted += [("press room", daily) for daily in (12.0, 6.0, 3.0) for _ in range(5)]
    wanted += [("batches", daily) for daily in (60.0, 24.0) for _ in range(5)]
    wanted += [("sleepy", daily) for daily in (0.8, 0.3) for _ in range(5)]
    return [model(kind, daily, rng) for kind, daily in wanted]


#: A rule: hours since the last article, the source → alarm?
Rule = Callable[[float, Modelled], bool]
PEERS: dict[str, Rule] = {
    "none for 6 h": lambda hours, _: hours >= 6,
    "none for 24 h": lambda hours, _: hours >= 24,
    "none for 72 h": lambda hours, _: hours >= 72,
    "10 mean gaps": lambda hours, source: hours >= max(1.0, 240 / source.daily),
}


class Ours:
    """Our view of one source: its hours so far, and the rhythm learnt from them, anew each day."""

    def __init__(self, source: Modelled, dead_from: int | None = None) -> None:
        self._halves = np.array(source.arrivals * 2)
        if dead_from is not None:
            self._halves[dead_from:] = 0
        self._hours = self._halves.reshape(-1, 2).sum(axis=1)
        self._profile: Profile | None = None
        self._day = -1

    def at(self, half: int) -> tuple[Past, Profile]:
        """What is known after a half hour."""
        hour, part = divmod(half, 2)
        seen = self._hours[max(0, hour - HISTORY) : hour + 1].copy()
        seen[-1] = self._halves[2 * hour : half + 1].sum()
        watched = np.ones(len(seen))
        watched[-1] = (part + 1) / 2
        past = Past(FIRST + max(0, hour - HISTORY), seen, watched)
        if self._profile is None or hour // 24 != self._day:
            self._profile, self._day = experience(past), hour // 24
        return past, self._profile

    def silent(self, half: int, level: float) -> bool:
        """Whether we call it silent."""
        past, profile = self.at(half)
        now = START + (half + 1) * STEP
        found = np.flatnonzero(self._halves[: half + 1])
        last = START + (int(found[-1]) + 1) * STEP if len(found) else None
        facts = Facts(past, (Point("feed", listed=20),), looked_at=now, last_article=last)
        return judge(facts, profile, now, level).state == SILENT


def false_alarms(modelled: list[Modelled]) -> dict[str, dict[str, int]]:
    """Alarms (not half hours of alarm) in the measured weeks, by rule and kind."""
    alarms: dict[str, dict[str, int]] = {}
    ringing: set[tuple[str, int]] = set()
    views = [Ours(source) for source in modelled]
    for half in range(LEARN * A_WEEK, (LEARN + MEASURE) * A_WEEK):
        level = tide(view.at(half) for view in views)
        for number, source in enumerate(modelled):
            hours = quiet(source.arrivals, half)
            rings = {name for name, rule in PEERS.items() if rule(hours, source)}
            rings |= {"ours"} if views[number].silent(half, level) else set()
            for name in ("ours", *PEERS):
                key = (name, number)
                if name in rings and key not in ringing:
                    count = alarms.setdefault(name, {})
                    count[source.kind] = count.get(source.kind, 0) + 1
                (ringing.add if name in rings else ringing.discard)(key)
    return alarms


def quiet(arrivals: list[int], half: int) -> float:
    """Hours since the last article at the end of a half hour."""
    back = half
    while back > 0 and not arrivals[back]:
        back -= 1
    return (half - back) / 2


def time_to_notice(source: Modelled, died: int) -> dict[str, float]:
    """Hours until each rule rings for a source that dies at a half hour after all weeks; at most `LONGEST`."""
    end = (LEARN + MEASURE) * A_WEEK + died
    view = Ours(source, dead_from=end)
    arrivals = source.arrivals + source.arrivals[:died] + [0] * (2 * LONGEST)
    found = dict.fromkeys(("ours", *PEERS), float(LONGEST))
    for half in range(end, end + 2 * LONGEST):
        hours = (half - end + 1) / 2
        rules = {name: rule(quiet(arrivals, half), source) for name, rule in PEERS.items()}
        rules["ours"] = found["ours"] < LONGEST or view.silent(half, 1.0)
        for name, rings in rules.items():
            found[name] = min(found[name], hours) if rings else found[name]
        if all(rules.values()):
            break
    return found


def main() -> None:
    """Print both tables."""
    rng = random.Random(SEED)
    modelled = sources(rng)
    alarms = false_alarms(modelled)
    kinds = list(dict.fromkeys(source.kind for source in modelled))
    names = ("ours", *PEERS)
    print(f"{len(modelled)} sources; ours is set to {PER_WEEK} false alarms a source-week\n")
    print(f"{'false alarms a source-week':34}" + "".join(f"{name:>15}" for name in names))
    for kind in (*kinds, "all"):
        count = sum(kind in (source.kind, "all") for source in modelled) * MEASURE
        rates = [sum(n for k, n in alarms.get(name, {}).items() if kind in (k, "all")) / count for name in names]
        print(f"{kind:34}" + "".join(f"{rate:15.3f}" for rate in rates))
    print(f"\n{'median hours to notice a death':34}" + "".join(f"{name:>15}" for name in names))
    for kind, daily in dict.fromkeys((source.kind, source.daily) for source in modelled):
        alike = [source for source in modelled if (source.kind, source.daily) == (kind, daily)]
        found = [time_to_notice(source, rng.randrange(A_WEEK)) for source in alike[:4] for _ in range(3)]
        medians = [statistics.median(one[name] for one in found) for name in names]
        print(f"{f'{kind}, {daily:g} a day':34}" + "".join(f"{hours:15.1f}" for hours in medians))


if __name__ == "__main__":
    main()
