"""The indexer process on real servers: whatever is killed or away, each document ends once, as the log says."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tests.indexer import build
from tests.indexer.process import Process, expected, held, lag, log_of, publish, running, settled, some
from tests.servers import Server, make_topics, until
from warta import kafka, topics
from warta.settings import Settings

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def _topics(config: Settings) -> None:
    make_topics(config)


def test_sigterm_finishes_what_is_held_commits_and_ends_well(
    config: Settings, es: Elasticsearch, tmp_path: Path
) -> None:
    log = log_of("term", 300)
    publish(config, log)
    with running(config, tmp_path / "log") as process:
        until(some(es, "term"), "first documents", ended=process.last_words)
        assert process.signal(signal.SIGTERM) == 0, process.output()
    rest = lag(config)
    with running(config, tmp_path / "log") as process:
        settled(config, es, "term", log, process)
    assert rest < len(log)


def test_health_and_metrics_answer(config: Settings, es: Elasticsearch, tmp_path: Path) -> None:
    publish(config, [build.document("health")])
    with running(config, tmp_path / "log") as process:
        until(some(es, "health"), "the document", ended=process.last_words)
        address = f"http://127.0.0.1:{process.port}"
        with urllib.request.urlopen(f"{address}/healthz") as answer:
            assert json.load(answer)["healthy"] is True
        with urllib.request.urlopen(f"{address}/metrics") as answer:
            assert b'warta_records_total{outcome="applied",stage="index"}' in answer.read()


@pytest.mark.chaos
def test_killed_again_and_again_it_loses_and_doubles_nothing(
    config: Settings, es: Elasticsearch, tmp_path: Path
) -> None:
    log = log_of("kill", 600)
    process = Process(config, tmp_path / "log")
    try:
        for part in range(4):
            process.start()
            publish(config, log[part * len(log) // 4 : (part + 1) * len(log) // 4])
            until(some(es, "kill"), "documents", ended=process.last_words)
            process.signal(signal.SIGKILL)
        process.start()
        settled(config, es, "kill", log, process)
    finally:
        process.close()


@pytest.mark.chaos
def test_elasticsearch_away_is_waited_for(
    config: Settings, es: Elasticsearch, elasticsearch_server: Server, tmp_path: Path
) -> None:
    log = log_of("away", 400)
    half = len(log) // 2
    with running(config, tmp_path / "log") as process:
        publish(config, log[:half])
        until(some(es, "away"), "first documents", ended=process.last_words)
        elasticsearch_server.stop()
        publish(config, log[half:])
        until(lambda: "waiting for Elasticsearch" in process.output(), "the wait is said", ended=process.last_words)
        elasticsearch_server.start()
        settled(config, es, "away", log, process)
        assert process.running()


@pytest.mark.chaos
def test_kafka_restarted_is_survived(config: Settings, es: Elasticsearch, kafka_server: Server, tmp_path: Path) -> None:
    log = log_of("broker", 400)
    half = len(log) // 2
    with running(config, tmp_path / "log") as process:
        publish(config, log[:half])
        until(some(es, "broker"), "first documents", ended=process.last_words)
        kafka_server.stop()
        kafka_server.start()
        publish(config, log[half:])
        settled(config, es, "broker", log, process)
        assert process.running(), process.output()


@pytest.mark.chaos
def test_a_process_that_slept_ends_itself(config: Settings, es: Elasticsearch, tmp_path: Path) -> None:
    log = log_of("zombie", 200)
    publish(config, log)
    with running(config, tmp_path / "log", session_s=10) as process:
        until(some(es, "zombie"), "first documents", ended=process.last_words)
        process.signal(signal.SIGSTOP)
        woken = time.monotonic() + 6.5
        until(lambda: time.monotonic() > woken, "more than half a session of 10 s")
        process.signal(signal.SIGCONT)
        assert process.wait() == 1
        assert "stood still" in process.output()
        process.start()
        settled(config, es, "zombie", log, process)


@pytest.mark.chaos
def test_bad_records_among_good_ones_stop_nothing(config: Settings, es: Elasticsearch, tmp_path: Path) -> None:
    log = log_of("mixed", 100)
    producer = kafka.producer(config, "test-bad")
    for n in range(40):
        producer.send(topics.DOCUMENTS, value=b"\xff{" * n, key=b"bad", partition=n % 4)
    producer.flush()
    producer.close()
    publish(config, log)
    with running(config, tmp_path / "log") as process:
        until(lambda: lag(config) == 0, "the indexer's lag becomes 0", ended=process.last_words)
    assert held(es, "mixed") == expected(log)
