"""Boilerplate rules on their compacted topic: read whole before work starts, then followed; and published.

A publisher may have three records: what a person published, keyed by the publisher; what stories learnt from the stream,
keyed by `learnt_key`; and what a person will not have cut whoever says so, keyed by `veto_key`. None replaces another: clean
cuts what one of the first two names and the third does not. The version stamped on a cut is the sum of all, so it rises with
every change of any.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from kafka import TopicPartition
from kafka.errors import KafkaError

from stream_agents.cleaning.boilerplate import EMPTY, BoilerplateRules
from warta import kafka, logs, topics
from warta.errors import Invalid, Transient, Usage
from warta.messages import SCHEMA, PublisherRules, RuleParagraph
from warta.settings import Settings
from warta.wire import Decoder, encode

log = logs.get(__name__)
_decoder = Decoder(PublisherRules)


def learnt_key(publisher: str) -> bytes:
    """Key on `warta.rules` of what the stream has taught about a publisher."""
    return f"{publisher}/stream".encode()


def veto_key(publisher: str) -> bytes:
    """Key on `warta.rules` of the paragraphs of a publisher that stay, whoever calls them boilerplate."""
    return f"{publisher}/veto".encode()


def merged(records: Mapping[bytes, PublisherRules]) -> BoilerplateRules:
    """The rules in force, of all records on the topic (by key)."""
    keys: dict[str, set[str]] = {}
    versions: dict[str, int] = {}
    for key, rules in records.items():
        found = keys.setdefault(rules.publisher, set())
        if key != veto_key(rules.publisher):
            found.update(paragraph.key for paragraph in rules.paragraphs)
        versions[rules.publisher] = versions.get(rules.publisher, 0) + rules.version
    return BoilerplateRules({name: frozenset(found - _vetoed(records, name)) for name, found in keys.items()}, versions)


def _vetoed(records: Mapping[bytes, PublisherRules], publisher: str) -> set[str]:
    veto = records.get(veto_key(publisher))
    return {paragraph.key for paragraph in veto.paragraphs} if veto else set()


class Standing(msgspec.Struct, kw_only=True, frozen=True):
    """One paragraph as `warta boilerplate list` shows it; `said_by` holds `person`, `stream` and `veto`, as they apply."""

    publisher: str
    key: str
    example: str
    stories: int
    said_by: list[str]


def standing(records: Mapping[bytes, PublisherRules], publisher: str = "") -> list[Standing]:
    """Every paragraph on the topic, of one publisher or of all, by publisher and then the most frequent first."""
    found: dict[tuple[str, str], Standing] = {}
    for key, rules in sorted(records.items()):
        said_by = {veto_key(rules.publisher): "veto", learnt_key(rules.publisher): "stream"}.get(key, "person")
        for paragraph in rules.paragraphs if publisher in ("", rules.publisher) else ():
            at = (rules.publisher, paragraph.key)
            before = found.get(at)
            found[at] = Standing(
                publisher=rules.publisher,
                key=paragraph.key,
                example=paragraph.example,
                stories=max(paragraph.stories, before.stories if before else 0),
                said_by=[*(before.said_by if before else []), said_by],
            )
    return sorted(found.values(), key=lambda one: (one.publisher, -one.stories, one.key))


def veto(
    records: Mapping[bytes, PublisherRules], publisher: str, starts: Iterable[str], undo: bool = False
) -> PublisherRules:
    """The publisher's vetoes after paragraphs are vetoed (or, with `undo`, not any more) whose keys begin as given.

    Raises:
        Usage: a beginning fits no paragraph of the publisher, or several.
    """
    before = records.get(veto_key(publisher))
    kept = {paragraph.key: paragraph for paragraph in before.paragraphs} if before else {}
    known = standing(records, publisher)
    for start in starts:
        fitting = [one for one in known if one.key.startswith(start) and (not undo or one.key in kept)]
        if len(fitting) != 1:
            fault = f"fits {len(fitting)} of them, write more of it" if fitting else "is none of them"
            what = "vetoed paragraphs" if undo else "paragraphs"
            raise Usage(f"'{start}' {fault}: 'warta boilerplate list {publisher}' shows the keys of the {what}")
        one = fitting[0]
        kept[one.key] = RuleParagraph(key=one.key, example=one.example, stories=one.stories)
        if undo:
            del kept[one.key]
    version = before.version + 1 if before else 1
    return PublisherRules(schema=SCHEMA, publisher=publisher, version=version, paragraphs=list(kept.values()))


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


def read_rules(settings: Settings) -> dict[bytes, PublisherRules]:
    """All records on `warta.rules` by key, as they stand.

    Raises:
        Transient: the topic could not be read to its end.
    """
    records: dict[bytes, PublisherRules] = {}

    def take(record: Any) -> None:
        if record.value is None:
            records.pop(record.key or b"", None)
        else:
            records[record.key or b""] = _decoder.decode(record.value)

    try:
        consumer = _whole_topic(settings)
        try:
            _read_to_end(consumer, take)
        finally:
            consumer.close()
    except KafkaError as error:
        raise Transient(f"{topics.RULES} could not be read to its end: {error!r}") from error
    return records


def _send(settings: Settings, records: Mapping[bytes, PublisherRules]) -> None:
    producer = kafka.producer(settings, "warta-boilerplate")
    try:
        for future in [producer.send(topics.RULES, key=key, value=encode(rules)) for key, rules in records.items()]:
            future.get(timeout=120)
    finally:
        producer.close()


def publish_veto(settings: Settings, publisher: str, starts: Iterable[str], undo: bool = False) -> PublisherRules:
    """Put `veto`'s answer on `warta.rules`."""
    rules = veto(read_rules(settings), publisher, starts, undo)
    _send(settings, {veto_key(publisher): rules})
    return rules


def publish_rules(settings: Settings, learnt: dict[str, list[dict[str, Any]]]) -> int:
    """Put learnt paragraphs (publisher → key, example, stories) on `warta.rules`; returns how many publishers changed."""
    known = read_rules(settings)
    changed = {
        name.encode(): rules
        for name, paragraphs in learnt.items()
        if (rules := _changed(name, paragraphs, known.get(name.encode())))
    }
    _send(settings, changed)
    return len(changed)


def _changed(publisher: str, paragraphs: list[dict[str, Any]], before: PublisherRules | None) -> PublisherRules | None:
    found = msgspec.convert(paragraphs, list[RuleParagraph])
    if before and {p.key for p in before.paragraphs} == {p.key for p in found}:
        return None
    version = before.version + 1 if before else 1
    return PublisherRules(schema=SCHEMA, publisher=publisher, version=version, paragraphs=found)
