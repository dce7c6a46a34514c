"""The shipped model, loaded once for all tests of sentiment, and texts to score."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stream_agents.sentiment.model import SentimentModel

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "models" / "sentiment-id"


@pytest.fixture(scope="session")
def model() -> SentimentModel:
    return SentimentModel.load(FOLDER)


@pytest.fixture(scope="session")
def articles() -> list[tuple[str, str]]:
    """(title, body) of the sample's invented articles, in its order."""
    lines = (ROOT / "samples" / "expected.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return [(record["url"].split("/")[-1].replace("-", " "), record["body"]) for record in records if "body" in record]
