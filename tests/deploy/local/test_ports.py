"""Free ports, and the message about a busy one."""

import dataclasses
import os
import random
import socket
from collections.abc import Iterator

import pytest

from deploy.local.errors import PortBusyError
from deploy.local.ports import Port, check_free, free_ports, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_busy_port_names_number_owner_variable_and_program(taken: int) -> None:
    with pytest.raises(PortBusyError) as caught:
        check_free([Port(taken, "WARTA_KAFKA_PORT")], "kafka")
    for part in (f"Port {taken}", "kafka", "WARTA_KAFKA_PORT", f"pid {os.getpid()}"):
        assert part in str(caught.value)


def test_port_of_a_wildcard_listener_is_busy() -> None:
    with socket.socket() as holder:
        holder.bind(("0.0.0.0", 0))
        holder.listen()
        assert not is_free(holder.getsockname()[1])


def test_port_in_time_wait_is_free() -> None:
    """A server that was just stopped leaves connections in TIME_WAIT; it must be able to start again."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        number = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", number)) as client:
            accepted, _ = server.accept()
            accepted.close()  # closes first, so the server's side keeps TIME_WAIT
            assert client.recv(1) == b""
    assert is_free(number)


def test_free_ports_are_distinct_free_and_not_ephemeral() -> None:
    for seed in range(5):
        numbers = dataclasses.astuple(free_ports(random.Random(seed)))
        assert len(set(numbers)) == 4
        assert all(1024 < number < 32_768 and is_free(number) for number in numbers)
    assert free_ports(random.Random(1)) == free_ports(random.Random(1))
