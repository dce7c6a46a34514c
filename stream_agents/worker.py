"""A worker: one process that runs one stage under Faust. `python -m stream_agents STAGE [--index N] [--web-port P]`.

Exit codes: 0 a stop, 70 a fault of ours, 75 something outside failed and the start may be tried again,
65 a storm of dead letters: the supervisor leaves it down (sysexits.h).
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import faust
from aiokafka.errors import KafkaError
from faust.sensors.prometheus import setup_prometheus_sensors
from kafka.errors import KafkaError as KafkaPythonError
from mode import CrashingSupervisor
from prometheus_client import REGISTRY

from stream_agents.app import make_app
from stream_agents.crashloop import CrashLedger, Position
from stream_agents.outbox import Outbox
from stream_agents.runner import Runner
from stream_agents.stage import Record, Stage
from stream_agents.watchdog import Watchdog
from warta import kafka, logs
from warta.clock import SystemClock
from warta.deadletters import Storm
from warta.errors import LEAVE_DOWN, Transient
from warta.lag import bounds, check_retention
from warta.settings import Settings
from warta.waiting import LONGEST_PAUSE

log = logs.get(__name__)

FAULT = 70
TRY_AGAIN = 75


class Worker:
    """One process of one stage."""

    def __init__(self, settings: Settings, stage: Stage, index: int, web_port: int) -> None:
        clock = SystemClock()
        self._settings = settings
        self._stage = stage
        self._ledger = CrashLedger(settings.home / "crash" / f"{stage.name}-{index}.json")
        self._watchdog = Watchdog(clock, stage.name, settings.session_timeout_s / 2)
        name = f"{stage.name}-{index}"
        outbox = Outbox(settings, name, fence=f"warta-{name}" if stage.state_topic else None)
        self._runner = Runner(stage, settings, clock, outbox, self._ledger, self._watchdog)
        self._app = make_app(settings, stage.name, index, web_port)
        self._assigned = asyncio.Event()
        self._started = False
        self._tasks: list[asyncio.Task[None]] = []
        self._wire()

    def _wire(self) -> None:
        app = self._app
        source = app.topic(self._stage.source, key_type=bytes, value_type=bytes)
        app.agent(source, name=self._stage.name, concurrency=1, supervisor_strategy=CrashingSupervisor)(self._consume)
        app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        app.on_before_shutdown.connect(self._on_shutdown, weak=False)

        async def healthz(web: Any, request: Any) -> Any:
            ok = self._started and not app.rebalancing
            return web.json({"ok": ok, "stage": self._stage.name}, status=200 if ok else 503)

        app.page("/healthz")(healthz)
        setup_prometheus_sensors(app, pattern="/metrics", registry=REGISTRY)

    async def _on_assigned(self, app: Any, assigned: Any, **_: Any) -> None:
        if assigned:
            self._assigned.set()

    async def _on_revoked(self, app: Any, revoked: Any, **_: Any) -> None:
        """A stage with state must not go on, even for a moment, beside the process that has its partition now."""
        if revoked and self._stage.state_topic and not app.should_stop:
            self._die(Transient("the partition was given to another process, which may write the state now"))

    async def _consume(self, stream: Any) -> None:
        try:
            await self._assigned.wait()
            await self._runner.start()
            if self._stage.state_topic:
                self._runner.check_log(*await asyncio.to_thread(_log_bounds, self._settings, self._stage.source))
            self._tasks.append(asyncio.ensure_future(self._watch()))
            self._started = True
            log.info("working")
            within = self._settings.batch_within_ms / 1000
            async for events in stream.take_events(min(self._stage.batch, self._settings.batch), within=within):
                await self._runner.process([_record(event.message) for event in events])
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._die(error)

    async def _watch(self) -> None:
        try:
            await self._watchdog.run()
        except Transient as error:
            self._die(error)

    def _die(self, error: BaseException) -> NoReturn:
        """End the process now, uncommitted: an orderly shutdown would acknowledge the batch in hand."""
        transient = isinstance(error, Transient | KafkaError)
        if transient:
            self._ledger.leave("transient")
        log.error("stopped by a failure", error=str(error) or repr(error), transient=transient, exc_info=not transient)
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(LEAVE_DOWN if isinstance(error, Storm) else TRY_AGAIN if transient else FAULT)

    async def _on_shutdown(self, app: Any, **_: Any) -> None:
        for task in self._tasks:
            task.cancel()
        if self._started:
            with suppress(KafkaError):
                await self._runner.stop()

    def run(self) -> None:
        """Run until told to stop."""
        worker = faust.Worker(self._app, quiet=True, redirect_stdouts=False, override_logging=False)
        worker.spinner = None
        worker.execute_from_commandline()


def _record(message: Any) -> Record:
    return Record(Position(message.topic, message.partition, message.offset), message.key, message.value)


def _log_bounds(settings: Settings, topic: str) -> tuple[int, int]:
    admin = kafka.admin(settings)
    try:
        return bounds(admin, topic)
    finally:
        admin.close()


def wait_for_source(settings: Settings, stage: Stage, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait for Kafka and the stage's topic, saying so, as long as it takes: exiting would only grow a back-off.

    Raises:
        StateError: retention overtook the stage; see `warta.lag.check_retention`.
    """
    pause = 1.0
    while reason := _missing(settings, stage):
        log.warning("waiting", reason=reason, seconds=round(pause, 1))
        sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _missing(settings: Settings, stage: Stage) -> str:
    try:
        admin = kafka.admin(settings, bootstrap_timeout_ms=5000)
    except (KafkaPythonError, OSError) as error:
        return f"Kafka at {settings.kafka} does not answer: {error}"
    try:
        if stage.source not in admin.list_topics():
            return f"topic {stage.source} is missing (warta topics apply)"
        check_retention(admin, stage.name, stage.source)
    except KafkaPythonError as error:
        return f"Kafka at {settings.kafka} is not ready: {error!r}"
    finally:
        admin.close()
    return ""
