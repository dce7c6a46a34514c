"""`warta status`: each process, the lag of each stage, what is indexed, what was refused, how fresh it is."""

from __future__ import annotations

import dataclasses
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

if TYPE_CHECKING:
    from rich.console import Console

    from warta.settings import Settings

#: Own processes together may use this much on the sample (issue: the whole pipeline).
MEMORY_LIMIT = 1_500_000_000


@dataclasses.dataclass(frozen=True)
class Status:
    """Everything the command shows. `problems` is what is down, in words; empty means all is well."""

    processes: list[dict[str, Any]]
    resident_bytes: int
    lag: list[dict[str, Any]]
    documents: int | None
    newest: datetime | None
    dead: dict[str, int]
    problems: list[str]
    upstream: list[dict[str, Any]] = dataclasses.field(default_factory=list)


def status(as_json: Annotated[bool, typer.Option("--json", help="One JSON object for machines.")] = False) -> None:
    """Show processes, lag, documents and dead letters; exit code 1 if something is down."""
    from rich.console import Console

    from warta.settings import settings

    found = collect(settings())
    if as_json:
        typer.echo(msgspec.json.encode(dataclasses.asdict(found)).decode())
    else:
        _show(Console(highlight=False), found)
    if found.problems:
        sys.exit(1)


def collect(config: Settings) -> Status:
    """Ask the supervisor, Kafka and Elasticsearch; what does not answer is a problem, not an exception."""
    problems: list[str] = []
    rows = _processes(config, problems)
    lag, dead = _kafka(config, problems)
    documents, newest = _index(config, problems)
    ours = sum(row["resident_bytes"] for row in rows if not row["server"])
    return Status(rows, ours, lag, documents, newest, dead, problems, _upstream(config))


def _processes(config: Settings, problems: list[str]) -> list[dict[str, Any]]:
    from deploy.commands.processes import processes
    from deploy.commands.up import healthy
    from deploy.local.program import SERVERS
    from deploy.local.supervise import Supervisor

    workers = {worker.program.name: worker for worker in processes(config)}
    rows = []
    for process in Supervisor(config.home.absolute()).status():
        worker = workers.get(process.name)
        well = process.state == "RUNNING" and (worker is None or healthy(worker.health))
        if not well:
            problems.append(
                f"{process.name} is {process.state.lower()}{', not healthy' if process.state == 'RUNNING' else ''}"
            )
        rows.append(
            {
                "name": process.name,
                "state": process.state,
                "healthy": well,
                "pid": process.pid,
                "uptime_seconds": process.uptime_seconds,
                "resident_bytes": process.resident_bytes,
                "server": process.priority == SERVERS,
            }
        )
    missing = [name for name in workers if name not in {row["name"] for row in rows}]
    if not rows:
        problems.append(f"nothing runs in {config.home.absolute()} (warta up)")
    elif missing:
        problems.append(f"not started: {', '.join(missing)} (warta up)")
    return rows


def _kafka(config: Settings, problems: list[str]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    from kafka.errors import KafkaError

    from warta import kafka, topics
    from warta.lag import lags, sizes

    try:
        admin = kafka.admin(config, bootstrap_timeout_ms=3000)
        try:
            lag = [dataclasses.asdict(entry) for entry in lags(admin)]
            letters = sizes(admin, [topics.dead(stage) for stage in topics.STAGES])
            return lag, {topic.rpartition(".")[2]: count for topic, count in letters.items() if count}
        finally:
            admin.close()
    except (KafkaError, OSError, KeyError) as error:
        problems.append(f"Kafka at {config.kafka} does not answer: {error}")
        return [], {}


def _index(config: Settings, problems: list[str]) -> tuple[int | None, datetime | None]:
    from elasticsearch import ApiError, Elasticsearch, TransportError

    client = Elasticsearch(config.elasticsearch, request_timeout=5, max_retries=0)
    try:
        newest = {"newest": {"max": {"field": "fetched_at"}}}
        answer = client.search(index="news", size=0, track_total_hits=True, aggs=newest, ignore_unavailable=True)
    except (ApiError, TransportError) as error:
        problems.append(f"Elasticsearch at {config.elasticsearch} does not answer: {error}")
        return None, None
    finally:
        client.close()
    value = answer.get("aggregations", {}).get("newest", {}).get("value")
    return answer["hits"]["total"]["value"], datetime.fromtimestamp(value / 1000, UTC) if value else None


def _upstream(config: Settings) -> list[dict[str, Any]]:
    """Per publisher and field, how far annotations that came along agree with ours."""
    from deploy.commands.agreement import scrape
    from deploy.commands.processes import processes

    score = next(worker for worker in processes(config) if worker.name == "score")
    return [dataclasses.asdict(row) for row in scrape(f"http://127.0.0.1:{score.port}/metrics")]


def _show(console: Console, found: Status) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("process", "state", "pid", "up", "memory", box=None, header_style="dim")
    for row in found.processes:
        colour = "green" if row["healthy"] else "red"
        state = row["state"].lower() + ("" if row["healthy"] or row["state"] != "RUNNING" else ", not healthy")
        memory = f"{row['resident_bytes'] / 1e6:,.0f} MB"
        table.add_row(row["name"], f"[{colour}]{state}[/]", str(row["pid"] or ""), _span(row["uptime_seconds"]), memory)
    console.print(table)
    over = found.resident_bytes > MEMORY_LIMIT
    limit = f"{'[red]' if over else ''}{found.resident_bytes / 1e6:,.0f} MB{'[/]' if over else ''}"
    console.print(f"\nour own processes together: {limit} (limit {MEMORY_LIMIT / 1e6:,.0f} MB)")
    for lag in found.lag:
        console.print(f"lag of {lag['stage']:<9} {lag['records']:>7,} records of {lag['topic']}")
    if found.documents is not None:
        console.print(f"documents indexed {found.documents:>6,}{_freshness(found.newest)}")
    letters = ", ".join(f"{stage} {count}" for stage, count in found.dead.items()) or "none"
    console.print(f"dead letters       {letters}" + ("   (warta dead list)" if found.dead else ""))
    if found.upstream:
        from deploy.commands.agreement import Agreement, summary

        said = summary([Agreement(**row) for row in found.upstream])
        console.print(f"upstream agrees   {said}   (per publisher: --json)")
    for problem in found.problems:
        console.print(Text.assemble(("down:", "bold red"), f" {problem}"))


def _freshness(newest: datetime | None) -> str:
    if newest is None:
        return ""
    age = (datetime.now(UTC) - newest).total_seconds()
    return f"   newest fetched {_span(int(max(0, age)))} ago"


def _span(seconds: int) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
