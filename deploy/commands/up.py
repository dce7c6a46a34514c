"""`warta up`: the whole pipeline on this machine, supervised, with what it does said all the while."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from deploy.commands.processes import Process
    from deploy.local.ports import Ports
    from deploy.local.program import Program
    from deploy.local.supervise import Supervisor
    from warta.settings import Settings

#: A worker loads a model and reads its state; on two cores that takes ten seconds or so, on busy ones many times that.
READY_SECONDS = 300.0


def up(
    sample: Annotated[
        bool, typer.Option("--sample", help="Replay the sample articles and show a first search.")
    ] = False,
    crawl: Annotated[
        bool, typer.Option("--crawl", help="Run the crawler, too: it visits every source of the catalogue.")
    ] = False,
) -> None:
    """Run the whole pipeline on this machine, supervised. Running it again starts only what is missing."""
    from rich.console import Console

    from deploy.commands.processes import processes
    from deploy.local.ready import wait_for_elasticsearch, wait_for_kafka
    from deploy.local.supervise import Supervisor
    from warta.settings import settings

    config = settings()
    if crawl:
        config = config.model_copy(update={"crawl": True})
    console = Console(stderr=True, highlight=False)
    say = _teller(console, time.monotonic())
    supervisor = Supervisor(config.home.absolute())
    ports = _ports(config)
    workers = processes(config)
    supervisor.up(_servers(config, ports, say), say)
    # Workers load their libraries and models while the servers start; each waits for what it needs by itself.
    supervisor.up([worker.program for worker in workers], say)
    wait_for_kafka(supervisor, ports.kafka, on_progress=say)
    _contract(say, "topics", "apply")
    wait_for_elasticsearch(supervisor, ports.elasticsearch, on_progress=say)
    _contract(say, "index", "apply")
    _wait_for_workers(supervisor, workers, say)
    if sample:
        _sample(config, say)
    _addresses(console, config)


def _teller(console: Console, began: float) -> Callable[[str], None]:
    from rich.text import Text

    def say(line: str) -> None:
        console.print(Text.assemble((f"{time.monotonic() - began:6.1f} s", "dim"), f"  {line}"), soft_wrap=True)

    return say


def _ports(config: Settings) -> Ports:
    from deploy.local.ports import Ports

    return Ports(
        kafka=config.kafka_port,
        controller=config.controller_port,
        elasticsearch=config.elasticsearch_port,
        transport=config.elasticsearch_transport_port,
    )


def _servers(config: Settings, ports: Ports, say: Callable[[str], None]) -> list[Program]:
    from deploy.local.stack import install, servers

    return servers(
        config.home,
        ports,
        install(say),
        kafka_heap=config.kafka_heap,
        elasticsearch_heap=config.elasticsearch_heap,
        on_progress=say,
    )


def warta(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a subcommand of another room as a person would."""
    return subprocess.run([sys.executable, "-m", "warta", *arguments], check=False, text=True, capture_output=True)


def _contract(say: Callable[[str], None], *arguments: str) -> None:
    """Apply what must exist before the workers can begin; running it again changes nothing."""
    from warta.errors import WartaError

    done = warta(*arguments)
    if done.returncode != 0:
        raise WartaError(f"warta {' '.join(arguments)} failed:\n{done.stderr or done.stdout}")
    say(done.stdout.strip().splitlines()[-1] if done.stdout.strip() else " ".join(arguments))


def _wait_for_workers(supervisor: Supervisor, workers: list[Process], say: Callable[[str], None]) -> None:
    from warta.errors import WartaError

    began = told = time.monotonic()
    waiting = list(workers)
    while waiting:
        waiting = [worker for worker in waiting if not healthy(worker.health)]
        now = time.monotonic()
        if waiting and now - began > READY_SECONDS:
            name = waiting[0].program.name
            raise WartaError(
                f"{name} did not become ready in {READY_SECONDS:.0f} s. Its log ends:\n{supervisor.log_tail(name)}"
            )
        if waiting and now - told > 5:
            told = now
            say(f"waiting for {', '.join(worker.name for worker in waiting)}")
        time.sleep(0.2 if waiting else 0)
    say(f"workers ready: {', '.join(worker.name for worker in workers)}")


def healthy(url: str) -> bool:
    """Whether a process says that it works."""
    import httpx

    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _sample(config: Settings, say: Callable[[str], None]) -> None:
    """Replay the sample and wait until what it gives is searchable."""
    from warta.errors import WartaError
    from warta.settings import ROOT

    say("replaying the sample articles (DATA CONTOH: real places, invented media and persons)")
    replay = subprocess.run(
        [sys.executable, "-m", "warta", "replay", str(ROOT / "samples" / "articles.jsonl"), "--as-live"], check=False
    )
    if replay.returncode != 0:
        raise WartaError("the sample could not be replayed (see above)")
    _wait_until_idle(config, say)
    say("a first search: warta search keracunan")
    subprocess.run([sys.executable, "-m", "warta", "search", "keracunan", "-n", "5"], check=False)


def _wait_until_idle(config: Settings, say: Callable[[str], None]) -> None:
    """Until no stage has anything left to read."""
    from warta import kafka
    from warta.lag import lags

    admin = kafka.admin(config)
    told = time.monotonic()
    try:
        while left := [lag for lag in lags(admin) if lag.records]:
            if time.monotonic() - told > 3:
                told = time.monotonic()
                say("to do: " + ", ".join(f"{lag.stage} {lag.records}" for lag in left))
            time.sleep(0.5)
    finally:
        admin.close()


def _addresses(console: Console, config: Settings) -> None:
    from rich.table import Table

    warta = _name()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_row("search", f"{warta} search banjir")
    table.add_row("alarms", f"{warta} alerts list")
    table.add_row("processes, lag, counts", f"{warta} status")
    table.add_row("Elasticsearch", f"{config.elasticsearch}/news/_search?q=banjir")
    table.add_row("Kafka", config.kafka)
    table.add_row("data and logs", str(config.home.absolute()))
    table.add_row("stop", f"{warta} down   (or: make down)")
    console.print("\n[bold green]Warta is running.[/]")
    console.print(table)


def _name() -> str:
    """How this command is called in the shell it was started from: without the environment on its path, by its file."""
    if shutil.which("warta"):
        return "warta"
    beside = Path(sys.executable).with_name("warta")
    return str(beside.relative_to(Path.cwd())) if beside.is_relative_to(Path.cwd()) else str(beside)
