"""What a stage is to the worker that runs it: a handler of records, pure but for the worker's hands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from stream_agents.crashloop import Position
from stream_agents.outbox import Output


class Record(NamedTuple):
    """One record as Kafka holds it: untouched bytes."""

    position: Position
    key: bytes | None
    value: bytes | None


class Handled(NamedTuple):
    """What came of one record: messages to send, and state records to write with them (a null value: forgotten)."""

    outputs: list[Output]
    state: Mapping[bytes, bytes | None] = {}
    outcome: str = "done"


class Stage(Protocol):
    """A stage. Stateless ones are handed the records of a batch side by side, stateful ones one after the other."""

    name: str
    source: str
    #: Records taken at once at most: what a batch holds is published only when all of it is done.
    batch: int

    @property
    def state_topic(self) -> str | None:
        """Topic of the durable state; none for a stateless stage."""
        ...

    def restore(self, key: bytes, value: bytes) -> None:
        """Take one state record, the latest of its key, in any order, before any work."""
        ...

    def ready(self) -> None:
        """The state is complete: build what is derived from it."""
        ...

    async def handle(self, record: Record) -> Handled:
        """Work on one record.

        Raises:
            Invalid: the record can never be processed; nothing of the stage has changed.
            Transient: something outside failed.
        """
        ...
