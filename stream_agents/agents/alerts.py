"""The alerts agent: signals in, alarms and hour facts out."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from stream_agents.alerting import calendar, persist
from stream_agents.alerting.detector import SETTLED
from stream_agents.alerting.engine import AlertEngine, Options
from stream_agents.alerting.ledger import Sighting
from stream_agents.alerting.series import kinds, own_places, with_provinces
from stream_agents.alerting.telling import SENTENCES
from stream_agents.alerting.words import shipped
from stream_agents.outbox import Output
from stream_agents.stage import Handled, Record, Stage
from warta import topics
from warta.alarms import Alarm, AlarmDecision, AlertMessage
from warta.clock import Clock
from warta.messages import Signal, Tick
from warta.publishers import NEVER_INDEPENDENT
from warta.settings import Settings
from warta.wire import Decoder, encode

LATE = timedelta(hours=SETTLED)
#: Whoever wrote a signal, no more of a sentence is kept.
SENTENCE_CHARS = 240
#: Combinations of series whose rows are remembered.
COMBINATIONS = 20_000


class AlertsStage:
    """Wraps the alert engine; what an event changes is written with what it says."""

    name = "alerts"
    batch = 256
    source = topics.SIGNALS
    state_topic = topics.STATE_ALERTS

    def __init__(self, options: Options, own_places: frozenset[str]) -> None:
        self._engine = AlertEngine(options)
        self._own_places = own_places
        self._decoder = Decoder(Signal | Tick | AlarmDecision)
        self._restored: dict[str, bytes] = {}
        self._changes: persist.Changes | None = None
        self._rows: dict[tuple[str, ...], tuple[int, ...]] = {}

    def restore(self, key: bytes, value: bytes) -> None:
        self._restored[key.decode()] = value

    def ready(self) -> None:
        self._changes = persist.restore(self._engine, self._restored)
        self._restored = {}

    async def handle(self, record: Record) -> Handled:
        message: Any = self._decoder.decode(record.value)
        stories: list[str] = []
        if isinstance(message, Tick):
            self._engine.advance(message.minute.timestamp())
        elif isinstance(message, Signal):
            stories = self._see(message)
        else:
            self._engine.decide(message)
        assert self._changes, "ready() comes first"
        outputs = [Output(topics.ALERTS, key_of(said), encode(said)) for said in self._engine.take()]
        return Handled(outputs, self._changes.since(stories), "counted" if stories else "done")

    def _see(self, signal: Signal) -> list[str]:
        """Count a document's standing; returns the stories it touched."""
        engine = self._engine
        seen = signal.first_seen_at or signal.fetched_at
        if engine.first_hour < 0 and signal.origin == "live":
            engine.advance(seen.timestamp())
        if signal.hidden:
            # Taken down, or of no public interest (the probe): of an unknown one there is nothing to remember.
            left = engine.take_down(signal.doc_id, signal.story_id, signal.url)
            return [left] if left else []
        moment, alarming = when(signal)
        hour = calendar.hour_of(moment)
        countable = engine.first_hour >= 0 and (alarming or hour <= engine.hour - SETTLED)
        rows = self._rows_of(tuple(signal.series)) if countable else ()
        engine.see(
            Sighting(
                doc_id=signal.doc_id,
                story_id=signal.story_id,
                voice=voice_of(signal),
                negative=signal.label == "negative",
                head=signal.is_story_head,
                rows=rows,
                hour=hour,
                seen=seen.timestamp(),
                title=signal.title,
                owner=signal.owner,
                source=signal.source,
                url=signal.url,
                sentences=tuple(sentence[:SENTENCE_CHARS] for sentence in signal.sentences[:SENTENCES]),
                revision=signal.revision,
                revised=signal.fetched_at.timestamp() if signal.revision > 1 else 0.0,
            ),
            alarming,
            signal.previous_story_id,
        )
        return [signal.story_id, *([signal.previous_story_id] if signal.previous_story_id else [])]

    def _rows_of(self, series: tuple[str, ...]) -> tuple[int, ...]:
        """Rows that a signal's series count in; the same few combinations come again and again."""
        found = self._rows.get(series)
        if found is None:
            if len(self._rows) >= COMBINATIONS:
                self._rows.clear()
            names = with_provinces(list(series), self._own_places)
            found = self._rows[series] = tuple(self._engine.row(name) for name in names)
        return found


def when(signal: Signal) -> tuple[Any, bool]:
    """The moment a document counts at, and whether it may alarm: by its publisher's clock where that is believed."""
    seen = signal.first_seen_at or signal.fetched_at
    published = None if signal.date_suspect else signal.published_at
    if signal.origin != "live":
        return published or seen, False
    if published is None or published > seen:
        return seen, True
    return published, published >= seen - LATE


def voice_of(signal: Signal) -> str:
    """Who speaks: a wire's text is the wire's voice, a copy on a platform the platform's; press rooms and blogs are none."""
    if signal.media_type in NEVER_INDEPENDENT:
        return ""
    if signal.wire:
        return f"wire:{signal.wire}"
    if signal.platform and signal.relation != "original":
        return f"platform:{signal.platform}"
    return signal.owner or signal.doc_id


def key_of(message: AlertMessage) -> bytes:
    """Key on `warta.alerts`."""
    if isinstance(message, Alarm):
        return message.alarm_id.encode()
    return f"{message.series}/{_hour_text(message.hour)}".encode()


@lru_cache(maxsize=8)
def _hour_text(hour: datetime) -> str:
    return f"{hour:%Y-%m-%dT%H}"


def build(settings: Settings, clock: Clock) -> Stage:
    """The stage as the settings want it.

    Raises:
        Usage: a file of cases or desk.yaml cannot be used.
    """
    words = shipped(settings.cases, settings.publishers)
    return AlertsStage(Options(kinds=kinds(settings.cases), words=words), own_places(settings.desk))
