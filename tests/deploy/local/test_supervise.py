"""Process control on a real supervisord with small programs; the servers themselves are in test_stack.py."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.errors import PortBusyError, StackError
from deploy.local.orphans import is_alive
from deploy.local.ports import Port
from deploy.local.program import MARK, SERVERS, WORKERS, Program
from deploy.local.rpc import socket_path
from deploy.local.supervise import Supervisor
from tests.servers import until
from warta.errors import LEAVE_DOWN

_WAIT = "import signal, time\nwhile True: time.sleep(3600)"
_DRAIN = """
import pathlib, signal, sys
file, word = pathlib.Path(sys.argv[1]), sys.argv[2]
signal.signal(signal.SIGTERM, lambda *_: None)
print("ready", flush=True)
signal.pause()
with file.open("a") as out:
    out.write(word + "\\n")
"""
_STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True: signal.pause()
"""
_SERVER = """
import socket, sys
with socket.socket() as server:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", int(sys.argv[1])))
    server.listen()
    print("ready", flush=True)
    while True: server.accept()
"""


def program(name: str, code: str = _WAIT, *arguments: str, priority: int = WORKERS, **rest: object) -> Program:
    """Runs `code`, as one line: a line break has no place in supervisord.conf."""
    command = (sys.executable, "-c", f"exec({code!r})", *arguments)
    return Program(name=name, command=command, priority=priority, **rest)  # type: ignore[arg-type]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """A home whose name holds what supervisor's configuration would take for syntax."""
    home = tmp_path / "a home; 100% #1"
    made = Supervisor(home)
    yield made
    made.down()
    assert not children_of(home), "a process outlived its stack"


