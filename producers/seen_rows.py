"""What `producers.seen` stores, as structs: points, looks at them, addresses; and how rows become them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import msgspec

from producers.schedule import Rhythm
from warta.messages import Origin

Kind = Literal["feed", "sitemap", "index"]
State = Literal["pending", "spooled", "kafka", "alias", "gone", "refused"]
#: Bits of `urls.listed`: which kinds of points have named an address.
LISTED: dict[Kind, int] = {"feed": 1, "sitemap": 2, "index": 4}

_rhythm = msgspec.msgpack.Decoder(Rhythm).decode


@dataclass(frozen=True, slots=True)
class Point:
    """A feed, sitemap or index page. `parent` is the sitemap index that led to it, or empty (catalogue, robots.txt).

    `next_at` None: never again (a backfill's sitemap that was read). `since` bounds a backfill. `moved_to` is where a
    permanent redirect led. `failures` counts failed looks in a row; `error` is empty when the last look worked.
    """

    id: int
    url: str
    source: str
    kind: Kind
    origin: Origin = "live"
    since: datetime | None = None
    parent: str = ""
    depth: int = 0
    moved_to: str = ""
    etag: str = ""
    modified: str = ""
    body_hash: str = ""
    rhythm: Rhythm = field(default_factory=Rhythm)
    next_at: datetime | None = None
    looked_at: datetime | None = None
    ok_at: datetime | None = None
    new_at: datetime | None = None
    status: int | None = None
    error: str = ""
    listed: int = 0
    found: int = 0

    @property
    def address(self) -> str:
        """Where to ask for it now."""
        return self.moved_to or self.url


@dataclass(frozen=True, slots=True)
class NewPoint:
    """A point to be watched from `next_at` on."""

    url: str
    source: str
    kind: Kind
    next_at: datetime
    origin: Origin = "live"
    since: datetime | None = None
    parent: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """The outcome of one look at a point. `error` is empty if it worked; then validators and hash replace the stored ones.

    `listed` is the number of articles it named, `new` of those that were not known.
    """

    at: datetime
    next_at: datetime | None
    rhythm: Rhythm
    status: int | None = None
    error: str = ""
    etag: str = ""
    modified: str = ""
    body_hash: str = ""
    moved_to: str = ""
    listed: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """An address that a point named. `key` is the doc_id of its own canonical form (its document's may differ)."""

    key: str
    url: str
    source: str
    title: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """One address and what is known of it. `key` as in `Found`; `doc_id` is empty until it was fetched.

    `next_at` is the next try while pending and the next visit while in Kafka (None: no more). `visits` counts re-visits.
    """

    key: str
    url: str
    source: str
    origin: Origin
    state: State
    title: str = ""
    published_at: datetime | None = None
    found_at: datetime | None = None
    fetched_at: datetime | None = None
    delivered_at: datetime | None = None
    next_at: datetime | None = None
    attempts: int = 0
    visits: int = 0
    doc_id: str = ""
    etag: str = ""
    modified: str = ""
    content_hash: str = ""
    status: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page that was handed to the publisher: what its row says once Kafka (or the spool) has it."""

    key: str
    doc_id: str
    fetched_at: datetime
    next_at: datetime | None
    visits: int = 0
    etag: str = ""
    modified: str = ""
    content_hash: str = ""
    status: int = 200


def when(seconds: float | None) -> datetime | None:
    """Epoch seconds → UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def point_of(row: sqlite3.Row) -> Point:
    """A row of `points` → point."""
    values = dict(row)
    for name in ("since", "next_at", "looked_at", "ok_at", "new_at"):
        values[name] = when(values[name])
    values["rhythm"] = _rhythm(values["rhythm"]) if values["rhythm"] else Rhythm()
    return Point(**values)


def address_of(row: sqlite3.Row) -> Address:
    """A row of `urls` → address."""
    values = dict(row)
    for name in ("published_at", "found_at", "fetched_at", "delivered_at", "next_at"):
        values[name] = when(values[name])
    for name in ("listed", "listed_at"):
        del values[name]
    return Address(**values)
