"""When a young article is visited again, and when a try that failed is repeated. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

#: After the first fetch (issue): edits come early, corrections and removals within the day.
VISITS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
#: Pauses between tries at an address that does not answer; after the last it is given up.
TRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
#: How long after "not found" the article is asked for once more before it counts as gone: a deployment, a cache's hiccup.
CONFIRM = timedelta(minutes=2)


def next_visit(first: datetime, now: datetime) -> datetime | None:
    """The first planned visit after `now` of an article that was first fetched at `first`; None when there is none left."""
    return next((first + after for after in VISITS if first + after > now), None)


def next_try(attempts: int, now: datetime, asked: float | None = None) -> datetime | None:
    """When to try again after `attempts` failures (1 or more), not before the `asked` seconds; None: give it up."""
    if attempts > len(TRIES):
        return None
    return now + max(TRIES[attempts - 1], timedelta(seconds=min(asked or 0.0, 24 * 3600.0)))
