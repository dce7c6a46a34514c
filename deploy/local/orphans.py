"""What the operating system knows of supervised processes: leftovers of a dead supervisord, memory, being executed."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

import psutil

from deploy.local.errors import Progress
from deploy.local.program import MARK

GRACE_SECONDS = 75.0
"""The grace of a process that is ended without its supervisord: the same as under it."""
_TELL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Leftover:
    """A process (the leader of its group) that a supervisord of ours started."""

    process: psutil.Process
    name: str
    priority: int = 0


def leftovers(mark: str) -> list[Leftover]:
    """Processes that carry `mark` in their environment (see `program.MARK`) and lead their group.

    Call it only while their supervisord does not run. The environment is readable for our own processes, and for
    root also for those of the user that runs Elasticsearch.
    """
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            if environment.get(MARK) == mark and os.getpgid(process.pid) == process.pid:
                found.append(Leftover(process, environment.get("SUPERVISOR_PROCESS_NAME", "?")))
        except (psutil.Error, OSError):
            continue
    return found


def end_leftovers(found: list[Leftover], on_progress: Progress) -> None:
    """Ends them, higher priority numbers first, each group of equals with one grace."""
    ranked = sorted(found, key=lambda each: -each.priority)
    for _priority, equals in groupby(ranked, key=lambda each: each.priority):
        _end_group(list(equals), on_progress)


def is_alive(process: psutil.Process) -> bool:
    """False also for a zombie: in a container the first process may never take them off."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def is_executed(pid: int, supervisord: int) -> bool:
    """Whether a child of supervisord is already the program it is to become.

    Between fork and exec it still has supervisord's signal handlers, and a SIGTERM is lost in them.
    """
    try:
        return psutil.Process(pid).cmdline() != psutil.Process(supervisord).cmdline()
    except (psutil.Error, ValueError):
        return True


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and all below it (Elasticsearch is a launcher and its server)."""
    try:
        process = psutil.Process(pid)
        members = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(map(_own_resident_bytes, members))


def _own_resident_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _end_group(group: list[Leftover], on_progress: Progress) -> None:
    for each in group:
        _signal(each.process, signal.SIGTERM)
    if left := _wait_until_gone([each.process for each in group], GRACE_SECONDS, on_progress):
        for process in left:
            _signal(process, signal.SIGKILL)
        _wait_until_gone(left, _TELL_SECONDS, on_progress)


def _wait_until_gone(processes: list[psutil.Process], seconds: float, on_progress: Progress) -> list[psutil.Process]:
    """Those that still run when the time is over."""
    began = told = time.monotonic()
    while left := [process for process in processes if is_alive(process)]:
        now = time.monotonic()
        if now - began >= seconds:
            break
        if now - told >= _TELL_SECONDS:
            told = now
            on_progress(f"  {len(left)} still draining ({now - began:.0f} s)")
        time.sleep(0.05)
    return left


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    """To the whole group, unless the process ended and its number is another's by now."""
    if process.is_running():
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
