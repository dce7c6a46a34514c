"""Processes that outlived their supervisord, and how much memory a process and its children hold."""

import os
import signal
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import psutil

from deploy.local.errors import Progress

GRACE_SECONDS = 75.0
"""The grace of a process that is ended without its supervisord: the same as under it."""
_TELL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Leftover:
    """A process (the leader of its group) that a supervisord of ours started."""

    process: psutil.Process
    name: str
    priority: int = 0


def leftovers(socket_path: Path) -> list[Leftover]:
    """Processes whose environment says that the supervisord at `socket_path` started them.

    Call it only while that supervisord does not run. The environment is readable for our own processes, and for
    root also for those of the user that runs Elasticsearch.
    """
    address = f"unix://{socket_path}"
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            if environment.get("SUPERVISOR_SERVER_URL") == address and os.getpgid(process.pid) == process.pid:
                found.append(Leftover(process, environment.get("SUPERVISOR_PROCESS_NAME", "?")))
        except (psutil.Error, OSError):
            continue
    return found


def end_leftovers(found: list[Leftover], on_progress: Progress) -> None:
    """Ends them, higher priority numbers first, each group of equals with one grace."""
    ranked = sorted(found, key=lambda each: -each.priority)
    for _priority, equals in groupby(ranked, key=lambda each: each.priority):
        _end_group(list(equals), on_progress)


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
    waited, alive = 0.0, [each.process for each in group]
    while alive and waited < GRACE_SECONDS:
        _gone, alive = psutil.wait_procs(alive, timeout=_TELL_SECONDS)
        waited += _TELL_SECONDS
        if alive:
            on_progress(f"  {len(alive)} still draining ({waited:.0f} s)")
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=_TELL_SECONDS)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    """To the whole group, unless the process ended and its number is another's by now."""
    if process.is_running():
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            pass
