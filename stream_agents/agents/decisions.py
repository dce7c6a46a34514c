"""The decisions forwarder: what people decided takes its place in the orders of the system.

Decisions about documents go on to `warta.scored`, those about alarms to `warta.signals`. Stateless: the same decision again
changes nothing where it arrives, for its id names kind and subject and its content is the whole word on that subject.
"""

from __future__ import annotations

from stream_agents.outbox import Output
from stream_agents.stage import Handled, Record, Stage
from warta import topics
from warta.clock import Clock
from warta.decisions import ABOUT_ALARMS, key, kind_of
from warta.errors import Invalid
from warta.messages import Decision
from warta.settings import Settings
from warta.wire import Decoder, encode, passed


class DecisionsStage:
    """Checks a decision and passes it on."""

    name = "decisions"
    batch = 64
    source = topics.DECISIONS
    state_topic = None

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._decoder = Decoder(Decision)

    def restore(self, key: bytes, value: bytes) -> None:
        """Stateless."""

    def ready(self) -> None:
        """Stateless."""

    async def handle(self, record: Record) -> Handled:
        """Pass on.

        Raises:
            Invalid: `bad-decision`, a key that is of no known kind or does not fit its value; or the value is unreadable.
        """
        kind = kind_of(record.key)
        if record.value is None:
            return Handled([], outcome="taken-back")
        if kind in ABOUT_ALARMS:
            return Handled([Output(topics.SIGNALS, b"all", record.value)], outcome=kind)
        decision: Decision = self._decoder.decode(record.value)
        _check(record.key, decision)
        decision.trace = passed(decision.trace, self.name, self._clock.now())
        return Handled([Output(topics.SCORED, decision.doc_id.encode(), encode(decision))], outcome=kind)


def _check(found: bytes | None, decision: Decision) -> None:
    """The key must be the decision's own: compaction and idempotence both rest on it."""
    right = key(decision.action, decision.doc_id, decision.other_id)
    if found != right.encode() or decision.decision_id != right:
        raise Invalid(
            "bad-decision", f"{decision.action} under key {found!r} as {decision.decision_id!r}: must be {right}"
        )


def build(settings: Settings, clock: Clock) -> Stage:
    """The stage as the settings want it."""
    return DecisionsStage(clock)
