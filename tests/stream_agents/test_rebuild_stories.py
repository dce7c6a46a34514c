"""A state made anew stands beside the one in use until one record switches: killed anywhere, exactly one of both answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from stream_agents import rebuild_stories
from stream_agents.agents.stories import StoriesStage
from stream_agents.crashloop import CrashLedger, Position
from stream_agents.outbox import Outbox
from stream_agents.runner import Runner
from stream_agents.stage import Record
from stream_agents.state import StateReader
from stream_agents.stories.engine import StoryEngine
from stream_agents.watchdog import Watchdog
from tests.servers import Stack, make_stack, make_topics
from tests.stream_agents.killed_rebuild import CHUNK
from tests.stream_agents.stories.build import FLOOD, SCHOOL, START, doc_id, scored
from warta import topics
from warta.clock import ManualClock, SystemClock
from warta.errors import Transient
from warta.messages import ScoredArticle
from warta.settings import ROOT, Settings, load
from warta.wire import encode

pytestmark = pytest.mark.integration

TEXTS = [FLOOD, SCHOOL, f"{FLOOD} {SCHOOL}", SCHOOL[:200], FLOOD[:200], FLOOD]
ARTICLES = [scored(f"n{number}", text, minute=number) for number, text in enumerate(TEXTS)]
#: A record that the state has lost, and documents have not.
LOST = doc_id("n3")
#: Transactions of a rebuild: the records, the switch, the nulls for what is replaced.
WRITES = -(-len(ARTICLES) // CHUNK)
SWITCH = 2 * WRITES
DONE = -1


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Servers of its own: a rebuild takes in what other tests left."""
    made = make_stack()
    try:
        made.kafka.start()
        yield made
    finally:
        made.close()


class Worker:
    """The stage as its worker runs it, without Faust around it."""

    def __init__(self, config: Settings, folder: Path) -> None:
        clock = ManualClock(START + timedelta(days=400))
        self.engine = StoryEngine(clock)
        ledger, watchdog = CrashLedger(folder / "ledger.json"), Watchdog(SystemClock(), "stories", 1e9)
        self.outbox = Outbox(config, "stories-0", fence="warta-stories-0")
        self._runner = Runner(StoriesStage(self.engine, clock), config, clock, self.outbox, ledger, watchdog)

    async def __aenter__(self) -> Worker:
        await self._runner.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.stop()

    async def take(self, articles: list[ScoredArticle], first: int) -> None:
        records = [
            Record(Position(topics.SCORED, 0, first + at), None, encode(article)) for at, article in enumerate(articles)
        ]
        await self._runner.process(records)

    def standing(self) -> dict[str, str]:
        return {known: self.engine.store.groups.story_id(known) for known in self.engine.store}


def rebuild(stack: Stack, point: int) -> int:
    """Run it to the point where it dies; its exit status."""
    command = [sys.executable, "-m", "tests.stream_agents.killed_rebuild", str(point)]
    done = subprocess.run(
        command, env={**os.environ, **stack.environment()}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


async def damaged(config: Settings, folder: Path) -> dict[str, str]:
    """Let the stage take the articles, and lose the record of one: the old state, by document and story."""
    async with Worker(config, folder) as worker:
        await worker.take(ARTICLES, 0)
        await worker.outbox.send_state(topics.STATE_STORIES, [(LOST.encode(), None)])
        whole = worker.standing()
    assert len(whole) == len(ARTICLES)
    return whole


async def test_killed_at_any_point_exactly_one_state_answers(stack: Stack, tmp_path: Path) -> None:
    config = load(kafka=stack.kafka.address)
    make_topics(config)
    whole = await damaged(config, tmp_path)
    old = {known: story for known, story in whole.items() if known != LOST}
    for point, wanted in (
        (0, old),  # its first records on the log, not committed
        (1, old),  # … committed
        (SWITCH - 1, old),  # all of them
        (SWITCH, old),  # the switch on the log, not committed
        (SWITCH + 1, whole),  # … committed, and what it replaced not forgotten yet
        (SWITCH + 2, whole),
    ):
        assert rebuild(stack, point) == -signal.SIGKILL
        async with StateReader(config, topics.STATE_STORIES) as state:
            left = len(state.strays)
        async with Worker(config, tmp_path) as worker:
            assert worker.standing() == wanted, f"killed at {point}"
        # Whoever opens the state forgets what is not of it.
        async with StateReader(config, topics.STATE_STORIES) as state:
            assert not state.strays, f"{left} were left at {point}"
            assert state.included is not None
            assert state.included.offset == len(ARTICLES) - 1


async def test_the_stage_goes_on_in_the_new_state_and_it_can_be_made_anew_again(stack: Stack, tmp_path: Path) -> None:
    config = load(kafka=stack.kafka.address)
    make_topics(config)
    whole = await damaged(config, tmp_path)
    later, last = scored("later", FLOOD, minute=99), scored("last", SCHOOL, minute=100)
    assert rebuild(stack, DONE) == 0
    async with Worker(config, tmp_path) as worker:
        await worker.take([later], len(ARTICLES))
        assert worker.standing() == {**whole, later.doc_id: whole[doc_id("n0")]}
    assert rebuild(stack, DONE) == 0
    async with Worker(config, tmp_path) as worker:
        await worker.take([last], len(ARTICLES) + 1)
        stands = worker.standing()
    assert stands == {**whole, later.doc_id: whole[doc_id("n0")], last.doc_id: whole[doc_id("n1")]}
    async with StateReader(config, topics.STATE_STORIES) as state:
        assert (len(state), state.strays) == (len(stands), [])
        assert state.included is not None
        assert (state.included.edition, state.included.offset) == (2, len(ARTICLES) + 1)


class Overtaken(Outbox):
    """A stage is started when the first records of the new state are there."""

    def __init__(self, config: Settings, folder: Path) -> None:
        super().__init__(config, "stories-rebuild", fence="warta-stories-0")
        self._config, self._folder = config, folder
        self.seen = list[dict[str, str]]()

    async def send_state(self, topic: str, records: Iterable[tuple[bytes, bytes | None]]) -> None:
        await super().send_state(topic, records)
        async with Worker(self._config, self._folder) as worker:
            self.seen.append(worker.standing())


async def test_a_stage_that_starts_ends_the_rebuild(stack: Stack, tmp_path: Path) -> None:
    """Both hold the same fence: who opened it last may write."""
    config = load(kafka=stack.kafka.address)
    make_topics(config)
    whole = await damaged(config, tmp_path)
    outbox = Overtaken(config, tmp_path)
    with pytest.raises(Transient, match="Fenced"):
        await rebuild_stories.rebuild(config, ManualClock(START + timedelta(days=400)), outbox)
    assert [set(seen) for seen in outbox.seen] == [set(whole) - {LOST}]
    async with Worker(config, tmp_path) as worker:
        assert set(worker.standing()) == set(whole) - {LOST}
