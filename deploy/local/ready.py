"""Waits until a server does its work, telling how long it takes, and explains why when it does not."""

import json
import socket
import struct
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.local.errors import Progress, StartError, quiet
from deploy.local.ports import LOOPBACK
from deploy.local.stack import ELASTICSEARCH, KAFKA
from deploy.local.supervise import Supervisor

READY_SECONDS = 600.0
"""Five times what the slower one took on two cores that eight others used; a program that ends is told at once."""
_DEATHS = 2
"""One death may be a kill that the supervisor is just repairing; a second one means it cannot run."""
_TELL_SECONDS = 3.0
"""The first word comes after so long, the next ones after a fifth of the wait so far, at least."""
_ANSWER_SECONDS = 5.0
_METADATA = 3


def wait_for_kafka(
    supervisor: Supervisor, port: int, *, timeout: float = READY_SECONDS, on_progress: Progress = quiet
) -> None:
    """Returns when the broker answers and its controller is active; raises `StartError` with the tail of its log."""
    Wait(supervisor, KAFKA, timeout, on_progress).until(lambda: kafka_answers(port))


def wait_for_elasticsearch(
    supervisor: Supervisor, port: int, *, timeout: float = READY_SECONDS, on_progress: Progress = quiet
) -> None:
    """Returns when the primary shards of all indices are there; raises `StartError` with the tail of its log."""
    Wait(supervisor, ELASTICSEARCH, timeout, on_progress).until(lambda: elasticsearch_answers(port))


def kafka_answers(port: int) -> bool:
    """Whether the broker at the port knows itself as part of its cluster: then it serves, and its controller is active.

    A Metadata request, version 1, without topics (Kafka protocol guide, "Metadata API"), by hand: kafka-python would
    wait out its own time limits at every try and lose a socket at each refused one.
    """
    request = struct.pack(">hhih", _METADATA, 1, 0, -1) + struct.pack(">i", 0)
    try:
        with socket.create_connection((LOOPBACK, port), timeout=_ANSWER_SECONDS) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            connection.sendall(struct.pack(">i", len(request)) + request)
            with connection.makefile("rb") as answer:
                head = answer.read(12)
    except OSError:
        return False
    # size, correlation id, number of brokers; a fenced broker is not counted
    return len(head) == 12 and struct.unpack(">iii", head)[2] > 0


def elasticsearch_answers(port: int) -> bool:
    """Whether the cluster is yellow or green (one node never places replicas, so yellow is whole)."""
    url = f"http://{LOOPBACK}:{port}/_cluster/health?wait_for_status=yellow&timeout=1s"
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(json.load(response)["status"] in ("yellow", "green"))
    except (OSError, ValueError, KeyError):
        return False


@dataclass(slots=True)
class Wait:
    """One wait for one program."""

    supervisor: Supervisor
    name: str
    timeout: float
    on_progress: Progress
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _pids: set[int] = field(default_factory=set)

    def until(self, ready: Callable[[], bool]) -> None:
        """Asks again and again; every failure says what the program wrote last."""
        began = told = self.clock()
        while not ready():
            now = self.clock()
            self._check_alive()
            if now - began >= self.timeout:
                raise StartError(self._text(f"{self.name} is not ready after {self.timeout:.0f} s"))
            if now - told >= max(_TELL_SECONDS, (now - began) / 5):
                told = now
                self.on_progress(f"  {self.name} is starting ({now - began:.0f} s)")
            self.sleep(0.2)
        self.on_progress(f"{self.name} is ready ({self.clock() - began:.0f} s)")

    def _check_alive(self) -> None:
        status = self.supervisor.process(self.name)
        if status is None or status.state in ("STOPPED", "FATAL", "UNKNOWN"):
            state = status.state if status else "not known to supervisord"
            raise StartError(self._text(f"{self.name} does not run ({state})"))
        if status.pid:
            self._pids.add(status.pid)
        deaths = len(self._pids) - (1 if status.pid else 0)
        if deaths >= _DEATHS:
            raise StartError(self._text(f"{self.name} died {deaths} times while it started"))

    def _text(self, what: str) -> str:
        tail = self.supervisor.log_tail(self.name) or "(nothing)"
        return f"{what}. It wrote last, in {self.supervisor.logs / f'{self.name}.log'}:\n{tail}"
