"""Back-test: a history of labelled stories through the very same engine, as fast as it goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from stream_agents.alerting import calendar
from stream_agents.alerting.engine import AlertEngine, Options
from stream_agents.alerting.ledger import Sighting
from warta.alarms import Alarm
from warta.errors import Usage


class Line(msgspec.Struct):
    """One line of input: a document of a story as it was seen. `publisher_group` is the owner."""

    time: str
    series: list[str]
    story_id: str
    publisher_group: str = ""
    label: str = ""


@dataclass(slots=True)
class Report:
    """What a back-test found: alarms in order of firing, and what they are measured against."""

    alarms: list[Alarm] = field(default_factory=list)
    series: int = 0
    weeks: float = 0.0
    lines: int = 0
    spread: int = 0

    @property
    def series_weeks(self) -> float:
        return self.series * self.weeks


def read(lines: Iterable[bytes], name: str) -> Iterator[tuple[float, Line]]:
    """Lines with their POSIX time; blank ones are skipped.

    Raises:
        Usage: a line is not of the form, or earlier than the one before; it names the line.
    """
    decoder = msgspec.json.Decoder(Line)
    before = float("-inf")
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = decoder.decode(text)
            moment = datetime.fromisoformat(line.time)
        except (msgspec.MsgspecError, ValueError) as error:
            raise Usage(f"{name}, line {number}: {error}. A line is {_FORM}") from None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if seconds < before:
            raise Usage(f"{name}, line {number}: {line.time} is earlier than the line before; sort the file by time")
        before = seconds
        yield seconds, line


_FORM = (
    '{"time": "2026-11-20T06:41:00+07:00", "series": ["all", "place:32.11"], "story_id": "s1", "publisher_group": '
    '"kompas_gramedia", "label": "negative"}'
)


def backtest(lines: Iterable[tuple[float, Line]], options: Options) -> Report:
    """Run the lines through the engine; a story's label is that of its first line."""
    engine = AlertEngine(options)
    report = Report()
    known: dict[str, tuple[set[str], set[str]]] = {}
    first = last = None
    for seconds, line in lines:
        report.lines += 1
        first, last = (seconds if first is None else first), seconds
        engine.advance(seconds)
        if len(known) > 500_000:
            known = {story: seen for story, seen in known.items() if story in engine.ledger.stories}
        seen = known.get(line.story_id)
        if seen is not None and line.publisher_group in seen[0] and seen[1].issuperset(line.series):
            engine.again(line.story_id)
            continue
        groups, names = seen or known.setdefault(line.story_id, (set(), set()))
        head = not names
        groups.add(line.publisher_group)
        names.update(line.series)
        sighting = Sighting(
            doc_id=f"{line.story_id}/{report.lines}",
            story_id=line.story_id,
            voice=line.publisher_group or line.story_id,
            negative=line.label == "negative",
            head=head,
            rows=tuple(engine.row(name) for name in line.series),
            hour=calendar.hour_of_timestamp(seconds),
            seen=seconds,
            owner=line.publisher_group,
        )
        engine.see(sighting)
        if engine.forgotten:
            engine.forgotten.clear()
            engine.touched.clear()
        report.alarms.extend(message for message in engine.take() if isinstance(message, Alarm))
    if first is not None and last is not None:
        engine.advance(last + 3600)
        report.alarms.extend(message for message in engine.take() if isinstance(message, Alarm))
        report.weeks = max(0.0, (last - first) / 86400 - options.warm_up_days) / 7
    report.series = len(engine.names)
    report.alarms = _firsts(report.alarms)
    return report


def _firsts(alarms: list[Alarm]) -> list[Alarm]:
    """One alarm an episode, as it fired."""
    found: dict[str, Alarm] = {}
    for alarm in alarms:
        if alarm.state == "open":
            found.setdefault(alarm.alarm_id, alarm)
    return list(found.values())
