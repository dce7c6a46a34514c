"""Every topic of Warta: name, key, partitions, retention and clean-up; and the idempotent set-up of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DAY_MS = 24 * 60 * 60 * 1000

#: Largest message any topic takes, compressed; clients may ask for more before compression (`MAX_REQUEST`).
MAX_MESSAGE = 2 * 1024 * 1024
#: `max_request_size` of every producer and both fetch limits of every consumer: clients check before compression.
MAX_REQUEST = 8 * 1024 * 1024
#: Limits of a raw record: as JSON, and compressed; beyond, the publisher cuts the body and says so.
MAX_RAW_JSON = 6 * 1024 * 1024
MAX_RAW_COMPRESSED = 512 * 1024

RAW = "warta.raw"
ARTICLES = "warta.articles"
SCORED = "warta.scored"
DOCUMENTS = "warta.documents"
SIGNALS = "warta.signals"
ALERTS = "warta.alerts"
DECISIONS = "warta.decisions"
RULES = "warta.rules"
STATE_STORIES = "warta.state.stories"
STATE_ALERTS = "warta.state.alerts"

#: Stages that can refuse a record; each has its dead-letter topic. `publish` is the producers' own.
STAGES = ("publish", "clean", "score", "stories", "decisions", "index", "alerts", "notify")


def dead(stage: str) -> str:
    """The dead-letter topic of a stage."""
    return f"warta.dead.{stage}"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `retention_days` is None where the log is compacted and kept for ever."""

    name: str
    key: str
    partitions: int
    retention_days: int | None
    note: str = ""

    @property
    def compacted(self) -> bool:
        return self.retention_days is None

    def config(self) -> dict[str, str]:
        """Topic configuration as Kafka names it."""
        config = {"max.message.bytes": str(MAX_MESSAGE)}
        if self.retention_days is None:
            # Frequent small segments: state is read to its end at every start, so it must stay near its live size.
            config |= {"cleanup.policy": "compact", "segment.ms": str(DAY_MS // 4), "min.cleanable.dirty.ratio": "0.3"}
        else:
            config |= {"cleanup.policy": "delete", "retention.ms": str(self.retention_days * DAY_MS)}
        return config


TOPICS: tuple[Topic, ...] = (
    Topic(RAW, "doc_id", 4, 7, "what producers fetched"),
    Topic(ARTICLES, "body_hash", 4, 3, "cleaned; copies of one text meet in one process"),
    Topic(SCORED, "doc_id", 1, 3, "the one order of the system"),
    Topic(DOCUMENTS, "doc_id, doc_id/section", 4, None, "source of every index rebuild; partitioned by doc_id alone"),
    Topic(SIGNALS, "all", 1, 14, "what alerting counts, and ticks"),
    Topic(ALERTS, "alarm id, series/hour", 1, 90, "alarms and hour facts"),
    Topic(DECISIONS, "kind/subject", 1, None, "what people decided"),
    Topic(RULES, "publisher, publisher/stream", 1, None, "boilerplate paragraphs: a person's, and those learnt"),
    Topic(STATE_STORIES, "doc_id, publisher/name", 1, None, "state of the story engine"),
    Topic(STATE_ALERTS, "series/day", 1, None, "state of alerting"),
    *(Topic(dead(stage), "original key", 1, 30, f"what {stage} refused") for stage in STAGES),
)

BY_NAME = {topic.name: topic for topic in TOPICS}


def partition_key(key: bytes | None) -> bytes | None:
    """The part of a key that chooses the partition: `doc_id/section` and `doc_id/revision/<n>` go where `doc_id` goes."""
    return key.split(b"/", 1)[0] if key else key


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` did, by topic name."""

    created: list[str]
    changed: list[str]
    unchanged: list[str]


def apply(admin: Any, replication: int) -> Applied:
    """Create missing topics and set configurations; never shrinks, never deletes.

    `admin` is a `kafka.KafkaAdminClient`.
    """
    from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic

    known = set(admin.list_topics())
    existing = {t["name"]: t for t in admin.describe_topics([t.name for t in TOPICS if t.name in known])}
    current = _configs(admin, list(existing))
    created = [topic for topic in TOPICS if topic.name not in existing]
    grown = [t for t in TOPICS if t.name in existing and len(existing[t.name]["partitions"]) < t.partitions]
    altered = [t for t in TOPICS if t.name in existing and not t.config().items() <= current[t.name].items()]
    if created:
        new = [NewTopic(t.name, t.partitions, replication, topic_configs=t.config()) for t in created]
        admin.create_topics(new, wait_for_metadata=True)
    if grown:
        admin.create_partitions({t.name: NewPartitions(t.partitions) for t in grown})
    if altered:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, t.name, configs=t.config()) for t in altered])
    changed = {t.name for t in [*grown, *altered]}
    unchanged = [t.name for t in TOPICS if t.name in existing and t.name not in changed]
    return Applied([t.name for t in created], sorted(changed), unchanged)


def _configs(admin: Any, names: list[str]) -> dict[str, dict[str, str]]:
    """Topic → its configuration as the broker holds it."""
    from kafka.admin import ConfigResource, ConfigResourceType

    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found = admin.describe_configs(resources, config_filter="all")["topic"]
    return {name: {key: entry["value"] for key, entry in configs.items()} for name, configs in found.items()}
