"""`warta sources list|check|health|add`: the catalogue and how its sources are."""

from __future__ import annotations

import json as jsonlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from producers import catalogue, provinces
from warta.errors import Usage
from warta.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from producers.catalogue import Source
    from producers.checking.check import Report
    from warta.clock import Clock
    from warta.publishers import Publisher

app = typer.Typer(no_args_is_help=True, help="The sources of the crawler: list, check, health, add.")

_WIDTH = 100
#: Checked sources between two writings of the catalogue: a long check that is stopped keeps what it found.
_EVERY = 20
_JSON = typer.Option(False, "--json", help="Machine output: one JSON object a line.")
_PERMISSIONS = ("open", "needed", "blocked")


@app.command(name="list")
def list_(
    region: str = typer.Option("", "--region", "-r", help="Only this province: its code (32) or its name."),
    network: str = typer.Option("", "--network", "-n", help="Only this owner, network or platform."),
    permission: str = typer.Option("", "--permission", "-p", help=f"Only these: {', '.join(_PERMISSIONS)}."),
    json: bool = _JSON,
) -> None:
    """Show the sources of the catalogue, with who publishes them and whether they are crawled."""
    rows = [(source, catalogue.publisher(source)) for source in catalogue.load(_path())]
    chosen = _chosen(rows, region, network, permission)
    if json:
        for source, publisher in chosen:
            typer.echo(jsonlib.dumps(_facts(source, publisher), ensure_ascii=False))
        return
    _table(chosen)


@app.command()
def health(
    name: str = typer.Argument("", metavar="[ID]", help="One source, with its discovery points."), json: bool = _JSON
) -> None:
    """Show how the crawled sources are, those that need a person first: silent beyond reason, refusing, unreadable, late,
    incomplete. Reads the crawler's state, while it runs or not."""
    from producers import seen
    from producers.commands import health_table
    from producers.health import urgency
    from producers.health_monitor import Monitor
    from warta.clock import SystemClock

    now = SystemClock().now()
    _named([name] if name else [])
    # All of them, for one alone: whether it is too quiet depends on how quiet the others are.
    monitor = Monitor(seen.path_in(settings().home), _named([]))
    try:
        verdicts = monitor.verdicts(now)
    finally:
        monitor.close()
    if name and name not in verdicts:
        raise Usage(f"'{name}' is not crawled: 'warta sources list' says why")
    chosen = {name: verdicts[name]} if name else verdicts
    if json:
        for source in sorted(chosen, key=lambda one: (urgency(chosen[one]), one)):
            typer.echo(jsonlib.dumps(health_table.facts(source, chosen[source]), ensure_ascii=False))
    elif name:
        health_table.show_one(_console(), name, verdicts[name], monitor.facts[name], now)
    else:
        health_table.show(_console(), verdicts, now)


