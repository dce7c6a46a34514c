"""Alarms that were told, open or over, and the stories they were told for: what becomes of these is noted on the alarm."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field, structs

from warta.alarms import Alarm, Bilingual, Change, ChangeKind
from warta.dates import moment as moment_of

#: Seconds after which an alarm that is over is no longer annotated, and how many are remembered at most.
REMEMBERED_S = 2 * 86400.0
MOST = 2000
#: Changes that one alarm lists at most; the count of what still counts goes on.
MOST_CHANGES = 20
#: By so many characters of a title we know that "why now" quotes it.
QUOTED_CHARS = 30


class Told(Struct, kw_only=True):
    """One alarm as it was last told. `row` is its series' row (−1: a spread alarm); hours `start` to `end` are what it
    counted; `counted` holds the ids of stories that count for it, `left` of those that no longer do."""

    alarm: Alarm
    row: int = -1
    start: int = 0
    end: int = 0
    counted: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def moved(self, leaving: Iterable[str], returning: Iterable[str]) -> tuple[int, int]:
        """Move stories out of and back into what counts; returns how many of those observed did and do still count."""
        observed = 1 if self.row < 0 else self.alarm.observed
        was = observed - len(self.left)
        for story_id in leaving:
            self.counted.remove(story_id)
            self.left.append(story_id)
        for story_id in returning:
            self.left.remove(story_id)
            self.counted.append(story_id)
        return was, observed - len(self.left)


class Book:
    """Told alarms by id and by story; `changed` names those that differ from what is on disk."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}
        self.changed: set[str] = set()
        self._of_story: dict[str, set[str]] = {}

    def put(self, told: Told) -> Alarm:
        """Remember an alarm as it is being told now; returns it."""
        alarm_id = told.alarm.alarm_id
        if alarm_id in self.told:
            self._unlist(self.told[alarm_id])
        self.told[alarm_id] = told
        for story_id in (*told.counted, *told.left):
            self._of_story.setdefault(story_id, set()).add(alarm_id)
        self.changed.add(alarm_id)
        return told.alarm

    def tell(self, alarm_id: str, **fields: object) -> Alarm:
        """The alarm with some fields replaced, remembered."""
        told = self.told[alarm_id]
        told.alarm = structs.replace(told.alarm, **fields)
        self.changed.add(alarm_id)
        return told.alarm

    def of(self, story_id: str) -> list[Told]:
        """Alarms that were told for a story, in the order of their ids."""
        return [self.told[alarm_id] for alarm_id in sorted(self._of_story.get(story_id, ()))]

    def knows(self, story_id: str) -> bool:
        """Whether some alarm was told for the story."""
        return story_id in self._of_story

    def note(
        self, told: Told, at: float, kind: ChangeKind, story_id: str, title: str, counts: tuple[int, int]
    ) -> Alarm:
        """Write on an alarm what became of one of its stories."""
        moment = moment_of(at)
        change = Change(at=moment, kind=kind, story_id=story_id, title=title, was=counts[0], now=counts[1])
        changes = [*told.alarm.changes[-MOST_CHANGES + 1 :], change]
        return self.tell(told.alarm.alarm_id, changes=changes, counting=counts[1], updated_at=moment)

    def open(self) -> list[Told]:
        """Alarms that are not over, in the order of their ids."""
        return [told for _, told in sorted(self.told.items()) if told.alarm.state == "open"]

    def forget(self, at: float) -> None:
        """Let go of alarms long over; of the oldest where there are too many."""
        over = [told.alarm for told in self.told.values() if told.alarm.resolved_at is not None]
        over.sort(key=lambda alarm: (alarm.updated_at, alarm.alarm_id))
        spare = max(0, len(self.told) - MOST)
        for number, alarm in enumerate(over):
            if number < spare or alarm.updated_at.timestamp() < at - REMEMBERED_S:
                self._unlist(self.told.pop(alarm.alarm_id))
                self.changed.add(alarm.alarm_id)

    def _unlist(self, told: Told) -> None:
        for story_id in (*told.counted, *told.left):
            listed = self._of_story.get(story_id, set())
            listed.discard(told.alarm.alarm_id)
            if not listed:
                self._of_story.pop(story_id, None)


def redacted(alarm: Alarm, story_id: str, url: str) -> Alarm:
    """The alarm without title, address and sentences of a document that was taken down; itself where it shows none of it."""
    shown = next((story for story in alarm.stories if story.story_id == story_id and story.url == url), None)
    if shown is None:
        return alarm
    blank = structs.replace(shown, title="", source="", url="", sentences=[])
    changes = [structs.replace(change, title="") if change.title == shown.title else change for change in alarm.changes]
    quoted = shown.title[:QUOTED_CHARS]
    quotes = bool(quoted) and quoted in alarm.why.id + alarm.why.en
    return structs.replace(
        alarm,
        stories=[blank if story is shown else story for story in alarm.stories],
        changes=changes,
        why=Bilingual() if quotes else alarm.why,
    )
