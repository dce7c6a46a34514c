"""The alert engine: what stories says in, alarms and hour facts out. No broker, no clock: time is the watermark.

    engine = AlertEngine(Options(rate=0.1))
    engine.advance(seconds)        # a tick, or the time of an event: looks and hours that have passed
    engine.see(sighting…)          # a document's standing
    engine.take()                  # alarms and facts since the last call

Every answer is a function of the calls and their order alone, so a replay of the signals gives the same alarms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stream_agents.alerting import calendar
from stream_agents.alerting.detector import SETTLED, TESTED, Detector, Looked
from stream_agents.alerting.facts import facts_of
from stream_agents.alerting.history import DAYS, NEGATIVE, REST
from stream_agents.alerting.judge import Judge
from stream_agents.alerting.ledger import Ledger, Sighting, Story
from stream_agents.alerting.series import mode_of
from stream_agents.alerting.spread import Spread
from stream_agents.alerting.words import Words
from warta.alarms import AlarmDecision, AlertMessage

LOOK_S = 900
#: Hour of the WIB day at whose end the day before can no longer be moved by a late event, and is learnt.
LESSON_HOUR = SETTLED - 1


@dataclass(slots=True)
class Options:
    """How to alert: wished false alarms a series-week, days of warm-up, silence in warm-up, spread alarms, case kinds, and
    the names that alarms call series by."""

    rate: float = 0.1
    warm_up_days: float = 14.0
    silent_warm_up: bool = False
    spread: bool = True
    facts: bool = True
    kinds: Mapping[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=Words)


class AlertEngine:
    """See the module."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.detector = Detector(options.rate)
        self.ledger = Ledger(self)
        self.rows: dict[str, int] = {}
        self.names: list[str] = []
        self._titles: list[str] = []
        self.judge = Judge(self.detector, self.ledger, self.names, self._stories, options.words)
        self.spread = Spread()
        self.watermark = float("-inf")
        self.first_hour = -1
        self.hour = -1
        self.next_look = 0.0
        self.dirty: set[tuple[int, int]] = set()
        self._cells: dict[int, dict[int, dict[str, Story]]] = {}
        self._out: list[AlertMessage] = []
        self.touched: set[tuple[int, int]] = set()
        self.forgotten: list[str] = []
        self.learnt_at: int | None = None

    # --- in ----------------------------------------------------------------------------------------------------------

    def row(self, series: str) -> int:
        """The row of a series, made when it is new."""
        row = self.rows.get(series)
        if row is None:
            hour = self.hour if self.hour >= 0 else 0
            row = self.rows[series] = self.detector.add(hour, mode_of(series, self.options.kinds))
            self.names.append(series)
            self._titles.append(self.options.words.name(series).id)
        return row

    def start(self, seconds: float) -> None:
        """The first event ever: time begins."""
        self.hour = self.first_hour = calendar.hour_of_timestamp(seconds)
        self.detector.history.reach(self.hour // 24)
        self.next_look = (seconds // LOOK_S + 1) * LOOK_S
        self.watermark = seconds

    def see(self, sighting: Sighting, alarming: bool = True, previous: str | None = None) -> Story:
        """Take in a document's standing; `alarming` is false for what only feeds baselines, `previous` the story it leaves."""
        history = self.detector.history
        oldest = (history.day - DAYS + 3) * 24
        sighting.rows = sighting.rows if sighting.hour >= oldest else ()
        if sighting.rows:
            history.reach(sighting.hour // 24)
            history.started = min(history.started, max(sighting.hour // 24, history.day - DAYS + 4))
        before = self.ledger.where(sighting.doc_id, previous)
        concerned = self.judge.concerns(before, sighting.story_id)
        known = self.ledger.stories.get(before or sighting.story_id) if concerned else None
        was_negative = known is not None and known.negative
        story = self.ledger.apply(sighting, previous)
        if alarming and story.negative and self.options.spread:
            self.spread.see(story, sighting.seen)
        if concerned:
            self._out.extend(self.judge.review(before, was_negative, story, sighting, self.watermark))
        return story

    def take_down(self, doc_id: str, story_id: str, url: str) -> str | None:
        """A document was taken down; returns the story it leaves, None for one that is not known."""
        known = self.ledger.withdraw(doc_id, story_id, url)
        self._out.extend(self.judge.take_down(known or story_id, url, self.watermark))
        return known

    def decide(self, decision: AlarmDecision) -> None:
        """Take in what a person decided about alarms."""
        self._out.extend(self.judge.decide(decision, self.watermark))

    def put(self, story: Story) -> None:
        """Restore a story whose counts are restored already."""
        self.ledger.put(story)
        if story.negative:
            for row, hour in story.rows.items():
                if hour > self.hour - SETTLED - max(TESTED) - 1:
                    self._cells.setdefault(hour, {}).setdefault(row, {})[story.story_id] = story

    def again(self, story_id: str) -> None:
        """One more copy that changes no count and adds no voice."""
        if story := self.ledger.stories.get(story_id):
            story.copies += 1

    def move(self, row: int, hour: int, negative: bool, step: int, story: Story) -> None:
        """Counts of the ledger (see `ledger.Counts`)."""
        history = self.detector.history
        if hour // 24 <= history.day - DAYS + 1:
            return
        at = (NEGATIVE if negative else REST), row, hour // 24 % DAYS, hour % 24
        history.counts[at] = min(max(history.counts.item(at) + step, 0), 65_000)
        self.touched.add((row, hour // 24))
        if hour > self.hour - SETTLED:
            cell = self._cells.setdefault(hour, {}).setdefault(row, {})
            if step > 0 and negative:
                cell[story.story_id] = story
                self.dirty.add((row, hour))
            elif negative:
                cell.pop(story.story_id, None)

    # --- time --------------------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """The watermark has come to `seconds`: look at every quarter passed, close every hour passed."""
        if self.hour < 0:
            self.start(seconds)
        while self.next_look <= seconds:
            at = self.next_look
            self._look(at)
            self.next_look += LOOK_S
            hour = calendar.hour_of_timestamp(at)
            while self.hour < hour:
                self._close(at)
        self.watermark = max(self.watermark, seconds)

    def _close(self, at: float) -> None:
        hour, detector = self.hour, self.detector
        detector.close(hour, self._stream())
        built = [(looked, -looked.hours, hour - SETTLED) for looked in detector.build_ups()]
        if not (warming := self._warming(at)):
            self._out.extend(self.judge.judge(built, at, warming=warming))
        if self.options.facts:
            self._out.extend(facts_of(detector, self.names, self._titles, hour))
        self._out.extend(self.judge.cool(hour, at))
        if self.options.spread:
            self.spread.finish(at, self.ledger)
            self._out.extend(self.judge.calm(at))
        if hour % 24 == LESSON_HOUR and hour // 24 > detector.history.started:
            detector.learn(hour // 24 - 1)
            self.learnt_at = hour // 24 - 1
            self.forgotten.extend(self.ledger.fold(hour))
            self.spread.learn(at)
            self.judge.book.forget(at)
        self._cells.pop(hour - SETTLED - max(TESTED), None)
        self.hour += 1
        detector.history.reach(self.hour // 24)
        detector.expect_held(self.hour)

    def _stream(self) -> NDArray[np.int64]:
        """Rows that stand for the whole stream: `all`, or everything where it is not counted."""
        if "all" in self.rows:
            return np.array([self.rows["all"]])
        return np.arange(len(self.names))

    def _look(self, at: float) -> None:
        """Judge every window that holds a cell changed since the last look."""
        self._out.extend(self.judge.end_silences(at))
        warming = self._warming(at)
        if warming:
            self.spread.changed.clear()
        elif self.options.spread:
            self._out.extend(self.judge.spread(self.spread.passed(at, self.ledger), at))
        # What lies ahead of the running hour waits for its turn.
        dirty = {cell for cell in self.dirty if cell[1] <= self.hour}
        self.dirty -= dirty
        if not dirty or (warming and (self.options.silent_warm_up or self._age(at) < 2)):
            return
        looks: list[Looked] = []
        for hours in TESTED:
            windows = {(row, end) for row, hour in dirty for end in range(hour, min(hour + hours, self.hour + 1))}
            pairs = np.array(sorted(windows))
            looks.extend(self.detector.look(pairs[:, 0], pairs[:, 1], hours))
        looks.sort(key=lambda looked: (looked.p, looked.row, looked.end))
        windowed = ((looked, looked.end - looked.hours + 1, looked.end) for looked in looks)
        self._out.extend(self.judge.judge(windowed, at, warming=warming))

    def _age(self, at: float) -> float:
        return calendar.hour_of_timestamp(at) / 24 - self.detector.history.started

    def _warming(self, at: float) -> bool:
        since = min(self.first_hour, self.detector.history.started * 24)
        return calendar.hour_of_timestamp(at) < since + self.options.warm_up_days * 24

    def _stories(self, row: int, start: int, end: int) -> list[Story]:
        found: dict[str, Story] = {}
        for hour in range(max(start, end - 12), end + 1):
            found.update(self._cells.get(hour, {}).get(row, {}))
        return sorted(found.values(), key=lambda story: (-story.copies, story.story_id))

    # --- out ---------------------------------------------------------------------------------------------------------

    def take(self) -> list[AlertMessage]:
        """Alarms and facts since the last call, in order."""
        out, self._out = self._out, []
        return out
