"""`python -m stream_agents STAGE`: run one worker process of one stage."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated

import typer

STAGES = ("clean", "score", "stories", "decisions", "alerts")


def main(
    stage: Annotated[str, typer.Argument(help=f"One of {', '.join(STAGES)}.")],
    index: Annotated[int, typer.Option(help="Number of this process within its stage, from 0.")] = 0,
    web_port: Annotated[int, typer.Option(help="Port of /metrics and /healthz on loopback.")] = 6066,
) -> None:
    """Run one worker until it is told to stop."""
    from stream_agents.worker import Worker, wait_for_source
    from warta import logs
    from warta.clock import SystemClock
    from warta.settings import settings

    if stage not in STAGES:
        raise typer.BadParameter(f"'{stage}' is no stage: {', '.join(STAGES)}")
    config = settings()
    logs.configure(config, stage=stage)
    built = importlib.import_module(f"stream_agents.agents.{stage}").build(config, SystemClock())
    wait_for_source(config, built)
    # Faust's worker reads the command line too.
    sys.argv = sys.argv[:1]
    Worker(config, built, index, web_port).run()


if __name__ == "__main__":
    from warta.cli import run

    run(main)
