"""The two servers as programs, without starting them; and the explanation when one does not come up."""

import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import stack as stack_module
from deploy.local.account import Account
from deploy.local.errors import StackError, StartError
from deploy.local.install import Installed
from deploy.local.jdk import Jdk
from deploy.local.ports import Ports
from deploy.local.program import SERVERS, Program
from deploy.local.ready import Wait, kafka_answers
from deploy.local.stack import Variables, servers
from deploy.local.supervise import Supervisor
from tests.servers import until

STRANGER = Account("stranger", 4_000_000, 4_000_000)


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """Installations with just the files that are read; `java` makes every directory it is told to format."""
    home = tmp_path / "es"
    (home / "config").mkdir(parents=True)
    for name in ("jvm.options", "roles.yml", "role_mapping.yml", "users", "users_roles"):
        (home / "config" / name).write_text("-XX:+UseG1GC\n" if name == "jvm.options" else "")
    java = tmp_path / "jdk" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f'#!/bin/bash\nmkdir "$(sed -n s/^log.dirs=//p "${{@: -1}}")"\necho x >> {tmp_path}/formats\n')
    java.chmod(0o755)
    jdk = Jdk(tmp_path / "jdk", 25, "test")
    return Installed(tmp_path / "kafka", jdk, home, jdk, None)


def test_servers_are_the_same_value_until_something_changes(tmp_path: Path, installed: Installed) -> None:
    first = servers(tmp_path / "home", Ports(), installed)
    assert servers(tmp_path / "home", Ports(), installed) == first
    assert (tmp_path / "formats").read_text() == "x\n", "an existing log directory is never formatted again"
    moved = servers(tmp_path / "home", Ports(kafka=19092), installed)
    assert [one == other for one, other in zip(first, moved, strict=True)] == [False, True]
    larger = servers(tmp_path / "home", Ports(), installed, elasticsearch_heap="1g")
    assert [one == other for one, other in zip(first, larger, strict=True)] == [True, False]


def test_ports_carry_the_variables_that_move_them(tmp_path: Path, installed: Installed) -> None:
    programs = servers(tmp_path / "home", Ports(1, 2, 3, 4), installed, variables=Variables(kafka="MY_KAFKA"))
    assert [(port.number, port.variable) for program in programs for port in program.ports] == [
        (1, "MY_KAFKA"),
        (2, "WARTA_CONTROLLER_PORT"),
        (3, "WARTA_ELASTICSEARCH_PORT"),
        (4, "WARTA_ELASTICSEARCH_TRANSPORT_PORT"),
    ]
    assert {program.priority for program in programs} == {SERVERS}


def test_failed_format_leaves_no_log_directory(tmp_path: Path, installed: Installed) -> None:
    installed.kafka_jdk.java.write_text("#!/bin/sh\necho 'no space left' >&2\nexit 1\n")
    with pytest.raises(StartError, match="no space left"):
        servers(tmp_path / "home", Ports(), installed)
    assert not (tmp_path / "home" / "kafka" / "data").exists()


def test_home_closed_to_the_servers_user_keeps_the_indices_elsewhere_and_links_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_module, "_ROOT_ONLY_STATE", tmp_path / "state")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    told: list[str] = []
    target = stack_module._elasticsearch_directory(home, STRANGER, told.append)
    assert target.parent == tmp_path / "state"
    assert (home / "elasticsearch").resolve() == target.resolve()
    assert stack_module._elasticsearch_directory(home, STRANGER, told.append) == target
    assert len(told) == 1
    (target / "old-index").touch()
    (home / "elasticsearch").unlink()
    assert stack_module._elasticsearch_directory(home, STRANGER, told.append) == target
    assert list(target.iterdir()) == [], "a new home does not inherit the indices of a removed one"
    other = tmp_path / "other"
    (other / "elasticsearch").mkdir(parents=True)
    with pytest.raises(StackError, match="set WARTA_HOME"):
        stack_module._elasticsearch_directory(other, STRANGER, told.append)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "home")
    yield made
    made.down()


def test_server_that_dies_at_once_is_explained_by_its_log(supervisor: Supervisor) -> None:
    broken = Program(name="kafka", command=(sys.executable, "-c", "raise SystemExit('bad setting x=1')"))
    supervisor.up([broken])
    with pytest.raises(StartError, match=r"kafka died \d times while it started(?s:.*)bad setting x=1") as caught:
        Wait(supervisor, "kafka", 60, lambda _line: None).until(lambda: False)
    assert str(supervisor.logs / "kafka.log") in str(caught.value)


def test_server_that_is_too_slow_is_explained_by_its_log(supervisor: Supervisor) -> None:
    code = "import time; print('still reading', flush=True); time.sleep(3600)"
    supervisor.up([Program(name="kafka", command=(sys.executable, "-c", code))])
    until(lambda: "still reading" in supervisor.log_tail("kafka"), "it writes")
    ticks = iter(range(0, 10_000, 10))
    wait = Wait(supervisor, "kafka", 60, lambda _line: None, clock=lambda: float(next(ticks)), sleep=lambda _s: None)
    with pytest.raises(StartError, match=r"kafka is not ready after 60 s(?s:.*)still reading"):
        wait.until(lambda: False)


def test_server_nobody_started_is_an_error_and_not_a_wait(supervisor: Supervisor) -> None:
    with pytest.raises(StartError, match="not known to supervisord"):
        Wait(supervisor, "kafka", 60, lambda _line: None).until(lambda: False)


def test_something_else_at_kafkas_port_is_no_kafka() -> None:

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        def close_at_once() -> None:
            accepted, _ = other.accept()
            accepted.close()

        thread = threading.Thread(target=close_at_once)
        thread.start()
        assert not kafka_answers(other.getsockname()[1])
        thread.join()
