"""What is counted of a scored article, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from prometheus_client import REGISTRY

from stream_agents.sentiment.watch import OTHER, Watch
from stream_agents.tagging.agreement import Comparer
from stream_agents.tagging.taxonomy import load_taxonomy
from warta.messages import Article, Content, Origin, Score, Sentiment, Trace
from warta.wire import envelope

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
KNOWN = "kabar.watch.example"
SCORE = Score(
    sentiment=Sentiment(label="negative", negative=0.8, neutral=0.1, positive=0.1, confidence=0.8, model="m"),
    place_codes=["32.11"],
)


def article(source: str, origin: Origin = "live", **more: Any) -> Article:
    content = Content(url="u", canonical_url="u", title="t", body="b", source=source, upstream=more.pop("upstream", {}))
    head = envelope(doc_id="a" * 32, fetched_at=NOW, origin=origin, trace=Trace(id="t"))
    return Article(**head, content=content, content_hash="c", body_hash="b", **more)


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"warta_{name}_total", labels) or 0.0


def watch() -> Watch:
    return Watch([KNOWN], Comparer(load_taxonomy(None)))


def test_a_live_article_counts_for_its_publisher() -> None:
    labels, confidence = (
        value("publisher_labels", publisher=KNOWN, label="negative"),
        value("publisher_confidence", publisher=KNOWN),
    )
    watch().observe(article(KNOWN), SCORE)
    assert value("publisher_labels", publisher=KNOWN, label="negative") == labels + 1
    assert value("publisher_confidence", publisher=KNOWN) == confidence + 0.8


def test_names_from_the_network_make_no_series() -> None:
    before = value("publisher_labels", publisher=OTHER, label="negative")
    for number in range(3):
        watch().observe(article(f"asing{number}.example"), SCORE)
    assert value("publisher_labels", publisher=OTHER, label="negative") == before + 3
    assert value("publisher_labels", publisher="asing0.example", label="negative") == 0


def test_the_past_and_the_probe_are_not_counted() -> None:
    before = value("publisher_labels", publisher=KNOWN, label="negative")
    watch().observe(article(KNOWN, "replay"), SCORE)
    watch().observe(article(KNOWN, "backfill"), SCORE)
    watch().observe(article(KNOWN, hidden=True), SCORE)
    assert value("publisher_labels", publisher=KNOWN, label="negative") == before


def test_upstream_annotations_are_compared_field_by_field() -> None:
    def compared(field: str, result: str) -> float:
        return value("upstream_compared", publisher=KNOWN, field=field, result=result)

    before = compared("sentiment", "differ"), compared("places", "agree"), compared("cases", "agree")
    watch().observe(article(KNOWN, upstream={"Sentimen": "Positif (99.8%)", "Kab/Kota": "Kab. Sumedang"}), SCORE)
    assert compared("sentiment", "differ") == before[0] + 1
    assert compared("places", "agree") == before[1] + 1
    assert compared("cases", "agree") == before[2]
