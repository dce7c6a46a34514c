"""One event, several series: a poisoning in Sumedang rings in its place, its case, its province and in all news.

Each is an alarm of its own in the index, on pages and at Alertmanager; a person's telephone rings once, for the loudest and
among these for the most specific, which names the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from warta.alarms import LEVELS, Alarm

#: The part of an alarm's negative stories that another must hold for them to be the same event.
SHARED = 0.5


def ordered(alarms: Iterable[Alarm]) -> list[Alarm]:
    """The loudest first, among these the most specific, then by id."""
    return sorted(alarms, key=lambda alarm: (-LEVELS.index(alarm.level), _width(alarm.series), alarm.alarm_id))


def _width(series: str) -> int:
    """How much a series covers: place × case, a regency, a case or a media group, a province, all."""
    if "+" in series:
        return 1
    if series.startswith("place:"):
        return 2 if "." in series else 4
    return 5 if series == "all" else 3


def covers(leader: Alarm, alarm: Alarm) -> bool:
    """Whether what one alarm said is said of the other: the same hours, half of its stories, and as loud."""
    if leader.alarm_id == alarm.alarm_id or not alarm.story_ids or "spread" in (leader.what, alarm.what):
        return False
    shared = len(set(leader.story_ids) & set(alarm.story_ids))
    return (
        shared >= SHARED * len(alarm.story_ids)
        and LEVELS.index(leader.level) >= LEVELS.index(alarm.level)
        and leader.window_start < alarm.window_end
        and alarm.window_start < leader.window_end
    )


def by_look(alarms: Iterable[Alarm]) -> Iterator[list[Alarm]]:
    """Alarms that were said in a row, at one time, in the order to tell them in."""
    for (state, _), group in groupby(alarms, lambda alarm: (alarm.state, alarm.updated_at)):
        said = list(group)
        yield ordered(said) if state == "open" else said
