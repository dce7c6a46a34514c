"""Boilerplate rules on their compacted topic: read whole before work starts, then followed; and published.

A publisher may have two records: what a person published, keyed by the publisher, and what stories learnt from the stream,
keyed by `learnt_key`. Neither replaces the other: clean cuts what either names. The version stamped on a cut is the sum of
both, so it rises with every change of either.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import msgspec
from kafka import TopicPartition
from kafka.errors import KafkaError

from stream_agents.cleaning.boilerplate import EMPTY, BoilerplateRules
from warta import kafka, logs, topics
from warta.errors import Invalid, Transient
from warta.messages import SCHEMA, PublisherRules, RuleParagraph
from warta.settings import Settings
from warta.wire import Decoder, encode

log = logs.get(__name__)
_decoder = Decoder(PublisherRules)


def learnt_key(publisher: str) -> bytes:
    """Key on `warta.rules` of what the stream has taught about a publisher."""
    return f"{publisher}/stream".encode()


def merged(records: Mapping[bytes, PublisherRules]) -> BoilerplateRules:
    """The rules in force, of all records on the topic (by key)."""
    keys: dict[str, frozenset[str]] = {}
    versions: dict[str, int] = {}
    for rules in records.values():
        found = keys.get(rules.publisher, frozenset())
        keys[rules.publisher] = found | {paragraph.key for paragraph in rules.paragraphs}
        versions[rules.publisher] = versions.get(rules.publisher, 0) + rules.version
    return BoilerplateRules(keys, versions)


class RulesReader:
    """The rules as they stand on `warta.rules`; `current` is replaced as a whole, so a reader needs no lock."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rules: dict[bytes, PublisherRules] = {}
        self.current: BoilerplateRules = EMPTY

    def start(self) -> None:
        """Read every rule, then follow the topic beside the work.

        Raises:
            Transient: the topic could not be read to its end.
        """
        try:
            consumer = _whole_topic(self._settings)
            _read_to_end(consumer, self._take)
        except KafkaError as error:
            raise Transient(f"{topics.RULES} could not be read to its end: {error!r}") from error
        self._replace()
        threading.Thread(target=self._follow, args=(consumer,), name="rules", daemon=True).start()

    def _follow(self, consumer: Any) -> None:
        while True:
            records = [record for batch in consumer.poll(timeout_ms=1000).values() for record in batch]
            for record in records:
                self._take(record)
            if records:
                self._replace()

    def _take(self, record: Any) -> None:
        if record.value is None:
            self._rules.pop(record.key or b"", None)
            return
        try:
            rules = _decoder.decode(record.value)
        except Invalid as error:
            # One unreadable rule must not stop the reading of news; the rule before it stays in force.
            log.warning("rule skipped", offset=record.offset, reason=str(error))
            return
        self._rules[record.key or b""] = rules

    def _replace(self) -> None:
        self.current = merged(self._rules)
        keys = self.current.by_publisher
        log.info("boilerplate rules", publishers=len(keys), paragraphs=sum(map(len, keys.values())))


def _whole_topic(settings: Settings) -> Any:
    consumer = kafka.consumer(settings, group=None, client_id="warta-rules")
    partition = TopicPartition(topics.RULES, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    return consumer


def _read_to_end(consumer: Any, take: Any) -> None:
    partition = TopicPartition(topics.RULES, 0)
    end = consumer.end_offsets([partition])[partition]
    while consumer.position(partition) < end:
        for batch in consumer.poll(timeout_ms=500).values():
            for record in batch:
                take(record)


def publish_rules(settings: Settings, learnt: dict[str, list[dict[str, Any]]]) -> int:
    """Put learnt paragraphs (publisher → key, example, stories) on `warta.rules`; returns how many publishers changed."""
    known: dict[str, PublisherRules] = {}

    def take(record: Any) -> None:
        if record.value is not None:
            rules = _decoder.decode(record.value)
            if record.key == rules.publisher.encode():
                known[rules.publisher] = rules

    consumer = _whole_topic(settings)
    try:
        _read_to_end(consumer, take)
    finally:
        consumer.close()
    changed = [rules for name, paragraphs in learnt.items() if (rules := _changed(name, paragraphs, known.get(name)))]
    producer = kafka.producer(settings, "warta-boilerplate")
    try:
        for future in [producer.send(topics.RULES, key=r.publisher.encode(), value=encode(r)) for r in changed]:
            future.get(timeout=120)
    finally:
        producer.close()
    return len(changed)


def _changed(publisher: str, paragraphs: list[dict[str, Any]], before: PublisherRules | None) -> PublisherRules | None:
    found = msgspec.convert(paragraphs, list[RuleParagraph])
    if before and {p.key for p in before.paragraphs} == {p.key for p in found}:
        return None
    version = before.version + 1 if before else 1
    return PublisherRules(schema=SCHEMA, publisher=publisher, version=version, paragraphs=found)
