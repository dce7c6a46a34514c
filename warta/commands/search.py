"""`warta search QUERY`: find articles, one line a story."""

from __future__ import annotations

import csv
import itertools
import json as jsonlib
import sys
from collections.abc import Iterator
from typing import Any

import typer

from warta.errors import Usage
from warta.settings import settings


def search(
    query: list[str] = typer.Argument(None, help="What to look for. Nothing shows the newest."),
    size: int = typer.Option(20, "--size", "-n", min=1, max=1000, help="Results a page."),
    page: int = typer.Option(1, "--page", "-p", min=1, help="Which page."),
    newest: bool = typer.Option(False, "--newest", "-t", help="Newest first, not most relevant first."),
    flat: bool = typer.Option(False, "--flat", help="Every document, not one a story."),
    everything: bool = typer.Option(False, "--all", help="All results, however many (with --json or --csv)."),
    json: bool = typer.Option(False, "--json", help="One JSON object a line."),
    csv_: bool = typer.Option(False, "--csv", help="Comma-separated, with a heading."),
    open_: int = typer.Option(0, "--open", min=0, help="Open the Nth result of the page in the browser."),
    save: str = typer.Option("", "--save", help="Keep this query under a name (an empty query removes it)."),
    saved: bool = typer.Option(False, "--saved", help="List the saved queries."),
    fields: bool = typer.Option(False, "--fields", help="List the fields of the query language."),
) -> None:
    """Search the news, grouped by story.

    Plain words must all be found. "a phrase" exactly so; OR; -without; (groups); korup*. Fields: since:2h,
    sentiment:negatif, place:"Kab. Sumedang", case:banjir, publisher:detik, is:uncertain … (--fields lists them all).
    A saved query is called by @name.
    """
    from warta.search.saved import Saved

    if fields:
        _fields()
        return
    kept = Saved(settings().home)
    if saved:
        for name, text in kept.all().items():
            typer.echo(f"@{name}\t{text}")
        return
    text = spelled(query or [], kept)
    if save:
        kept.save(save, text)
        typer.echo(f"@{save} " + ("saved" if text else "removed"))
        return
    if everything and not (json or csv_):
        raise Usage("--all is for --json or --csv; a screen shows a page at a time (--page)")
    _search(text, size, page, newest, flat, everything, json, csv_, open_)


def spelled(words: list[str], kept: Any) -> str:
    """The query as one text: arguments that the shell split at spaces are phrases again, @names their queries."""
    parts = []
    for word in words:
        if word.startswith("@"):
            parts.append(f"({kept.get(word[1:])})")
        elif " " in word and ":" not in word and '"' not in word and len(words) > 1:
            parts.append(f'"{word}"')
        else:
            parts.append(_requoted(word) if len(words) > 1 else word)
    return " ".join(parts)


def _requoted(word: str) -> str:
    """`place:Kab. Sumedang`, whose quotes the shell took → `place:"Kab. Sumedang"`."""
    from warta.search.fields import canonical_field

    name, colon, value = word.lstrip("-").partition(":")
    if colon and " " in value and '"' not in value and canonical_field(name):
        return f'{"-" if word.startswith("-") else ""}{name}:"{value}"'
    return word


def _search(
    text: str, size: int, page: int, newest: bool, flat: bool, everything: bool, json: bool, csv_: bool, open_: int
) -> None:
    from rich.console import Console

    from warta.clock import SystemClock
    from warta.search import render
    from warta.search.client import connect
    from warta.search.find import Search, find, stream

    wanted = Search(text, order="time" if newest else "relevance", by_story=not flat)
    es, now = connect(settings()), SystemClock().now()
    if everything:
        _machine((hit["_source"] for hit in stream(es, wanted, now)), csv_)
        return
    answer = find(es, wanted, now, size=size, start=(page - 1) * size)
    if open_:
        _open(answer.hits, open_)
    elif json or csv_:
        facts = ({**hit.source, "score": hit.score, "matching": hit.matching} for hit in answer.hits)
        _machine(facts, csv_)
    else:
        render.table(answer, Console(), first=(page - 1) * size + 1, size=size)


def _machine(sources: Iterator[dict[str, Any]], as_csv: bool) -> None:
    from warta.search.render import COLUMNS, flat

    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerows(itertools.chain([COLUMNS], (flat(source) for source in sources)))
        return
    for source in sources:
        typer.echo(jsonlib.dumps(source, ensure_ascii=False))


def _open(hits: list[Any], number: int) -> None:
    if number > len(hits):
        raise Usage(f"there are only {len(hits)} results on this page")
    url = hits[number - 1].source.get("url", "")
    if not url.startswith(("http://", "https://")):
        raise Usage("this document has no web address")
    typer.echo(url)
    typer.launch(url)


def _fields() -> None:
    from rich.console import Console
    from rich.table import Table

    from warta.search.fields import FIELDS

    shown = Table("field", "also", "value", box=None, header_style="bold")
    for name, spec in FIELDS.items():
        shown.add_row(f"{name}:", ", ".join(spec.names), spec.about)
    Console().print(shown)
