"""`warta down`: drain and stop everything that `warta up` runs."""

from __future__ import annotations

import typer


def down() -> None:
    """Stop the workers (what they have in hand is finished first), then Elasticsearch and Kafka. Data stays."""
    from deploy.local.supervise import Supervisor
    from warta.settings import settings

    stopped = Supervisor(settings().home.absolute()).down(typer.echo)
    typer.echo("stopped; data is kept" if stopped else "nothing was running")
