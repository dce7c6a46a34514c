"""A worker: one process that runs one stage under Faust. `python -m stream_agents STAGE [--index N] [--web-port P]`.

Exit codes: 0 a stop, 70 a fault of ours, 75 something outside failed and the start may be tried again (sysexits.h).
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
from mode import CrashingSupervisor
from prometheus_client import REGISTRY

from stream_agents.app import group, make_app
from stream_agents.crashloop import CrashLedger, Position
from stream_agents.outbox import Outbox
from stream_agents.runner import Runner
from stream_agents.stage import Record, Stage
from stream_agents.watchdog import Watchdog
from warta import kafka, logs
from warta.clock import SystemClock
from warta.errors import StateError, Transient
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
        outbox = Outbox(settings, f"{stage.name}-{index}")
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
        app.on_before_shutdown.connect(self._on_shutdown, weak=False)
        app.page("/healthz")(self._healthz)
        setup_prometheus_sensors(app, pattern="/metrics", registry=REGISTRY)

    async def _on_assigned(self, app: Any, assigned: Any, **_: Any) -> None:
        if not assigned:
            return
        try:
            await self._check_retention(assigned)
        except Exception as error:
            self._die(error)
        self._assigned.set()

    async def _check_retention(self, assigned: Any) -> None:
        """A committed offset below the log's start means that records were lost unread: never skip them silently."""
        consumer = self._app.consumer
        partitions = [tp for tp in assigned if tp.topic == self._stage.source]
        earliest = await consumer.earliest_offsets(*partitions)
        for tp in partitions:
            committed = await consumer._thread.call_thread(consumer._thread._ensure_consumer().committed, tp)
            if committed is not None and committed < earliest[tp]:
                lost = earliest[tp] - committed
                raise StateError(
                    f"{lost} records of {tp.topic}/{tp.partition} were deleted by retention before {self._stage.name} "
                    f"read them (committed {committed}, log starts at {earliest[tp]}). Accept the loss with: "
                    f"warta topics skip {self._stage.name}"
                )

    async def _consume(self, stream: Any) -> None:
        try:
            await self._assigned.wait()
            await self._runner.start()
            self._tasks.append(asyncio.ensure_future(self._watch()))
            self._started = True
            log.info("working")
            within = self._settings.batch_within_ms / 1000
            async for events in stream.take_events(self._settings.batch, within=within):
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
        os._exit(TRY_AGAIN if transient else FAULT)

    async def _on_shutdown(self, app: Any, **_: Any) -> None:
        for task in self._tasks:
            task.cancel()
        if self._started:
            with suppress(KafkaError):
                await self._runner.stop()

    async def _healthz(self, web: Any, request: Any) -> Any:
        ok = self._started and not self._app.rebalancing
        return web.json({"ok": ok, "stage": self._stage.name}, status=200 if ok else 503)

    def run(self) -> None:
        """Run until told to stop."""
        worker = faust.Worker(self._app, quiet=True, redirect_stdouts=False, override_logging=False)
        worker.spinner = None
        worker.execute_from_commandline()


def _record(message: Any) -> Record:
    return Record(Position(message.topic, message.partition, message.offset), message.key, message.value)


def wait_for_topic(settings: Settings, topic: str, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait for Kafka and the stage's topic, saying so, as long as it takes: exiting would only grow a back-off."""
    pause = 1.0
    while True:
        try:
            admin = kafka.admin(settings)
            try:
                if topic in admin.list_topics():
                    return
                reason = f"topic {topic} is missing (warta topics apply)"
            finally:
                admin.close()
        except Exception as error:
            reason = f"Kafka at {settings.kafka} does not answer: {error}"
        log.warning("waiting", reason=reason, seconds=pause)
        sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


__all__ = ["Worker", "group", "wait_for_topic"]
