"""`warta index apply`: templates and standing indices."""

from __future__ import annotations

import json as jsonlib

import typer

from warta.settings import settings

app = typer.Typer(no_args_is_help=True, help="The search index: apply, rebuild, prune.")


@app.callback()
def root() -> None:
    """The search index."""


@app.command()
def apply(json: bool = typer.Option(False, "--json", help="Print what was done as JSON.")) -> None:
    """Install or upgrade the index templates and standing indices. Running it again changes nothing."""
    from indexer.apply import apply as apply_templates
    from warta.search.client import connect

    done = apply_templates(connect(settings()))
    if json:
        typer.echo(jsonlib.dumps({"created": done.created, "upgraded": done.upgraded, "unchanged": done.unchanged}))
        return
    typer.echo(
        f"index: {len(done.created)} created, {len(done.upgraded)} upgraded, {len(done.unchanged)} as they should be"
    )
