"""Runs one stage over batches of records: state, outcomes, dead letters, crash ledger, accounting. No Faust in here.

The order of one batch is the delivery rule: note what is in hand → work → send outputs and dead letters and await them →
write state and await it → clear the note. Only then may the caller acknowledge the batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from stream_agents.crashloop import CrashLedger, Position
from stream_agents.outbox import Outbox, Output
from stream_agents.stage import Handled, Record, Stage
from stream_agents.state import Included, StateReader, edition_key, encode_position
from stream_agents.watchdog import Watchdog
from warta import logs
from warta.clock import Clock
from warta.deadletters import DeadLetter, StormGuard
from warta.errors import Invalid, StateError
from warta.metrics import BATCH, DEAD, RECORDS, STATE_RECORDS, WORK_SECONDS
from warta.settings import Settings
from warta.topics import dead

log = logs.get(__name__)


class Runner:
    """The hands of one stage in one process."""

    def __init__(
        self, stage: Stage, settings: Settings, clock: Clock, outbox: Outbox, ledger: CrashLedger, watchdog: Watchdog
    ) -> None:
        self._stage = stage
        self._settings = settings
        self._clock = clock
        self._outbox = outbox
        self._ledger = ledger
        self._watchdog = watchdog
        self._storm = StormGuard(stage.name, settings.dead_ratio, settings.dead_consecutive)
        self._included: Included | None = None

    async def start(self) -> None:
        """Connect, and read the state to its end.

        Raises:
            StateError: the state is unreadable, or belongs to another generation of the source topic.
        """
        await self._outbox.start()
        if self._stage.state_topic:
            await self._restore(self._stage.state_topic)
        self._stage.ready()

    async def _restore(self, topic: str) -> None:
        began = self._clock.monotonic()
        async with StateReader(self._settings, topic) as state:
            self._included = state.included
            self._check_generation(topic)
            async for key, value in state.records():
                self._stage.restore(key, value)
        # The fence is ours, so nobody is making a state beside this one: what is not of this one was left behind.
        await self._outbox.send_nulls(topic, state.strays)
        STATE_RECORDS.labels(self._stage.name).set(len(state))
        seconds = self._clock.monotonic() - began
        log.info("state restored", topic=topic, records=len(state), swept=len(state.strays), seconds=round(seconds, 2))

    def _check_generation(self, topic: str) -> None:
        if self._included and self._included.generation != self._settings.generation:
            raise StateError(
                f"{topic} belongs to generation {self._included.generation}, WARTA_GENERATION is "
                f"{self._settings.generation}: rebuild the state, or set the generation back"
            )

    async def stop(self) -> None:
        """A clean stop: nothing is in hand."""
        self._ledger.leave("stop")
        await self._outbox.stop()

    async def process(self, batch: Sequence[Record]) -> None:
        """Work on a batch to its very end; when this returns, everything it caused is in Kafka."""
        began = self._clock.monotonic()
        fresh = [(record.position, record) for record in batch if not self._is_included(record.position)]
        for group in self._ledger.groups(fresh):
            await self._process_group([record for _, record in group])
        BATCH.labels(self._stage.name).observe(len(batch))
        WORK_SECONDS.labels(self._stage.name).observe(self._clock.monotonic() - began)

    def check_log(self, starts: int, ends: int) -> None:
        """Compare the state with the bounds of the source's one partition (offsets).

        Raises:
            StateError: records that the state has not seen are gone, or the source was created anew.
        """
        if self._included is None:
            return
        following = self._included.offset + 1
        if following < starts:
            raise StateError(
                f"{self._stage.source} starts at {starts}, the state of {self._stage.name} ends at {following}"
            )
        if following > ends:
            raise StateError(
                f"{self._stage.source} ends at {ends}, before the state of {self._stage.name} ({following}): it was created "
                f"anew. Raise WARTA_GENERATION and rebuild the state."
            )

    def _is_included(self, position: Position) -> bool:
        if self._included is None or position.topic != self._included.topic or position.offset > self._included.offset:
            return False
        RECORDS.labels(self._stage.name, "included").inc()
        return True

    async def _process_group(self, records: list[Record]) -> None:
        self._ledger.take(record.position for record in records)
        results = await self._handle_all(records)
        self._watchdog.check()
        await self._outbox.send([output for handled in results for output in handled.outputs])
        if self._stage.state_topic:
            await self._write_state(self._stage.state_topic, records[-1].position, results)
        self._ledger.done()
        for handled in results:
            RECORDS.labels(self._stage.name, handled.outcome).inc()

    async def _handle_all(self, records: list[Record]) -> list[Handled]:
        if self._stage.state_topic:
            return [await self._handle(record) for record in records]
        return list(await asyncio.gather(*(self._handle(record) for record in records)))

    async def _handle(self, record: Record) -> Handled:
        try:
            if self._ledger.given_up(record.position):
                deaths = self._ledger.deaths(record.position)
                raise Invalid(
                    "crash-loop", f"the process died {deaths} times with this record in hand, last time alone"
                )
            handled = await self._stage.handle(record)
        except Invalid as error:
            return self._refuse(record, error)
        self._storm.good()
        return handled

    def _refuse(self, record: Record, error: Invalid) -> Handled:
        name = self._stage.name
        letter = DeadLetter(
            stage=name,
            reason=error.reason,
            detail=error.detail,
            topic=record.position.topic,
            partition=record.position.partition,
            offset=record.position.offset,
            attempts=self._ledger.deaths(record.position) + 1,
            failed_at=self._clock.now(),
        )
        log.warning("refused", reason=error.reason, detail=error.detail[:300], position=str(record.position))
        DEAD.labels(name, error.reason).inc()
        self._storm.bad()
        return Handled([Output(dead(name), record.key, record.value, letter.headers())], outcome="dead")

    async def _write_state(self, topic: str, last: Position, results: list[Handled]) -> None:
        """Write what the group changed, the last value of each key, and the position it includes."""
        edition = self._included.edition if self._included else 0
        merged: dict[bytes, bytes | None] = {}
        for handled in results:
            merged.update(handled.state)
        self._included = Included(last.topic, last.offset, self._settings.generation, edition)
        records = [(edition_key(edition, key), value) for key, value in merged.items()]
        await self._outbox.send_state(topic, [*records, encode_position(self._included)])
