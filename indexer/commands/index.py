"""`warta index apply|rebuild|prune|list`: the search index as a whole."""

from __future__ import annotations

import json as jsonlib
import time
from typing import Any

import typer

from warta.settings import settings

app = typer.Typer(no_args_is_help=True, help="The search index: apply, list, rebuild, prune.")

_JSON = typer.Option(False, "--json", help="Machine output.")


@app.callback()
def root() -> None:
    """The search index."""


@app.command()
def apply(json: bool = _JSON) -> None:
    """Install or upgrade the index templates and standing indices. Running it again changes nothing."""
    from indexer.apply import apply as apply_templates
    from warta.search.client import connect

    done = apply_templates(connect(settings()))
    if json:
        typer.echo(
            jsonlib.dumps(
                {
                    "created": done.created,
                    "upgraded": done.upgraded,
                    "unchanged": done.unchanged,
                    "lifecycle": done.lifecycle,
                }
            )
        )
        return
    typer.echo(
        f"index: {len(done.created)} created, {len(done.upgraded)} upgraded, {len(done.unchanged)} as they should be"
    )
    if not done.lifecycle:
        typer.echo("this server has no index lifecycle management: old months go by 'warta index prune' alone")


@app.command(name="list")
def list_(json: bool = _JSON) -> None:
    """Show the indices: documents, size, and which aliases name them."""
    from rich.console import Console
    from rich.table import Table

    from warta.search.client import connect, explained

    es = connect(settings())
    with explained("listing indices"):
        stats = es.indices.stats(index="news-*,warta-*", metric="docs,store", expand_wildcards="open")["indices"]
        aliases = es.indices.get_alias(index="news-*,warta-*")
    rows: list[dict[str, Any]] = [
        {
            "index": name,
            "documents": found["primaries"]["docs"]["count"],
            "bytes": found["primaries"]["store"]["size_in_bytes"],
            "aliases": sorted(aliases[name]["aliases"]),
        }
        for name, found in sorted(stats.items())
    ]
    if json:
        typer.echo(jsonlib.dumps(rows))
        return
    table = Table("index", "documents", "MB", "aliases", box=None, header_style="bold")
    for row in rows:
        table.add_row(row["index"], str(row["documents"]), f"{row['bytes'] / 1e6:.1f}", ", ".join(row["aliases"]))
    Console().print(table)


@app.command()
def rebuild(
    keep_old: bool = typer.Option(False, "--keep-old", help="Leave the old indices, without aliases."),
    json: bool = _JSON,
) -> None:
    """Build the news indices anew from warta.documents, while indexing and searching go on.

    Nothing that is searched changes until the end, when the aliases are switched in one step. A rebuild that is
    interrupted leaves the old indices in use; the next one removes what it left.
    """
    from indexer.apply import apply as apply_templates
    from indexer.rebuild import Rebuild
    from warta.clock import SystemClock
    from warta.search.client import connect

    config = settings()
    es = connect(config, retries=0)
    apply_templates(es)
    with _Bar() as bar:
        done = Rebuild(es, config, SystemClock(), pause=_sleep, progress=bar.show).run(keep_old=keep_old)
    facts = {"generation": done.generation, "records": done.records, "removed": done.removed}
    if json:
        typer.echo(jsonlib.dumps(facts))
    else:
        removed = ", ".join(done.removed) or "none"
        typer.echo(f"generation {done.generation} in use, {done.records} records read; removed: {removed}")


@app.command()
def prune(
    older_than: str = typer.Option(..., "--older-than", help="Such as 400d, 18m or 2y."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would go."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    json: bool = _JSON,
) -> None:
    """Remove whole months from the index. The log keeps them: a rebuild brings them back."""
    from indexer.prune import age
    from indexer.prune import prune as prune_months
    from warta.clock import SystemClock
    from warta.search.client import connect

    es, now, limit = connect(settings()), SystemClock().now(), age(older_than)
    doomed = prune_months(es, now, limit, dry_run=True)
    if doomed and not dry_run:
        if not yes:
            typer.confirm(f"Remove {', '.join(doomed)}?", abort=True)
        doomed = prune_months(es, now, limit)
    if json:
        typer.echo(jsonlib.dumps({"removed": doomed, "dry_run": dry_run}))
    else:
        typer.echo(f"{'would remove' if dry_run else 'removed'}: {', '.join(doomed) or 'nothing'}")


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return True


class _Bar:
    """Progress on stderr: one bar a phase."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._progress = Progress(console=Console(stderr=True))
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, phase: str, done: int, total: int) -> None:
        if phase not in self._tasks:
            self._tasks[phase] = self._progress.add_task(phase, total=max(total, 1))
        self._progress.update(self._tasks[phase], completed=done, total=max(total, 1))
