"""`warta crawl`: watch the sources of the catalogue and send every new article to the pipeline."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from producers.catalogue import Source
    from producers.crawling.sending import Sender
    from producers.crawling.service import Minutely, Parts
    from producers.crawling.stats import Stats
    from producers.publisher import Publisher
    from producers.seen import Seen
    from producers.spool import Spool
    from warta.settings import Settings


def crawl(
    once: bool = typer.Option(False, "--once", help="One look at every feed, sitemap and index page, then end."),
    source: list[str] = typer.Option([], "--source", "-s", metavar="ID", help="Only this source; may be repeated."),
    since: datetime | None = typer.Option(
        None,
        "--since",
        formats=["%Y-%m-%d"],
        help="Fetch what was published since this day, from sitemaps and archives, and end.",
    ),
    warc: Path | None = typer.Option(
        None, "--warc", metavar="DIR", help="Keep every article page that is sent in WARC files in this folder."
    ),
    json_: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
) -> None:
    """Watch the news: look at every source by its own rhythm, and send each new article to the pipeline once.

    Without options it runs until it is stopped (SIGTERM drains). Articles are visited again after 15 minutes, 1, 6 and 24
    hours: edits are sent again, what was taken down is marked. --since is marked as backfill: it never raises alarms, and it
    waits while a running stage is more than WARTA_LAG_LIMIT behind; if a crawler runs here already, that one does it.

    Exit codes: 0 all that was found is in Kafka, 1 some waits in the spool (the next start sends it) or no broker answers,
    2 used wrongly.
    """
    from producers.crawling import archives, service
    from producers.crawling.loop import Plan
    from producers.crawling.warc import WarcFiles
    from producers.records import WIB
    from producers.seen import Seen, path_in
    from warta import logs
    from warta.clock import SystemClock
    from warta.settings import settings

    config, clock = settings(), SystemClock()
    logs.configure(config, stage="crawl")
    _quiet()
    sources = _sources(config, source)
    plan = Plan(since is None, not once, once or since is not None, config.crawl_concurrency)
    archive = WarcFiles(warc, clock.now()) if warc else None
    state = Seen(path_in(config.home))
    try:
        if since is not None:
            archives.request(state, sources, since.replace(tzinfo=WIB), clock.now())
        with service.only_one(config.home):
            stats, left = _run(service.Parts(config, clock, sources, plan, archive), state, shown=not json_)
    except service.Taken:
        if since is None:
            raise
        typer.echo("a crawler runs here already: it takes this over ('warta sources health' shows how it fares)")
        return
    finally:
        state.close()
        if archive is not None:
            archive.close()
    _print(stats, left, json_)
    if left:
        raise typer.Exit(1)


def _quiet() -> None:
    import logging

    # The client tells of every refused connection; the publisher says it once, in words.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def _sources(config: Settings, chosen: list[str]) -> dict[str, Source]:
    from producers import catalogue
    from warta.errors import Usage

    path = config.catalogue or catalogue.SHIPPED
    known = {source.id: source for source in catalogue.load(path)}
    for name in chosen:
        if name not in known:
            near = [other for other in known if name.lower() in other][:5]
            hint = f"; do you mean {', '.join(near)}?" if near else "; 'warta sources list' shows all"
            raise Usage(f"there is no source '{name}'{hint}")
        if not known[name].crawlable:
            found = known[name]
            reason = f"permission is {found.permission}" if found.permission != "open" else "it is off"
            raise Usage(f"source '{name}' is not crawled: {reason} (see {path.name})")
    return {id_: source for id_, source in known.items() if source.crawlable and (not chosen or id_ in chosen)}


def _run(parts: Parts, state: Seen, *, shown: bool) -> tuple[Stats, int]:
    """Crawl; returns what was done and how many records wait in the spool."""
    from rich.console import Console

    from producers.crawling import service
    from producers.crawling.display import line
    from producers.crawling.sending import Sender
    from producers.status_line import StatusLine

    config, clock = parts.settings, parts.clock
    if parts.plan.live:
        service.watch(state, parts.sources, clock.now())
    spool = service.open_spool(config)
    service.recover(state, spool, clock.now())
    sender = Sender(state, clock)
    publisher = _publisher(config, spool, sender, patient=not parts.plan.once)
    sender.use(publisher)
    try:
        with StatusLine(Console(stderr=True), "starting", enabled=shown and parts.plan.once) as status:
            parts.beat = lambda stats: status.update(line(stats))
            parts.gate = _gate(config) if parts.plan.backfill else parts.gate
            parts.minutely = _minutely(config, parts.sources)
            stats = service.run(parts, state, publisher, sender)
    finally:
        publisher.close()
        sender.settle()
        sender.close()
    return stats, publisher.waiting


def _publisher(config: Settings, spool: Spool, sender: Sender, *, patient: bool) -> Publisher:
    """Wait for Kafka, or say at once that it is away (a pass that is to end)."""
    from functools import partial

    from producers.crawling.service import MAX_IN_FLIGHT
    from producers.publisher import Publisher
    from warta.waiting import patiently

    connect = partial(
        Publisher, config, spool, on_delivered=sender.receipt, client_id="warta-crawl", max_in_flight=MAX_IN_FLIGHT
    )
    publisher = patiently(connect, what="Kafka", pause=_slept) if patient else connect()
    assert publisher is not None  # None would be an end asked for while waiting; here a signal ends the process
    return publisher


def _slept(seconds: float) -> bool:
    import time

    time.sleep(seconds)
    return True


def _gate(config: Settings) -> Callable[[], bool]:
    from warta import kafka
    from warta.clock import SystemClock
    from warta.gate import Gate, KafkaLag

    return Gate(KafkaLag(kafka.admin(config, "warta-crawl-lag")), config.lag_limit, SystemClock()).open


def _minutely(config: Settings, sources: dict[str, Source]) -> list[Minutely]:
    from producers.health_monitor import Monitor
    from producers.seen import path_in

    monitor = Monitor(path_in(config.home), list(sources.values()))

    def judge(_: Seen, now: datetime) -> None:
        monitor.update(now)

    return [judge]


def _print(stats: Stats, left: int, as_json: bool) -> None:
    import json

    from producers.crawling.display import facts, summary

    typer.echo(json.dumps(facts(stats, left)) if as_json else summary(stats, left))
