"""What an alarm says: counts, stories with their sentences, names, why now, and whether our own data is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import structs

from stream_agents.alerting import calendar, episodes, why
from stream_agents.alerting.detector import Detector, Looked
from stream_agents.alerting.episodes import Episode
from stream_agents.alerting.history import AHEAD, NEGATIVE
from stream_agents.alerting.ledger import Story
from stream_agents.alerting.negbin import Floats
from stream_agents.alerting.words import Words
from warta.alarms import Alarm, AlarmStory, Bilingual, Level
from warta.dates import moment

#: Stories that an alarm shows, ids that it lists, and telling sentences of each story.
SHOWN = 5
LISTED = 50
SENTENCES = 2
#: Stories a day from which a media group is expected to be heard daily.
DAILY = 1.0


class Teller:
    """Composes alarms; reads the detector, the names of rows and the words, and changes nothing."""

    def __init__(self, detector: Detector, names: Sequence[str], words: Words) -> None:
        self._detector = detector
        self._names = names
        self._words = words

    def spike(
        self, episode: Episode, looked: Looked, stories: list[Story], at: float, *, warming: bool, last: Alarm | None
    ) -> Alarm:
        """A spike or a build-up, as it fires (`last` is None) or rises."""
        series = self._names[episode.row]
        documents = sum(story.copies for story in stories)
        fresh = Alarm(
            alarm_id=episode.alarm_id,
            what="build-up" if episode.what == "build-up" else "spike",
            series=series,
            name=self._words.name(series),
            level=episodes.name(episode.level),
            fired_at=moment(episode.fired),
            updated_at=moment(at),
            window_start=calendar.start_of(episode.start),
            window_end=calendar.start_of(episode.end + 1),
            expected=round(looked.expected, 4),
            observed=looked.observed,
            total=looked.total,
            usual_share=round(looked.share_usual, 4),
            p=looked.p,
            p_share=looked.p_share,
            q=min(1.0, looked.p * max(1, len(self._names))),
            every_hours=round(1.0 / max(looked.p, 1e-9), 1),
            worse_not_more=looked.p_share <= 0.1,
            warming=warming,
            documents=documents,
            publishers=len({outlet for story in stories for outlet in story.publishers}),
            owners=len({voice for story in stories for voice in story.voices}),
            why=self._why(episode, looked, stories, documents, at),
            offices=self._words.offices(series),
            stories=[self.story(story) for story in stories[:SHOWN]],
            story_ids=[story.story_id for story in stories[:LISTED]],
            **self._whole(),
        )
        return fresh if last is None else _carried(fresh, last)

    def _why(self, episode: Episode, looked: Looked, stories: list[Story], documents: int, at: float) -> Bilingual:
        found = why.drivers(stories, self._names[episode.row], self._names, self._share(episode), looked.expected)
        said = why.sentences(found, stories, documents, self._words, at)
        if looked.cusum:
            return why.of_build_up(calendar.start_of(episode.start), moment(at), said)
        return said

    def _share(self, episode: Episode) -> Any:
        """The usual part of all negative news that a row holds, by the expectations of the alarm's last day."""
        day = episode.end // 24 % AHEAD
        means = self._detector.history.means[NEGATIVE]
        everything = self._names.index("all") if "all" in self._names else None
        whole = float(means[everything, day].sum()) if everything is not None else 0.0

        def share(row: int) -> float:
            return min(1.0, float(means[row, day].sum()) / whole) if whole > 0 else 0.0

        return share

    def spread(self, story: Story, level: Level, usual: float, often: float, at: float, last: Alarm | None) -> Alarm:
        """One story that many owners carry; `often` is how many times a week a story gets so far by this age."""
        series = f"meluas:{story.story_id}"
        fresh = Alarm(
            alarm_id=episodes.alarm_id(series, 0),
            what="spread",
            series=series,
            name=Bilingual(id="Meluas", en="Spreading"),
            level=level,
            fired_at=moment(at),
            updated_at=moment(at),
            window_start=moment(story.seen),
            window_end=moment(at),
            expected=usual,
            observed=len(story.voices),
            p=min(1.0, often / 168),
            every_hours=round(168 / max(often, 1e-6), 1),
            documents=story.copies,
            publishers=len(story.publishers),
            owners=len(story.voices),
            why=why.of_spread(story, len(story.voices), self._words, at),
            offices=list(dict.fromkeys(o for row in story.rows for o in self._words.offices(self._names[row]))),
            stories=[self.story(story)],
            story_ids=[story.story_id],
            **self._whole(),
        )
        return fresh if last is None else _carried(structs.replace(fresh, fired_at=last.fired_at), last)

    def story(self, story: Story) -> AlarmStory:
        """A story as an alarm shows it; none of its sentences where they may name victims or children."""
        sensitive = self._words.sensitive(self._names[row] for row in story.rows)
        return AlarmStory(
            story_id=story.story_id,
            title=story.title,
            owner=story.owner,
            source=story.source,
            url=story.url,
            first_seen_at=moment(story.seen),
            revised_at=moment(story.revised) if story.revised else None,
            copies=story.copies,
            publishers=max(1, len(story.publishers)),
            owners=max(1, len(story.voices)),
            label="negative" if story.negative else None,
            sentences=[] if sensitive or not story.negative else list(story.sentences[:SENTENCES]),
        )

    def _whole(self) -> dict[str, Any]:
        """Whether our own data is whole: the stream runs, and so many of the media groups that publish daily are heard."""
        groups = np.array([row for row, name in enumerate(self._names) if name.startswith("owner:")], np.int64)
        if not len(groups):
            return {"complete": self._detector.stream_gap == 0}
        history = self._detector.history
        daily: Floats = history.means[:, groups, (history.day - 1) % AHEAD].sum(axis=(0, 2), dtype=np.float64)
        expected = set(groups[daily >= DAILY].tolist())
        heard = expected - set(self._detector._down().tolist())
        complete = self._detector.stream_gap == 0 and len(heard) >= 0.9 * len(expected)
        return {"complete": complete, "groups": len(expected), "groups_heard": len(heard)}


def _carried(fresh: Alarm, last: Alarm) -> Alarm:
    """What people and later events wrote on an alarm stays on it when it rises."""
    return structs.replace(
        fresh, changes=last.changes, notes=last.notes, acknowledged_by=last.acknowledged_by, counting=None
    )
