"""JSONL lines become articles or a refusal a person understands; nothing else may come of any input."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.records import parse_line, parse_time
from warta import wire
from warta.errors import Invalid
from warta.identity import doc_id
from warta.messages import RawArticle

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
WIB = timezone(timedelta(hours=7))
URL = "https://www.contoh.id/berita/1?utm_source=x"


def line(**fields: Any) -> bytes:
    return json.dumps({"url": URL, "title": "Judul", "text": "Isi.", **fields}).encode()


def outcome(raw: bytes) -> RawArticle | Invalid:
    try:
        return parse_line(raw).to_raw(NOW, "replay")
    except Invalid as refusal:
        return refusal


def test_a_whole_record() -> None:
    raw = parse_line(
        line(
            source="Contoh",
            published_at="2026-11-20T08:00:00+07:00",
            fetched_at="2026-11-20T01:05:00Z",
            authors=["Ani", " "],
            annotations={"Kasus": "banjir"},
        )
    ).to_raw(NOW, "replay")
    assert raw.canonical_url == "https://contoh.id/berita/1"
    assert raw.doc_id == doc_id(raw.canonical_url)
    assert (raw.url, raw.title, raw.text, raw.source, raw.authors) == (URL, "Judul", "Isi.", "Contoh", ["Ani"])
    assert raw.fetched_at == datetime(2026, 11, 20, 1, 5, tzinfo=UTC)
    assert raw.published_at == datetime(2026, 11, 20, 8, tzinfo=WIB)
    assert (raw.annotations, raw.origin) == ({"Kasus": "banjir"}, "replay")


def test_the_clock_stands_in_for_a_missing_fetch_time() -> None:
    assert parse_line(line()).to_raw(NOW, "replay").fetched_at == NOW


def test_the_same_line_gives_the_same_document() -> None:
    one, other = (parse_line(line()).to_raw(NOW, "replay") for _ in range(2))
    assert one.trace.id != other.trace.id
    other.trace = one.trace
    assert one == other


def test_id_stands_for_url() -> None:
    assert parse_line(json.dumps({"id": URL, "text": "x"}).encode()).url == URL


@pytest.mark.parametrize(
    ("raw", "reason", "detail"),
    [
        (b"x", "bad-json", "no JSON"),
        (b'{"url": "https://a.id/1", "n": NaN}', "bad-json", "NaN"),
        (b"[" * 100_000, "bad-json", "no JSON"),
        (b'{"url": "https://a.id/\xff"}', "bad-json", "no JSON"),
        (b"[1]", "not-an-object", "list"),
        (b"{}", "no-url", "neither 'url' nor 'id'"),
        (line(url="ftp://a.id/1"), "bad-url", "ftp://a.id/1"),
        (line(url="berita/1"), "bad-url", "berita/1"),
        (line(url=7), "bad-record", "'url' is a int"),
        (line(text=["a"]), "bad-record", "'text' is a list"),
        (line(authors={"a": 1}), "bad-record", "authors"),
        (line(annotations="x"), "bad-record", "annotations"),
        (line(fetched_at="kemarin"), "bad-fetched-at", "kemarin"),
        (line(fetched_at=1763600000), "bad-fetched-at", "1763600000"),
    ],
)
def test_refusals_say_what_is_wrong(raw: bytes, reason: str, detail: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_line(raw)
    assert caught.value.reason == reason
    assert detail in caught.value.detail


def test_what_clean_can_judge_goes_on_to_clean() -> None:
    """One judge of articles: an impossible time, a time without offset, and no text reach `warta.raw`."""
    for fields in ({"fetched_at": "2099-01-01T00:00:00Z"}, {"fetched_at": "2026-11-20T08:00:00"}, {"text": None}):
        raw = parse_line(line(**fields)).to_raw(NOW, "live")
        assert wire.Decoder(RawArticle).decode(wire.encode(raw)) == raw


def test_half_a_surrogate_pair_is_replaced_not_refused() -> None:
    record = parse_line(b'{"url": "https://a.id/1", "text": "a\\ud83d b"}')
    assert record.text == "a\ufffd b"
    wire.encode(record.to_raw(NOW, "replay"))


def test_a_byte_order_mark_is_no_error() -> None:
    assert parse_line(b"\xef\xbb\xbf" + line()).title == "Judul"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T08:00:00Z", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("2026-11-20 08:00", datetime(2026, 11, 20, 8, tzinfo=WIB)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=WIB)),
        ("2026-11-20T08:00:00+09:00", datetime(2026, 11, 20, 8, tzinfo=timezone(timedelta(hours=9)))),
        ("Fri, 20 Nov 2026 08:00:00 +0700", datetime(2026, 11, 20, 8, tzinfo=WIB)),
        ("kemarin", None),
        ("", None),
        (20261120, None),
    ],
)
def test_publishers_times(text: Any, expected: datetime | None) -> None:
    assert parse_time(text) == expected
    if expected is not None:
        found = parse_time(text)
        assert found is not None
        assert found.utcoffset() == expected.utcoffset()


def test_a_publishers_time_that_cannot_be_read_is_kept_as_it_came() -> None:
    record = parse_line(line(published_at="Jumat pagi", annotations={"a": 1}))
    assert record.published_at is None
    assert record.annotations == {"a": 1, "published_at": "Jumat pagi"}


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.just(URL) | st.just("2026-11-20T01:00:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["url", "id", "title", "text", "html", "source", "published_at", "fetched_at", "authors", "annotations"]


@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_any_object_is_an_encodable_article_or_a_refusal(record: dict[str, Any]) -> None:
    found = outcome(json.dumps(record).encode())
    if isinstance(found, RawArticle):
        assert wire.Decoder(RawArticle).decode(wire.encode(found)).doc_id == found.doc_id
    else:
        assert found.reason
        assert found.detail


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_a_refusal(raw: bytes) -> None:
    found = outcome(raw)
    assert isinstance(found, RawArticle) or found.detail
