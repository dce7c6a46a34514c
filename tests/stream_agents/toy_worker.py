"""A worker whose stage does what the record says; run by `test_worker.py` as a process of its own.

Records are words: `kill` ends the process as the kernel would, `boom` is a bug, `away` a dependency that is down, `bad` an
invalid record; anything else is answered by how often the stage, by its durable state, has met that word.
"""

from __future__ import annotations

import os
import signal
import sys

from stream_agents.outbox import Output
from stream_agents.stage import Handled, Record
from stream_agents.worker import Worker, wait_for_source
from warta import logs
from warta.errors import Invalid, Transient
from warta.settings import settings


class Toy:
    """Counts words; the count is its state."""

    batch = 16

    def __init__(self, name: str, source: str, target: str, state: str) -> None:
        self.name = name
        self.source = source
        self.state_topic = state
        self._target = target
        self._counts: dict[bytes, int] = {}

    def restore(self, key: bytes, value: bytes) -> None:
        self._counts[key] = int(value)

    def ready(self) -> None:
        """Nothing is derived."""

    async def handle(self, record: Record) -> Handled:
        word = record.value or b""
        if word == b"kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if word == b"boom":
            raise RuntimeError("boom")
        if word == b"away":
            raise Transient("the dependency is down")
        if word == b"bad":
            raise Invalid("bad-word", "it says bad")
        self._counts[word] = self._counts.get(word, 0) + 1
        answer = b"%s %d %d" % (word, self._counts[word], record.position.offset)
        return Handled([Output(self._target, word, answer)], {word: b"%d" % self._counts[word]})


if __name__ == "__main__":
    name, source, target, state, port = sys.argv[1:6]
    sys.argv = sys.argv[:1]
    config = settings()
    logs.configure(config, stage="toy")
    stage = Toy(name, source, target, state)
    wait_for_source(config, stage)
    Worker(config, stage, 0, int(port)).run()
