"""The helper that gives tests their servers cleans up after sessions that could not do it themselves."""

import os
import sys
from pathlib import Path

import psutil

from deploy.local.orphans import is_alive
from deploy.local.program import Program
from deploy.local.supervise import Supervisor
from tests.servers import close_abandoned


def sleeping(home: Path, owner: str) -> psutil.Process:
    """A stack in `home` with one process; `owner` is what the session noted of itself."""
    home.mkdir()
    (home / "owner").write_text(owner)
    supervisor = Supervisor(home)
    supervisor.up([Program(name="sleeper", command=(sys.executable, "-c", "import time; time.sleep(3600)"))])
    status = supervisor.process("sleeper")
    assert status is not None
    assert status.pid is not None
    return psutil.Process(status.pid)


def test_stack_of_a_killed_session_is_ended_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    me = psutil.Process()
    dead = sleeping(tmp_path / "warta-test-dead", f"{os.getpid()} {me.create_time() - 1000}")
    living = sleeping(tmp_path / "warta-test-living", f"{os.getpid()} {me.create_time()}")
    try:
        assert close_abandoned(tmp_path) == [tmp_path / "warta-test-dead"]
        assert not is_alive(dead)
        assert is_alive(living)
        assert [entry.name for entry in tmp_path.iterdir()] == ["warta-test-living"]
    finally:
        Supervisor(tmp_path / "warta-test-living").down()
