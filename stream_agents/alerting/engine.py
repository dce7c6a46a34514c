"""The alert engine: what stories says in, alarms and hour facts out. No broker, no clock: time is the watermark.

    engine = AlertEngine(rate=0.1)
    engine.advance(seconds)        # a tick, or the time of an event: looks and hours that have passed
    engine.see(sighting…)          # a document's standing
    engine.take()                  # alarms and facts since the last call

Every answer is a function of the calls and their order alone, so a replay of the signals gives the same alarms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from stream_agents.alerting import calendar, episodes
from stream_agents.alerting.detector import SETTLED, TESTED, Detector, Looked
from stream_agents.alerting.episodes import Episode
from stream_agents.alerting.history import AHEAD, DAYS, NEGATIVE, REST
from stream_agents.alerting.ledger import Ledger, Sighting, Story
from stream_agents.alerting.series import mode_of, voices_needed
from stream_agents.alerting.spread import Spread
from warta.alarms import Alarm, AlarmStory, AlertMessage, HourFact

LOOK_S = 900
#: Hour of the WIB day at whose end the day before can no longer be moved by a late event, and is learnt.
LESSON_HOUR = SETTLED - 1
#: In warm-up (where alarms are allowed at all) only what is this much rarer than nominal counts.
WARM_UP_FRACTION = 0.05


@dataclass(slots=True)
class Options:
    """How to alert: wished false alarms a series-week, days of warm-up, silence in warm-up, spread alarms, case kinds."""

    rate: float = 0.1
    warm_up_days: float = 14.0
    silent_warm_up: bool = False
    spread: bool = True
    facts: bool = True
    kinds: Mapping[str, str] = field(default_factory=dict)
    gate: float = 1.0


class AlertEngine:
    """See the module."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.detector = Detector(options.rate)
        self.ledger = Ledger(self)
        self.rows: dict[str, int] = {}
        self.names: list[str] = []
        self.episodes: dict[int, Episode] = {}
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
        return row

    def start(self, seconds: float) -> None:
        """The first event ever: time begins."""
        self.hour = self.first_hour = calendar.hour_of_timestamp(seconds)
        self.detector.history.reach(self.hour // 24)
        self.next_look = (seconds // LOOK_S + 1) * LOOK_S
        self.watermark = seconds

    def see(self, sighting: Sighting, alarming: bool = True) -> Story:
        """Take in a document's standing; `alarming` is false for what only feeds baselines."""
        history = self.detector.history
        oldest = (history.day - DAYS + 3) * 24
        sighting.rows = sighting.rows if sighting.hour >= oldest else ()
        if sighting.rows:
            history.reach(sighting.hour // 24)
            history.started = min(history.started, max(sighting.hour // 24, history.day - DAYS + 4))
        story = self.ledger.apply(sighting)
        if alarming and story.negative and self.options.spread:
            self.spread.see(story, sighting.seen)
        return story

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
        measure, slot = (NEGATIVE if negative else REST), hour // 24 % DAYS
        counts = history.counts[measure, row, slot]
        counts[hour % 24] = min(max(int(counts[hour % 24]) + step, 0), 65_000)
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
        for looked in detector.build_ups():
            self._judge(looked, at)
        if self.options.facts:
            self._tell_facts(hour)
        self._cool(hour, at)
        if self.options.spread:
            self.spread.finish(at, self.ledger)
        if hour % 24 == LESSON_HOUR and hour // 24 > detector.history.started:
            detector.learn(hour // 24 - 1)
            self.learnt_at = hour // 24 - 1
            self.forgotten.extend(self.ledger.fold(hour))
            self.spread.learn(at)
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
        warming = self._warming(at)
        if warming:
            self.spread.changed.clear()
        elif self.options.spread:
            self._out.extend(self.spread.alarms(at, self.ledger))
        # What lies ahead of the running hour waits for its turn.
        dirty = {cell for cell in self.dirty if cell[1] <= self.hour}
        self.dirty -= dirty
        if not dirty:
            return
        if warming and (self.options.silent_warm_up or self._age(at) < 2):
            return
        looks: list[Looked] = []
        for hours in TESTED:
            windows = {(row, end) for row, hour in dirty for end in range(hour, min(hour + hours, self.hour + 1))}
            pairs = np.array(sorted(windows))
            looks.extend(self.detector.look(pairs[:, 0], pairs[:, 1], hours))
        for looked in sorted(looks, key=lambda looked: (looked.p, looked.row, looked.end)):
            self._judge(looked, at)

    def _age(self, at: float) -> float:
        return calendar.hour_of_timestamp(at) / 24 - self.detector.history.started

    def _warming(self, at: float) -> bool:
        since = min(self.first_hour, self.detector.history.started * 24)
        return calendar.hour_of_timestamp(at) < since + self.options.warm_up_days * 24

    # --- episodes ----------------------------------------------------------------------------------------------------

    def _judge(self, looked: Looked, at: float) -> None:
        nominal = self.detector.nominal
        warming = self._warming(at)
        episode = self.episodes.get(looked.row)
        if episode is not None:
            self._continue(episode, looked, at)
            return
        if warming and (self.options.silent_warm_up or looked.cusum):
            return
        if looked.p > nominal * (WARM_UP_FRACTION if warming else 1.0):
            return
        start, end = self._window(looked)
        stories = self._stories(looked.row, start, end)
        voices = len({voice for story in stories for voice in story.voices})
        if not looked.cusum and (len(stories) < 3 or voices < voices_needed(self.names[looked.row])):
            return
        episode = Episode(
            row=looked.row,
            alarm_id=episodes.alarm_id(self.names[looked.row], start),
            fired=at,
            start=start,
            end=end,
            warm=end,
            level=episodes.level_of(looked.p, nominal, looked.observed, voices),
            p=looked.p,
            what="build-up" if looked.cusum else "spike",
        )
        self.episodes[looked.row] = episode
        self._out.append(self._alarm(episode, looked, stories, at))

    def _window(self, looked: Looked) -> tuple[int, int]:
        if looked.cusum:
            return -looked.hours, self.hour - SETTLED
        return looked.end - looked.hours + 1, looked.end

    def _continue(self, episode: Episode, looked: Looked, at: float) -> None:
        if looked.p > episodes.WARM:
            return
        start, end = self._window(looked)
        episode.warm = max(episode.warm, end)
        if looked.p >= episode.p:
            return
        stories = self._stories(looked.row, start, end)
        voices = len({voice for story in stories for voice in story.voices})
        level = episodes.level_of(looked.p, self.detector.nominal, looked.observed, voices)
        episode.p = looked.p
        if level > episode.level:
            episode.level, episode.start, episode.end = level, start, end
            self._out.append(self._alarm(episode, looked, stories, at))

    def _cool(self, hour: int, at: float) -> None:
        for row, episode in list(self.episodes.items()):
            if hour >= episode.warm + episodes.COOL_HOURS:
                del self.episodes[row]
                if episode.alarm is not None:
                    resolved = structs.replace(
                        episode.alarm, state="resolved", resolved_at=_moment(at), updated_at=_moment(at)
                    )
                    self._out.append(resolved)

    def annotate(self, alarm_id: str, note: str, by: str = "") -> bool:
        """Write something on an open alarm (`by`: who takes it on); whether there is such a one."""
        for episode in self.episodes.values():
            if episode.alarm_id == alarm_id and episode.alarm is not None:
                episode.alarm = structs.replace(
                    episode.alarm,
                    acknowledged_by=by or episode.alarm.acknowledged_by,
                    notes=[*episode.alarm.notes[-20:], *([note] if note else [])],
                )
                self._out.append(episode.alarm)
                return True
        return False

    def _stories(self, row: int, start: int, end: int) -> list[Story]:
        found: dict[str, Story] = {}
        for hour in range(max(start, end - 12), end + 1):
            found.update(self._cells.get(hour, {}).get(row, {}))
        return sorted(found.values(), key=lambda story: (-story.copies, story.story_id))

    def _alarm(self, episode: Episode, looked: Looked, stories: list[Story], at: float) -> Alarm:
        last = episode.alarm
        episode.alarm = Alarm(
            alarm_id=episode.alarm_id,
            what="build-up" if episode.what == "build-up" else "spike",
            series=self.names[episode.row],
            level=episodes.name(episode.level),
            fired_at=_moment(episode.fired),
            updated_at=_moment(at),
            window_start=calendar.start_of(episode.start),
            window_end=calendar.start_of(episode.end + 1),
            expected=round(looked.expected, 4),
            observed=looked.observed,
            total=looked.total,
            usual_share=round(looked.share_usual, 4),
            p=looked.p,
            p_share=looked.p_share,
            q=min(1.0, looked.p * max(1, len(self.names))),
            every_hours=round(1.0 / max(looked.p, 1e-9), 1),
            worse_not_more=looked.p_share <= 0.1,
            warming=self._warming(at),
            complete=self.detector.stream_gap == 0,
            documents=sum(story.copies for story in stories),
            owners=len({voice for story in stories for voice in story.voices}),
            stories=[story_of(story) for story in stories[:5]],
            story_ids=[story.story_id for story in stories[:50]],
            acknowledged_by=last.acknowledged_by if last else "",
            notes=last.notes if last else [],
        )
        return episode.alarm

    def _tell_facts(self, hour: int) -> None:
        history = self.detector.history
        slot, at = hour // 24 % DAYS, hour % 24
        counts = history.counts[:, : len(self.names), slot, at]
        rows = np.flatnonzero(counts.sum(0))
        if not len(rows):
            return
        due = history.means[:, rows, hour // 24 % AHEAD, at].astype(np.float64)
        alpha = self.detector.scatter[NEGATIVE].mean(rows, 1)
        upper = due[0] + 3.0 * np.sqrt(due[0] + alpha * due[0] ** 2)
        for i, row in enumerate(rows):
            self._out.append(
                HourFact(
                    series=self.names[row],
                    hour=calendar.start_of(hour),
                    negative=int(counts[NEGATIVE, row]),
                    total=int(counts[:, row].sum()),
                    expected_negative=round(float(due[0, i]), 4),
                    expected_total=round(float(due[:, i].sum()), 4),
                    upper=round(float(upper[i]), 3),
                    complete=self.detector.stream_gap == 0,
                )
            )

    # --- out ---------------------------------------------------------------------------------------------------------

    def take(self) -> list[AlertMessage]:
        """Alarms and facts since the last call, in order; alarms raised by one look carry their rank among them (BH)."""
        if not self._out:
            return []
        out, self._out = self._out, []
        _rank([message for message in out if isinstance(message, Alarm)], max(1, len(self.names)))
        return out


def _rank(alarms: Iterable[Alarm], tested: int) -> None:
    """Benjamini-Hochberg q-values of the alarms of one look (1995, JRSS B 57, 289-300); they rank, never decide."""
    ordered = sorted(alarms, key=lambda alarm: alarm.p)
    least = 1.0
    for rank in range(len(ordered), 0, -1):
        least = min(least, ordered[rank - 1].p * tested / rank)
        ordered[rank - 1].q = least


def story_of(story: Story) -> AlarmStory:
    """A story as an alarm shows it."""
    return AlarmStory(
        story_id=story.story_id,
        title=story.title,
        owner=story.owner,
        first_seen_at=_moment(story.seen),
        copies=story.copies,
        owners=len(story.voices),
        label="negative" if story.negative else None,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
