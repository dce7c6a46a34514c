"""Runs programs under supervisord: a crashed one comes back, a second `up` changes nothing, `down` drains.

Everything of one stack lives in `<home>/supervisor`: the configuration, the pid file, the socket and the sections of
the programs. supervisord outlives the command that started it. If it is itself killed, its children stay; they are
known by a mark in their environment, and the next `up` or `down` ends them.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import psutil

from deploy.local.errors import Progress, StackError, StartError, quiet
from deploy.local.orphans import Leftover, end_leftovers, is_alive, is_executed, leftovers, resident_bytes
from deploy.local.ports import check_free
from deploy.local.program import Program, escaped
from deploy.local.rpc import Control, ProcessInfo, socket_path
from deploy.local.server_files import replace_file
from warta.errors import LEAVE_DOWN

SUPERVISORD_SECONDS = 60.0
"""supervisord answers after about 0.3 s; a busy machine is given more."""
_T = TypeVar("_T")
_LIVE = frozenset({"STARTING", "RUNNING"})
_AT_REST = frozenset({"STOPPED", "FATAL", "UNKNOWN"})
_TELL_SECONDS = 5.0
_PRIVATE = 0o600
"""An environment may hold a password."""


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """One program as it is now. `state` is supervisor's (RUNNING, STARTING, BACKOFF, STOPPED …)."""

    name: str
    state: str
    pid: int | None
    uptime_seconds: int
    resident_bytes: int
    priority: int
    log: Path
    detail: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What an `up` did, by program name."""

    started: tuple[str, ...]
    restarted: tuple[str, ...]
    unchanged: tuple[str, ...]


class Supervisor:
    """The supervisord of one WARTA_HOME. Making the object starts nothing."""

    def __init__(
        self,
        home: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.home = home.absolute()
        self.logs = self.home / "logs"
        self._directory = self.home / "supervisor"
        self._conf = self._directory / "supervisord.conf"
        self._clock = clock
        self._sleep = sleep

    # --- what a command calls -----------------------------------------------------------------------------------

    def up(self, programs: Iterable[Program], on_progress: Progress = quiet) -> Changes:
        """Starts what is not running and restarts what changed; other programs of this home are left alone.

        Returns when the processes are started, not when they are ready (see `ready`). Raises `PortBusyError`,
        `StartError` or `StackError`; what had started before the error keeps running.
        """
        wanted = sorted(programs, key=lambda program: program.priority)
        for program in wanted:
            program.check_executable()
        with self._lock(on_progress):
            control = self._connect()
            if control is None:
                self._end_leftovers(on_progress)
                _check_ports(wanted)
                self._write(wanted, keep=False)
                control = self._start_supervisord()
                on_progress("supervisord is running")
                changed: set[str] = set()
            else:
                self._write(wanted, keep=True)
                changed = self._reload(control, {program.name for program in wanted}, on_progress)
            return self._start(control, wanted, changed, on_progress)

    def down(self, on_progress: Progress = quiet) -> bool:
        """Stops workers before servers, each with its own grace, then supervisord; False if nothing was running."""
        with self._lock(on_progress):
            control = self._connect()
            if control is not None:
                self._stop_in_order(control, on_progress)
                self._shut_down(control)
            left = self._end_leftovers(on_progress)
            socket_path(self._directory).unlink(missing_ok=True)
            return control is not None or left

    def status(self) -> list[ProcessStatus]:
        """Every program this home knows, in starting order; empty if supervisord does not run."""
        control = self._connect()
        if control is None:
            return []
        priorities = control.priorities()
        statuses = [self._status(info, priorities.get(info.name, 0)) for info in control.processes()]
        return sorted(statuses, key=lambda status: (status.priority, status.name))

    def process(self, name: str) -> ProcessStatus | None:
        """One program, or None if it is not known (then it cannot come up either)."""
        return next((status for status in self.status() if status.name == name), None)

    def stop(self, name: str, on_progress: Progress = quiet) -> None:
        """Stops one program and waits; it stays down until `start` or the next `up`."""
        control = self._required()
        self._stop_all(control, [name], on_progress)

    def start(self, name: str) -> None:
        """Starts one program that was stopped."""
        control = self._required()
        if control.process(name).state not in _LIVE:
            control.start(name)

    def log_tail(self, name: str, lines: int = 20) -> str:
        """The last lines a program wrote."""
        try:
            with (self.logs / f"{name}.log").open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - 64 * 1024))
                tail = log.read().decode("utf-8", errors="replace").splitlines()[-lines:]
        except FileNotFoundError:
            return ""
        return "\n".join(line[:500] for line in tail)

    # --- starting -----------------------------------------------------------------------------------------------

    def _connect(self) -> Control | None:
        return Control.connect(socket_path(self._directory))

    def _required(self) -> Control:
        control = self._connect()
        if control is None:
            raise StackError(f"Nothing runs in {self.home}; start it with `warta up`.")
        return control

    def _write(self, wanted: Sequence[Program], *, keep: bool) -> None:
        """Writes the sections of `wanted`, and the configuration from all sections (older ones only if `keep`)."""
        sections = self._directory / "programs"
        self.logs.mkdir(parents=True, exist_ok=True)
        sections.mkdir(parents=True, exist_ok=True)
        if not keep:
            for old in sections.glob("*.ini"):
                old.unlink()
        for program in wanted:
            section = program.section(f"../logs/{program.name}.log", mark=str(self._directory))
            replace_file(sections / f"{program.name}.ini", section, _PRIVATE)
        all_sections = [path.read_text("utf-8") for path in sorted(sections.glob("*.ini"))]
        replace_file(self._conf, "\n".join([self._own_section(), *all_sections]), _PRIVATE)

    def _own_section(self) -> str:
        """Paths are relative to the directory supervisord runs in: one with ` ;` or ` #` could not be written."""
        path = socket_path(self._directory)
        as_root = "user=root\n" if os.geteuid() == 0 else ""
        return (
            f"[unix_http_server]\nfile={path.name if path.parent == self._directory else escaped(str(path))}\n"
            f"chmod=0700\n\n[supervisord]\n{as_root}identifier=warta\nnodaemon=false\nloglevel=info\n"
            "pidfile=supervisord.pid\nlogfile=../logs/supervisord.log\nlogfile_maxbytes=5MB\nlogfile_backups=2\n"
            "childlogdir=../logs\n\n[rpcinterface:supervisor]\n"
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
        )

    def _start_supervisord(self) -> Control:
        socket_path(self._directory).unlink(missing_ok=True)
        started = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", self._conf.name],
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        if started.returncode != 0:
            raise StartError(f"supervisord does not start:\n{started.stdout.strip()}")
        control = self._wait(self._connect, SUPERVISORD_SECONDS)
        if control is None:
            raise StartError(f"supervisord does not answer:\n{self.log_tail('supervisord')}")
        return control

    def _reload(self, control: Control, wanted: set[str], on_progress: Progress) -> set[str]:
        """Makes a running supervisord know the written sections; returns the changed programs, now stopped."""
        added, changed, _removed = control.reload()
        restarting = {name for name in changed if name in wanted}
        if restarting:
            on_progress(f"Changed, so restarted: {', '.join(sorted(restarting))}")
            self._stop_all(control, sorted(restarting), on_progress)
        for name in restarting:
            control.remove(name)
        for name in (*added, *restarting):
            control.add(name)
        return restarting

    def _start(self, control: Control, wanted: Sequence[Program], changed: set[str], on_progress: Progress) -> Changes:
        states = {info.name: info.state for info in control.processes()}
        missing = [program for program in wanted if states.get(program.name) not in _LIVE]
        for program in missing:
            if states.get(program.name) == "BACKOFF":  # supervisor's pause between tries grows without a cap
                self._stop_all(control, [program.name], on_progress)
            check_free(program.ports, program.name)
            on_progress(f"Starting {program.name}")
            control.start(program.name)
        names = {program.name for program in missing}
        return Changes(
            started=tuple(program.name for program in missing if program.name not in changed),
            restarted=tuple(sorted(changed)),
            unchanged=tuple(program.name for program in wanted if program.name not in names),
        )

    # --- stopping -----------------------------------------------------------------------------------------------

    def _stop_in_order(self, control: Control, on_progress: Progress) -> None:
        by_priority: dict[int, list[str]] = defaultdict(list)
        for name, priority in control.priorities().items():
            by_priority[priority].append(name)
        for priority in sorted(by_priority, reverse=True):
            self._stop_all(control, sorted(by_priority[priority]), on_progress)

    def _stop_all(self, control: Control, names: Sequence[str], on_progress: Progress) -> None:
        """Stops the named programs together and waits for all; supervisord kills one whose grace is over."""
        asked: set[str] = set()
        supervisord = control.pid()
        began = told = self._clock()
        while True:
            going = [info for info in map(control.process, names) if not _is_at_rest(info)]
            if not going:
                return
            for info in going:
                if info.state != "STOPPING" and is_executed(info.pid, supervisord):
                    control.stop(info.name)
            new = {info.name for info in going} - asked
            if new:
                on_progress(f"Stopping {', '.join(sorted(new))}")
            elif self._clock() - told >= _TELL_SECONDS:
                told = self._clock()
                on_progress(f"  {', '.join(info.name for info in going)} still draining ({told - began:.0f} s)")
            asked |= new
            self._sleep(0.1)

    def _shut_down(self, control: Control) -> None:
        supervisord = psutil.Process(control.pid())
        control.shutdown()
        if self._wait(lambda: not is_alive(supervisord), SUPERVISORD_SECONDS) is None:
            raise StackError(f"supervisord (pid {supervisord.pid}) does not end; see {self.logs / 'supervisord.log'}.")

    def _end_leftovers(self, on_progress: Progress) -> bool:
        """Ends what an earlier supervisord of this home left behind when it was killed itself."""
        found = leftovers(str(self._directory))
        ranked = [replace(each, priority=self._written_priority(each)) for each in found]
        if ranked:
            names = ", ".join(sorted(each.name for each in ranked))
            on_progress(f"Stopping what an earlier supervisord left behind: {names}")
        end_leftovers(ranked, on_progress)
        return bool(found)

    def _written_priority(self, leftover: Leftover) -> int:
        try:
            section = (self._directory / "programs" / f"{leftover.name}.ini").read_text("utf-8")
        except OSError:
            return leftover.priority
        settings = dict(line.partition("=")[::2] for line in section.splitlines())
        return int(settings.get("priority", leftover.priority))

    # --- small things -------------------------------------------------------------------------------------------

    def _status(self, info: ProcessInfo, priority: int) -> ProcessStatus:
        return ProcessStatus(
            name=info.name,
            state=info.state,
            pid=info.pid or None,
            uptime_seconds=info.uptime_seconds if info.state in _LIVE else 0,
            resident_bytes=resident_bytes(info.pid) if info.pid else 0,
            priority=priority,
            log=self.logs / f"{info.name}.log",
            detail=info.detail,
        )

    def _wait(self, ready: Callable[[], _T | None], seconds: float) -> _T | None:
        """What `ready` gives once it is neither None nor False; None when the time is over."""
        deadline = self._clock() + seconds
        while not (result := ready()):
            if self._clock() >= deadline:
                return None
            self._sleep(0.05)
        return result

    @contextmanager
    def _lock(self, on_progress: Progress) -> Iterator[None]:
        """One `up` or `down` at a time in a home; the lock goes with its process."""
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_progress(f"Waiting for another `warta up` or `warta down` in {self.home} …")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _check_ports(programs: Iterable[Program]) -> None:
    for program in programs:
        check_free(program.ports, program.name)


def _is_at_rest(info: ProcessInfo) -> bool:
    """Whether it will not start by itself; any other end (EXITED) is followed by a new start."""
    return info.state in _AT_REST or (info.state == "EXITED" and info.exit_code == LEAVE_DOWN)
