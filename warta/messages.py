"""Wire structs: what travels on Warta's topics, as JSON.

Every message is an `Envelope` with an integer `schema`. Unknown fields are ignored, so an older reader survives a newer
writer; a missing required field makes the message invalid. Topics that carry several kinds tell them apart by `kind`.
Times are aware datetimes: the publisher's own (`published_at`, `modified_at`) keep their offset, all others are UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

SCHEMA = 1

Origin = Literal["live", "backfill", "replay"]
Label = Literal["negative", "neutral", "positive"]
Relation = Literal["original", "exact", "near", "contained"]
Genre = Literal["news", "service", "roundup", "opinion", "factcheck", "advertorial", "schedule"]
Strength = Literal["main", "mention"]
Section = Literal["content", "score", "story", "correction", "status"]
SECTIONS: tuple[Section, ...] = ("content", "score", "story", "correction", "status")


class Trace(Struct, kw_only=True, omit_defaults=True):
    """The way of one record: its id and when it passed each stage (UTC)."""

    id: str
    passed: dict[str, datetime] = field(default_factory=dict)


class Envelope(Struct, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What every message carries. `first_seen_at` is null while nobody knows it."""

    schema: int
    doc_id: str
    first_seen_at: datetime | None
    fetched_at: datetime
    origin: Origin
    trace: Trace
    pipeline_version: str


class Robots(Struct, kw_only=True, omit_defaults=True):
    """What the site said to machines: may it be crawled, may it train models (null: it said nothing)."""

    allowed: bool = True
    ai_training: bool | None = None


# --- warta.raw ------------------------------------------------------------------------------------------------------


class RawArticle(Envelope, tag="article", kw_only=True, omit_defaults=True):
    """One fetched page or record. Exactly one of `text` and `html` is normally set; neither is a `no-text` dead letter.

    `truncated` says that the publisher cut the body to fit the topic; `hidden` marks the synthetic probe.
    """

    url: str
    canonical_url: str
    source: str = ""
    title: str = ""
    text: str | None = None
    html: str | None = None
    authors: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    annotations: dict[str, Any] = field(default_factory=dict)
    robots: Robots = field(default_factory=Robots)
    truncated: bool = False
    hidden: bool = False


class Removed(Envelope, tag="removed", kw_only=True, omit_defaults=True):
    """The publisher took the document away; `status` is the HTTP status that said so (404, 410)."""

    url: str
    status: int


RawMessage = RawArticle | Removed

# --- warta.articles -------------------------------------------------------------------------------------------------


class Cut(Struct, kw_only=True, omit_defaults=True):
    """A passage that cleaning removed: its kind, its text (or only its length, in characters, when it is long), and its
    offset in the input where it is known. `rule` is the version of the boilerplate rules that asked for it."""

    kind: str
    text: str = ""
    chars: int = 0
    offset: int | None = None
    rule: int | None = None


class Image(Struct, kw_only=True, omit_defaults=True):
    """The lead image, by address, and its caption."""

    url: str
    caption: str = ""


class Content(Struct, kw_only=True, omit_defaults=True):
    """Section `content` of a document: the cleaned article and who published it."""

    url: str
    canonical_url: str
    title: str
    body: str
    source: str = ""
    owner: str = ""
    network: str = ""
    platform: str = ""
    media_type: str = ""
    region: str = ""
    section: str = ""
    tags: list[str] = field(default_factory=list)
    lead: str = ""
    authors: list[str] = field(default_factory=list)
    wire: str = ""
    dateline: str = ""
    image: Image | None = None
    language: str = ""
    language_confidence: float | None = None
    genre: Genre = "news"
    paywall: bool = False
    truncated: bool = False
    published_at: datetime | None = None
    modified_at: datetime | None = None
    date_suspect: bool = False
    upstream: dict[str, Any] = field(default_factory=dict)
    cuts: list[Cut] = field(default_factory=list)
    robots: Robots = field(default_factory=Robots)


class Article(Envelope, tag="article", kw_only=True, omit_defaults=True):
    """A cleaned article. `content_hash` is of title and body before publisher rules, `body_hash` of the cleaned body."""

    content: Content
    content_hash: str
    body_hash: str
    hidden: bool = False


ArticleMessage = Article | Removed

# --- warta.scored ---------------------------------------------------------------------------------------------------


class TellingSentence(Struct, kw_only=True, omit_defaults=True):
    """A sentence that carries the label: its text and its probabilities."""

    text: str
    label: Label
    score: float


class Sentiment(Struct, kw_only=True, omit_defaults=True):
    """Tone of the article. Probabilities sum to 1; `confidence` is the largest of them; `uncertain` says that it lies
    below the floor. `headline` and `text` are the labels of title and body alone, `gap` that they contradict."""

    label: Label
    negative: float
    neutral: float
    positive: float
    confidence: float
    model: str
    uncertain: bool = False
    headline: Label | None = None
    text: Label | None = None
    gap: bool = False
    sentences: list[TellingSentence] = field(default_factory=list)


class Place(Struct, kw_only=True, omit_defaults=True):
    """A place in the text: Kemendagri `code`, name, `level` (province, regency, city, district), province and strength."""

    code: str
    name: str
    level: Literal["province", "regency", "city", "district"]
    province: str
    strength: Strength


class Tone(Struct, kw_only=True, omit_defaults=True):
    """Tone of the sentences that name a watched party."""

    party: str
    label: Label
    score: float


class Location(Struct, kw_only=True):
    """A point for maps: degrees, WGS 84."""

    lat: float
    lon: float


