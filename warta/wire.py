"""Encoding and decoding of wire structs, and the checks that make a message valid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from warta import PIPELINE_VERSION
from warta.errors import Invalid
from warta.messages import SCHEMA, Envelope, Origin, Trace

T = TypeVar("T")

#: Nothing was on the web before this; an earlier time is a broken clock (design, section 6).
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: How far a clock may be ahead of ours before its time is absurd.
FUTURE_SLACK = timedelta(days=1)

_encoder = msgspec.json.Encoder()


class Decoder:
    """Decodes one topic's messages; `kinds` is a wire struct or a union of them."""

    def __init__(self, kinds: Any) -> None:
        self._decoder = msgspec.json.Decoder(kinds)

    def decode(self, value: bytes | None) -> Any:
        """Bytes → struct.

        Raises:
            Invalid: `empty`, `bad-json`, `bad-message` (a field is missing or of the wrong type) or `newer-schema`.
        """
        if not value:
            raise Invalid("empty", "the message has no value")
        try:
            message = self._decoder.decode(value)
        except msgspec.ValidationError as error:
            raise Invalid("bad-message", str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid("bad-json", str(error)) from None
        schema = getattr(message, "schema", SCHEMA)
        if schema > SCHEMA:
            raise Invalid("newer-schema", f"schema {schema} is newer than {SCHEMA}: upgrade this stage, then replay")
        return message


def encode(message: Any) -> bytes:
    """Struct → JSON bytes. Datetimes in UTC end in Z, others keep their offset (RFC 3339)."""
    return _encoder.encode(message)


def check_fetched_at(fetched_at: datetime, now: datetime) -> None:
    """Refuse a fetch time outside [2000, now + 1 d].

    Raises:
        Invalid: `bad-fetched-at`.
    """
    if fetched_at.tzinfo is None:
        raise Invalid("bad-fetched-at", f"fetched_at {fetched_at} has no offset: write it with Z or +07:00")
    if not EARLIEST <= fetched_at <= now + FUTURE_SLACK:
        raise Invalid("bad-fetched-at", f"fetched_at {fetched_at.isoformat()} lies outside 2000 … now + 1 day")


def believable(published: datetime | None, fetched_at: datetime) -> bool:
    """Whether a publisher's time lies inside [2000, fetched_at + 1 d]; a missing one is nothing to disbelieve."""
    return published is None or EARLIEST <= published <= fetched_at + FUTURE_SLACK


def envelope(
    *,
    doc_id: str,
    fetched_at: datetime,
    origin: Origin,
    trace: Trace,
    first_seen_at: datetime | None = None,
) -> dict[str, Any]:
    """The fields every message carries, stamped with today's schema and pipeline version."""
    return {
        "schema": SCHEMA,
        "doc_id": doc_id,
        "first_seen_at": first_seen_at,
        "fetched_at": fetched_at,
        "origin": origin,
        "trace": trace,
        "pipeline_version": PIPELINE_VERSION,
    }


def envelope_of(message: Envelope) -> dict[str, Any]:
    """The envelope of `message`, for the next message about the same document."""
    return envelope(
        doc_id=message.doc_id,
        fetched_at=message.fetched_at,
        origin=message.origin,
        trace=message.trace,
        first_seen_at=message.first_seen_at,
    )


def passed(trace: Trace, stage: str, at: datetime) -> Trace:
    """`trace` with the time at which the record passed `stage`."""
    return Trace(id=trace.id, passed={**trace.passed, stage: at})
