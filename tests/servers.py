"""Real Kafka and Elasticsearch for a test session, on free ports, in a WARTA_HOME that goes with the session.

Use the fixtures `kafka_server`, `elasticsearch_server` and `stack` (register with `pytest_plugins`). Each server starts
when the first test asks for it. Outage tests call `stop`, `start` and `kill`, and leave the server running and ready.

The temporary home is open to enter for the user that runs Elasticsearch when the tests run as root. A session that was
killed itself leaves its servers behind: the next session ends them and removes their home.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local.ports import is_free
from deploy.local.program import Program
from deploy.local.ready import wait_for_elasticsearch, wait_for_kafka
from deploy.local.stack import Ports, free_ports, install, servers
from deploy.local.supervise import Supervisor
from warta.settings import Settings, load

_PREFIX = "warta-test-"
_OWNER = "owner"
#: Far beyond what anything takes on a slow and busy machine: a wait ends when its condition holds.
PATIENCE = 600.0
#: Below those of `free_ports`, and outside the ephemeral range: no client is given one of them meanwhile.
_PORTS = range(20_000, 24_000)
_given: set[int] = set()


def say(line: str) -> None:
    """Progress goes to the real standard error: a first download takes a while, and pytest holds output back."""
    print(line, file=sys.__stderr__, flush=True)


@dataclass(slots=True)
class Server:
    """One running server of the session."""

    supervisor: Supervisor
    program: Program
    port: int
    address: str
    _wait: Callable[..., None]

    @property
    def pid(self) -> int:
        """Of the supervised process, which leads its group; raises if it does not run."""
        status = self.supervisor.process(self.program.name)
        assert status is not None, f"{self.program.name} is not supervised"
        assert status.pid is not None, f"{self.program.name} does not run: {status.state}"
        return status.pid

    def start(self) -> None:
        """Starts it if it does not run, and waits until it is ready."""
        self.supervisor.up([self.program], say)
        self.wait()

    def stop(self) -> None:
        """Stops it in order (SIGTERM); it stays down until `start`."""
        self.supervisor.stop(self.program.name)

    def kill(self) -> None:
        """SIGKILL to the whole group, at once; supervisor brings it back, `wait` returns when it is."""
        os.killpg(self.pid, signal.SIGKILL)

    def pause(self) -> None:
        """SIGSTOP to the group: the server holds its connections and answers nothing, until `resume`."""
        _signal_tree(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT to the group."""
        _signal_tree(self.pid, signal.SIGCONT)

    def wait(self) -> None:
        """Returns when it is ready."""
        self._wait(self.supervisor, self.port, timeout=PATIENCE, on_progress=say)


@dataclass(slots=True)
class Stack:
    """A temporary WARTA_HOME with its ports; servers start on demand, workers through `supervisor.up`."""

    home: Path
    ports: Ports
    supervisor: Supervisor
    _programs: dict[str, Program] = field(default_factory=dict)

    @property
    def kafka(self) -> Server:
        address = f"127.0.0.1:{self.ports.kafka}"
        return Server(self.supervisor, self._program("kafka"), self.ports.kafka, address, wait_for_kafka)

    @property
    def elasticsearch(self) -> Server:
        address = f"http://127.0.0.1:{self.ports.elasticsearch}"
        program = self._program("elasticsearch")
        return Server(self.supervisor, program, self.ports.elasticsearch, address, wait_for_elasticsearch)

    def environment(self) -> dict[str, str]:
        """The variables that point every process of Warta at this stack."""
        return {
            "WARTA_HOME": str(self.home),
            "WARTA_KAFKA": self.kafka.address,
            "WARTA_ELASTICSEARCH": self.elasticsearch.address,
            "WARTA_KAFKA_PORT": str(self.ports.kafka),
            "WARTA_CONTROLLER_PORT": str(self.ports.controller),
            "WARTA_ELASTICSEARCH_PORT": str(self.ports.elasticsearch),
            "WARTA_ELASTICSEARCH_TRANSPORT_PORT": str(self.ports.transport),
        }

    def close(self) -> None:
        """Ends everything and removes the home."""
        self.supervisor.down()
        _remove(self.home)

    def _program(self, name: str) -> Program:
        if not self._programs:
            made = servers(self.home, self.ports, install(say), on_progress=say)
            self._programs = {program.name: program for program in made}
        return self._programs[name]