class Score(Struct, kw_only=True, omit_defaults=True):
    """Section `score` of a document: sentiment, places, cases, tone."""

    sentiment: Sentiment | None = None
    main_place: str | None = None
    places: list[Place] = field(default_factory=list)
    place_codes: list[str] = field(default_factory=list)
    provinces: list[str] = field(default_factory=list)
    location: Location | None = None
    abroad: list[str] = field(default_factory=list)
    main_cases: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    tone: list[Tone] = field(default_factory=list)


class ScoredArticle(Envelope, tag="article", kw_only=True, omit_defaults=True):
    """A cleaned and scored article: the ordinary event of `warta.scored`."""

    content: Content
    score: Score
    content_hash: str
    body_hash: str
    hidden: bool = False


class Rescore(Envelope, tag="rescore", kw_only=True, omit_defaults=True):
    """A new score for a text that is already known; alarms are not fired again."""

    score: Score


class Correction(Struct, kw_only=True, omit_defaults=True):
    """Section `correction`: the label a person gave; it wins over the model's."""

    label: Label
    by: str
    at: datetime
    note: str = ""


class Decision(Envelope, tag="decision", kw_only=True, omit_defaults=True):
    """What a person decided, as it takes its place in the one order of `warta.scored`.

    `action` says which of the other fields matter: `correct` (correction), `forget` (none), `must-link` and `cannot-link`
    (`other_id`). `decision_id` is the key on `warta.decisions`; the same decision again changes nothing.
    """

    decision_id: str
    action: Literal["correct", "uncorrect", "forget", "must-link", "cannot-link", "unlink"]
    by: str
    at: datetime
    other_id: str | None = None
    correction: Correction | None = None
    note: str = ""


ScoredMessage = ScoredArticle | Removed | Rescore | Decision

# --- warta.documents ------------------------------------------------------------------------------------------------


class StoryCounters(Struct, kw_only=True, omit_defaults=True):
    """What the head of a story carries about the whole of it."""

    copies: int
    publishers: int
    owners: int
    first_seen_at: datetime
    last_seen_at: datetime


class Story(Struct, kw_only=True, omit_defaults=True):
    """Section `story`: which story a document belongs to and how. `similarity` is 0 to 1 against the original.
    `revision` counts the texts of this document from 1. Only the head carries counters."""

    story_id: str
    story_relation: Relation
    original_id: str
    revision: int = 1
    similarity: float = 1.0
    is_story_head: bool = False
    story: StoryCounters | None = None
    event_id: str | None = None


class Status(Struct, kw_only=True, omit_defaults=True):
    """Section `status`: taken down by its publisher, or kept out of what people see (probe, takedown)."""

    removed: bool = False
    hidden: bool = False


class Document(Envelope, tag="document", kw_only=True, omit_defaults=True):
    """A whole document: every section is current."""

    content: Content
    score: Score
    story: Story
    content_hash: str
    body_hash: str
    correction: Correction | None = None
    status: Status = field(default_factory=Status)


class Patch(Envelope, tag="patch", kw_only=True, omit_defaults=True):
    """One section of a document, replaced as a whole. `correction` set to null with `section` naming it removes it."""

    section: Section
    content: Content | None = None
    score: Score | None = None
    story: Story | None = None
    correction: Correction | None = None
    status: Status | None = None


class Superseded(Envelope, tag="revision", kw_only=True, omit_defaults=True):
    """Content that a later revision replaced, kept for diffs under its own key."""

    revision: int
    content: Content


class Tombstone(Envelope, tag="tombstone", kw_only=True, omit_defaults=True):
    """A document that was taken down by decision: the index keeps its id and nothing of its text."""

    decision_id: str


DocumentMessage = Document | Patch | Superseded | Tombstone

# --- warta.rules ----------------------------------------------------------------------------------------------------


class RuleParagraph(Struct, kw_only=True, omit_defaults=True):
    """A paragraph that one publisher puts under article after article: its key, an example, and in how many stories."""

    key: str
    example: str
    stories: int


class PublisherRules(Struct, kw_only=True, omit_defaults=True):
    """All boilerplate of one publisher as it stands, keyed by `publisher`; `version` rises with every change."""

    schema: int
    publisher: str
    version: int
    paragraphs: list[RuleParagraph]


# --- warta.signals --------------------------------------------------------------------------------------------------


class Signal(Envelope, tag="story", kw_only=True, omit_defaults=True):
    """What alerting counts: one document's standing in its story after an event, with the series it left and joined.

    `series_before` and `series` list series names (`all`, `place:32.11`, `case:banjir`, `owner:kompas-gramedia`, …);
    `label` is the label shown (correction or sentiment). `sentences` are the telling ones of a negative text, the surest
    first (at most 2 of at most 240 characters); only an event that brings a score has them.
    """

    story_id: str
    previous_story_id: str | None = None
    relation: Relation
    revision: int
    is_story_head: bool
    owner: str
    media_type: str = ""
    source: str = ""
    title: str = ""
    url: str = ""
    sentences: list[str] = field(default_factory=list)
    genre: Genre = "news"
    label: Label | None = None
    previous_label: Label | None = None
    published_at: datetime | None = None
    wire: str = ""
    platform: str = ""
    date_suspect: bool = False
    series: list[str] = field(default_factory=list)
    series_before: list[str] = field(default_factory=list)
    hidden: bool = False


class Tick(Envelope, tag="tick", kw_only=True, omit_defaults=True):
    """The watermark passed a minute's boundary; `doc_id` is empty, `minute` is that boundary."""

    minute: datetime


SignalMessage = Signal | Tick
