"""`warta search QUERY`: find articles, one line a story."""

from __future__ import annotations

import json as jsonlib
from typing import Any

import typer

from warta.settings import settings


def search(
    query: list[str] = typer.Argument(None, help="What to look for, in plain words. Nothing shows the newest."),
    size: int = typer.Option(20, "--size", "-n", min=1, max=1000, help="How many results."),
    json: bool = typer.Option(False, "--json", help="Machine output: one JSON object a line."),
) -> None:
    """Search the news."""
    from warta.search.client import connect
    from warta.search.find import find

    answer = find(connect(settings()), " ".join(query or []), size=size)
    if json:
        for hit in answer.hits:
            typer.echo(jsonlib.dumps({**hit.source, "score": hit.score, "copies": hit.copies}, ensure_ascii=False))
        return
    _show(answer)


def _show(answer: Any) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from warta.search.labels import STYLES, WORDS, number, short_moment

    console = Console()
    table = Table("waktu (WIB)", "nada", "media", "judul", "tayangan", box=None, header_style="bold", pad_edge=False)
    table.columns[4].justify = "right"
    for hit in answer.hits:
        doc = hit.source
        label = doc.get("label", "")
        table.add_row(
            short_moment(doc.get("published_at") or doc.get("first_seen_at")),
            Text(WORDS.get(label, "-"), style=STYLES.get(label, "dim")),
            Text(printable(doc.get("source", ""))),
            Text(printable(doc.get("title", ""))),
            number(max(hit.copies, (doc.get("story") or {}).get("copies", 1))),
        )
    console.print(table)
    console.print(f"{number(len(answer.hits))} berita, {number(answer.total)} tayangan cocok", style="dim")


def printable(text: str) -> str:
    """Text of strangers, safe for a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
