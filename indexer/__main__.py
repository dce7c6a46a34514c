"""`python -m indexer`: documents from Kafka into Elasticsearch."""

from __future__ import annotations

import sys
import threading
from typing import Any, TypeVar

import typer

from indexer import health
from indexer.apply import apply
from indexer.dead import STAGE, KafkaDeadLetters
from indexer.lanes import Lane, Limits
from indexer.revisions import Revisions
from indexer.searchable import Watch
from indexer.service import Service, end_on_signals
from indexer.store import Store
from indexer.writer import Stopped, Writer
from warta import kafka, logs, topics
from warta.clock import SystemClock
from warta.deadletters import Storm, StormGuard
from warta.errors import LEAVE_DOWN, Transient, WartaError
from warta.search.client import connect
from warta.settings import Settings, settings
from warta.waiting import patiently

GROUP = "warta-indexer"
#: Lanes write side by side; more than the partitions of `warta.documents` would stand idle.
LANES = 2
#: The indexer's place among the workers' ports, counted from WARTA_METRICS_PORT.
PORT_OFFSET = 4

T = TypeVar("T")
log = logs.get("indexer")


def main(
    metrics_port: int = typer.Option(
        0, envvar="WARTA_METRICS_PORT_OVERRIDE", help="Port of /metrics and /healthz; 0: WARTA_METRICS_PORT + 4."
    ),
    instance: int = typer.Option(0, help="Number of this process when several run side by side."),
) -> None:
    """Index documents until asked to stop (SIGTERM drains and commits)."""
    config = settings()
    logs.configure(config, stage=STAGE)
    try:
        _run(config, metrics_port or config.metrics_port + PORT_OFFSET, instance)
    except Stopped:
        log.warning("stopped while Elasticsearch could not take the batch; it stays uncommitted")
    except WartaError as error:
        log.error(str(error))
        sys.exit(1)


def _run(config: Settings, port: int, instance: int) -> None:
    clock = SystemClock()
    ending = threading.Event()
    end_on_signals(lambda *_: ending.set())
    es = connect(config, retries=0, connections=2 * LANES + 2)

    def pause(seconds: float) -> bool:
        return not ending.wait(seconds)

    if patiently(lambda: apply(es), what="Elasticsearch", pause=pause) is None:
        return
    consumer = patiently(lambda: _consumer(config, instance), what="Kafka", pause=pause)
    if consumer is None:
        return
    producer = kafka.producer(config, f"warta-indexer-dead-{instance}")
    guard = StormGuard(STAGE, config.dead_ratio, config.dead_consecutive)
    dead = KafkaDeadLetters(producer, guard, clock)
    watch = Watch(es, clock)
    limits = Limits(config.bulk_docs, config.bulk_bytes, config.bulk_wait_ms / 1000)

    def writer() -> Writer:
        return Writer(
            Store(es, max_bytes=config.bulk_bytes),
            Revisions(es),
            dead,
            clock,
            generation=config.generation,
            pause=pause,
            written=watch.written,
        )

    lanes = [Lane(f"lane-{number}", writer(), limits, clock, lambda: None) for number in range(LANES)]
    service = Service(consumer, lanes, clock, session_s=config.session_timeout_s)
    server = health.serve(port, service.health, config.metrics_bind)
    watch.start()

    def stop(*_: object) -> None:
        ending.set()
        service.stop()

    end_on_signals(stop)
    if ending.is_set():
        stop()
    log.info("indexing", topic=topics.DOCUMENTS, kafka=config.kafka, elasticsearch=config.elasticsearch, port=port)
    try:
        service.run(topics.DOCUMENTS)
    except Storm as error:
        log.error("stopped by a failure", error=str(error))
        raise typer.Exit(LEAVE_DOWN) from error
    finally:
        server.shutdown()
        producer.close(timeout=10)
        consumer.close(autocommit=False, timeout_ms=10_000)


def _consumer(config: Settings, instance: int) -> Any:
    from kafka.errors import KafkaError

    try:
        return kafka.consumer(
            config, group=GROUP, client_id=f"warta-indexer-{instance}", group_instance_id=f"{STAGE}-{instance}"
        )
    except KafkaError as error:
        raise Transient(f"Kafka at {config.kafka} cannot be reached: {error}") from error


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    app()