def make_stack() -> Stack:
    """A stack in a new temporary home; nothing is started. The caller calls `close`."""
    home = Path(tempfile.mkdtemp(prefix=_PREFIX))
    home.chmod(0o711)
    noted = home / f"{_OWNER}.new"
    noted.write_text(f"{os.getpid()} {psutil.Process().create_time()}", "utf-8")
    noted.rename(home / _OWNER)  # whole at once: a session beside this one takes half a note for a dead owner's
    return Stack(home, free_ports(), Supervisor(home))


def make_topics(config: Settings) -> None:
    """Every topic of Warta on the broker of `config`."""
    from warta import kafka, topics

    admin = kafka.admin(config)
    try:
        topics.apply(admin, 1)
    finally:
        admin.close()


@contextmanager
def stack_with_kafka() -> Iterator[tuple[Stack, Settings]]:
    """A stack of the caller's own whose Kafka runs and has every topic, and the settings that lead there."""
    made = make_stack()
    try:
        made.kafka.start()
        config = load(kafka=made.kafka.address)
        make_topics(config)
        yield made, config
    finally:
        made.close()


def close_abandoned(temporary: Path) -> list[Path]:
    """Ends the stacks of sessions that were killed; returns their homes."""
    abandoned = [home for home in temporary.glob(f"{_PREFIX}*") if _mine(home) and not _owner_lives(home)]
    for home in abandoned:
        Stack(home, Ports(), Supervisor(home)).close()
    return abandoned


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The session's stack; the servers in it start when `kafka_server` or `elasticsearch_server` is asked for."""
    close_abandoned(Path(tempfile.gettempdir()))
    made = make_stack()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def kafka_server(stack: Stack) -> Server:
    """The session's Kafka, ready."""
    server = stack.kafka
    server.start()
    return server


@pytest.fixture(scope="session")
def elasticsearch_server(stack: Stack) -> Server:
    """The session's Elasticsearch, ready, with the `indonesian` analyzer."""
    server = stack.elasticsearch
    server.start()
    return server


def until(
    condition: Callable[[], bool],
    what: str,
    seconds: float = PATIENCE,
    ended: Callable[[], str] = lambda: "",
) -> None:
    """Waits for something that another process does; fails the test when it does not come.

    `ended` gives the last words of a process that is gone, and nothing while it lives: then the wait fails at once.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if (words := ended()) and not condition():
            pytest.fail(f"its process has ended: {what}\n{words}")
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.05)


def free_port(count: int = 1) -> int:
    """The first of `count` ports in a row that are free and that this session has given to nobody else."""
    first = next(n for n in _shuffled(count) if all(m not in _given and is_free(m) for m in range(n, n + count)))
    _given.update(range(first, first + count))
    return first


def _shuffled(count: int) -> list[int]:
    """Where `count` ports in a row may begin; in no order, for sessions beside this one."""
    return random.Random().sample(_PORTS[::count], len(_PORTS[::count]))


def read_all(config: Settings, topic: str) -> list[Any]:
    """Every record of a topic up to its end of now, in order within a partition.

    To the end, not until nothing has come for a while: on a slow machine nothing may come for a while.
    """
    from kafka import TopicPartition

    from warta import kafka

    consumer = kafka.consumer(config, group=None, client_id="test-reader")
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        return read_from(consumer, consumer.beginning_offsets(partitions))
    finally:
        consumer.close()


def read_from(consumer: Any, starts: Mapping[Any, int]) -> list[Any]:
    """Every record of the partitions from these offsets up to their end of now."""
    consumer.assign(list(starts))
    for partition, offset in starts.items():
        consumer.seek(partition, offset)
    ends = consumer.end_offsets(list(starts))
    found: list[Any] = []
    while any(consumer.position(partition) < end for partition, end in ends.items()):
        for records in consumer.poll(timeout_ms=500).values():
            found += records
    return found


def _mine(home: Path) -> bool:
    return home.lstat().st_uid == os.geteuid() and (home / _OWNER).exists()


def _owner_lives(home: Path) -> bool:
    pid, _, created = (home / _OWNER).read_text("utf-8").partition(" ")
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(created)) < 1.0
    except (psutil.NoSuchProcess, ValueError):
        return False


def _signal_tree(pid: int, number: signal.Signals) -> None:
    leader = psutil.Process(pid)
    for process in (leader, *leader.children(recursive=True)):
        process.send_signal(number)


def _remove(home: Path) -> None:
    """The home, and the directory of Elasticsearch if that had to be elsewhere (see `deploy.local.stack`)."""
    elsewhere = home / "elasticsearch"
    if elsewhere.is_symlink():
        shutil.rmtree(elsewhere.resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
