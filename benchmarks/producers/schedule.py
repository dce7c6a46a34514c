"""Discovery delay and requests of the adaptive schedule against fixed polling, on modelled publishing rhythms.

The model: `POINTS` feeds whose articles a day fall off by rank (Zipf), each a Poisson process that follows the newsroom's
day (WIB), with a few bursts. One week teaches, the next is measured. Every schedule sees the very same articles.

Run: python benchmarks/producers/schedule.py
"""

from __future__ import annotations

import bisect
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from producers.schedule import FLOOR, Rhythm, first_look, next_look, observe

POINTS = 250
BUSIEST = 900.0  # articles a day of the busiest feed
DAYS = 14
LEARN = 7
START = datetime(2026, 11, 2, 17, tzinfo=UTC)  # midnight in Jakarta
#: Share of the day's articles by hour (WIB): quiet at night, two tops in the working day.
DAY = (2, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 5, 3)
SEED = 7

#: A poller: rhythm, time of the look, new articles, random numbers → next look.
Policy = Callable[[Rhythm, datetime, int, random.Random], datetime]


@dataclass(frozen=True, slots=True)
class Result:
    """Median and 95th percentile of discovery delay in seconds; requests for one new article."""

    median: float
    p95: float
    requests: float


def adaptive(pace: float) -> Policy:
    """Our schedule at a pace (2 looks half as often)."""

    def policy(rhythm: Rhythm, now: datetime, new: int, rng: random.Random) -> datetime:
        observe(rhythm, now, new)
        return next_look(rhythm, now, rng, pace)

    return policy


def fixed(seconds: float) -> Policy:
    """A look every `seconds`."""

    def policy(rhythm: Rhythm, now: datetime, new: int, rng: random.Random) -> datetime:
        return now + timedelta(seconds=seconds)

    return policy


def articles(rank: int, rng: random.Random) -> list[float]:
    """Publication times of one feed, seconds from `START`."""
    daily = BUSIEST / (rank + 1)
    times: list[float] = []
    for hour in range(DAYS * 24):
        expected = daily * DAY[hour % 24] / sum(DAY)
        if rng.random() < 0.01:
            expected *= 4  # something happened
        at = hour * 3600.0
        while True:
            at += rng.expovariate(expected / 3600)
            if at >= (hour + 1) * 3600:
                break
            times.append(at)
    return times


def simulate(policy: Policy, feeds: list[list[float]]) -> Result:
    """Poll every feed by `policy` and measure the last week."""
    delays: list[float] = []
    requests = 0
    end, learnt = DAYS * 86400.0, LEARN * 86400.0
    for number, times in enumerate(feeds):
        rng, rhythm, seen = random.Random(SEED * 1000 + number), Rhythm(), 0
        now = (first_look(str(number), START, 300) - START).total_seconds()
        while now < end:
            known = bisect.bisect_right(times, now)
            if now >= learnt:
                requests += 1
                delays += [now - at for at in times[seen:known] if at >= learnt]
            moment = START + timedelta(seconds=now)
            now = (policy(rhythm, moment, known - seen, rng) - START).total_seconds()
            seen = known
    delays.sort()
    return Result(delays[len(delays) // 2], delays[math.ceil(len(delays) * 0.95) - 1], requests / len(delays))


def main() -> None:
    """Print the table."""
    rng = random.Random(SEED)
    feeds = [articles(rank, rng) for rank in range(POINTS)]
    rows = [("every 5 minutes", simulate(fixed(300), feeds)), ("every hour", simulate(fixed(3600), feeds))]
    for pace in (1, 2, 4, 8):
        name = "adaptive (default)" if pace == 1 else f"adaptive, pace {pace}"
        rows.append((name, simulate(adaptive(pace), feeds)))
    print(f"{POINTS} feeds, {sum(map(len, feeds)) / DAYS:.0f} articles a day, floor {FLOOR:.0f} s\n")
    print(f"{'schedule':24} {'median s':>9} {'p95 s':>9} {'requests/article':>17}")
    for name, result in rows:
        print(f"{name:24} {result.median:9.0f} {result.p95:9.0f} {result.requests:17.2f}")


if __name__ == "__main__":
    main()
