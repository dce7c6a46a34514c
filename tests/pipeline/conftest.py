"""The pipeline on servers of its own, started once: other rooms' tests leave records in theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pipeline.harness import Pipeline, make_pipeline
from tests.servers import make_stack


@pytest.fixture(scope="session")
def pipeline() -> Iterator[Pipeline]:
    """Every worker of the pipeline, ready."""
    stack = make_stack()
    try:
        stack.kafka.start()
        stack.elasticsearch.start()
        made = make_pipeline(stack)
        made.up()
        yield made
        made.client.close()
    finally:
        stack.close()
