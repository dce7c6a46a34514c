"""`warta trace URL`: the whole way of one article, with times and offsets. Answers "why is it not in the index?"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

if TYPE_CHECKING:
    from warta.settings import Settings
    from warta.tracing import Step


def trace(
    url: Annotated[str, typer.Argument(help="The article's address, or its doc_id.")],
    since: Annotated[str, typer.Option(help="How far back to look: 90m, 12h, 7d.")] = "2d",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for machines.")] = False,
) -> None:
    """Show the whole way of one article: every record of it with times and offsets, and where it is now."""
    from rich.console import Console

    from warta import kafka
    from warta.identity import canonical_url, doc_id
    from warta.settings import settings
    from warta.tracing import scan, verdict

    config = settings()
    identity = url if len(url) == 32 and "/" not in url else doc_id(canonical_url(url))
    start = datetime.now(UTC) - _span(since)
    console = Console(stderr=True, highlight=False)
    consumer = kafka.consumer(config, group=None, client_id="warta-trace")
    admin = kafka.admin(config)
    try:
        with console.status("looking") as spinner:
            steps = list(scan(consumer, identity, start, lambda topic: spinner.update(f"looking through {topic}")))
        document = _document(config, identity)
        said = verdict(steps, admin, document is not None)
    finally:
        consumer.close()
        admin.close()
    if as_json:
        found = {"doc_id": identity, "verdict": said, "steps": steps, "document": document}
        typer.echo(msgspec.json.encode(found).decode())
    else:
        _show(identity, steps, said, document)


def _span(text: str) -> timedelta:
    units = {"m": "minutes", "h": "hours", "d": "days"}
    if text[-1:] not in units or not text[:-1].isdigit():
        raise typer.BadParameter(f"'{text}': write 90m, 12h or 7d")
    return timedelta(**{units[text[-1]]: int(text[:-1])})


def _document(config: Settings, identity: str) -> dict[str, Any] | None:
    from elasticsearch import Elasticsearch

    from warta.search.client import explained

    client = Elasticsearch(config.elasticsearch, request_timeout=10)
    fields = ["title", "source", "label", "story_id", "story_relation", "revision", "trace", "indexed_at", "applied"]
    try:
        with explained("look up a document"):
            found = client.search(
                index="news", query={"ids": {"values": [identity]}}, source_includes=fields, ignore_unavailable=True
            )
    finally:
        client.close()
    hits = found["hits"]["hits"]
    return {"index": hits[0]["_index"], **hits[0]["_source"]} if hits else None


def _show(identity: str, steps: list[Step], said: str, document: dict[str, Any] | None) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if document:
        console.print(Text(document.get("title", "")), style="bold")
    console.print(f"doc_id {identity}\n")
    table = Table("when (UTC)", "stage", "record", "says", box=None, header_style="dim", pad_edge=False)
    for step in steps:
        place = f"{step.topic}/{step.partition}@{step.offset}"
        style = "red" if step.dead else ""
        table.add_row(
            f"{step.at:%Y-%m-%d %H:%M:%S}.{step.at.microsecond // 1000:03d}",
            step.stage,
            place,
            Text(step.says),
            style=style,
        )
    console.print(table)
    if document:
        console.print(
            f"\n{document['index']}: {document.get('story_relation')} in {document.get('story_id')}, "
            f"label {document.get('label')}, indexed {document.get('indexed_at')}"
        )
    console.print()
    console.print(Text(said), style="bold green" if said == "indexed" else "bold yellow")
