"""Simulated news for tests: signals of distinct stories, with a burst where one is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np

from warta.messages import Signal, Tick, Trace
from warta.wire import envelope

START = datetime(2026, 6, 1, tzinfo=UTC)


def signal(doc: str, at: datetime, **fields: object) -> Signal:
    """A live signal of one document, its own story's head, unless `fields` say otherwise."""
    base = envelope(doc_id=doc, fetched_at=at, first_seen_at=at, origin="live", trace=Trace(id=doc))
    given: dict[str, object] = {
        "story_id": f"s-{doc}",
        "relation": "original",
        "revision": 1,
        "is_story_head": True,
        "owner": "kg",
        "label": "negative",
        "series": ["all", "place:32.11"],
        **base,
        **fields,
    }
    return Signal(**given)  # type: ignore[arg-type]


def tick(at: datetime) -> Tick:
    """The watermark reaches `at`."""
    return Tick(**envelope(doc_id="", fetched_at=at, origin="live", trace=Trace(id="t")), minute=at)


def ordinary(days: float, per_hour: float = 1.0, negative: float = 0.3, seed: int = 1) -> Iterator[Signal | Tick]:
    """Days of ordinary news: Poisson counts, three in ten negative, five owners, and a tick every quarter."""
    rng = np.random.default_rng(seed)
    number = 0
    for quarter in range(int(days * 96)):
        start = START + timedelta(minutes=15 * quarter)
        yield tick(start)
        for offset in np.sort(rng.uniform(0, 900, rng.poisson(per_hour / 4))):
            number += 1
            label = "negative" if rng.random() < negative else "neutral"
            owner = f"o{rng.integers(5)}"
            yield signal(f"d{number}", start + timedelta(seconds=float(offset)), label=label, owner=owner)


def burst(
    at: datetime, stories: int, fields: Mapping[str, object] | None = None, minutes: float = 3
) -> Iterator[Signal]:
    """Distinct negative stories of four owners, one every `minutes`."""
    for i in range(stories):
        yield signal(f"b{i}", at + timedelta(minutes=minutes * i), **{"owner": f"o{i % 4}", **(fields or {})})
