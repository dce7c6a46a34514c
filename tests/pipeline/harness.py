"""Runs the pipeline's real processes on the session's servers, and asks what became of the records."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from elasticsearch import Elasticsearch

from deploy.commands.processes import ORDER, Process, processes
from deploy.commands.up import healthy
from deploy.local.supervise import Supervisor
from tests.servers import PATIENCE, Stack, free_port, read_all, until
from warta import kafka, topics
from warta.deadletters import DeadLetter
from warta.lag import READS, lags, sizes
from warta.settings import Settings, load

#: A restart must not cost a minute in a test; on a loaded machine of two cores a shorter session would be lost alive.
SESSION_SECONDS = 12


@dataclass
class Pipeline:
    """The workers of one stack, and the questions tests ask."""

    stack: Stack
    settings: Settings
    environment: dict[str, str]
    workers: list[Process]
    client: Elasticsearch

    @property
    def supervisor(self) -> Supervisor:
        return self.stack.supervisor

    def up(self) -> None:
        self.supervisor.up([worker.program for worker in self.workers])
        self.wait_ready()

    def wait_ready(self) -> None:
        until(lambda: all(healthy(worker.health) for worker in self.workers), "every worker is healthy")

    def warta(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a subcommand as a person would."""
        done = subprocess.run(
            [sys.executable, "-m", "warta", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert not check or done.returncode == 0, f"warta {' '.join(arguments)}: {done.stderr}"
        return done

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a subcommand that the test will interrupt."""
        return subprocess.Popen(
            [sys.executable, "-m", "warta", *arguments],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self, name: str) -> None:
        """kill -9 of one worker; supervisor brings it back. A worker that is just starting is killed as well."""
        process = self.supervisor.process(f"{name}-0")
        if process and process.pid:
            try:
                psutil.Process(process.pid).send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                return

    def wait_idle(self) -> None:
        """Until no stage has anything left to read, and what was written is searchable."""
        until(self.idle, "every stage has read everything")
        self.client.indices.refresh(index="news")

    def idle(self) -> bool:
        """Nothing is left to read, and nothing was written while that was looked at.

        One look is not enough: a record that passes a stage between the reading of ends and of offsets is in neither lag.
        """
        admin = kafka.admin(self.settings)
        try:
            before = sizes(admin, sorted(READS.values()))
            left = any(lag.records for lag in lags(admin))
            return not left and sizes(admin, sorted(READS.values())) == before
        finally:
            admin.close()

    def documents(self) -> list[dict[str, Any]]:
        """Every document of the index that people see, whole; what was taken down has left only a tombstone."""
        return [document for document in self._scan() if not document.get("hidden")]

    def _scan(self) -> Iterator[dict[str, Any]]:
        after = None
        while True:
            page = self.client.search(
                index="news", size=500, sort=[{"doc_id": "asc"}], search_after=after, track_total_hits=True
            )
            hits = page["hits"]["hits"]
            if not hits:
                return
            yield from ({"_index": hit["_index"], **hit["_source"]} for hit in hits)
            after = hits[-1]["sort"]

    def values(self, topic: str) -> list[bytes]:
        """Every value on a topic, in log order."""
        return [record.value for record in read_all(self.settings, topic)]

    def dead(self, stage: str) -> list[tuple[DeadLetter, bytes]]:
        """The dead letters of one stage, with their bytes; one of each record, which a restart may refuse again."""
        letters = [
            (DeadLetter.parse(record.headers), record.value) for record in read_all(self.settings, topics.dead(stage))
        ]
        return list(
            {
                (letter.topic, letter.partition, letter.offset, letter.detail): (letter, value)
                for letter, value in letters
            }.values()
        )


def make_pipeline(stack: Stack) -> Pipeline:
    """Apply topics and index, and describe the workers; nothing of ours runs yet."""
    fields = {name.removeprefix("WARTA_").lower(): value for name, value in stack.environment().items()}
    settings = load(**fields, session_timeout_s=SESSION_SECONDS, metrics_port=free_port(len(ORDER)))
    environment = {
        **os.environ,
        **stack.environment(),
        "WARTA_SESSION_TIMEOUT_S": str(SESSION_SECONDS),
        "WARTA_METRICS_PORT": str(settings.metrics_port),
        "COLUMNS": "200",
    }
    client = Elasticsearch(settings.elasticsearch, request_timeout=30)
    made = Pipeline(stack, settings, environment, processes(settings), client)
    made.warta("topics", "apply")
    made.warta("index", "apply")
    return made


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
