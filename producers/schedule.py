"""When to look at a feed, sitemap or index page again: by its own rhythm of publishing. Pure.

News comes as a Poisson process whose rate λ changes with the hour of the day. Looking every T seconds costs 1/T requests
a second. If a delay of d costs d^p, the sum 1/T + w·λ·T^p/(p+1) is least at T ∝ λ^(-1/(p+1)); p = 1 gives the square-root
rule (Coffman, Liu and Weber, "Optimal robot scheduling for Web search engines", 1998). Late news hurts more than in
proportion: we take p ≈ 1.6. λ is learnt for each hour, in Jakarta's time, with decay, and a burst raises it at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from random import Random

from msgspec import Struct, field

#: Seconds between two looks, at least and at most (issue: floor 30 s, cap 1 h).
FLOOR = 30.0
CAP = 3600.0
#: Seconds between two looks at a point that publishes once a minute; all other intervals follow from it.
AT_ONE_A_MINUTE = 48.5
#: 1 / (p + 1), see above. `benchmarks/producers/schedule.py` prints what the schedule gives against fixed polling.
EXPONENT = 0.38
#: Below one article in so many seconds (nights, sleepy feeds) the interval grows in proportion: looking finds nothing.
SLEEPY = 4 * 3600.0
#: Days after which what an hour of the day showed counts half.
HALF_LIFE_DAYS = 7.0
#: Weight of the average over all hours in the estimate of one, in days: an hour never seen is taken for an average one.
PRIOR_DAYS = 0.5
#: Articles an hour a point is taken to publish before anything is known: polled about every five minutes.
FIRST_GUESS = 1.0
#: Seconds after which a burst's weight is down to 1/e.
BURST_SECONDS = 1200.0
#: How far back the times in a first look's list tell of the rhythm.
RECALLED = timedelta(days=1)
#: Hours watched below which a point's rhythm is not known yet, and the longest wait until it is, seconds: a point that gives
#: no times to recall would else be looked at every few minutes at first, however busy it is.
UNKNOWN_HOURS = 0.5
WHILE_UNKNOWN = 45.0
#: Share by which waits are varied, so that points never march in step.
JITTER = 0.1
#: Longest wait that a site may impose by Retry-After, seconds.
MAX_RETRY_AFTER = 24 * 3600.0
#: Pause after the first failure, seconds; doubled with each further one up to `CAP`.
FIRST_BACK_OFF = 60.0

_WIB = timezone(timedelta(hours=7))
_HOUR = 3600.0


class Rhythm(Struct):
    """What is known of one point's publishing. `counts` and `hours` are new articles and hours watched, by hour of day,
    both decayed; `burst` is the recent rate in articles a second at `seen_at`."""

    counts: list[float] = field(default_factory=lambda: [0.0] * 24)
    hours: list[float] = field(default_factory=lambda: [0.0] * 24)
    burst: float = 0.0
    seen_at: datetime | None = None
    failures: int = 0


def observe(rhythm: Rhythm, now: datetime, new: int, listed: Iterable[datetime] = ()) -> None:
    """A look at `now` found `new` articles that were not known: learn from it.

    The first look's finds may be days old: of it only the times that the point itself gives (`listed`) count.
    """
    rhythm.failures = 0
    if rhythm.seen_at is None:
        _recall(rhythm, now, listed)
        rhythm.seen_at = now
        return
    elapsed = max(1.0, (now - rhythm.seen_at).total_seconds())
    _decay(rhythm, elapsed)
    for hour, share in _hours_between(rhythm.seen_at, now):
        rhythm.counts[hour] += new * share
        rhythm.hours[hour] += share * elapsed / _HOUR
    fade = math.exp(-elapsed / BURST_SECONDS)
    rhythm.burst = rhythm.burst * fade + (1 - fade) * new / elapsed
    rhythm.seen_at = now


def _recall(rhythm: Rhythm, now: datetime, listed: Iterable[datetime]) -> None:
    """The last day as a list of publication times tells it. The oldest only opens the window: the list may be cut there.
    Dates without a time of day, and times ahead, tell nothing."""
    times = sorted(t for t in listed if now - RECALLED <= t <= now and (t.hour, t.minute, t.second) != (0, 0, 0))
    if len(times) < 2:
        return
    elapsed = max(1.0, (now - times[0]).total_seconds())
    for at in times[1:]:
        rhythm.counts[at.astimezone(_WIB).hour] += 1
    for hour, share in _hours_between(times[0], now):
        rhythm.hours[hour] += share * elapsed / _HOUR
    weights = sum(math.exp(-(now - at).total_seconds() / BURST_SECONDS) for at in times[1:])
    # Divided by the weight of the window, which may be shorter than a burst's memory.
    rhythm.burst = weights / (BURST_SECONDS * (1 - math.exp(-elapsed / BURST_SECONDS)))


def _decay(rhythm: Rhythm, elapsed: float) -> None:
    keep = 0.5 ** (elapsed / (HALF_LIFE_DAYS * 24 * _HOUR))
    rhythm.counts = [count * keep for count in rhythm.counts]
    rhythm.hours = [hours * keep for hours in rhythm.hours]


def _hours_between(start: datetime, end: datetime) -> list[tuple[int, float]]:
    """Hours of the day (WIB) that an interval touches, with the share of it that each takes; the last day of it at most."""
    start = max(start, end - timedelta(days=1))
    total = max(1.0, (end - start).total_seconds())
    found, at = [], start.astimezone(_WIB)
    while at < end:
        following = min(at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1), end.astimezone(_WIB))
        found.append((at.hour, (following - at).total_seconds() / total))
        at = following
    return found or [(at.hour, 1.0)]


def rate(rhythm: Rhythm, when: datetime) -> float:
    """Articles a second expected at `when`: the hour's estimate, or the recent rate if that is higher."""
    hour = when.astimezone(_WIB).hour
    overall = (sum(rhythm.counts) + FIRST_GUESS) / (sum(rhythm.hours) + 1.0)
    # Neighbouring hours count half: the day has no steps.
    around = [(hour, 1.0), ((hour - 1) % 24, 0.5), ((hour + 1) % 24, 0.5)]
    counts = sum(rhythm.counts[h] * weight for h, weight in around)
    hours = sum(rhythm.hours[h] * weight for h, weight in around)
    prior = PRIOR_DAYS * 2
    hourly = (counts + prior * overall) / (hours + prior) / _HOUR
    recent = 0.0
    if rhythm.seen_at is not None:
        recent = rhythm.burst * math.exp(-max(0.0, (when - rhythm.seen_at).total_seconds()) / BURST_SECONDS)
    return max(hourly, recent)


