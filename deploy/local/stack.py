"""Kafka and Elasticsearch of one WARTA_HOME as programs for the supervisor.

Below the home: `kafka/` (configuration and log), `elasticsearch/` (configuration and indices), `logs/` (one file a
process) and `supervisor/`.
"""

import base64
import hashlib
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from deploy.local.account import Account
from deploy.local.errors import Progress, StackError, StartError, quiet
from deploy.local.install import Installed, install
from deploy.local.jdk import Jdk
from deploy.local.ports import Port, Ports, free_ports
from deploy.local.program import SERVERS, Program
from deploy.local.server_files import (
    elasticsearch_yml,
    kafka_properties,
    replace_file,
    write_elasticsearch_configuration,
)

__all__ = ["Installed", "Ports", "Variables", "free_ports", "install", "servers"]

KAFKA, ELASTICSEARCH = "kafka", "elasticsearch"
_ROOT_ONLY_STATE = Path("/var/lib/warta")
_KAFKA_LOG_LEVELS = {
    "showDateTime": "true",
    "dateTimeFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
    "defaultLogLevel": "info",
    # Otherwise each start writes its 300 settings.
    "log.org.apache.kafka.common.config.AbstractConfig": "warn",
}


@dataclass(frozen=True, slots=True)
class Variables:
    """The environment variables a person sets to move a port; named in the error when one is busy."""

    kafka: str = "WARTA_KAFKA_PORT"
    controller: str = "WARTA_CONTROLLER_PORT"
    elasticsearch: str = "WARTA_ELASTICSEARCH_PORT"
    transport: str = "WARTA_ELASTICSEARCH_TRANSPORT_PORT"


def servers(
    home: Path,
    ports: Ports,
    installed: Installed,
    *,
    kafka_heap: str = "512m",
    elasticsearch_heap: str = "512m",
    variables: Variables | None = None,
    on_progress: Progress = quiet,
) -> list[Program]:
    """Writes what the two servers need below `home` and returns them; the same again when nothing changed.

    The heaps are in JVM notation. Raises `StackError` when a place cannot be used.
    """
    home, variables = home.absolute(), variables or Variables()
    return [
        _kafka(home / "kafka", ports, installed, kafka_heap, variables, on_progress),
        _elasticsearch(home, ports, installed, elasticsearch_heap, variables, on_progress),
    ]


def _kafka(
    directory: Path, ports: Ports, installed: Installed, heap: str, variables: Variables, on_progress: Progress
) -> Program:
    data = directory / "data"
    properties = kafka_properties(data, ports)
    directory.mkdir(parents=True, exist_ok=True)
    replace_file(directory / "server.properties", properties)
    if not data.is_dir():
        on_progress("Preparing Kafka's log directory")
        _format_kafka(directory, ports, installed)
    options = (f"-Xmx{heap}", "-Xms128m", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true")
    levels = (f"-Dorg.slf4j.simpleLogger.{key}={value}" for key, value in _KAFKA_LOG_LEVELS.items())
    class_path = ("-cp", f"{installed.kafka_libs}/*")
    return Program(
        name=KAFKA,
        command=(
            str(installed.kafka_jdk.java), *options, *levels, *class_path,
            "kafka.Kafka", str(directory / "server.properties"),
        ),
        directory=directory,
        env={"WARTA_CONFIGURATION": _digest(properties)},
        priority=SERVERS,
        ports=(Port(ports.kafka, variables.kafka), Port(ports.controller, variables.controller)),
    )  # fmt: skip


def _format_kafka(directory: Path, ports: Ports, installed: Installed) -> None:
    """Formats beside the final place and renames: a killed format must not look like a formatted directory."""
    partial = directory / "data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    properties = directory / "format.properties"
    replace_file(properties, kafka_properties(partial, ports))
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    command = [
        str(installed.kafka_jdk.java), "-XX:TieredStopAtLevel=1", "-cp", f"{installed.kafka_libs}/*",
        # In one word: one id in 64 begins with a dash, which would be read as an option.
        "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", str(properties),
    ]  # fmt: skip
    formatted = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if formatted.returncode != 0:
        raise StartError(f"Kafka's log directory {partial} cannot be formatted:\n{formatted.stderr[-2000:]}")
    properties.unlink()
    partial.rename(directory / "data")


def _elasticsearch(
    home: Path, ports: Ports, installed: Installed, heap: str, variables: Variables, on_progress: Progress
) -> Program:
    directory = _elasticsearch_directory(home, installed.account, on_progress)
    data, logs, temporary, configuration = (directory / name for name in ("data", "logs", "tmp", "config"))
    for place in (directory, data, logs, temporary, configuration):
        place.mkdir(parents=True, exist_ok=True)
    yml = elasticsearch_yml(data, logs, ports)
    write_elasticsearch_configuration(configuration, installed.elasticsearch_home, yml, heap)
    if installed.account:
        installed.account.own(directory)
    return Program(
        name=ELASTICSEARCH,
        command=(str(installed.elasticsearch_home / "bin" / "elasticsearch"),),
        directory=logs,  # where the JVM writes a report of its own crash
        env=_elasticsearch_environment(configuration, temporary, installed.elasticsearch_jdk, _digest(yml + heap)),
        user=installed.account.name if installed.account else None,
        priority=SERVERS,
        ports=(Port(ports.elasticsearch, variables.elasticsearch), Port(ports.transport, variables.transport)),
    )


def _elasticsearch_environment(configuration: Path, temporary: Path, jdk: Jdk, digest: str) -> dict[str, str]:
    return {
        "ES_PATH_CONF": str(configuration),
        "ES_TMPDIR": str(temporary),
        "ES_JAVA_HOME": str(jdk.home),
        "HOME": str(temporary),
        "WARTA_CONFIGURATION": digest,
    }


def _elasticsearch_directory(home: Path, account: Account | None, on_progress: Progress) -> Path:
    """`<home>/elasticsearch`; for root in a home closed to the server's user, a link to a directory in /var/lib."""
    usual = home / "elasticsearch"
    home.mkdir(parents=True, exist_ok=True)
    if account is None or account.can_enter(home):
        return usual.resolve()
    target = _ROOT_ONLY_STATE / hashlib.blake2b(str(home.resolve()).encode(), digest_size=8).hexdigest()
    if usual.resolve() == target:
        return target
    if usual.exists() or usual.is_symlink():
        raise StackError(f"The user {account.name} cannot enter {usual}; set WARTA_HOME to a place it may enter.")
    on_progress(f"{home} is closed to the user {account.name}: the indices are in {target}, linked from there")
    shutil.rmtree(target, ignore_errors=True)  # without the link it belonged to a home that was removed
    target.mkdir(parents=True)
    usual.symlink_to(target, target_is_directory=True)
    return target


def _digest(configuration: str) -> str:
    """Part of a program's value, so that another configuration is a changed program and restarts it."""
    return hashlib.blake2b(configuration.encode(), digest_size=8).hexdigest()
