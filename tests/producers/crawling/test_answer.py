"""What headers say: Retry-After, validators, types."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.crawling.answer import Answer, Ask

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def answer(**headers: str) -> Answer:
    return Answer("https://contoh.id/", 200, {k.replace("_", "-"): v for k, v in headers.items()}, b"", NOW)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Tue, 24 Nov 2026 03:02:00 GMT", 120.0),
        ("Tue, 24 Nov 2026 02:00:00 GMT", 0.0),
        ("-5", 0.0),
        ("", None),
        ("nanti", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert answer(retry_after=value).retry_after() == seconds


@given(st.text(max_size=80))
def test_no_header_breaks_reading(value: str) -> None:
    found = answer(retry_after=value, etag=value, last_modified=value, content_type=value)
    found.retry_after()
    assert found.etag.isprintable()
    assert found.modified.isprintable()
    assert isinstance(found.content_type, str)


def test_only_what_is_known_is_asked_for_conditionally() -> None:
    assert set(Ask("https://contoh.id/").headers()) == {"Accept"}
    assert Ask("https://contoh.id/", etag='W/"1"', modified="x").headers()["If-None-Match"] == 'W/"1"'


def test_a_type_comes_without_its_parameters() -> None:
    assert answer(content_type="Text/HTML; charset=utf-8").content_type == "text/html"
