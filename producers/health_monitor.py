"""Verdicts on all sources, asked again and again: by the crawler once a minute for its metrics, by `warta sources health`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from prometheus_client import Gauge

from producers import seen
from producers.catalogue import Source
from producers.health import NEEDS, STATES, Facts, Verdict, experience, judge, tide
from producers.health_rhythm import Profile
from producers.health_store import FactsReader
from warta import metrics


class Monitor:
    """Judges the sources that are crawled, by the seen state at `path`. Reads through a connection of its own.

    Raises:
        StateError: there is no such state, or it cannot be read.
    """

    def __init__(self, path: Path, sources: Sequence[Source]) -> None:
        self._db = seen.connect(path, read_only=True)
        self._facts = FactsReader(self._db, [source for source in sources if source.crawlable])
        self._profiles: dict[str, Profile] = {}
        self._hour = 0
        #: The facts behind the last verdicts.
        self.facts: dict[str, Facts] = {}

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def verdicts(self, now: datetime) -> dict[str, Verdict]:
        """Verdicts by source. Rhythms are learnt anew once an hour."""
        self.facts = self._facts.read(now)
        hour = int(now.timestamp() // 3600)
        if hour != self._hour:
            self._profiles = {source: experience(facts.past) for source, facts in self.facts.items()}
            self._hour = hour
        level = tide((facts.past, self._profiles[source]) for source, facts in self.facts.items())
        return {source: judge(facts, self._profiles[source], now, level) for source, facts in self.facts.items()}

    def update(self, now: datetime) -> dict[str, Verdict]:
        """Verdicts, set as metrics too."""
        found = self.verdicts(now)
        publish(found)
        return found


_shown: dict[Gauge, set[tuple[str, ...]]] = {}


def publish(verdicts: dict[str, Verdict]) -> None:
    """Set the metrics of source health."""
    counted = Counter(verdict.state for verdict in verdicts.values())
    for state in STATES:
        metrics.SOURCES.labels(state).set(counted[state])
    _set(metrics.SOURCE_MISSED, {(s, v.state): v.missed for s, v in verdicts.items() if v.state in NEEDS})
    lags: dict[tuple[str, ...], float | None]
    lags = {(s, q): lag for s, v in verdicts.items() for q, lag in (("0.5", v.lag_p50), ("0.95", v.lag_p95))}
    _set(metrics.SOURCE_FRESHNESS, lags)
    _set(metrics.SOURCE_COMPLETENESS, {(s,): v.completeness for s, v in verdicts.items()})


def _set(gauge: Gauge, values: Mapping[tuple[str, ...], float | None]) -> None:
    """What no longer holds goes, one by one and last: a scrape in between must not miss what still does, or alerts on it
    would begin anew."""
    held = {labels: value for labels, value in values.items() if value is not None}
    for labels, value in held.items():
        gauge.labels(*labels).set(value)
    for labels in _shown.get(gauge, set()) - held.keys():
        gauge.remove(*labels)
    _shown[gauge] = set(held)
