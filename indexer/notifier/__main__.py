"""`python -m indexer.notifier`: alarms to the people on call."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import typer
from msgspec import structs

from indexer import health
from indexer.notifier import channels
from indexer.notifier.config import Receiver, RoutingFile, own_routing
from indexer.notifier.hush import hush
from indexer.notifier.ledger import Ledger
from indexer.notifier.service import Notifier
from indexer.service import end_on_signals
from warta import kafka, logs, topics
from warta.alarms import Alarm, AlarmDecision, AlertMessage
from warta.clock import SystemClock
from warta.deadletters import DeadLetter
from warta.errors import Invalid, WartaError
from warta.settings import Settings, settings
from warta.waiting import retry
from warta.wire import Decoder, encode

STAGE = "notify"
GROUP = "warta-notifier"
REPEAT_S = 60
#: Tries of one delivery before it is a dead letter (some minutes); alarms behind it wait so long at most.
ATTEMPTS = 6
log = logs.get("notifier")


class Consuming:
    """The loop: alarms and silences in order, each done with before its offset is committed."""

    def __init__(self, config: Settings, routing: RoutingFile, ending: threading.Event) -> None:
        self._ending = ending
        self._home = config.home
        self._clock = SystemClock()
        self._routing = routing
        self._alarms = Decoder(AlertMessage)
        self._decisions = Decoder(AlarmDecision)
        self._producer = kafka.producer(config, "warta-notifier")
        self._consumer = kafka.consumer(
            config, topics.ALERTS, topics.DECISIONS, group=GROUP, client_id="warta-notifier-0"
        )
        self._ledger = Ledger(config.home / "notifier" / "sent.db")
        self.notifier = Notifier(
            routing,
            self._ledger,
            self._clock,
            self._deliver,
            self._refuse,
            lambda receiver, alarm, until: hush(receiver, alarm, self._clock.now(), until),
        )

    def _deliver(self, receiver: Receiver, alarm: Alarm, also: Sequence[Alarm]) -> None:
        routing = self._routing.routing
        links = channels.Links(routing.console, routing.kibana)
        if receiver.path:
            receiver = structs.replace(receiver, path=str(self._home / receiver.path))
        retry(
            lambda: channels.deliver(receiver, alarm, self._clock.now(), links, also),
            stage=STAGE,
            what=receiver.kind,
            attempts=ATTEMPTS,
        )

    def _refuse(self, receiver: str, alarm: Alarm, reason: str, detail: str) -> None:
        self._dead(alarm.alarm_id.encode(), encode(alarm), reason, f"{receiver}: {detail}", 0)

    def _dead(self, key: bytes | None, value: bytes | None, reason: str, detail: str, offset: int) -> None:
        letter = DeadLetter(STAGE, reason, detail, topics.ALERTS, 0, offset, failed_at=self._clock.now())
        self._producer.send(topics.dead(STAGE), key=key, value=value, headers=letter.headers()).get(timeout=60)

    def run(self) -> None:
        """Until the end is asked for."""
        said = self._clock.monotonic()
        while not self._ending.is_set():
            for batch in self._consumer.poll(timeout_ms=500, max_records=200).values():
                alarms = [alarm for record in batch if (alarm := self._read(record))]
                self.notifier.take(*alarms)
            self._consumer.commit()
            if self._clock.monotonic() - said >= REPEAT_S:
                said = self._clock.monotonic()
                self.notifier.repeat()
                if self._routing.problem:
                    log.warning(self._routing.problem)

    def _read(self, record: Any) -> Alarm | None:
        """The alarm that a record holds, if any; a silence is noted, what is unreadable refused."""
        if record.topic == topics.DECISIONS:
            if (record.key or b"").startswith(b"silence/") and record.value:
                self._silence(record)
            return None
        try:
            message = self._alarms.decode(record.value)
        except Invalid as error:
            self._dead(record.key, record.value, error.reason, error.detail, record.offset)
            return None
        return message if isinstance(message, Alarm) else None

    def _silence(self, record: Any) -> None:
        try:
            decision = self._decisions.decode(record.value)
        except Invalid as error:
            log.warning("unreadable silence", key=str(record.key), detail=error.detail)
            return
        if decision.until is not None:
            self._ledger.silence(decision.subject, decision.until.astimezone(UTC))

    def close(self) -> None:
        self._consumer.close(autocommit=False, timeout_ms=10_000)
        self._producer.close(timeout=10)
        self._ledger.close()


def main(
    metrics_port: int = typer.Option(6073, help="Port of /metrics and /healthz."),
    routing: Path | None = typer.Option(None, help="alerts.yaml; else WARTA_HOME/alerts.yaml, else the shipped one."),
) -> None:
    """Tell people of alarms until asked to stop."""
    config = settings()
    logs.configure(config, stage=STAGE)
    ending = threading.Event()
    end_on_signals(lambda *_: ending.set())
    file = RoutingFile(routing) if routing else own_routing(config.home)
    file.current()
    if file.problem:
        log.warning(file.problem)
    server = health.serve(metrics_port, lambda: (not ending.is_set(), {"problem": file.problem}), config.metrics_bind)
    try:
        consuming = Consuming(config, file, ending)
        try:
            consuming.run()
        finally:
            consuming.close()
    except WartaError as error:
        log.error(str(error))
        sys.exit(1)
    finally:
        server.shutdown()


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    app()
