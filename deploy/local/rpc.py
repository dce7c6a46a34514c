"""supervisord's XML-RPC interface over its unix socket, as far as we use it, typed."""

import hashlib
import os
import socket
import stat
import tempfile
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self
from xmlrpc.client import Fault, ProtocolError, ServerProxy, Transport

from deploy.local.errors import StackError

SOCKET_PATH_BYTES = 90
"""An AF_UNIX path holds 103 bytes on macOS and 107 on Linux; supervisord binds to it with `.<pid>` added first."""
CALL_SECONDS = 30.0
"""supervisord answers in milliseconds; a stopped or hung one must not hang us."""
_ALREADY_STARTED, _NOT_RUNNING = 60, 70  # supervisor.xmlrpc.Faults


def socket_path(directory: Path) -> Path:
    """Where the socket of a stack is: in its directory, or where that path would be too long, under the temporary one.

    The choice is written down, so that a later command with another TMPDIR finds the same socket.
    """
    usual = directory / "supervisor.sock"
    if len(os.fsencode(usual)) <= SOCKET_PATH_BYTES:
        return usual
    note = directory / "socket-path"
    try:
        return Path(note.read_text("utf-8"))
    except FileNotFoundError:
        chosen = _private_directory() / f"{hashlib.blake2b(os.fsencode(directory), digest_size=8).hexdigest()}.sock"
        directory.mkdir(parents=True, exist_ok=True)
        note.write_text(str(chosen), "utf-8")
        return chosen


def _private_directory() -> Path:
    """A directory of ours alone under the temporary one, which every user may write to."""
    place = Path(tempfile.gettempdir(), f"warta-{os.geteuid()}")
    place.mkdir(mode=0o700, exist_ok=True)
    status = place.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise StackError(f"{place} belongs to somebody else; remove it, or set WARTA_HOME to a shorter path.")
    return place


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """What supervisord says of one process; `stopped_at` (epoch seconds, 0 = never) tells deaths apart."""

    name: str
    state: str
    pid: int
    uptime_seconds: int
    stopped_at: int
    exit_code: int
    detail: str

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        return cls(
            name=raw["name"],
            state=raw["statename"],
            pid=raw["pid"],
            uptime_seconds=max(0, raw["now"] - raw["start"]),
            stopped_at=raw["stop"],
            exit_code=raw["exitstatus"],
            detail=raw["description"] if raw["statename"] != "RUNNING" else "",
        )


class Control:
    """A running supervisord. Every program of ours is a group of its own with the same name.

    Every method raises `StackError` if supervisord ends or refuses.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._supervisor = ServerProxy("http://localhost", transport=_UnixTransport(path)).supervisor

    @classmethod
    def connect(cls, path: Path) -> Self | None:
        """None if nobody answers at the socket (none there, or a stale one after a kill -9 or a reboot)."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(CALL_SECONDS)
            try:
                probe.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError):
                return None
            except PermissionError as error:
                raise StackError(f"{path} belongs to another user; run warta as that user.") from error
        return cls(path)

    def pid(self) -> int:
        return int(self._ask("getPID"))

    def processes(self) -> list[ProcessInfo]:
        return [ProcessInfo.of(raw) for raw in self._ask("getAllProcessInfo")]

    def process(self, name: str) -> ProcessInfo:
        return ProcessInfo.of(self._ask("getProcessInfo", name))

    def priorities(self) -> dict[str, int]:
        """Of the programs that run or may be started (a section not yet added is left out)."""
        return {raw["name"]: raw["process_prio"] for raw in self._ask("getAllConfigInfo") if raw["inuse"]}

    def reload(self) -> tuple[list[str], list[str], list[str]]:
        """Reads the configuration again: names that are new, changed and gone."""
        ((added, changed, removed),) = self._ask("reloadConfig")
        return added, changed, removed

    def start(self, name: str) -> None:
        """Starts without waiting; a program that runs already is fine."""
        self._ask("startProcess", name, False, ignored=_ALREADY_STARTED)

    def stop(self, name: str) -> None:
        """Signals without waiting; a program that does not run is fine."""
        self._ask("stopProcess", name, False, ignored=_NOT_RUNNING)

    def add(self, name: str) -> None:
        self._ask("addProcessGroup", name)

    def remove(self, name: str) -> None:
        self._ask("removeProcessGroup", name)

    def shutdown(self) -> None:
        self._ask("shutdown")

    def _ask(self, method: str, *arguments: str | bool, ignored: int | None = None) -> Any:
        try:
            return getattr(self._supervisor, method)(*arguments)
        except Fault as fault:
            if fault.faultCode == ignored:
                return None
            raise StackError(f"supervisord refuses {method} {arguments[:1]}: {fault.faultString}") from fault
        except (OSError, HTTPException, ProtocolError) as error:
            raise StackError(f"supervisord at {self._path} does not answer {method}: {error}") from error


class _UnixTransport(Transport):
    """XML-RPC over a unix socket with a time limit, a connection a call; supervisor's own has no limit."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> HTTPConnection:
        connection = _UnixConnection(self._path)
        self._connection = (str(host), connection)
        return connection

    def request(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().request(*arguments, **options)
        finally:
            self.close()


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=CALL_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CALL_SECONDS)
        self.sock.connect(str(self._path))
