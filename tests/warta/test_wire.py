"""The wire: what old and new writers send is read, or refused with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.errors import Invalid
from warta.messages import SCHEMA, RawArticle, RawMessage, Removed, Trace
from warta.wire import Decoder, believable, check_fetched_at, encode, envelope

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DECODER = Decoder(RawMessage)


def raw(**fields: object) -> RawArticle:
    frame = envelope(doc_id="d" * 32, fetched_at=NOW, origin="live", trace=Trace(id="t"))
    return RawArticle(**frame, url="https://a.id/x", canonical_url="https://a.id/x", **fields)  # type: ignore[arg-type]


def test_a_message_survives_the_wire_with_the_publishers_offset() -> None:
    jakarta = timezone(timedelta(hours=7))
    sent = raw(title="Banjir", text="Isi.", published_at=datetime(2026, 11, 20, 9, 0, tzinfo=jakarta))
    value = encode(sent)
    assert b"+07:00" in value
    assert b'"fetched_at":"2026-11-20T03:00:00Z"' in value
    assert DECODER.decode(value) == sent


def test_kinds_of_one_topic_are_told_apart() -> None:
    frame = envelope(doc_id="d", fetched_at=NOW, origin="live", trace=Trace(id="t"))
    gone = Removed(**frame, url="https://a.id/x", status=410)
    assert DECODER.decode(encode(gone)) == gone


def test_a_newer_writers_fields_are_ignored() -> None:
    fields = msgspec.json.decode(encode(raw()))
    fields["invented_later"] = {"x": 1}
    assert DECODER.decode(msgspec.json.encode(fields)) == raw()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"doc_id": None}, "bad-message"),
        ({"fetched_at": "kemarin"}, "bad-message"),
        ({"kind": "puisi"}, "bad-message"),
        ({"schema": SCHEMA + 1}, "newer-schema"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(change: dict[str, object], reason: str) -> None:
    fields = msgspec.json.decode(encode(raw())) | change
    with pytest.raises(Invalid) as refused:
        DECODER.decode(msgspec.json.encode(fields))
    assert refused.value.reason == reason


def test_a_missing_field_is_named() -> None:
    fields = msgspec.json.decode(encode(raw()))
    del fields["canonical_url"]
    with pytest.raises(Invalid, match="canonical_url"):
        DECODER.decode(msgspec.json.encode(fields))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_never_raised(value: bytes) -> None:
    with pytest.raises(Invalid):
        DECODER.decode(value)


@pytest.mark.parametrize(
    "when", [datetime(1970, 1, 1, tzinfo=UTC), NOW + timedelta(days=2), datetime(9999, 1, 1, tzinfo=UTC)]
)
def test_an_impossible_fetch_time_is_invalid(when: datetime) -> None:
    with pytest.raises(Invalid, match="bad-fetched-at"):
        check_fetched_at(when, NOW)


def test_a_publishers_future_is_not_believed_but_tomorrow_is() -> None:
    assert believable(NOW + timedelta(hours=20), NOW)
    assert not believable(NOW + timedelta(days=3), NOW)
    assert not believable(datetime(1999, 12, 31, tzinfo=UTC), NOW)
    assert believable(None, NOW)
