"""`warta replay PATH…`: records from files, through the same topics as live ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from producers.pacing import Pace
    from producers.publisher import Publisher
    from producers.replaying import Progress
    from producers.status_line import StatusLine
    from warta.gate import Gate
    from warta.settings import Settings


def replay(
    paths: list[str] = typer.Argument(
        ...,
        metavar="PATH…",
        help="JSONL (.jsonl, .jsonl.gz), .txt, .html, .warc.gz, a directory of them, or - for JSONL on stdin.",
    ),
    rate: float | None = typer.Option(None, "--rate", min=0.001, help="At most so many records a second."),
    speed: float | None = typer.Option(
        None, "--speed", min=0.000001, help="So many times as fast as it happened (fetched_at, else published_at)."
    ),
    as_live: bool = typer.Option(
        False, "--as-live", help="Count records as live at their own fetched_at: they may raise alarms."
    ),
    json_: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
) -> None:
    """Send records to the pipeline again, or for the first time.

    The same file again gives the same documents. Records that are unusable become dead letters with file and line.
    Unless --as-live, sending pauses while a running stage is more than WARTA_LAG_LIMIT behind.

    Exit codes: 0 all records are in Kafka, 1 some wait in the spool (the next start sends them) or no broker answers,
    2 used wrongly.
    """
    import logging
    import time

    from rich.console import Console

    from producers.files import expand, read
    from producers.replaying import Replayer
    from producers.status_line import StatusLine
    from warta import logs
    from warta.clock import SystemClock
    from warta.deadletters import StormGuard
    from warta.errors import Usage
    from warta.settings import settings

    if rate is not None and speed is not None:
        raise Usage("--rate and --speed exclude each other: give one")
    config = settings()
    logs.configure(config)
    # The client tells of every refused connection; the publisher says it once, in words.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    files = expand(paths)
    started = time.monotonic()
    publisher = _publisher(config)
    try:
        console = Console(stderr=True)
        with StatusLine(console, "reading", enabled=not json_) as line:
            replayer = Replayer(
                publisher,
                pace=_pace(rate, speed),
                gate=None if as_live else _gate(config),
                origin="live" if as_live else "replay",
                clock=SystemClock(),
                guard=StormGuard("publish", config.dead_ratio, config.dead_consecutive),
                show=_Display(console, line).show,
            )
            replayer.run(record for file in files for record in read(file))
    finally:
        publisher.close()
    summary = {
        "sent": replayer.progress.sent,
        "spooled": publisher.waiting,
        "dead": replayer.progress.dead,
        "cut": publisher.counts.cut,
        "seconds": round(time.monotonic() - started, 2),
    }
    _print(summary, json_)
    if publisher.waiting:
        raise typer.Exit(1)


def _publisher(config: Settings) -> Publisher:
    from producers.publisher import Publisher
    from producers.spool import Spool

    spool = Spool(config.home / "spool" / "replay.sqlite", config.spool_limit_mb * 1024 * 1024)
    return Publisher(config, spool, client_id="warta-replay")


def _pace(rate: float | None, speed: float | None) -> Pace:
    from producers.pacing import EventTime, Rate, Unpaced

    if rate is not None:
        return Rate(rate)
    return EventTime(speed) if speed is not None else Unpaced()


def _gate(config: Settings) -> Gate:
    from warta import kafka
    from warta.clock import SystemClock
    from warta.gate import Gate, KafkaLag

    reader = KafkaLag(kafka.admin(config, "warta-replay-lag"))
    return Gate(reader, config.lag_limit, SystemClock())


class _Display:
    """Progress on stderr: a live line on a terminal, nothing but changes of what is waited for elsewhere."""

    def __init__(self, console: Console, line: StatusLine) -> None:
        self._console = console
        self._line = line
        self._waiting = ""

    def show(self, progress: Progress) -> None:
        if self._line.live:
            waiting = f", waiting for {progress.waiting}" if progress.waiting else ""
            self._line.update(f"{progress.sent} sent, {progress.dead} refused{waiting}")
        elif bool(progress.waiting) != bool(self._waiting):
            self._console.print(f"waiting for {progress.waiting}" if progress.waiting else "going on", highlight=False)
        self._waiting = progress.waiting


def _print(summary: dict[str, float], as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps(summary))
        return
    typer.echo(
        f"{summary['sent']} sent, {summary['dead']} refused (see 'warta dead list'), {summary['cut']} cut, "
        f"{summary['spooled']} waiting in the spool, {summary['seconds']} s"
    )
