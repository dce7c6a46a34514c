"""Runs Maven and turns its output into a few lines that show what is being downloaded."""

import os
import re
import selectors
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from deploy.local.errors import InstallError, Progress

QUIET_SECONDS = 3.0
"""At most this long between two lines of progress: a silent terminal looks like a dead one."""

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_STARTED = re.compile(r"Downloading from \S+: \S*/([^/\s]+)$")
_PART = re.compile(r"Progress \(\d+\): (.+)")
_DONE = re.compile(r"Downloaded from \S+: \S*/([^/\s]+) \((.+?)(?: at .+)?\)$")
_WORTH_TELLING = ("MB", "GB")
"""Of the hundred small files only one now and then is told."""


def run_maven(
    mvn: Path,
    goal: str,
    pom: Path,
    properties: Mapping[str, str | Path],
    *,
    java_home: Path,
    on_progress: Progress,
) -> None:
    """Runs one goal of `pom`; raises `InstallError` with Maven's own reasons when it fails."""
    command = [
        str(mvn), "-Dstyle.color=never", "-Daether.connector.http.retryHandler.count=5",
        "-f", str(pom), goal, *(f"-D{key}={value}" for key, value in properties.items()),
    ]  # fmt: skip
    report = DownloadReport(on_progress, time.monotonic)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "JAVA_HOME": str(java_home)},
    ) as process:
        try:
            for line in _lines(process):
                report.feed(line)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise InstallError(_failure(report.errors, pom))


class DownloadReport:
    """Reads Maven's lines and passes on the ones a person wants, never silent for long, never a flood."""

    def __init__(self, on_progress: Progress, clock: Callable[[], float]) -> None:
        self.errors: deque[str] = deque(maxlen=12)
        self._tell_now = on_progress
        self._clock = clock
        self._started = self._told = clock()
        self._current = ""

    def feed(self, line: str | None) -> None:
        """Takes one line; None means that a while passed without one."""
        if line is None:
            self._tell_if_due(f"  still working ({self._clock() - self._started:.0f} s)")
        elif match := _DONE.search(line):
            self._done(match[1], match[2])
        elif match := _STARTED.search(line):
            self._current = match[1]
        elif match := _PART.match(line):
            self._tell_if_due(f"  {self._current} {match[1].strip()}")
        elif line.startswith("[ERROR]") and line[7:].strip():
            self.errors.append(line[7:].strip())

    def _done(self, name: str, size: str) -> None:
        if size.endswith(_WORTH_TELLING):
            self._tell(f"  {name} ({size})")
        else:
            self._tell_if_due(f"  {name} ({size})")

    def _tell_if_due(self, text: str) -> None:
        if self._clock() - self._told >= QUIET_SECONDS:
            self._tell(text)

    def _tell(self, text: str) -> None:
        self._told = self._clock()
        self._tell_now(text)


def _lines(process: "subprocess.Popen[bytes]") -> Iterator[str | None]:
    """Lines of the output, a carriage return ending one too (Maven redraws its progress); None when nothing came."""
    assert process.stdout is not None
    buffer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(QUIET_SECONDS):
                yield None
                continue
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                break
            *whole, buffer = re.split(rb"[\r\n]+", buffer + chunk)
            yield from (_plain(line) for line in whole)
    yield _plain(buffer)


def _plain(line: bytes) -> str:
    return _ANSI.sub("", line.decode("utf-8", errors="replace")).strip()


def _failure(errors: Sequence[str], pom: Path) -> str:
    reasons = "\n  ".join(errors) or "it gave no reason"
    return (
        f"Maven could not fetch what {pom} names:\n  {reasons}\n"
        "Check the network and try again; what is already downloaded is kept. Behind a proxy or a mirror, name it in "
        "~/.m2/settings.xml."
    )
