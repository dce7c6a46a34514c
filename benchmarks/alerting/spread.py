"""Spread alarms (Meluas) through the whole engine: how often chance rings, and whether a story that 40 owners carry is seen.

Stories have heavy-tailed numbers of owners and of copies within one owner, more by day than by night. The limit is what
`stream_agents.alerting.spread.RATE` promises.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.alerting.simulate import START, rhythm
from stream_agents.alerting import calendar
from stream_agents.alerting.backtest import backtest
from stream_agents.alerting.engine import Options
from stream_agents.alerting.lines import Line
from stream_agents.alerting.spread import RATE

WEEKS = 8
PER_HOUR = 12.0
OWNERS = 60
PLANTED_EVERY_H = 240
Document = tuple[float, str, str]


def story(name: str, at: float, owners: int, hours: float, rng: np.random.Generator) -> Iterator[Document]:
    """(time, story, owner): its owners one after the other, most of them soon, and copies within the first owner."""
    delays = np.sort(np.append(0.0, rng.exponential(hours * 3600, owners - 1)))
    for owner, delay in zip(rng.permutation(OWNERS)[:owners], delays, strict=True):
        yield at + float(delay), name, f"o{owner}"
    for copy in range(int(rng.geometric(0.4)) - 1):
        yield at + 60.0 * copy, name, "o-first"


def news(rng: np.random.Generator, tail: float) -> list[Document]:
    """Eight weeks; one story in about `tail`^k reaches k owners more than the fewest, and a few are carried far beyond."""
    found: list[Document] = []
    begin = calendar.start_of(START).timestamp()
    hours = WEEKS * 168
    day = rhythm(1, hours, rng)[0]
    for hour, count in enumerate(rng.poisson(PER_HOUR * day).tolist()):
        for number in range(count):
            eager = 0.15 if rng.random() < 0.03 else 1.0
            owners = min(int(rng.geometric(1 - tail**eager)), OWNERS - 1)
            at = begin + 3600 * (hour + float(rng.random()))
            found.extend(story(f"s{hour}-{number}", at, owners, 2.0, rng))
    return sorted(found)


def planted(rng: np.random.Generator) -> tuple[list[Document], set[str], set[str]]:
    """Stories carried by 40 owners within the hour, and stories with 40 copies by one owner: documents and names."""
    found: list[Document] = []
    wide, narrow = set(), set()
    begin = calendar.start_of(START).timestamp()
    for number, hour in enumerate(range(15 * 24, WEEKS * 168 - 12, PLANTED_EVERY_H)):
        at = begin + 3600.0 * hour + 5
        wide.add(f"w{number}")
        found.extend(story(f"w{number}", at, 40, 0.3, rng))
        narrow.add(f"n{number}")
        found.extend((at + 60.0 * copy, f"n{number}", "o3") for copy in range(40))
    return found, wide, narrow


def _spread(documents: list[Document]) -> list[str]:
    """Names of the stories that alarm as spreading."""
    lines = ((at, Line("", ["all"], name, owner, "negative")) for at, name, owner in sorted(documents))
    report = backtest(lines, Options(silent_warm_up=True, facts=False))
    return [alarm.story_ids[0] for alarm in report.alarms if alarm.what == "spread"]


def main() -> None:
    """False alarms a week for light and heavy tails, by half of the time; planted stories found."""
    print(f"Spread alarms a week by chance, all stories together (promised: at most {RATE:g}; limit {1.5 * RATE:g})")
    print(f"{'tail':>5} {'weeks 3-5':>10} {'weeks 6-8':>10}   40 owners found   40 copies by one owner")
    for tail in (0.3, 0.5, 0.65):
        rng = np.random.default_rng(7)
        quiet = news(rng, tail)
        hours = [int(name[1:].split("-")[0]) for name in _spread(quiet)]
        early = sum(hour < 5 * 168 for hour in hours)
        documents, wide, narrow = planted(rng)
        loud = set(_spread(quiet + documents))
        rates = early / 3, (len(hours) - early) / 3
        print(
            f"{tail:5.2f} {rates[0]:10.2f} {rates[1]:10.2f}   {len(loud & wide):3d} of {len(wide):3d}        "
            f"{len(loud & narrow):3d} of {len(narrow):3d} rang" + ("  OVER" if sum(rates) / 2 > 1.5 * RATE else ""),
            flush=True,
        )


if __name__ == "__main__":
    main()