@app.command()
def check(
    names: list[str] = typer.Argument(
        None, metavar="[ID]...", help="Sources of the catalogue; all that are crawled without."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only look; leave the catalogue as it is."),
    json: bool = _JSON,
) -> None:
    """Look at feeds, sitemaps and index pages of sources: are they there, do they list articles, how new are those?

    What was found is written into the catalogue, line by line: the day of the check, addresses that moved for good or are
    gone, feeds and sitemaps that the site names where the known ones fail. Exit code 1 if no source gives any article.
    """
    from producers.checking import lines
    from producers.commands import check_table
    from warta.clock import SystemClock

    sources = _to_check(names or [])
    if not dry_run:
        lines.check(_path(), (source.id for source in sources))
    reports: list[Report] = []

    def done(report: Report) -> None:
        reports.append(report)
        if json:
            typer.echo(jsonlib.dumps(check_table.facts(report), ensure_ascii=False))
        if not dry_run and len(reports) % _EVERY == 0:
            _write(reports[-_EVERY:])

    clock = SystemClock()
    _check(sources, clock, done)
    if not dry_run:
        _write(reports)
    if not json:
        check_table.show(_console(), reports, clock.now())
    if not any(report.works for report in reports):
        raise typer.Exit(1)


@app.command()
def add(
    address: str = typer.Argument(help="The site, or a section of it: https://contoh.id or contoh.id/jabar."),
    write: bool = typer.Option(
        False, "--write", help="Add the entry to the catalogue (WARTA_CATALOGUE, or the shipped one)."
    ),
) -> None:
    """Find a site's feeds, sitemaps and index pages and propose an entry of the catalogue, as YAML on standard output."""
    from producers.checking import lines
    from producers.checking.discover import propose, safe_address
    from producers.checking.running import with_web
    from producers.checking.web import Visit
    from producers.commands import check_table
    from producers.crawling.downloads import guard_of
    from warta.clock import SystemClock

    config, clock = settings(), SystemClock()
    url = safe_address(address, guard_of(config).check_url)
    _must_be_new(url)
    now = clock.now()
    with _console(stderr=True).status("looking for feeds, sitemaps and index pages"):
        proposal = with_web(config, clock, lambda web: propose(Visit(web), url, now))
    for comment in check_table.rests_on(proposal, now):
        typer.echo(comment)
    typer.echo(lines.line(proposal.source), nl=False)
    if write:
        lines.append(_path(), proposal.source)
        typer.echo(f"# written to {_path()}")


def _must_be_new(url: str) -> None:
    from urllib.parse import urlsplit

    host, path = urlsplit(url).hostname or "", urlsplit(url).path.rstrip("/")
    for source in catalogue.load(_path()):
        if host in source.hosts and (path in source.paths or not (path or source.paths)):
            raise Usage(
                f"{url} is already in the catalogue as '{source.id}': 'warta sources check {source.id}' looks at it"
            )


def _to_check(names: list[str]) -> list[Source]:
    """Sources that may be looked at. A site that forbids crawling is not asked, not even whether it is there."""
    sources = _named(names)
    for source in sources:
        if names and source.permission != "open":
            why = f" ({source.note})" if source.note else ""
            raise Usage(f"'{source.id}' is not asked: its permission is '{source.permission}'{why}")
    return [source for source in sources if source.crawlable or (names and source.permission == "open")]


def _check(sources: list[Source], clock: Clock, done: Callable[[Report], None]) -> None:
    from rich.progress import Progress

    from producers.checking.running import check_all, with_web

    console = _console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        every = catalogue.load(_path())
        task = progress.add_task("checking", total=len(sources))

        def told(report: Report) -> None:
            done(report)
            progress.update(task, advance=1, description=report.source.id[:24])

        with_web(settings(), clock, lambda web: check_all(web, sources, every, told))


def _write(reports: list[Report]) -> None:
    from producers.checking import lines

    changed = {report.fixed.id: report.fixed for report in reports if report.fixed != report.source}
    if changed:
        lines.rewrite(_path(), changed)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(width=_WIDTH, stderr=stderr)


def _named(names: list[str]) -> list[Source]:
    """Sources of the catalogue by id, all of them without names."""
    sources = catalogue.load(_path())
    known = {source.id for source in sources}
    for name in names:
        if name not in known:
            near = [one for one in known if name.split(".")[0] in one][:5]
            raise Usage(f"there is no source '{name}'" + (f"; do you mean {', '.join(sorted(near))}?" if near else ""))
    return [source for source in sources if not names or source.id in names]


def _path() -> Path:
    return settings().catalogue or catalogue.SHIPPED


def _chosen(
    rows: list[tuple[Source, Publisher]], region: str, network: str, permission: str
) -> list[tuple[Source, Publisher]]:
    if permission and permission not in _PERMISSIONS:
        raise Usage(f"'{permission}' is no permission; they are {', '.join(_PERMISSIONS)}")
    bonds = {bond for _, p in rows for bond in (p.owner, p.network, p.platform) if bond}
    if network and network not in bonds:
        near = sorted(bond for bond in bonds if network.casefold() in bond)
        raise Usage(f"no source belongs to '{network}'" + (f"; do you mean {', '.join(near[:8])}?" if near else ""))
    code = provinces.code(region) if region else ""
    return [
        (source, publisher)
        for source, publisher in rows
        if source.region.startswith(code)
        and (not network or network in (publisher.owner, publisher.network, publisher.platform))
        and (not permission or source.permission == permission)
    ]


def _facts(source: Source, publisher: Publisher) -> dict[str, Any]:
    """A source as `--json` prints it: the catalogue's fields, then what the table of publishers adds."""
    return {
        **source.model_dump(mode="json"),
        "crawled": source.crawlable,
        "owner": publisher.owner,
        "network": publisher.network,
        "platform": publisher.platform,
        "media_type": publisher.media_type,
        "province": provinces.name(source.region),
    }


def _table(rows: list[tuple[Source, Publisher]]) -> None:
    from rich.table import Table
    from rich.text import Text

    console = _console()
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("source", no_wrap=True, max_width=34, overflow="ellipsis")
    table.add_column("province", no_wrap=True, max_width=18, overflow="ellipsis")
    table.add_column("owner", no_wrap=True, max_width=20, overflow="ellipsis")
    table.add_column("type", no_wrap=True)
    table.add_column("crawled", no_wrap=True)
    table.add_column("verified", no_wrap=True)
    for source, publisher in rows:
        on = Text("yes", "green") if source.crawlable else Text(_why_not(source), "yellow")
        cells = (source.id, provinces.name(source.region), publisher.owner, publisher.media_type)
        table.add_row(*map(Text, cells), on, Text(str(source.verified)))
    console.print(table)
    crawled = sum(source.crawlable for source, _ in rows)
    owners = len({publisher.owner for _, publisher in rows})
    console.print(f"{len(rows)} sources of {owners} owners, {crawled} crawled", style="dim")


def _why_not(source: Source) -> str:
    """Why a source is not crawled, in a word."""
    return "off" if source.permission == "open" else source.permission
