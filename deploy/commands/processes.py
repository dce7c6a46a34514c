"""The processes of Warta on this machine: what `warta up` runs beside Kafka and Elasticsearch."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from deploy.local.ports import Port
from deploy.local.program import Program
from warta.settings import PREFIX, ROOT, Settings

#: Order of the workers' metrics ports, counted from `metrics_port`; a new one goes to the end so that none moves.
ORDER = ("clean", "score", "stories", "indexer", "decisions", "alerts", "alerts-index", "notifier", "crawl")
#: Runs only where it is asked for (`warta up --crawl`): it visits other people's sites.
ON_REQUEST = "crawl"


@dataclass(frozen=True, slots=True)
class Process:
    """One worker: its program for the supervisor, and where it answers /healthz and /metrics."""

    name: str
    port: int
    program: Program

    @property
    def health(self) -> str:
        return f"http://127.0.0.1:{self.port}/healthz"


def processes(settings: Settings) -> list[Process]:
    """Every worker, as the settings want it."""
    environment = _environment(settings)
    return [
        _process(settings, name, settings.metrics_port + i, environment)
        for i, name in enumerate(ORDER)
        if settings.crawl or name != ON_REQUEST
    ]


def _process(settings: Settings, name: str, port: int, environment: dict[str, str]) -> Process:
    program = Program(
        name=f"{name}-0",
        command=(sys.executable, "-m", *_command(name, port)),
        directory=ROOT,
        env=environment,
        ports=(Port(port, f"{PREFIX}METRICS_PORT"),),
    )
    return Process(name, port, program)


def _command(name: str, port: int) -> tuple[str, ...]:
    if name == "indexer":
        return ("indexer", "--metrics-port", str(port))
    if name == "alerts-index":
        return ("indexer.alerts_index", "--metrics-port", str(port))
    if name == "crawl":
        return ("warta", "crawl")  # its port is its place in ORDER, counted from WARTA_METRICS_PORT
    if name == "notifier":
        return ("indexer.notifier", "--metrics-port", str(port))
    return ("stream_agents", name, "--web-port", str(port))


def _environment(settings: Settings) -> dict[str, str]:
    """Every setting that was set: a worker's must not depend on who happened to start the supervisor."""
    given = {name: str(getattr(settings, name)) for name in sorted(settings.model_fields_set)}
    given |= {"home": str(settings.home.absolute()), "kafka": settings.kafka, "elasticsearch": settings.elasticsearch}
    return {
        **{PREFIX + name.upper(): value for name, value in given.items()},
        "PYTHONUNBUFFERED": "1",
        # Tokenisers and BLAS would each start a thread a core: the stages are parallel by processes.
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
