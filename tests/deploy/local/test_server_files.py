"""The configuration written for the servers."""

import re
import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.errors import StackError
from deploy.local.ports import Ports
from deploy.local.server_files import elasticsearch_yml, jvm_options, kafka_properties, replace_file

NAMES = st.text(st.characters(codec="utf-8", exclude_characters=",\0/"), min_size=1)
PATHS = NAMES.map(lambda name: Path("/", name))
PORTS = Ports(1, 2, 3, 4)


def properties(text: str) -> dict[str, str]:
    """As java.util.Properties.load reads what we write (its documentation, without the parts we never write)."""
    text.encode("ascii")
    found = {}
    for line in text.splitlines():
        key, _, value = line.partition("=")
        units = re.sub(r"\\(?:u([0-9a-f]{4})|(.))", lambda match: match[2] or chr(int(match[1], 16)), value)
        found[key] = units.encode("utf-16", "surrogatepass").decode("utf-16")
    return found


@given(PATHS)
def test_any_home_reaches_kafka(path: Path) -> None:
    text = kafka_properties(path, PORTS)
    assert properties(text)["log.dirs"] == str(path)


def test_space_before_a_path_is_not_swallowed() -> None:
    assert "log.dirs=/ a\\\\b" in kafka_properties(Path("/ a\\b"), PORTS)


@given(PATHS)
def test_any_home_reaches_elasticsearch(path: Path) -> None:
    settings = yaml.safe_load(elasticsearch_yml(path, path, PORTS))
    assert settings["path.data"] == settings["path.logs"] == str(path)


def test_comma_in_the_home_is_refused_with_the_remedy() -> None:
    with pytest.raises(StackError, match="WARTA_HOME"):
        kafka_properties(Path("/a,b"), PORTS)


def test_kafka_listens_on_loopback_only_and_loses_nothing_by_itself() -> None:
    settings = properties(kafka_properties(Path("/d"), Ports(19092, 19093, 3, 4)))
    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093"
    assert settings["controller.quorum.voters"] == "1@127.0.0.1:19093"
    assert settings["auto.create.topics.enable"] == "false"
    assert settings["message.max.bytes"] == str(2 * 1024 * 1024)
    assert settings["offsets.topic.replication.factor"] == "1"
    assert settings["transaction.state.log.min.isr"] == "1"
    assert int(settings["offsets.retention.minutes"]) >= 90 * 24 * 60, "a rest must not forget the offsets"


def test_elasticsearch_is_one_node_on_loopback() -> None:
    settings = yaml.safe_load(elasticsearch_yml(Path("/d"), Path("/l"), Ports(1, 2, 19200, 19300)))
    assert settings["network.host"] == "127.0.0.1"
    assert (settings["http.port"], settings["transport.port"]) == (19200, 19300)
    assert settings["discovery.type"] == "single-node"
    assert settings["cluster.routing.allocation.disk.threshold_enabled"] is False


def test_jvm_options_lose_only_the_logs_and_dumps() -> None:
    assert (
        jvm_options("-XX:+UseG1GC\n-Xlog:gc*:file=x\n-XX:+HeapDumpOnOutOfMemoryError\n# c\n") == "-XX:+UseG1GC\n# c\n"
    )


def test_replaced_file_is_whole_and_an_unchanged_one_untouched(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, "one", 0o600)
    first = path.stat()
    assert stat.S_IMODE(first.st_mode) == 0o600
    replace_file(path, "one")
    assert path.stat().st_ino == first.st_ino
    replace_file(path, "two")
    assert path.read_text() == "two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_link_in_the_place_of_a_file_is_replaced_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    link = tmp_path / "link"
    link.symlink_to(precious)
    replace_file(link, "new")
    assert precious.read_text() == "kept"
    assert link.read_text() == "new"
