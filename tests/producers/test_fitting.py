"""Cutting: whatever comes fits the topic, keeps its identity and as much of its text as possible."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.fitting import fit, fits
from warta import wire
from warta.messages import RawArticle, Trace
from warta.topics import MAX_RAW_COMPRESSED, MAX_RAW_JSON

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
DECODER = wire.Decoder(RawArticle)


def article(**fields: Any) -> RawArticle:
    envelope = wire.envelope(doc_id="d" * 32, fetched_at=NOW, origin="live", trace=Trace(id="t"))
    return RawArticle(**envelope, url="https://a.id/1", canonical_url="https://a.id/1", **fields)


def noise(length: int) -> str:
    return random.Random(7).randbytes(length // 2 + 1).hex()[:length]


def test_an_ordinary_article_is_untouched() -> None:
    value, cut = fit(article(text="Banjir di Sumedang. " * 200, title="Banjir"))
    assert not cut
    assert DECODER.decode(value) == article(text="Banjir di Sumedang. " * 200, title="Banjir")


@pytest.mark.parametrize(
    ("field", "body"),
    [("text", "a" * (MAX_RAW_JSON + 10)), ("html", noise(3_000_000)), ("text", "é😀\x01" * 2_000_000)],
    ids=["too long as JSON", "too long compressed", "characters that take more bytes"],
)
def test_a_large_body_is_cut_with_the_flag(field: str, body: str) -> None:
    value, cut = fit(article(title="Judul", **{field: body}))
    assert cut
    assert fits(value)
    kept = DECODER.decode(value)
    assert kept.truncated
    assert (kept.title, kept.doc_id) == ("Judul", "d" * 32)
    assert body.startswith(getattr(kept, field))
    # As much as possible: a twentieth more would not have fitted.
    longer = body[: int(len(getattr(kept, field)) * 1.05) + 1]
    assert not fits(wire.encode(article(title="Judul", truncated=True, **{field: longer})))


def test_what_is_too_large_beside_the_body_goes_too() -> None:
    value, cut = fit(article(title=noise(2_000_000), text="isi", annotations={"x": noise(2_000_000)}, authors=["a"]))
    kept = DECODER.decode(value)
    assert cut
    assert fits(value)
    assert (kept.text, kept.authors, kept.annotations, kept.truncated) == ("isi", ["a"], {}, True)


@settings(max_examples=30, deadline=None)
@given(st.integers(500_000, 1_400_000), st.integers(1, 60))
def test_the_limits_hold_for_any_mixture(length: int, period: int) -> None:
    body = noise(period * 10_000) * (length // (period * 10_000) + 1)
    value, _ = fit(article(html=body[:length]))
    assert len(value) <= MAX_RAW_JSON
    assert len(zstandard.compress(value)) <= MAX_RAW_COMPRESSED
