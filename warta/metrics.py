"""Every metric of Warta, declared once. Prometheus naming: base units, `_total` for counters."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

#: Seconds; from one poll of a busy pipeline to a night behind.
_AGES = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 3600, 21600)
_WORK = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

RECORDS = Counter("warta_records", "Records that a stage finished, by what became of them.", ["stage", "outcome"])
DEAD = Counter("warta_dead_letters", "Records that a stage refused.", ["stage", "reason"])
RETRIES = Counter("warta_retries", "Attempts repeated because something outside failed.", ["stage", "what"])
WORK_SECONDS = Histogram("warta_work_seconds", "Time a stage worked on one batch.", ["stage"], buckets=_WORK)
BATCH = Histogram(
    "warta_batch_records", "Records in one batch.", ["stage"], buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
)
LOOP_BLOCKED = Gauge(
    "warta_loop_blocked_seconds", "Longest time the event loop did not turn in the last minute.", ["stage"]
)

DELIVERED = Counter("warta_published", "Records that Kafka confirmed.", ["origin"])
SPOOLED = Gauge("warta_spooled_records", "Records on disk that Kafka has not taken yet.")
TRIMMED = Counter("warta_trimmed", "Raw records whose body was cut to fit the topic.")

INDEXED = Counter("warta_indexed", "Items of bulk requests, by outcome.", ["outcome"])
INDEX_CONFLICTS = Counter("warta_index_conflicts", "Documents that another writer changed in between.")
SEARCHABLE_SECONDS = Histogram("warta_searchable_seconds", "From fetched to searchable, live records.", buckets=_AGES)

STATE_RECORDS = Gauge("warta_state_records", "Durable records that a stage remembers.", ["stage"])
WATERMARK = Gauge("warta_watermark_timestamp_seconds", "Highest fetched_at of live records.", ["stage"])

SENTIMENT_LABELS = Counter("warta_sentiment_labels", "Labels given to live articles.", ["label"])
PUBLISHER_LABELS = Counter(
    "warta_publisher_labels", "Labels given to live articles of known publishers.", ["publisher", "label"]
)
PUBLISHER_CONFIDENCE = Counter(
    "warta_publisher_confidence", "Sum of the confidences of those labels; by their number: the mean.", ["publisher"]
)
UPSTREAM_COMPARED = Counter(
    "warta_upstream_compared", "Annotations that came along, compared with ours.", ["publisher", "field", "result"]
)

SOURCES = Gauge("warta_sources", "Sources that are crawled, by their state in the desk's words.", ["state"])
SOURCE_MISSED = Gauge(
    "warta_source_missed_articles",
    "Articles expected since the last one came, of sources that need a person.",
    ["source", "state"],
)
SOURCE_FRESHNESS = Gauge(
    "warta_source_freshness_seconds", "From published to fetched, articles of the last day.", ["source", "quantile"]
)
SOURCE_COMPLETENESS = Gauge(
    "warta_source_completeness_ratio", "Share of the last day's sitemap addresses that arrived.", ["source"]
)
