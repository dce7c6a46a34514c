"""Writes the configuration of the two servers for one WARTA_HOME. Pure text first, then files."""

import json
import re
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.ports import LOOPBACK, Ports

TWO_MIB = 2 * 1024 * 1024
EIGHT_MIB = 8 * 1024 * 1024
_YEAR_MINUTES = 365 * 24 * 60
_SIXTEEN_MIB = 16 * 1024 * 1024
_NOT_PRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_COPIED = ("roles.yml", "role_mapping.yml", "users", "users_roles")


def kafka_properties(data: Path, ports: Ports) -> str:
    """`server.properties` of one KRaft node that is both broker and controller, on loopback.

    Safe to kill -9: an acknowledged record is in the page cache of the machine, which outlives the process, and the
    broker repairs its log at the next start.
    """
    broker, controller = f"{LOOPBACK}:{ports.kafka}", f"{LOOPBACK}:{ports.controller}"
    settings: dict[str, str | int] = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{broker}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": _listed(data),
        # A topic is made by `warta topics apply` with its partitions and retention, or not at all.
        "auto.create.topics.enable": "false",
        "message.max.bytes": TWO_MIB,
        "replica.fetch.max.bytes": EIGHT_MIB,
        "fetch.max.bytes": 56 * 1024 * 1024,
        # One node holds every internal topic alone; few partitions make start and recovery quick.
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 8,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 4,
        # A stack that rests for more than the default week must not forget where its consumers were.
        "offsets.retention.minutes": _YEAR_MINUTES,
        "group.initial.rebalance.delay.ms": 0,
        # After a kill -9 the controller refuses the new broker until the session of the dead one is over: with the
        # default of 9 s the broker is back in 12 s, with this in 8 s.
        "broker.session.timeout.ms": 5000,
        "broker.heartbeat.interval.ms": 1000,
        # The default takes 128 MiB of a small heap.
        "log.cleaner.dedupe.buffer.size": _SIXTEEN_MIB,
    }
    return "".join(f"{key}={_escaped(str(value))}\n" for key, value in settings.items())


def elasticsearch_yml(data: Path, logs: Path, ports: Ports) -> str:
    """`elasticsearch.yml` of one node on loopback."""
    settings: dict[str, str | int | bool] = {
        "cluster.name": "warta",
        "node.name": "warta-1",
        "path.data": str(data),
        "path.logs": str(logs),
        # Where snapshots may be written (docs/backup.md).
        "path.repo": str(data.parent / f"{data.name}-snapshots"),
        "network.host": LOOPBACK,
        "http.port": ports.elasticsearch,
        "transport.port": ports.transport,
        "discovery.type": "single-node",
        # Nothing but this machine reaches loopback.
        "xpack.security.enabled": False,
        # A laptop with a full disk still answers; the producers keep their own margin.
        "cluster.routing.allocation.disk.threshold_enabled": False,
    }
    return "".join(f"{key}: {_yaml(value)}\n" for key, value in settings.items())


def write_elasticsearch_configuration(directory: Path, distribution: Path, yml: str, heap: str) -> None:
    """A configuration directory as ES_PATH_CONF wants it; the keystore in it, which the server makes, is kept."""
    (directory / "jvm.options.d").mkdir(parents=True, exist_ok=True)
    distributed = distribution / "config"
    texts = {
        "elasticsearch.yml": yml,
        "jvm.options": jvm_options((distributed / "jvm.options").read_text("utf-8")),
        "jvm.options.d/heap.options": f"-Xms{heap}\n-Xmx{heap}\n",
        "log4j2.properties": _LOG4J2,
        **{name: (distributed / name).read_text("utf-8") for name in _COPIED},
    }
    for name, text in texts.items():
        replace_file(directory / name, text)


def replace_file(path: Path, text: str, mode: int = 0o644) -> None:
    """Writes a file whole or not at all; an unchanged one is left alone, a link in its place is replaced."""
    if path.is_file() and not path.is_symlink() and path.read_text("utf-8") == text:
        return
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=mode, exist_ok=False)
    partial.write_text(text, "utf-8")
    partial.replace(path)


def jvm_options(distributed: str) -> str:
    """The distribution's options without its 2 GB of garbage collection logs and without dumps of the heap."""
    unwanted = ("-Xlog:gc", "-XX:+HeapDumpOnOutOfMemoryError", "-XX:HeapDumpPath")
    return "".join(line for line in distributed.splitlines(keepends=True) if not line.startswith(unwanted))


def _yaml(value: str | int | bool) -> str:
    """A JSON value is a YAML value (YAML 1.2, 1.3), once the characters YAML calls not printable are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return _NOT_PRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _listed(data: Path) -> str:
    if "," in str(data):
        raise StackError(f"Kafka takes a comma in {data} for two directories; set WARTA_HOME to a path without one.")
    return str(data)


def _escaped(value: str) -> str:
    """As java.util.Properties.load reads it: ISO 8859-1, a backslash escapes, the rest as UTF-16 units."""
    units = value.replace("\\", "\\\\").encode("utf-16-be")
    codes = [int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2)]
    return "".join(chr(code) if 32 <= code < 127 else f"\\u{code:04x}" for code in codes)


# To the console alone: supervisor writes it to a file, and rotates that.
_LOG4J2 = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %marker %m%consoleException%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""
