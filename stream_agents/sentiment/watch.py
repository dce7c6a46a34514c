"""What the score agent counts of each article, so that drift of the model and worth of upstream tags can be seen.

Label shares and mean confidence per publisher tell a drifting model (or a publisher that changed) apart from a bad day;
agreement with the annotations that came along tells how far an upstream dashboard can be believed.
"""

from __future__ import annotations

from collections.abc import Iterable

from stream_agents.tagging.agreement import Comparer
from stream_agents.tagging.taxonomy import load_taxonomy
from warta import publishers
from warta.messages import Article, Score
from warta.metrics import PUBLISHER_CONFIDENCE, PUBLISHER_LABELS, SENTIMENT_LABELS, UPSTREAM_COMPARED
from warta.settings import Settings

#: Publishers outside the table share one series: names from the network must not make series.
OTHER = "other"


class Watch:
    """Counts scored articles. Fetches of the past, replays and probes say nothing about today and are left out."""

    def __init__(self, known: Iterable[str], comparer: Comparer) -> None:
        self._known = frozenset(known)
        self._comparer = comparer

    @classmethod
    def load(cls, settings: Settings) -> Watch:
        """With the publishers' table and the cases of this process."""
        known = (publisher.id for publisher in publishers.default().all())
        return cls(known, Comparer(load_taxonomy(settings.cases)))

    def observe(self, article: Article, score: Score) -> None:
        """Count one article."""
        if article.origin != "live" or article.hidden:
            return
        source = article.content.source
        publisher = source if source in self._known else OTHER
        if score.sentiment:
            SENTIMENT_LABELS.labels(score.sentiment.label).inc()
            PUBLISHER_LABELS.labels(publisher, score.sentiment.label).inc()
            PUBLISHER_CONFIDENCE.labels(publisher).inc(score.sentiment.confidence)
        if article.content.upstream:
            self._compare(publisher, article, score)

    def _compare(self, publisher: str, article: Article, score: Score) -> None:
        agreement = self._comparer.compare(article.content.upstream, score)
        for field, agrees in agreement._asdict().items():
            if agrees is not None:
                UPSTREAM_COMPARED.labels(publisher, field, "agree" if agrees else "differ").inc()