def children_of(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(home / "supervisor"):
                found.append(process)
        except psutil.Error:
            continue
    return found


def pid_of(supervisor: Supervisor, name: str) -> int:
    status = supervisor.process(name)
    assert status is not None
    assert status.pid is not None
    return status.pid


def runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and is_alive(psutil.Process(pid))


def wait_for_log(supervisor: Supervisor, name: str, text: str) -> None:
    until(lambda: text in supervisor.log_tail(name), f"{text!r} in the log of {name}")


def kill_supervisord(supervisor: Supervisor) -> None:
    process = psutil.Process(int((supervisor.home / "supervisor" / "supervisord.pid").read_text()))
    process.kill()
    until(lambda: not is_alive(process), "supervisord is gone")


def test_second_up_changes_nothing(supervisor: Supervisor) -> None:
    programs = [program("one"), program("two", priority=SERVERS)]
    first = supervisor.up(programs)
    pids = {name: pid_of(supervisor, name) for name in ("one", "two")}
    again = supervisor.up(programs)
    assert first.started == ("two", "one")
    assert (again.started, again.restarted, again.unchanged) == ((), (), ("two", "one"))
    assert {name: pid_of(supervisor, name) for name in ("one", "two")} == pids


def test_up_adds_to_what_runs(supervisor: Supervisor) -> None:
    supervisor.up([program("server", priority=SERVERS)])
    pid = pid_of(supervisor, "server")
    supervisor.up([program("worker")])
    assert [(status.name, status.priority) for status in supervisor.status()] == [
        ("server", SERVERS),
        ("worker", WORKERS),
    ]
    assert pid_of(supervisor, "server") == pid


def test_only_the_changed_program_is_restarted(supervisor: Supervisor) -> None:
    supervisor.up([program("same"), program("other", env={"WARTA_X": "1"})])
    pids = {name: pid_of(supervisor, name) for name in ("same", "other")}
    changes = supervisor.up([program("same"), program("other", env={"WARTA_X": "2"})])
    assert (changes.started, changes.restarted, changes.unchanged) == ((), ("other",), ("same",))
    assert pid_of(supervisor, "same") == pids["same"]
    assert pid_of(supervisor, "other") != pids["other"]
    assert psutil.Process(pid_of(supervisor, "other")).environ()["WARTA_X"] == "2"


def test_killed_process_comes_back(supervisor: Supervisor) -> None:
    supervisor.up([program("worker", start_seconds=0)])
    pid = pid_of(supervisor, "worker")
    os.kill(pid, signal.SIGKILL)
    until(lambda: (status := supervisor.process("worker")) is not None and status.pid not in (None, pid), "a new one")


def test_what_ends_for_good_stays_down_until_the_next_up(supervisor: Supervisor, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    ends = "import sys\nopen(sys.argv[1], 'a').write('.')\nsys.exit(int(sys.argv[2]))"
    fails = tmp_path / "fails"
    storm = program("storm", ends, str(starts), str(LEAVE_DOWN), start_seconds=0)
    supervisor.up([storm, program("fails", ends, str(fails), "70", start_seconds=0)])
    until(lambda: fails.exists() and len(fails.read_text()) >= 3, "what fails is started again and again")
    status = supervisor.process("storm")
    assert status is not None
    assert (status.state, starts.read_text()) == ("EXITED", ".")
    supervisor.up([storm])
    until(lambda: starts.read_text() == "..", "a person starts it again")


def test_down_stops_workers_before_servers_and_lets_them_finish(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    supervisor.up(
        [
            program("server", _DRAIN, str(order), "server", priority=SERVERS),
            program("worker", _DRAIN, str(order), "worker"),
        ]
    )
    for name in ("server", "worker"):
        wait_for_log(supervisor, name, "ready")
    assert supervisor.down()
    assert order.read_text().split() == ["worker", "server"]
    assert not supervisor.down()
    assert supervisor.status() == []


def test_process_that_ignores_the_signal_is_killed_after_its_grace(supervisor: Supervisor) -> None:
    supervisor.up([program("stubborn", _STUBBORN, stop_seconds=1)])
    wait_for_log(supervisor, "stubborn", "ready")
    pid = pid_of(supervisor, "stubborn")
    supervisor.down()
    assert not runs(pid)


def test_stopped_program_stays_down_until_it_is_started(supervisor: Supervisor) -> None:
    supervisor.up([program("worker")])
    supervisor.stop("worker")
    stopped = supervisor.process("worker")
    assert stopped is not None
    assert (stopped.state, stopped.pid, stopped.resident_bytes) == ("STOPPED", None, 0)
    supervisor.start("worker")
    assert runs(pid_of(supervisor, "worker"))


def test_status_counts_memory_of_the_process(supervisor: Supervisor) -> None:
    supervisor.up([program("worker", "held = b'x' * 40_000_000\nprint('ready', flush=True)\n" + _WAIT)])
    wait_for_log(supervisor, "worker", "ready")
    status = supervisor.process("worker")
    assert status is not None
    assert 40_000_000 < status.resident_bytes < 200_000_000


@pytest.mark.parametrize("command", ["up", "down"])
def test_what_a_killed_supervisord_left_behind_is_ended(supervisor: Supervisor, command: str) -> None:
    supervisor.up([program("worker")])
    old = pid_of(supervisor, "worker")
    kill_supervisord(supervisor)
    assert runs(old)
    told: list[str] = []
    if command == "up":
        supervisor.up([program("worker")], told.append)
        until(lambda: len(children_of(supervisor.home)) == 1, "one new process")
    else:
        assert supervisor.down(told.append)
    assert not runs(old)
    assert any("left behind: worker" in line for line in told)


def test_stale_files_of_a_reboot_are_no_obstacle(supervisor: Supervisor) -> None:
    directory = supervisor.home / "supervisor"
    directory.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(socket_path(directory)))
    (directory / "supervisord.pid").write_text(f"{os.getpid()}\n")  # now the number of some other process
    assert supervisor.status() == []
    supervisor.up([program("worker")])
    assert runs(pid_of(supervisor, "worker"))


def test_busy_port_is_named_with_its_owner_and_the_remedy(supervisor: Supervisor) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        number = holder.getsockname()[1]
        server = program("web", _SERVER, str(number), ports=(Port(number, "WARTA_WEB_PORT"),))
        with pytest.raises(PortBusyError) as caught:
            supervisor.up([server])
    for part in (str(number), "web", "WARTA_WEB_PORT", f"pid {os.getpid()}"):
        assert part in str(caught.value)
    assert supervisor.status() == [], "nothing is left running by a start that failed"
    supervisor.up([server])
    wait_for_log(supervisor, "web", "ready")
    assert supervisor.up([server]).unchanged == ("web",), "its own port is not taken for somebody else's"


def test_up_restarts_at_once_what_is_waiting_between_tries(supervisor: Supervisor, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    fragile = program(
        "fragile", f"import pathlib, sys\npathlib.Path({str(flag)!r}).exists() or sys.exit('no')\n{_WAIT}"
    )
    supervisor.up([fragile])
    until(lambda: (status := supervisor.process("fragile")) is not None and status.state == "BACKOFF", "it waits")
    flag.touch()
    supervisor.up([fragile])
    assert runs(pid_of(supervisor, "fragile"))


def test_missing_executable_is_named_before_anything_starts(supervisor: Supervisor) -> None:
    with pytest.raises(StackError, match=r"worker: /nowhere/java is not an executable"):
        supervisor.up([Program(name="worker", command=("/nowhere/java",))])
    assert supervisor.status() == []


def test_two_ups_at_the_same_time_start_one_process(supervisor: Supervisor) -> None:
    ups = [threading.Thread(target=Supervisor(supervisor.home).up, args=([program("worker")],)) for _ in range(4)]
    for up in ups:
        up.start()
    for up in ups:
        up.join()
    pid = pid_of(supervisor, "worker")
    until(lambda: [child.pid for child in children_of(supervisor.home)] == [pid], "one process")


def test_home_too_deep_for_a_unix_socket(tmp_path: Path) -> None:
    deep = Supervisor(tmp_path / ("x" * 60) / ("y" * 60))
    try:
        deep.up([program("worker")])
        assert [status.name for status in deep.status()] == ["worker"]
    finally:
        deep.down()
    assert not socket_path(deep.home / "supervisor").exists()


def test_environment_and_arguments_arrive_as_given(supervisor: Supervisor) -> None:
    texts = ("100%", "a ;b", " #c", "'\"both\"'", "%(ENV_HOME)s", "çédille", "")
    code = "import json, os, sys\nprint(json.dumps([os.environ['WARTA_X'], *sys.argv[1:]]), flush=True)\n" + _WAIT
    supervisor.up([program("echo", code, *texts, env={"WARTA_X": "'x' \"y\" ;z %d"})])
    wait_for_log(supervisor, "echo", "[")
    assert supervisor.log_tail("echo").endswith(
        '["\'x\' \\"y\\" ;z %d", "100%", "a ;b", " #c", "\'\\"both\\"\'", "%(ENV_HOME)s", "\\u00e7\\u00e9dille", ""]'
    )
