"""What a person reads while Maven works, and when it fails. The lines are of the form Maven 3.8 and 3.9 write."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.errors import InstallError
from deploy.local.maven import QUIET_SECONDS, DownloadReport, run_maven


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def report() -> tuple[DownloadReport, list[str], Clock]:
    told: list[str] = []
    clock = Clock()
    return DownloadReport(told.append, clock), told, clock


def test_large_files_are_told_and_small_ones_now_and_then() -> None:
    reading, told, clock = report()
    for second, (name, size) in enumerate(
        [("a.pom", "2 kB"), ("b.jar", "3.4 MB"), ("c.jar", "9 kB"), ("d.jar", "9 kB")]
    ):
        clock.now = second * 2.0
        reading.feed(f"Downloading from central: repo://x/{name}")
        reading.feed(f"Downloaded from central: repo://x/{name} ({size} at 15 MB/s)")
    assert told == ["  b.jar (3.4 MB)", "  d.jar (9 kB)"]


def test_long_download_is_told_now_and_then() -> None:
    reading, told, clock = report()
    reading.feed("Downloading from central: repo://x/server.zip")
    for second in range(10):
        clock.now = float(second)
        reading.feed(f"Progress (1): {second}/110 MB")
    assert told == ["  server.zip 3/110 MB", "  server.zip 6/110 MB", "  server.zip 9/110 MB"]


def test_silence_is_never_long() -> None:
    reading, told, clock = report()
    clock.now = QUIET_SECONDS
    reading.feed(None)
    assert told == ["  still working (3 s)"]


@given(st.lists(st.text() | st.none()))
def test_any_output_is_taken(lines: list[str | None]) -> None:
    reading, _told, _clock = report()
    for line in lines:
        reading.feed(line)


def fake_maven(directory: Path, body: str) -> Path:
    mvn = directory / "mvn"
    mvn.write_text(f"#!{sys.executable}\nimport os, sys\n{body}\n")
    mvn.chmod(0o755)
    return mvn


def test_failure_carries_the_reasons_of_maven(tmp_path: Path) -> None:
    mvn = fake_maven(tmp_path, "print('[INFO] x'); print('\\x1b[31m[ERROR] Unknown host repo\\x1b[0m'); sys.exit(1)")
    with pytest.raises(InstallError) as caught:
        run_maven(mvn, "goal", tmp_path / "pom.xml", {}, java_home=tmp_path, on_progress=lambda _line: None)
    assert "Unknown host repo" in str(caught.value)
    assert "[INFO]" not in str(caught.value)
    assert "settings.xml" in str(caught.value)


def test_goal_properties_and_java_reach_maven(tmp_path: Path) -> None:
    out = tmp_path / "out"
    mvn = fake_maven(tmp_path, f"open({str(out)!r}, 'w').write(' '.join([os.environ['JAVA_HOME'], *sys.argv[1:]]))")
    run_maven(mvn, "copy", tmp_path / "pom.xml", {"to": tmp_path}, java_home=tmp_path, on_progress=lambda _line: None)
    words = out.read_text().split()
    assert words[0] == str(tmp_path)
    assert {"copy", f"-Dto={tmp_path}"} <= set(words)
