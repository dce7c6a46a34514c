"""Installation without a network: whole or not at all, once, by one process at a time."""

import multiprocessing
import os
import tempfile
from pathlib import Path

import pytest

from deploy.local import install as installing
from deploy.local.account import Account
from deploy.local.install import cache_directory, install_once, locked

ME = Account("me", os.getuid(), os.getgid())
STRANGER = Account("stranger", 4_000_000, 4_000_000)


def made(staging: Path, content: str) -> Path:
    directory = staging / "made"
    directory.mkdir()
    (directory / "file").write_text(content)
    return directory


def test_second_installation_fetches_nothing(tmp_path: Path) -> None:
    first = install_once(tmp_path, "kafka-1", lambda staging: made(staging, "one"))
    again = install_once(tmp_path, "kafka-1", lambda _staging: pytest.fail("fetched again"))
    assert first == again == tmp_path / "kafka-1"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kafka-1"]


def test_failed_installation_leaves_nothing(tmp_path: Path) -> None:
    def fail(staging: Path) -> Path:
        made(staging, "half")
        raise RuntimeError("the network")

    with pytest.raises(RuntimeError, match="the network"):
        install_once(tmp_path, "kafka-1", fail)
    assert list(tmp_path.iterdir()) == []


def _die_half_way(cache: Path) -> None:
    def die(staging: Path) -> Path:
        made(staging, "half")
        os._exit(9)

    install_once(cache, "kafka-1", die)


def test_killed_installation_is_started_anew_and_cleared_away(tmp_path: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=_die_half_way, args=(tmp_path,))
    child.start()
    child.join()
    assert child.exitcode == 9
    assert not (tmp_path / "kafka-1").exists()
    final = install_once(tmp_path, "kafka-1", lambda staging: made(staging, "whole"))
    assert (final / "file").read_text() == "whole"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kafka-1"]


def _install_and_count(cache: Path, count: Path) -> None:
    def fetch(staging: Path) -> Path:
        with count.open("a") as out:
            out.write("x")
        return made(staging, "whole")

    with locked(cache, lambda _line: None):
        install_once(cache, "kafka-1", fetch)


def test_installations_at_the_same_time_fetch_once(tmp_path: Path) -> None:
    cache, count = tmp_path / "cache", tmp_path / "count"
    cache.mkdir()
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_install_and_count, args=(cache, count)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert count.read_text() == "x"


def test_name_follows_everything_it_was_made_from() -> None:
    """A changed plugin or pom must not meet an old installation."""
    names = [path.name for path in installing.plugin_files()]
    assert {"IndonesianAnalyzerFactory.java", "named_components.json", "stable-plugin-descriptor.properties"} <= {
        *names
    }


def test_digest_tells_contents_and_names_apart(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("a")
    before = installing.digest([one])
    assert before != installing.digest([two])
    one.write_text("b")
    assert before != installing.digest([one])


def test_cache_is_the_named_one_then_the_environments_then_the_users(tmp_path: Path) -> None:
    environ = {"WARTA_CACHE": str(tmp_path / "w"), "XDG_CACHE_HOME": str(tmp_path / "x"), "HOME": str(tmp_path)}
    assert cache_directory(None, tmp_path / "named", environ) == tmp_path / "named"
    assert cache_directory(None, None, environ) == tmp_path / "w"
    del environ["WARTA_CACHE"]
    assert cache_directory(None, None, environ) == tmp_path / "x" / "warta"
    del environ["XDG_CACHE_HOME"]
    assert cache_directory(None, None, environ) == tmp_path / ".cache" / "warta"


def test_account_may_run_only_what_every_directory_on_the_way_lets_it() -> None:
    with tempfile.TemporaryDirectory() as open_place:
        home = Path(open_place)
        home.chmod(0o755)
        program = home / "bin" / "java"
        program.parent.mkdir()
        program.parent.chmod(0o755)
        program.touch()
        program.chmod(0o755)
        assert STRANGER.can_run(program)
        assert not STRANGER.can_run(home / "missing")
        program.chmod(0o754)
        assert not STRANGER.can_run(program)
        assert ME.can_run(program)
        program.chmod(0o755)
        home.chmod(0o700)
        assert not STRANGER.can_run(program)
        assert ME.can_run(program)


def test_closed_cache_of_root_is_replaced_by_the_systems() -> None:
    with tempfile.TemporaryDirectory() as open_place:
        place = Path(open_place)
        place.chmod(0o755)
        assert cache_directory(STRANGER, place / "cache") == place / "cache"
        place.chmod(0o700)
        assert cache_directory(STRANGER, place / "cache") == Path("/var/cache/warta")
        assert cache_directory(ME, place / "cache") == place / "cache"
