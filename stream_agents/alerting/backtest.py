"""Back-test: a history of labelled stories through the very same engine, as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from stream_agents.alerting import calendar
from stream_agents.alerting.engine import AlertEngine, Options
from stream_agents.alerting.injection import Heard, heard, injected, plan, profiles
from stream_agents.alerting.ledger import Sighting
from stream_agents.alerting.lines import Line
from warta.alarms import Alarm


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

    @property
    def rate(self) -> float:
        """Alarms a series-week, spreads aside; 0 where all is warm-up."""
        spikes = sum(alarm.what != "spread" for alarm in self.alarms)
        return spikes / self.series_weeks if self.series_weeks else 0.0


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


#: A history that can be read again from its start.
History = Callable[[], Iterable[tuple[float, Line]]]
#: Rates that tuning tries, as multiples of the wished one, and how near to the wish it stops.
TRIED = (0.03, 0.1, 0.3, 1.0, 3.0)
NEAR = 0.15
REFINED = 3


def drill(history: History, options: Options, seed: int = 1) -> Heard:
    """Put bursts into a history (see `injection`) and tell which of them ring."""
    rng = np.random.default_rng(seed)
    known = profiles(history())
    bursts = plan(known, options.warm_up_days, rng)
    report = backtest(injected(history(), bursts, known, rng), options)
    return heard(report.alarms, bursts)


def tune(history: History, options: Options) -> Iterator[tuple[float, Report]]:
    """Back-tests at several rates, then at rates ever nearer to where as many alarms ring as `options.rate` wishes.

    What rings on a real history is true alarms and false ones together, so the rate proposed is on the quiet side.
    """
    wished = options.rate
    below, above = 0.0, 0.0
    for tried in [wished * multiple for multiple in TRIED] + [0.0] * REFINED:
        if not tried and not (below and above):
            return
        rate = tried or (below * above) ** 0.5
        report = backtest(history(), replace(options, rate=rate))
        yield rate, report
        if report.rate <= wished:
            below = max(below, rate)
        elif not above or rate < above:
            above = rate
        if above and below and (above / below < 1 + NEAR or abs(report.rate / wished - 1) < NEAR / 2):
            return


def proposed(tried: Iterable[tuple[float, Report]], wished: float) -> float | None:
    """The most sensitive rate that rang no more often than wished; None where each rang more often."""
    quiet = [rate for rate, report in tried if report.rate <= wished]
    return max(quiet) if quiet else None
