"""`python -m indexer.alerts_index`: alarms and hour facts from `warta.alerts` into `warta-alerts` and `warta-series`.

One partition, one writer. A document's version is its position on the topic, an alarm's the time it was said at (external
versioning), so a batch written twice, or a topic read again from its start, leaves each alarm once and as it stands last.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from typing import Any

import msgspec
import typer
from elasticsearch import Elasticsearch

from indexer import health
from indexer.apply import apply
from indexer.notifier.config import Routing, RoutingFile, own_routing
from indexer.service import end_on_signals
from warta import kafka, logs, topics
from warta.alarms import Alarm, AlertMessage, HourFact
from warta.clock import Clock, SystemClock
from warta.deadletters import DeadLetter
from warta.errors import Invalid, Transient, WartaError
from warta.search.client import ALERTS, BUSY, SERIES, connect, explained
from warta.settings import Settings, settings
from warta.waiting import patiently
from warta.wire import Decoder

STAGE = "alerts-index"
GROUP = f"warta-{STAGE}"
_GENERATION_BITS = 44
_DECODER = Decoder(AlertMessage)
log = logs.get("indexer.alerts")


#: Fields of an alarm that the index holds as they are; the whole of it is in `details`, which is not searched.
_PLAIN = (
    *("alarm_id", "level", "series", "fired_at", "updated_at", "resolved_at", "window_start", "window_end"),
    *("expected", "observed", "total", "counting", "p", "every_hours", "documents", "publishers", "owners"),
    *("story_ids", "acknowledged_by", "silenced_by", "offices"),
)
_ALWAYS = ("state", "silenced", "complete", "groups", "groups_heard")


def document_of(message: Alarm | HourFact, now: str, routing: Routing) -> tuple[str, str, dict[str, Any]]:
    """(index, id, document) of one message of `warta.alerts`; `now` is the time of indexing (RFC 3339).

    An alarm that the file `alerts.yaml` silences is marked as those that people silence are: by the time it last changed,
    so that a topic read again says the same.
    """
    if isinstance(message, HourFact):
        hour = message.hour.isoformat()
        return (
            SERIES,
            f"{message.series}/{hour}",
            {
                "series": message.series,
                "name": message.name or message.series,
                "hour": hour,
                "negative": message.negative,
                "total": message.total,
                "stories": message.total,
                "expected_negative": message.expected_negative,
                "expected_total": message.expected_total,
                "upper": message.upper,
                "complete": message.complete,
                "indexed_at": now,
            },
        )
    if not message.silenced and routing.silenced(message, message.updated_at):
        message = msgspec.structs.replace(message, silenced=True, silenced_by=message.silenced_by or "alerts.yaml")
    return ALERTS, message.alarm_id, {**_alarm(message), "indexed_at": now}


def _alarm(alarm: Alarm) -> dict[str, Any]:
    parts = dict(part.split(":", 1) for part in alarm.series.split("+") if ":" in part)
    details = msgspec.to_builtins(alarm)
    return {
        **{name: details[name] for name in _PLAIN if details.get(name) is not None},
        **{name: getattr(alarm, name) for name in _ALWAYS},
        "kind": alarm.what,
        "name": alarm.name.id or alarm.series,
        "why": alarm.why.id,
        "changes": len(alarm.changes),
        **{name: parts[name] for name in ("place", "case", "owner") if name in parts},
        "text": "\n".join(line for story in alarm.stories for line in (story.title, *story.sentences)),
        "details": details,
    }


class Indexing:
    """Writes batches; a message that can never be indexed becomes a dead letter."""

    def __init__(self, es: Elasticsearch, producer: Any, clock: Clock, generation: int, routing: RoutingFile) -> None:
        self._es = es
        self._producer = producer
        self._clock = clock
        self._generation = generation
        self._routing = routing

    def write(self, records: list[Any]) -> int:
        """Every record has an outcome when this returns; how many there were.

        Raises:
            Transient: Elasticsearch or Kafka did not take the batch; nothing may be committed.
        """
        routing = self._routing.current()
        operations: list[dict[str, Any]] = []
        sources: list[Any] = []
        for record in records:
            try:
                message = _DECODER.decode(record.value)
            except Invalid as error:
                self._refuse(record, error.reason, error.detail)
                continue
            index, name, body = document_of(message, self._clock.now().isoformat(), routing)
            version = self._version(message, record.offset)
            operations += [
                {"index": {"_index": index, "_id": name, "version": version, "version_type": "external_gte"}},
                body,
            ]
            sources.append(record)
        if not operations:
            return len(records)
        with explained("alarms"):
            answer = self._es.bulk(operations=operations)
        for item, record in zip(answer["items"], sources, strict=True):
            self._check(item["index"], record)
        return len(records)

    def _version(self, message: Alarm | HourFact, offset: int) -> int:
        """An alarm's is when it was said: a dead letter replayed late does not open it again, while a decision, which leaves
        that time, follows in the order of the log. A fact's is its position."""
        if isinstance(message, Alarm):
            return int(message.updated_at.timestamp() * 1e6)
        return (self._generation << _GENERATION_BITS) + offset + 1

    def _check(self, item: dict[str, Any], record: Any) -> None:
        status = item["status"]
        if status < 300 or status == 409:
            return
        reason = str(item.get("error", {}).get("reason", ""))
        if status in BUSY:
            raise Transient(f"Elasticsearch answered {status}: {reason}")
        self._refuse(record, "rejected", reason)

    def _refuse(self, record: Any, reason: str, detail: str) -> None:
        letter = DeadLetter(
            "index", reason, detail, record.topic, record.partition, record.offset, failed_at=self._clock.now()
        )
        log.warning("refused", reason=reason, detail=detail[:300], offset=record.offset)
        sent = self._producer.send(topics.dead("index"), key=record.key, value=record.value, headers=letter.headers())
        sent.get(timeout=60)


def run(config: Settings, port: int, ending: threading.Event) -> None:
    """Index until `ending` is set."""

    def pause(seconds: float) -> bool:
        return not ending.wait(seconds)

    es = connect(config, retries=0)
    clock = SystemClock()
    server = health.serve(port, lambda: (not ending.is_set(), {"stage": STAGE}), config.metrics_bind)
    producer = kafka.producer(config, GROUP)
    consumer = kafka.consumer(config, topics.ALERTS, group=GROUP, client_id=GROUP)
    try:
        indexing = Indexing(es, producer, clock, config.generation, own_routing(config.home))
        patiently(lambda: apply(es), what="Elasticsearch", pause=pause)
        while not ending.is_set():
            records = [record for batch in consumer.poll(timeout_ms=500, max_records=500).values() for record in batch]
            done = patiently(partial(indexing.write, records), what="Elasticsearch", pause=pause) if records else None
            if done:
                consumer.commit()
    finally:
        server.shutdown()
        producer.close(timeout=10)
        consumer.close(autocommit=False, timeout_ms=10_000)


def main(metrics_port: int = typer.Option(6072, help="Port of /metrics and /healthz.")) -> None:
    """Index alarms and hour facts until asked to stop."""
    config = settings()
    logs.configure(config, stage=STAGE)
    ending = threading.Event()
    end_on_signals(lambda *_: ending.set())
    while not ending.is_set():
        try:
            run(config, metrics_port, ending)
        except WartaError as error:
            log.error(str(error))
            sys.exit(1)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    app()