def interval(per_second: float, pace: float = 1.0) -> float:
    """Seconds between two looks at a point of this rate, within floor and cap; `pace` 2 looks half as often."""
    if per_second <= 0:
        return CAP
    wait: float = pace * AT_ONE_A_MINUTE * (60 * per_second) ** -EXPONENT
    wait *= max(1.0, 1 / (SLEEPY * per_second))
    return min(CAP, max(FLOOR, wait))


def next_look(rhythm: Rhythm, now: datetime, rng: Random, pace: float = 1.0) -> datetime:
    """When to look next after a look that worked. A busier hour that begins before then draws it near."""
    wait = interval(rate(rhythm, now), pace)
    if sum(rhythm.hours) < UNKNOWN_HOURS:
        wait = min(wait, WHILE_UNKNOWN * pace)
    at = now.astimezone(_WIB)
    to_next_hour = _HOUR - at.minute * 60 - at.second
    ahead = to_next_hour
    while ahead < wait:
        wait = min(wait, ahead + interval(rate(rhythm, now + timedelta(seconds=ahead)), pace))
        ahead += _HOUR
    return now + timedelta(seconds=max(FLOOR, wait * (1 + JITTER * (2 * rng.random() - 1))))


def after_failure(rhythm: Rhythm, now: datetime, rng: Random, retry_after: float | None = None) -> datetime:
    """When to look again after a failure: as the site asked (Retry-After, seconds), and not before our own back-off."""
    rhythm.failures += 1
    back_off = min(CAP, FIRST_BACK_OFF * 2.0 ** min(rhythm.failures - 1, 10))
    asked = min(MAX_RETRY_AFTER, max(0.0, retry_after or 0.0))
    return now + timedelta(seconds=max(asked, back_off) * (1 + JITTER * rng.random()))


def first_look(url: str, now: datetime, spread: float = FLOOR) -> datetime:
    """When to look at a new point: spread over `spread` seconds by its address, so that a start is no stampede."""
    return now + timedelta(seconds=spread * Random(url).random())
