"""`warta topics apply|list`: the topics as the contract wants them."""

from __future__ import annotations

from typing import Annotated

import typer

from warta import kafka, topics
from warta.settings import settings

app = typer.Typer(no_args_is_help=True, help="The Kafka topics: apply, list.")


@app.command()
def apply() -> None:
    """Create missing topics and set their configuration. Running it again changes nothing."""
    config = settings()
    admin = kafka.admin(config)
    try:
        done = topics.apply(admin, config.replication)
    finally:
        admin.close()
    typer.echo(
        f"topics: {len(done.created)} created, {len(done.changed)} changed, {len(done.unchanged)} as they should be"
    )


@app.command(name="list")
def list_() -> None:
    """Show every topic: key, partitions, how long it is kept, what it is for."""
    from rich.console import Console
    from rich.table import Table

    table = Table("topic", "key", "partitions", "kept", "note", box=None)
    for topic in topics.TOPICS:
        kept = "compacted" if topic.compacted else f"{topic.retention_days} d"
        table.add_row(topic.name, topic.key, str(topic.partitions), kept, topic.note)
    Console().print(table)


@app.command()
def skip(
    stage: Annotated[str, typer.Argument(help="A stage that retention has overtaken, as its error names it.")],
) -> None:
    """Accept that retention deleted records a stage never read: move it to the start of what is left."""
    from warta.lag import READS, skip_deleted

    if stage not in READS:
        raise typer.BadParameter(f"'{stage}' is no stage: {', '.join(READS)}")
    admin = kafka.admin(settings())
    try:
        skipped = skip_deleted(admin, stage, READS[stage])
    finally:
        admin.close()
    typer.echo(f"{stage}: {skipped} lost records skipped")
