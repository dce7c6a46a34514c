"""What people do with alarms from the command line: look them up in the index, and send decisions and tests to Kafka."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

import msgspec

from warta import kafka, topics
from warta.alarm_text import text
from warta.alarms import Alarm, AlarmDecision, AlarmStory, Bilingual
from warta.dates import Language
from warta.errors import Transient, Usage
from warta.search.client import ALERTS, connect, explained
from warta.search.labels import short_moment
from warta.settings import settings
from warta.wire import encode

Found = dict[str, Any]
_CONFIRM_S = 30
_KINDS = frozenset(["place", "case", "owner", "meluas"])


def alarms(limit: int, everything: bool) -> list[Found]:
    """Alarms as the index holds them, newest first."""
    query: Found = {"match_all": {}} if everything else {"term": {"state": "open"}}
    es = connect(settings())
    with explained("alarms"):
        answer = es.search(index=ALERTS, query=query, size=limit, sort=[{"fired_at": "desc"}])
    return [hit["_source"] for hit in answer["hits"]["hits"]]


def alarm(alarm_id: str) -> Found:
    """One alarm.

    Raises:
        Usage: there is none of this id.
    """
    es = connect(settings())
    with explained("alarms"):
        answer = es.search(index=ALERTS, query={"ids": {"values": [alarm_id]}}, size=1)
    hits = answer["hits"]["hits"]
    if not hits:
        raise Usage(f"there is no alarm {alarm_id}; see warta alerts list --all")
    found: Found = hits[0]["_source"]
    return found


def as_json(found: Found) -> str:
    """One line: the whole alarm, with the mark of a silence that only the file of routes knows."""
    details = dict(found.get("details") or found)
    if found.get("silenced"):
        details.update(silenced=True, silenced_by=found.get("silenced_by", ""))
    return msgspec.json.encode(details).decode()


def as_line(found: Found) -> str:
    """One alarm in a line."""
    marks = [f"({found['acknowledged_by']})"] if found.get("acknowledged_by") else []
    marks += ["[silenced]"] if found.get("silenced") else []
    marks += [_amended(found)] if found.get("changes") else []
    return "  ".join(
        [
            f"{found['alarm_id']}  {short_moment(found['fired_at'])}  {found['level']:8} {found['state']:8}",
            f"{found.get('name') or found['series']}: {found['observed']:g} (usually {found['expected']:.1f})",
            *marks,
        ]
    )


def _amended(found: Found) -> str:
    """How often an alarm's stories were amended; an alarm told anew since counts afresh and names no number for it."""
    times = "1 change" if found["changes"] == 1 else f"{found['changes']} changes"
    return f"[{times}]" if found.get("counting") is None else f"[{times}, {found['counting']} count]"


def as_text(found: Found, language: Language) -> str:
    """One alarm as receivers read it, with what decided behind it."""
    told = msgspec.convert(found["details"], Alarm)
    lines = [
        text(told, language),
        f"series {told.series}, {told.what}, p {told.p:.2g}, of the share {told.p_share:.2g}",
    ]
    lines += [
        f"  {change.at:%Y-%m-%d %H:%M}Z {change.kind}: {change.story_id}, {change.was} → {change.now} stories"
        for change in told.changes
    ]
    if found.get("silenced"):
        lines.append(f"silenced by {found.get('silenced_by') or '?'}")
    return "\n".join(lines)


def subject_of(series: str) -> str:
    """What a silence is for: an alarm that exists, `all`, or a pattern of series.

    Raises:
        Usage: it can match nothing, so nobody would be any quieter.
    """
    if series.startswith("A-"):
        return str(alarm(series)["alarm_id"])
    if series in ("all", "*", "test") or series.split(":")[0] in _KINDS:
        return series
    raise Usage(f"'{series}' is no series: write all, place:32.11, place:32.*, case:banjir, owner:…, or an alarm's id")


def decide(action: Literal["ack", "silence"], subject: str, by: str, note: str, days: float = 0.0) -> datetime:
    """Put a decision on `warta.decisions`; returns until when it holds (a silence of no days lifts an earlier one)."""
    now = datetime.now(UTC)
    until = now + timedelta(days=days)
    decision = AlarmDecision(
        action=action, subject=subject, by=by, at=now, until=until if action == "silence" else None, note=note
    )
    _send(topics.DECISIONS, f"{action}/{subject}", encode(decision))
    return until


def send_test(resolve: str) -> str:
    """Put a test alarm, or its end, on `warta.alerts`; returns what to say."""
    now = datetime.now(UTC)
    alarm_id = resolve or f"A-test-{uuid4().hex[:6]}"
    found = Alarm(
        alarm_id=alarm_id,
        what="spike",
        series="test",
        name=Bilingual(id="Uji coba", en="Test"),
        level="kritis",
        state="resolved" if resolve else "open",
        fired_at=now,
        updated_at=now,
        resolved_at=now if resolve else None,
        window_start=now - timedelta(hours=1),
        window_end=now,
        expected=0.5,
        observed=6,
        total=7,
        usual_share=0.3,
        p=1e-6,
        every_hours=1e6,
        stories=[AlarmStory(story_id="s-test", title="Uji coba peringatan / test of alerting", owner="warta")],
        notes=["uji coba / test"],
    )
    _send(topics.ALERTS, alarm_id, encode(found))
    if resolve:
        return f"{alarm_id} is over"
    return f"{alarm_id} is on its way; end it with: warta alerts test --resolve {alarm_id}"


def _send(topic: str, key: str, value: bytes) -> None:
    from kafka.errors import KafkaError

    config = settings()
    try:
        producer = kafka.producer(config, "warta-alerts-command")
        try:
            producer.send(topic, key=key.encode(), value=value).get(timeout=_CONFIRM_S)
        finally:
            producer.close(timeout=10)
    except KafkaError as error:
        raise Transient(f"Kafka at {config.kafka} did not take it: {error!r}") from error
