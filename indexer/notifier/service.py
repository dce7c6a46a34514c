"""What the notifier does with each alarm: routes, silences, night, budget, ledger, delivery, dead letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from indexer.notifier import together
from indexer.notifier.channels import STALE_AFTER
from indexer.notifier.config import Receiver, Route, RoutingFile, matches
from indexer.notifier.ledger import Ledger
from warta import logs
from warta.alarms import LEVELS, Alarm
from warta.clock import Clock
from warta.dates import WIB
from warta.errors import Invalid, Transient

log = logs.get("notifier")

#: Brings an alarm to a receiver, naming others that are told with it.
Deliver = Callable[[Receiver, Alarm, Sequence[Alarm]], None]
#: Keeps an alarm silent at an Alertmanager until a time, or no longer.
Hush = Callable[[Receiver, Alarm, datetime | None], None]
#: Tells that a receiver could not be reached: receiver, alarm, reason, detail.
Refuse = Callable[[str, Alarm, str, str], None]
#: Hours WIB of the day; outside it only what a route lets through at night.
_DAYTIME = range(6, 22)
#: Kinds of receivers whose every message is a new one to a person.
_RINGING = frozenset(["smtp", "text"])
#: Stories that an alarm needs.
_FLOOR = 3


class Notifier:
    """Takes alarms in order; `deliver` raises as `channels.deliver` does and is retried by the caller's wrapper, `hush`
    raises the same and is not."""

    def __init__(
        self, routing: RoutingFile, ledger: Ledger, clock: Clock, deliver: Deliver, refuse: Refuse, hush: Hush
    ) -> None:
        self._routing = routing
        self._ledger = ledger
        self._clock = clock
        self._deliver = deliver
        self._refuse = refuse
        self._hush = hush

    def take(self, *alarms: Alarm) -> None:
        """Tell whoever wants to know, each once a stage of the alarm; alarms of one event ring once."""
        for said in together.by_look(alarms):
            kept = [alarm for alarm in said if self._ledger.keep(alarm)]
            for alarm in kept:
                self._tell(alarm, kept)

    def _tell(self, alarm: Alarm, beside: Sequence[Alarm], refused: bool = True) -> None:
        """`beside` holds the alarms said with it; `refused`: also those to whom this stage could not be brought before (a
        dead letter is being replayed)."""
        now = self._clock.now()
        routing = self._routing.current()
        if now - alarm.updated_at > timedelta(hours=routing.max_age_hours):
            return
        for name in self._wanted(alarm):
            receiver = routing.receivers[name]
            changes = changes_for(receiver, alarm)
            if self._ledger.was_sent(name, alarm, changes):
                continue
            if receiver.kind in _RINGING and self._is_told(name, alarm):
                self._ledger.join(name, alarm, changes, now)
            elif refused or not self._ledger.was_refused(name, alarm, changes):
                self._send(name, receiver, alarm, changes, beside)

    def _is_told(self, name: str, alarm: Alarm) -> bool:
        """Whether the receiver heard of the event by another alarm, or, at its end, of nothing but that one."""
        if alarm.state == "resolved":
            return self._ledger.is_joined(name, alarm)
        return any(
            together.covers(other, alarm)
            and self._ledger.was_sent(name, other, 0)
            and not self._ledger.is_joined(name, other)
            and not self.quiet(other)
            for other in self._ledger.open()
        )

    def _wanted(self, alarm: Alarm) -> list[str]:
        """Receivers that are to hear of it; who was told that it began is told that it is over, silenced or not."""
        routing, now = self._routing.current(), self._clock.now()
        quiet, over = self.quiet(alarm) is not None, alarm.state == "resolved"
        found: dict[str, None] = {}
        for route in routing.routes:
            if not matches(alarm, route.series):
                continue
            for name in route.receivers:
                if self._ledger.knows(name, alarm):
                    if over or not quiet:
                        found[name] = None
                elif over or quiet or not self._loud(route, alarm):
                    continue
                elif self._ledger.sent_since(name, now - timedelta(days=1)) < route.budget_per_day:
                    found[name] = None
        return list(found)

    def quiet(self, alarm: Alarm) -> datetime | None:
        """Until when people or the file keep the alarm silent; None if they do not."""
        now, routing = self._clock.now(), self._routing.current()
        said = [*self._ledger.silences(), *((silence.series, silence.until) for silence in routing.silences)]
        ends = [until for subject, until in said if until > now and matches(alarm, subject)]
        if alarm.silenced and not ends:
            # Its end is not known here: the stage of alerts will say.
            ends = [now + STALE_AFTER]
        return max(ends, default=None)

    def _loud(self, route: Route, alarm: Alarm) -> bool:
        """Whether the alarm's level is high enough for the route, and for the hour."""
        night = self._clock.now().astimezone(WIB).hour not in _DAYTIME
        least = max(LEVELS.index(route.level), LEVELS.index(route.night_level) if night else 0)
        return LEVELS.index(alarm.level) >= least

    def _send(self, name: str, receiver: Receiver, alarm: Alarm, changes: int, beside: Sequence[Alarm]) -> None:
        if alarm.state == "resolved" and receiver.kind == "alertmanager":
            # A silence would swallow that it is over, too.
            self._try(lambda: self._hush(receiver, alarm, None), name, alarm)
        also = [other for other in beside if together.covers(alarm, other)] if receiver.kind in _RINGING else []
        try:
            self._deliver(receiver, alarm, also)
        except (Invalid, Transient) as error:
            reason = error.reason if isinstance(error, Invalid) else "unreachable"
            log.error("not delivered", receiver=name, alarm=alarm.alarm_id, reason=str(error)[:300])
            self._refuse(name, alarm, reason, str(error))
            self._ledger.refuse(name, alarm, changes)
            return
        self._ledger.sent(name, alarm, changes, self._clock.now())
        self._ledger.part(name, alarm)

    def repeat(self) -> None:
        """Say open alarms again to Alertmanager, which forgets what it does not hear (it is told to keep those quiet that
        are silenced here); and what the night, a silence or the budget held back."""
        routing = self._routing.current()
        held = together.ordered(self._ledger.open())
        for alarm in held:
            for name, receiver in routing.receivers.items():
                if receiver.kind == "alertmanager" and self._ledger.knows(name, alarm):
                    self._try(partial(self._repeat, receiver, alarm), name, alarm)
            self._tell(alarm, held, refused=False)

    def _repeat(self, receiver: Receiver, alarm: Alarm) -> None:
        self._hush(receiver, alarm, self.quiet(alarm))
        self._deliver(receiver, alarm, [])

    def _try(self, action: Callable[[], None], name: str, alarm: Alarm) -> None:
        """What fails here is tried again in a minute."""
        try:
            action()
        except (Invalid, Transient) as error:
            log.warning("not repeated", receiver=name, alarm=alarm.alarm_id, reason=str(error)[:300])


def changes_for(receiver: Receiver, alarm: Alarm) -> int:
    """How many changes to its stories make the alarm's message a new one. What replaces its last message says all; what
    rings tells only those that take away the floor, or half of what was observed."""
    if receiver.kind not in _RINGING:
        return len(alarm.changes)
    least = 1 if alarm.what == "spread" else max(_FLOOR, alarm.observed // 2)
    weighty = [place for place, change in enumerate(alarm.changes, 1) if change.now < least]
    return max(weighty, default=0)
