"""TCP ports of the servers: the settings that name them, and whether they are free."""

import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import psutil

from deploy.local.errors import PortBusyError

LOOPBACK = "127.0.0.1"
_NOT_EPHEMERAL = range(24_000, 32_000)


@dataclass(frozen=True, slots=True)
class Port:
    """A port on loopback and the environment variable that a person sets to choose another."""

    number: int
    variable: str


@dataclass(frozen=True, slots=True)
class Ports:
    """The four ports of the servers."""

    kafka: int = 9092
    controller: int = 9093
    elasticsearch: int = 9200
    transport: int = 9300


def free_ports(rng: random.Random | None = None) -> Ports:
    """Four ports that are free now; for tests, which may run beside a running stack.

    Outside the ephemeral range (RFC 6335, section 6, and Linux's narrower one): a client that calls a stopped server
    on an ephemeral port may be given that very port as its own, be connected to itself, and keep the server out.
    """
    candidates = (rng or random.Random()).sample(_NOT_EPHEMERAL, k=len(_NOT_EPHEMERAL))
    return Ports(*islice(filter(is_free, candidates), 4))


def check_free(ports: Iterable[Port], program: str) -> None:
    """Raises `PortBusyError` naming the port, its owner if it may be known, and what to set."""
    for port in ports:
        if not is_free(port.number):
            raise PortBusyError(
                f"Port {port.number}, which {program} needs, is taken by {owner(port.number)}. "
                f"Stop that process, or set {port.variable} to a free port."
            )


def is_free(number: int) -> bool:
    """Whether a server could listen on the port now (a connection in TIME_WAIT does not stop it)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, number))
            probe.listen(1)
        except OSError:
            return False
    return True


def owner(number: int) -> str:
    """The process that listens on the port, as well as this user may know it."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:  # macOS gives this to root only
        connections = []
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == number
        if listens and connection.pid:
            return _named(connection.pid)
    return "another process (of a user whose processes you may not see)"


def _named(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        return f"{process.name()} (pid {pid}: {' '.join(process.cmdline())[:100]})"
    except psutil.Error:
        return f"pid {pid}"
