"""The stories agent: the one writer of `warta.documents`, and the one order of the system."""

from __future__ import annotations

from stream_agents.outbox import Output
from stream_agents.rules_reader import learnt_key
from stream_agents.stage import Handled, Record, Stage
from stream_agents.stories import record as records
from stream_agents.stories.effects import Effects
from stream_agents.stories.engine import StoryEngine
from stream_agents.stories.heap import give_back
from warta import topics
from warta.clock import Clock
from warta.messages import DocumentMessage, Patch, ScoredMessage, Superseded
from warta.metrics import WATERMARK
from warta.settings import Settings
from warta.wire import Decoder, encode, passed


class StoriesStage:
    """Wraps the story engine; its state is one compacted record a document."""

    name = "stories"
    batch = 256
    source = topics.SCORED
    state_topic = topics.STATE_STORIES

    def __init__(self, engine: StoryEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._decoder = Decoder(ScoredMessage)

    def restore(self, key: bytes, value: bytes) -> None:
        self._engine.restore(records.decode(value))

    def ready(self) -> None:
        self._engine.ready()
        give_back()

    async def handle(self, record: Record) -> Handled:
        message: ScoredMessage = self._decoder.decode(record.value)
        message.trace = passed(message.trace, self.name, self._clock.now())
        effects = self._engine.apply(message, record.position.offset)
        WATERMARK.labels(self.name).set(max(0.0, self._engine.watermark))
        state = {key.encode(): records.encode(value) if value is not None else None for key, value in effects.state}
        return Handled(outputs(effects), state, effects.outcome)


def outputs(effects: Effects) -> list[Output]:
    """The messages of one event: documents, then signals, then rules."""
    documents = [Output(topics.DOCUMENTS, document_key(m).encode(), encode(m)) for m in effects.documents]
    signals = [Output(topics.SIGNALS, b"all", encode(signal)) for signal in effects.signals]
    rules = [Output(topics.RULES, learnt_key(rule.publisher), encode(rule)) for rule in effects.rules]
    return documents + signals + rules


def document_key(message: DocumentMessage) -> str:
    """Key on `warta.documents`: a patch never replaces the whole document in the compacted log, nor another section."""
    if isinstance(message, Patch):
        return f"{message.doc_id}/{message.section}"
    if isinstance(message, Superseded):
        return f"{message.doc_id}/revision/{message.revision}"
    return message.doc_id


def build(settings: Settings, clock: Clock) -> Stage:
    """The stage as the settings want it."""
    return StoriesStage(StoryEngine(clock, settings.story_horizon_days), clock)
