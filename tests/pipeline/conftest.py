"""The pipeline, started once for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pipeline.harness import Pipeline, make_pipeline
from tests.servers import Server, Stack


@pytest.fixture(scope="session")
def pipeline(stack: Stack, kafka_server: Server, elasticsearch_server: Server) -> Iterator[Pipeline]:
    """Every worker of the pipeline, ready."""
    made = make_pipeline(stack)
    made.up()
    yield made
    for worker in reversed(made.workers):
        made.supervisor.stop(worker.program.name)
    made.client.close()
