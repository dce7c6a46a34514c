"""From what was looked at to alarms: episodes that open, rise and end, and what later events and people make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import structs

from stream_agents.alerting import episodes
from stream_agents.alerting.detector import Detector, Looked
from stream_agents.alerting.episodes import Episode
from stream_agents.alerting.ledger import Ledger, Sighting, Story
from stream_agents.alerting.series import voices_needed
from stream_agents.alerting.silences import Silences
from stream_agents.alerting.spread import CALM_S, Passed
from stream_agents.alerting.telling import Teller
from stream_agents.alerting.told import Book, Told, redacted
from stream_agents.alerting.words import Words
from warta.alarms import LEVELS, Alarm, AlarmDecision, ChangeKind
from warta.dates import moment

#: In warm-up (where alarms are allowed at all) only what is this much rarer than nominal counts.
WARM_UP_FRACTION = 0.05
#: Stories of an alarm whose fate is followed at most.
FOLLOWED = 200

#: (row, first hour, last hour) → the negative stories counted there, the most copied first.
Stories = Callable[[int, int, int], list[Story]]


class Judge:
    """Holds the open episodes, the book of told alarms and the silences; every method answers what is to be told.

    `names` are series by row (shared with the engine), `stories` finds the stories behind a count.
    """

    def __init__(self, detector: Detector, ledger: Ledger, names: list[str], stories: Stories, words: Words) -> None:
        self._detector = detector
        self._ledger = ledger
        self._names = names
        self._stories = stories
        self._teller = Teller(detector, names, words)
        self.episodes: dict[int, Episode] = {}
        self.book = Book()
        self.silences = Silences()

    # --- spikes and build-ups ----------------------------------------------------------------------------------------

    def judge(self, looks: Iterable[tuple[Looked, int, int]], at: float, *, warming: bool) -> list[Alarm]:
        """Alarms that begin or rise with one look at windows (each with its first and last hour), ranked among each other."""
        found = [self._one(looked, start, end, at, warming) for looked, start, end in looks]
        alarms = [alarm for alarm in found if alarm is not None]
        rank(alarms, max(1, len(self._names)))
        return alarms

    def _one(self, looked: Looked, start: int, end: int, at: float, warming: bool) -> Alarm | None:
        nominal = self._detector.nominal
        episode = self.episodes.get(looked.row)
        if episode is not None:
            return self._continue(episode, looked, (start, end), at, warming)
        if looked.p > nominal * (WARM_UP_FRACTION if warming else 1.0) or (warming and looked.cusum):
            return None
        stories = self._stories(looked.row, start, end)
        voices = _voices(stories)
        if not looked.cusum and (len(stories) < 3 or voices < voices_needed(self._names[looked.row])):
            return None
        episode = self.episodes[looked.row] = Episode(
            row=looked.row,
            alarm_id=episodes.alarm_id(self._names[looked.row], start),
            fired=at,
            start=start,
            end=end,
            warm=end,
            level=episodes.level_of(looked.p, nominal, looked.observed, voices),
            p=looked.p,
            what="build-up" if looked.cusum else "spike",
        )
        return self._tell(episode, looked, stories, at, warming)

    def _continue(
        self, episode: Episode, looked: Looked, window: tuple[int, int], at: float, warming: bool
    ) -> Alarm | None:
        if looked.p > episodes.WARM:
            return None
        episode.warm = max(episode.warm, window[1])
        if looked.p >= episode.p:
            return None
        stories = self._stories(looked.row, *window)
        level = episodes.level_of(looked.p, self._detector.nominal, looked.observed, _voices(stories))
        episode.p = looked.p
        if level <= episode.level:
            return None
        episode.level, (episode.start, episode.end) = level, window
        return self._tell(episode, looked, stories, at, warming)

    def _tell(self, episode: Episode, looked: Looked, stories: list[Story], at: float, warming: bool) -> Alarm:
        last = self.book.told.get(episode.alarm_id)
        told = Told(
            alarm=self._teller.spike(episode, looked, stories, at, warming=warming, last=last.alarm if last else None),
            row=episode.row,
            start=min([episode.start, *(story.rows.get(episode.row, episode.start) for story in stories)]),
            end=episode.end,
            counted=[story.story_id for story in stories[:FOLLOWED]],
        )
        return self._put(told, at)

    def _put(self, told: Told, at: float) -> Alarm:
        by = self.silences.by(told.alarm, at)
        told.alarm = structs.replace(told.alarm, silenced=by is not None, silenced_by=by or "")
        return self.book.put(told)

    def cool(self, hour: int, at: float) -> Iterator[Alarm]:
        """Episodes that have been unremarkable for long enough are over."""
        for row, episode in list(self.episodes.items()):
            if hour >= episode.warm + episodes.COOL_HOURS:
                del self.episodes[row]
                yield self._resolved(episode.alarm_id, at)

    def _resolved(self, alarm_id: str, at: float) -> Alarm:
        return self.book.tell(alarm_id, state="resolved", resolved_at=moment(at), updated_at=moment(at))

    # --- spread ------------------------------------------------------------------------------------------------------

    def spread(self, passed: Iterable[Passed], at: float) -> Iterator[Alarm]:
        """Stories that spread beyond the usual: told once, and again when the level rises."""
        for story, level, usual, often in passed:
            told = self.book.told.get(episodes.alarm_id(f"meluas:{story.story_id}", 0))
            last = told.alarm if told else None
            if last is None or (last.state == "open" and LEVELS.index(level) > LEVELS.index(last.level)):
                alarm = self._teller.spread(story, level, usual, often, at, last)
                yield self._put(Told(alarm=alarm, counted=[story.story_id]), at)

    def calm(self, at: float) -> Iterator[Alarm]:
        """A story that no new owner takes up is over."""
        for told in self.book.open():
            if told.row < 0:
                story = self._ledger.stories.get(told.alarm.story_ids[0])
                if story is None or at - story.voiced >= CALM_S:
                    yield self._resolved(told.alarm.alarm_id, at)

    # --- later events ------------------------------------------------------------------------------------------------

    def concerns(self, before: str | None, story_id: str) -> bool:
        """Whether some alarm was told for the story that a document leaves or joins."""
        return self.book.knows(story_id) or (before is not None and self.book.knows(before))

    def review(
        self, before: str | None, was_negative: bool, story: Story, sighting: Sighting, at: float
    ) -> Iterator[Alarm]:
        """Write on the alarms that were told for a story what a document's new standing made of it.

        Args:
            before: the story in which the document counted; `was_negative` whether that story's label was.
        """
        moved = before is not None and before != story.story_id
        stories = [before, story.story_id] if before and moved else [story.story_id]
        kind: ChangeKind = "retag" if was_negative == story.negative else "correction"
        if moved:
            kind = "split" if story.story_id == f"s-{sighting.doc_id}" else "merge"
        for told in {told.alarm.alarm_id: told for known in stories for told in self.book.of(known)}.values():
            leaving = [known for known in stories if known in told.counted and not self._counts(known, told)]
            returning = [known for known in stories if known in told.left and self._counts(known, told)]
            if leaving or returning:
                about = (leaving or returning)[0]
                shown = next((shown.title for shown in told.alarm.stories if shown.story_id == about), story.title)
                counts = told.moved(leaving, returning)
                yield self.book.note(told, at, kind, about, shown, counts)

    def take_down(self, story_id: str, url: str, at: float) -> Iterator[Alarm]:
        """A document was taken down: alarms that were told for its story say so, and show nothing of its text any more."""
        for told in self.book.of(story_id):
            erased = redacted(told.alarm, story_id, url)
            leaving = [story_id] if story_id in told.counted and not self._counts(story_id, told) else []
            if leaving:
                told.alarm = erased
                yield self.book.note(told, at, "takedown", story_id, "", told.moved(leaving, []))
            elif erased is not told.alarm:
                told.alarm = erased
                yield self.book.tell(told.alarm.alarm_id, updated_at=moment(at))

    def _counts(self, story_id: str, told: Told) -> bool:
        """Whether a story still is what an alarm was told for: negative, in its series and hours."""
        story = self._ledger.stories.get(story_id)
        if story is None or not story.negative:
            return False
        return told.row < 0 or told.start <= story.rows.get(told.row, -1) <= told.end

    # --- people ------------------------------------------------------------------------------------------------------

    def decide(self, decision: AlarmDecision, at: float) -> list[Alarm]:
        """What a person decided: to take an alarm on, or to keep series quiet."""
        if decision.action == "silence":
            self.silences.put(decision)
            return list(self._remark(at))
        told = self.book.told.get(decision.subject)
        if told is None:
            return []
        notes = [*told.alarm.notes[-20:], *([decision.note[:500]] if decision.note else [])]
        return [self.book.tell(decision.subject, acknowledged_by=decision.by, notes=notes)]

    def end_silences(self, at: float) -> list[Alarm]:
        """Open alarms whose silence has ended."""
        return list(self._remark(at)) if self.silences.ended(at) else []

    def _remark(self, at: float) -> Iterator[Alarm]:
        """Open alarms say whether they are silenced, where that changed."""
        for told in self.book.open():
            by = self.silences.by(told.alarm, at)
            if told.alarm.silenced != (by is not None):
                yield self.book.tell(told.alarm.alarm_id, silenced=by is not None, silenced_by=by or "")


def _voices(stories: Iterable[Story]) -> int:
    return len({voice for story in stories for voice in story.voices})


def rank(alarms: list[Alarm], tested: int) -> None:
    """Benjamini-Hochberg q-values of the alarms of one look (1995, JRSS B 57, 289-300); they rank, never decide."""
    ordered = sorted(alarms, key=lambda alarm: alarm.p)
    least = 1.0
    for place in range(len(ordered), 0, -1):
        least = min(least, ordered[place - 1].p * tested / place)
        ordered[place - 1].q = least
