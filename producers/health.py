"""The health of a source: the state that follows from what the crawler saw of it, in the desk's words. Pure; injected times.

A source is silent beyond reason (`sepi tak wajar`) when chance would make such a silence, or so thin a day, less than
`PER_WEEK` times a week (`producers.health_rhythm`). Hours in which nobody looked count neither as silence nor as experience,
and when all sources fall quiet together (a holiday, a night of power cuts) less is expected of each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from producers.health_rhythm import PER_WEEK, WEEK, Past, Profile, Stretch, fit

#: The states, worst for the desk first. `NEEDS` are those that want a person.
REFUSED, SILENT, UNREADABLE, FINDS_NOTHING = "ditolak situs", "sepi tak wajar", "tak terbaca", "tak menemukan"
UNVISITED, QUIET, HEALTHY = "belum dikunjungi", "memang sepi", "sehat"
STATES = (REFUSED, SILENT, UNREADABLE, FINDS_NOTHING, UNVISITED, QUIET, HEALTHY)
NEEDS = frozenset(STATES[:4])

#: The day is looked at anew all the time; so many independent looks a week it counts for.
DAY_LOOKS = 21.0
#: A thin day is no finding unless it has less than this share of what was expected.
THIN = 0.6
#: Sites that publish in batches have thin days by nature: only silence tells.
EVEN = 0.7
#: No silence shorter than this is one: feeds are cached.
LEAST_SILENCE = timedelta(minutes=45)
#: A source that no look reached for so long is no longer visited.
FORGOTTEN = timedelta(hours=24)
#: Failures in a row after which a point counts as failing; articles that failed in a day, with none that came.
FAILING = 3
ARTICLES_FAILING = 5
#: An empty source: nothing listed now, and nothing new for so long.
EMPTY = timedelta(days=3)
DAY = 24
#: A silence that lasts longer becomes experience.
LONGEST_DOUBT = 14 * DAY
#: The tide is never taken lower: when everything is silent, we are the reason.
LOWEST_TIDE = 0.25
#: Articles expected of all sources together, and sources that give any, before the tide means anything.
TIDE_FROM = 30.0
TIDE_SOURCES = 8
#: Completeness is told from so many listed addresses on.
LISTED_FROM = 10


@dataclass(frozen=True, slots=True)
class Point:
    """One discovery point: how its last looks ended. `error` is empty if the last one worked; `failures` are in a row."""

    url: str
    failures: int = 0
    error: str = ""
    refused: bool = False
    listed: int = 0
    found: int = 0
    new_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the crawler knows of a source. `failed`, `refused`: articles of the last day that could not be fetched, and those
    of them by the site's will, with the last one's `reason`; `lags`: published → fetched, seconds; `listed`, `arrived`:
    addresses that sitemaps named in the last day, and those of them that came."""

    past: Past
    points: Sequence[Point] = ()
    looked_at: datetime | None = None
    last_article: datetime | None = None
    failed: int = 0
    refused: int = 0
    reason: str = ""
    robots: str = ""
    lags: Sequence[float] = field(default=())
    listed: int = 0
    arrived: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A source's state and the figures behind it.

    `missed`: articles expected since the last one came; `chance`: how often a week chance would make such a silence;
    `day_seen`, `day_expected`: the last 24 hours; lags (published → fetched) in seconds, None while unknown; `completeness`:
    share of the addresses in sitemaps of the last day that arrived, None below `LISTED_FROM`.
    """

    state: str
    detail: str
    missed: float
    chance: float
    day_seen: int
    day_expected: float
    lag_p50: float | None
    lag_p95: float | None
    completeness: float | None
    last_article: datetime | None
    last_error: str
    robots: str


def experience(past: Past) -> Profile:
    """The rhythm of a source. The hours of a silence that lasts do not count yet, or a source that died would teach us to
    expect nothing before we notice."""
    last = past.last_seen()
    end = past.end - 1
    return fit(past.until(max(end - LONGEST_DOUBT, min(end, last + 1 if last is not None else past.first))))


def judge(facts: Facts, profile: Profile, now: datetime, tide: float = 1.0) -> Verdict:
    """The state of a source at `now`."""
    silence = _silence(facts, profile).scaled(tide)
    last_day = facts.past.since(facts.past.end - 1 - DAY)
    seen, day = int(last_day.seen.sum()), profile.stretch(last_day)
    chance = profile.weekly * profile.silence(silence, *_before(facts, profile))
    thin = _thin_chance(profile, seen, day.scaled(tide), last_day)
    state, detail = _state(facts, now, chance, thin)
    failing = [point.error for point in facts.points if point.error]
    return Verdict(
        state=state,
        detail=detail,
        missed=silence.expected,
        chance=min(chance, thin),
        day_seen=seen,
        day_expected=day.expected,
        lag_p50=_quantile(facts.lags, 0.5),
        lag_p95=_quantile(facts.lags, 0.95),
        completeness=facts.arrived / facts.listed if facts.listed >= LISTED_FROM else None,
        last_article=facts.last_article,
        last_error=failing[-1] if failing else facts.reason,
        robots=facts.robots,
    )


def _silence(facts: Facts, profile: Profile) -> Stretch:
    """The watched hours since the last article; of its own hour, what was left of it."""
    last = facts.past.last_seen()
    if last is None:
        return profile.stretch(facts.past)
    silent = facts.past.since(last)
    watched = silent.watched.copy()
    if len(watched):
        at = facts.last_article.timestamp() / 3600 if facts.last_article else last + 1.0
        ended = last + watched[0] if len(watched) == 1 else last + 1.0
        watched[0] = min(watched[0], max(0.0, ended - at))
    return profile.stretch(Past(silent.first, silent.seen, watched))


def _before(facts: Facts, profile: Profile) -> tuple[int, Stretch]:
    """Articles of the half day before the silence, and what was expected of it."""
    last = facts.past.last_seen()
    if last is None:
        return 0, Stretch()
    before = facts.past.since(last - DAY // 2).until(last + 1)
    return int(before.seen.sum()), profile.stretch(before)


def _thin_chance(profile: Profile, seen: int, day: Stretch, past: Past) -> float:
    """How often a week chance makes a day this thin; infinite where the day tells nothing."""
    watched = float(past.watched.sum())
    if watched < DAY / 2 or profile.watched < WEEK or profile.clumps < EVEN or seen >= THIN * day.expected:
        return math.inf
    return DAY_LOOKS * profile.at_most(seen, day)


def _state(facts: Facts, now: datetime, chance: float, thin: float) -> tuple[str, str]:
    if facts.looked_at is None:
        return UNVISITED, "no look at it yet"
    if now - facts.looked_at > FORGOTTEN:
        return UNVISITED, "no look at it for a day"
    trouble = _trouble(facts, now)
    if trouble is not None:
        return trouble
    since = facts.last_article or _first_watched(facts.past, now)
    partly = _partly(facts.points)
    if chance < PER_WEEK and now - since >= LEAST_SILENCE:
        return SILENT, "; ".join(filter(None, (f"by chance {_often(chance)}", partly)))
    if thin < PER_WEEK:
        return SILENT, "; ".join(filter(None, (f"a thin day, by chance {_often(thin)}", partly)))
    if now - since >= timedelta(hours=DAY):
        return QUIET, partly or "gives little at this time"
    return HEALTHY, partly


def _first_watched(past: Past, now: datetime) -> datetime:
    found = np.flatnonzero(past.watched)
    hours = past.end - (past.first + int(found[0])) if len(found) else 0
    return now - timedelta(hours=hours)


def _trouble(facts: Facts, now: datetime) -> tuple[str, str] | None:
    """What keeps a source from being read: all its points fail, or its articles do, or nothing is in it."""
    # A source that never gave anything has no credit: its first failure is its state.
    bearable = FAILING if facts.last_article else 1
    failing = [point for point in facts.points if point.failures >= bearable]
    if facts.points and len(failing) == len(facts.points):
        kind = REFUSED if any(point.refused for point in failing) else UNREADABLE
        return kind, failing[-1].error
    if facts.failed >= ARTICLES_FAILING and not facts.past.seen[-DAY:].any():
        kind = REFUSED if 2 * facts.refused >= facts.failed else UNREADABLE
        return kind, f"{facts.failed} articles in a day: {facts.reason}"
    answering = [point for point in facts.points if not point.error]
    new_at = max((point.new_at for point in facts.points if point.new_at), default=None)
    if answering and not any(p.listed for p in answering) and (new_at is None or now - new_at > EMPTY):
        return FINDS_NOTHING, "its feeds, sitemaps and index pages answer, without one article"
    return None


def _partly(points: Sequence[Point]) -> str:
    failing = [point for point in points if point.failures >= FAILING]
    return f"{len(failing)} of {len(points)} points fail: {failing[-1].error}" if failing else ""


def _often(chance: float) -> str:
    """How often chance does it, for people: from "once in 40 weeks" to "once in 100+ years"."""
    weeks = 1 / max(chance, 1e-9)
    if weeks < 104:
        return f"once in {weeks:.0f} weeks"
    return f"once in {weeks / 52:.0f} years" if weeks < 5200 else "once in 100+ years"


def tide(sources: Iterable[tuple[Past, Profile]], hours: int = 4) -> float:
    """How much all sources together gave in the last whole hours, against the usual; 1 when it is as usual or more."""
    seen, expected, giving = 0.0, 0.0, 0
    for past, profile in sources:
        last = past.until(past.end - 1).since(past.end - 1 - hours)
        usual = profile.stretch(last).expected
        # No source speaks for all: beyond three times its share a flood is its own affair.
        seen += min(float((last.seen * (last.watched > 0)).sum()), 3 * usual)
        expected += usual
        giving += usual > 0
    if expected < TIDE_FROM or giving < TIDE_SOURCES:
        return 1.0
    return min(1.0, max(LOWEST_TIDE, seen / expected))


def urgency(verdict: Verdict) -> tuple[int, float, int]:
    """What sorts sources so that the first needs a person most: trouble first, the most articles missed first."""
    return (verdict.state not in NEEDS, -verdict.missed if verdict.state in NEEDS else 0.0, STATES.index(verdict.state))


def _quantile(values: Sequence[float], share: float) -> float | None:
    return float(np.quantile(values, share)) if len(values) else None
