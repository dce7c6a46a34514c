"""What the notifier does with each alarm: routes, silences, night, budget, ledger, delivery, dead letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fnmatch import fnmatchcase

from indexer.notifier.config import Receiver, Route, RoutingFile
from indexer.notifier.ledger import Ledger
from indexer.notifier.message import WIB
from warta import logs
from warta.alarms import LEVELS, Alarm
from warta.clock import Clock
from warta.errors import Invalid, Transient

log = logs.get("notifier")

Deliver = Callable[[Receiver, Alarm], None]
#: Tells that a receiver could not be reached: receiver, alarm, reason, detail.
Refuse = Callable[[str, Alarm, str, str], None]
#: Hours WIB of the day; outside it only what a route lets through at night.
_DAYTIME = range(6, 22)


class Notifier:
    """Takes alarms in order; `deliver` raises as `channels.deliver` does and is retried by the caller's wrapper."""

    def __init__(self, routing: RoutingFile, ledger: Ledger, clock: Clock, deliver: Deliver, refuse: Refuse) -> None:
        self._routing = routing
        self._ledger = ledger
        self._clock = clock
        self._deliver = deliver
        self._refuse = refuse

    def take(self, alarm: Alarm) -> None:
        """Tell whoever wants to know, each once a stage of the alarm."""
        self._ledger.keep(alarm)
        now = self._clock.now()
        routing = self._routing.current()
        if now - alarm.updated_at > timedelta(hours=routing.max_age_hours):
            return
        for name in self._wanted(alarm):
            if not self._ledger.was_sent(name, alarm):
                self._send(name, routing.receivers[name], alarm)

    def _wanted(self, alarm: Alarm) -> list[str]:
        """Receivers that are to hear of it; who was told that it began is told that it is over."""
        routing, now = self._routing.current(), self._clock.now()
        silent = [(silence.series, silence.until) for silence in routing.silences] + self._ledger.silences()
        quiet = any(fnmatchcase(alarm.series, pattern) and until > now for pattern, until in silent)
        found: dict[str, None] = {}
        for route in routing.routes:
            if not fnmatchcase(alarm.series, route.series):
                continue
            for name in route.receivers:
                if self._ledger.knows(name, alarm):
                    found[name] = None
                elif alarm.state == "resolved" or quiet or not self._loud(route, alarm):
                    continue
                elif self._ledger.sent_since(name, now - timedelta(days=1)) < route.budget_per_day:
                    found[name] = None
        return list(found)

    def _loud(self, route: Route, alarm: Alarm) -> bool:
        """Whether the alarm's level is high enough for the route, and for the hour."""
        night = self._clock.now().astimezone(WIB).hour not in _DAYTIME
        least = max(LEVELS.index(route.level), LEVELS.index(route.night_level) if night else 0)
        return LEVELS.index(alarm.level) >= least

    def _send(self, name: str, receiver: Receiver, alarm: Alarm) -> None:
        try:
            self._deliver(receiver, alarm)
        except (Invalid, Transient) as error:
            reason = error.reason if isinstance(error, Invalid) else "unreachable"
            log.error("not delivered", receiver=name, alarm=alarm.alarm_id, reason=str(error)[:300])
            self._refuse(name, alarm, reason, str(error))
            return
        self._ledger.sent(name, alarm, self._clock.now())

    def repeat(self) -> None:
        """Say open alarms again to Alertmanager, which forgets what it does not hear; and what the night held back."""
        routing = self._routing.current()
        for alarm in self._ledger.open():
            for name, receiver in routing.receivers.items():
                if receiver.kind == "alertmanager" and self._ledger.knows(name, alarm):
                    try:
                        self._deliver(receiver, alarm)
                    except (Invalid, Transient) as error:
                        log.warning("not repeated", receiver=name, alarm=alarm.alarm_id, reason=str(error)[:300])
            if alarm.level != "kritis":
                self.take(alarm)
