"""The real servers: they start, keep what they were given through kills, and analyse Indonesian."""

import json
import os
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from deploy.local.account import NAME as ELASTICSEARCH_USER
from deploy.local.errors import StartError
from deploy.local.install import install
from deploy.local.ready import wait_for_kafka
from deploy.local.stack import servers
from tests.servers import Server, Stack

pytestmark = pytest.mark.integration


def ask(server: Server, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{server.address}/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=600) as response:
        found = json.load(response)
    assert isinstance(found, dict)
    return found


def send(server: Server, topic: str, *values: bytes) -> None:
    with KafkaProducer(bootstrap_servers=server.address) as producer:
        for future in [producer.send(topic, value) for value in values]:
            future.get(timeout=600)


def read(server: Server, topic: str, count: int) -> list[bytes]:
    with KafkaConsumer(bootstrap_servers=server.address, consumer_timeout_ms=600_000) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek_to_beginning()
        values = []
        for record in consumer:
            values.append(record.value)
            if len(values) == count:
                break
    return values


@pytest.fixture
def topic(kafka_server: Server) -> Iterator[str]:
    name = f"stack.{uuid.uuid4().hex}"
    with KafkaAdminClient(bootstrap_servers=kafka_server.address) as admin:
        admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    yield name
    with KafkaAdminClient(bootstrap_servers=kafka_server.address) as admin:
        admin.delete_topics([name])


@pytest.fixture
def index(elasticsearch_server: Server) -> Iterator[str]:
    name = f"stack-{uuid.uuid4().hex}"
    yield name
    ask(elasticsearch_server, f"{name}?ignore_unavailable=true", method="DELETE")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("penanganan", ["tangan"]),
        ("keberhasilan", ["hasil"]),
        ("Penanganan banjir yang dilakukan di Bandung", ["tangan", "banjir", "laku", "bandung"]),
    ],
)
def test_indonesian_analyzer_stems_and_drops_stop_words(
    elasticsearch_server: Server, text: str, terms: list[str]
) -> None:
    answer = ask(elasticsearch_server, "_analyze", {"analyzer": "indonesian", "text": text})
    assert [token["token"] for token in answer["tokens"]] == terms


def test_mapping_may_name_the_analyzer(elasticsearch_server: Server, index: str) -> None:
    mapping = {"mappings": {"properties": {"body": {"type": "text", "analyzer": "indonesian"}}}}
    ask(elasticsearch_server, index, mapping, "PUT")
    ask(elasticsearch_server, f"{index}/_doc/1?refresh=true", {"body": "keberhasilan penanganan"}, "PUT")
    found = ask(elasticsearch_server, f"{index}/_search", {"query": {"match": {"body": "menangani hasilnya"}}})
    assert found["hits"]["total"]["value"] == 1


def test_servers_listen_on_loopback_only(stack: Stack, kafka_server: Server, elasticsearch_server: Server) -> None:
    for server in (kafka_server, elasticsearch_server):
        leader = psutil.Process(server.pid)
        addresses = {
            connection.laddr.ip
            for process in (leader, *leader.children(recursive=True))
            for connection in process.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        }
        assert addresses, server.program.name
        assert addresses <= {"127.0.0.1", "::ffff:127.0.0.1"}


def test_elasticsearch_never_runs_as_root(elasticsearch_server: Server) -> None:
    expected = ELASTICSEARCH_USER if os.geteuid() == 0 else psutil.Process().username()
    leader = psutil.Process(elasticsearch_server.pid)
    assert {process.username() for process in (leader, *leader.children(recursive=True))} == {expected}


def test_second_up_starts_nothing(stack: Stack, kafka_server: Server, elasticsearch_server: Server) -> None:
    pids = kafka_server.pid, elasticsearch_server.pid
    changes = stack.supervisor.up(servers(stack.home, stack.ports, install()))
    assert (changes.started, changes.restarted) == ((), ())
    assert (kafka_server.pid, elasticsearch_server.pid) == pids


def test_status_shows_both_servers_and_their_memory(
    stack: Stack, kafka_server: Server, elasticsearch_server: Server
) -> None:
    statuses = {status.name: status for status in stack.supervisor.status()}
    for name in ("kafka", "elasticsearch"):
        assert statuses[name].state in ("STARTING", "RUNNING")
        assert 100e6 < statuses[name].resident_bytes < 2e9


@pytest.mark.chaos
def test_killed_kafka_comes_back_with_every_acknowledged_record(kafka_server: Server, topic: str) -> None:
    send(kafka_server, topic, b"one", b"two")
    pid = kafka_server.pid
    kafka_server.kill()
    kafka_server.wait()
    assert kafka_server.pid != pid
    send(kafka_server, topic, b"three")
    assert read(kafka_server, topic, 3) == [b"one", b"two", b"three"]


@pytest.mark.chaos
def test_stopped_kafka_keeps_its_records(kafka_server: Server, topic: str) -> None:
    send(kafka_server, topic, b"one")
    kafka_server.stop()
    with pytest.raises(StartError, match="kafka does not run"):
        wait_for_kafka(kafka_server.supervisor, kafka_server.port)
    kafka_server.start()
    assert read(kafka_server, topic, 1) == [b"one"]


@pytest.mark.chaos
def test_killed_elasticsearch_comes_back_with_every_acknowledged_document(
    elasticsearch_server: Server, index: str
) -> None:
    ask(elasticsearch_server, f"{index}/_doc/1", {"n": 1}, "PUT")
    elasticsearch_server.kill()
    elasticsearch_server.wait()
    assert ask(elasticsearch_server, f"{index}/_doc/1")["_source"] == {"n": 1}
