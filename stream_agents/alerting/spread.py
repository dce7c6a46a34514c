"""Meluas: one negative story carried by many independent owners, sooner than stories usually are.

For each age of a story (one, three, six hours) it is known how often stories reached so many owners by then; a story that
passes a number reached less than `RATE` times a week is an alarm, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream_agents.alerting.ledger import Ledger, Story
from warta.alarms import Level

AGES = (1, 3, 6)
#: Times a week by chance, all stories together; and the fewest independent owners that are worth a word.
RATE = 1.0
FLOOR = 6
WEEK_S = 7 * 86400.0
#: A story is looked at at three ages: so many separate chances, measured (benchmarks/alerting/spread.py).
LOOKS = 1.5
#: After so long without a new owner a spread is over.
CALM_S = 6 * 3600.0
_MOST = 60


class Passed(NamedTuple):
    """A story that spread farther than stories do: how far they usually get by its age (owners), and how often a week one
    gets so far."""

    story: Story
    level: Level
    usual: float
    often: float


class Spread:
    """Counts of stories by owners reached at each age (weighted by recency), and the stories now young."""

    def __init__(self) -> None:
        self.reached: NDArray[np.float64] = np.zeros((len(AGES), _MOST + 1))
        self.weeks = 0.0
        self.began: float | None = None
        self.young: dict[str, float] = {}
        self.fired: dict[str, float] = {}
        self.changed: set[str] = set()

    def see(self, story: Story, seconds: float) -> None:
        """A negative story has a new document."""
        if seconds - story.seen <= AGES[-1] * 3600:
            self.changed.add(story.story_id)
            self.young.setdefault(story.story_id, story.seen)
            story.watched = True

    def passed(self, at: float, ledger: Ledger) -> Iterator[Passed]:
        """Stories that passed the unusual since the last look; one that did before is answered whenever it goes on."""
        changed, self.changed = sorted(self.changed), set()
        for story_id in changed:
            story = ledger.stories.get(story_id)
            if story is None or not story.negative or len(story.voices) < FLOOR:
                continue
            age = next((i for i, hours in enumerate(AGES) if at - story.seen <= hours * 3600 + 900), None)
            if age is None:
                continue
            often = self._often(age, len(story.voices))
            if often * LOOKS <= RATE:
                self.fired.setdefault(story_id, at)
                yield Passed(story, _level(len(story.voices)), self._usual(age), often)

    def _often(self, age: int, owners: int) -> float:
        """Times a week that a story reached so many owners at that age."""
        weeks = max(self.weeks, 0.1)
        return float((self.reached[age, min(owners, _MOST) :].sum() + 0.25) / weeks)

    def _usual(self, age: int) -> float:
        row = self.reached[age]
        total = row.sum()
        return round(float((row * np.arange(_MOST + 1)).sum() / total), 2) if total else 1.0

    def learn(self, at: float) -> None:
        """Once a day: fade what was learnt; forget who fired long ago."""
        if self.began is None:
            self.began = at
            return
        fade = 0.5 ** (1 / 28)
        self.reached *= fade
        self.weeks = self.weeks * fade + 1 / 7
        self.fired = {story: when for story, when in self.fired.items() if at - when < 4 * WEEK_S}

    def finish(self, at: float, ledger: Ledger) -> None:
        """An hour is over: count how far the stories that came of an age in it had spread by then."""
        for story_id, seen in list(self.young.items()):
            story = ledger.stories.get(story_id)
            for age, hours in enumerate(AGES):
                if story is not None and at - 3600 < seen + hours * 3600 <= at:
                    # One that alarmed says "at least so many": it neither teaches that such is usual nor goes uncounted,
                    # which would lower the limit a little every week.
                    most = self._limit(age) if story_id in self.fired else _MOST
                    self.reached[age, min(len(story.voices), most)] += 1
            if at - seen >= AGES[-1] * 3600:
                del self.young[story_id]

    def _limit(self, age: int) -> int:
        """The fewest owners that are an alarm at an age."""
        often = (self.reached[age, ::-1].cumsum()[::-1] + 0.25) / max(self.weeks, 0.1)
        return int(np.argmax(often * LOOKS <= RATE)) if often[-1] * LOOKS <= RATE else _MOST


def _level(owners: int) -> Level:
    return "kritis" if owners >= 4 * FLOOR else "waspada" if owners >= 2 * FLOOR else "pantau"
