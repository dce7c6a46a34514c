"""Wire structs of `warta.alerts`: alarms and hour facts; and of people's decisions about alarms on `warta.signals`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from warta.messages import Label

Level = Literal["pantau", "waspada", "kritis"]
LEVELS: tuple[Level, ...] = ("pantau", "waspada", "kritis")


class Bilingual(Struct, kw_only=True, omit_defaults=True):
    """One text in both languages of the desk."""

    id: str = ""
    en: str = ""


class AlarmStory(Struct, kw_only=True, omit_defaults=True):
    """One story of an alarm. `owner`, `source` and `url` are of the document that heads it; `copies` counts documents,
    `publishers` outlets, `owners` independent ones. `sentences` carry the label (none where a case is sensitive);
    `revised_at` says that a later text of the head came."""

    story_id: str
    title: str = ""
    owner: str = ""
    source: str = ""
    url: str = ""
    first_seen_at: datetime | None = None
    revised_at: datetime | None = None
    copies: int = 1
    publishers: int = 1
    owners: int = 1
    label: Label | None = None
    sentences: list[str] = field(default_factory=list)


ChangeKind = Literal["correction", "merge", "split", "retag", "takedown"]


class Change(Struct, kw_only=True, omit_defaults=True):
    """What later became of a story that an alarm was fired for: `was` and `now` are the stories counting before and after.

    `correction` covers every change of the label shown (a person, a new text, a new score). A `takedown` tells no title."""

    at: datetime
    kind: ChangeKind
    story_id: str
    title: str = ""
    was: int
    now: int


class Alarm(Struct, kw_only=True, omit_defaults=True, tag_field="kind", tag="alarm"):
    """One episode as it stands; the same `alarm_id` is written again whenever it changes.

    `what` is `spike`, `build-up` (CUSUM) or `spread` (meluas). The window is [`window_start`, `window_end`). `expected` and
    `observed` count distinct negative stories (for a spread: owners). `p` is the chance of so much within one such hour,
    `every_hours` how often chance does this, `q` the false-discovery rate among what was looked at together.

    `name` is the series in words, `why` what drives it, `offices` who usually answers for its case. `groups_heard` of
    `groups` media groups that usually publish daily are not silent; `complete` says that our own data is whole.
    `changes` tells what became of its stories after it was fired: `counting` of them still count. It is never withdrawn.
    """

    schema: int = 1
    alarm_id: str
    what: Literal["spike", "build-up", "spread"]
    series: str
    name: Bilingual = field(default_factory=Bilingual)
    level: Level
    state: Literal["open", "resolved"] = "open"
    fired_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None
    window_start: datetime
    window_end: datetime
    expected: float
    observed: int
    total: int = 0
    usual_share: float = 0.0
    p: float
    p_share: float = 1.0
    q: float = 1.0
    every_hours: float = 0.0
    worse_not_more: bool = True
    warming: bool = False
    complete: bool = True
    groups: int = 0
    groups_heard: int = 0
    documents: int = 0
    publishers: int = 0
    owners: int = 0
    why: Bilingual = field(default_factory=Bilingual)
    offices: list[str] = field(default_factory=list)
    stories: list[AlarmStory] = field(default_factory=list)
    story_ids: list[str] = field(default_factory=list)
    counting: int | None = None
    changes: list[Change] = field(default_factory=list)
    acknowledged_by: str = ""
    silenced: bool = False
    silenced_by: str = ""
    notes: list[str] = field(default_factory=list)


class HourFact(Struct, kw_only=True, omit_defaults=True, tag_field="kind", tag="hour"):
    """One closed hour of one series: negative and all distinct stories, what was expected, and the band's upper end (a count
    above it has a chance of one in a thousand).
    `name` is the series in words (Indonesian)."""

    schema: int = 1
    series: str
    name: str = ""
    hour: datetime
    negative: int
    total: int
    expected_negative: float
    expected_total: float
    upper: float = 0.0
    complete: bool = True


class AlarmDecision(Struct, kw_only=True, omit_defaults=True, tag_field="kind", tag="alarm-decision"):
    """What a person decided about an alarm, or a series: it is taken on, or it is to be quiet until a time.

    The subject of a silence is an alarm's id, or a series' name or pattern (`place:32.*`)."""

    schema: int = 1
    action: Literal["ack", "silence"]
    subject: str
    by: str
    at: datetime
    until: datetime | None = None
    note: str = ""


AlertMessage = Alarm | HourFact
