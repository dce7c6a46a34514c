"""`warta topics apply|list`: the topics as the contract wants them."""

from __future__ import annotations

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
