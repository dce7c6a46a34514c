"""Verdicts on all sources, asked again and again: by the crawler once a minute for its metrics, by `warta sources health`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

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


def publish(verdicts: dict[str, Verdict]) -> None:
    """Set the metrics of source health. What no longer holds disappears: a gauge must not outlive its reason."""
    counted = Counter(verdict.state for verdict in verdicts.values())
    for state in STATES:
        metrics.SOURCES.labels(state).set(counted[state])
    for gauge in (metrics.SOURCE_MISSED, metrics.SOURCE_FRESHNESS, metrics.SOURCE_COMPLETENESS):
        gauge.clear()
    for source, verdict in verdicts.items():
        if verdict.state in NEEDS:
            metrics.SOURCE_MISSED.labels(source, verdict.state).set(verdict.missed)
        for share, lag in (("0.5", verdict.lag_p50), ("0.95", verdict.lag_p95)):
            if lag is not None:
                metrics.SOURCE_FRESHNESS.labels(source, share).set(lag)
        if verdict.completeness is not None:
            metrics.SOURCE_COMPLETENESS.labels(source).set(verdict.completeness)
