"""`alerts.yaml`: who is told of what, and when to be quiet. Read anew when the file changes; a bad file changes nothing.

receivers:
  desk: {kind: alertmanager, url: "http://127.0.0.1:9093"}
  hook: {kind: webhook, url: "https://…", secret: "…"}
  mail: {kind: smtp, host: localhost, port: 25, sender: warta@…, to: [desk@…]}
  feed: {kind: atom, path: .warta/alerts.xml}
routes:
  - {series: "place:32.*", level: waspada, receivers: [desk, mail], budget_per_day: 5}
silences:
  - {series: "case:banjir", until: 2026-11-25T00:00:00+07:00}
console: https://warta.example
kibana: https://kibana.example
"""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from warta.alarms import Alarm, Level
from warta.errors import Usage
from warta.settings import ROOT


class Receiver(msgspec.Struct, forbid_unknown_fields=True):
    """One way out; which of the fields matter depends on `kind`."""

    kind: Literal["alertmanager", "webhook", "smtp", "atom", "text"]
    url: str = ""
    secret: str = ""
    host: str = ""
    port: int = 25
    sender: str = ""
    to: list[str] = []
    path: str = ""
    language: Literal["id", "en"] = "id"
    username: str = ""
    password: str = ""
    starttls: bool = False


class Route(msgspec.Struct, forbid_unknown_fields=True):
    """Alarms of series matching a pattern (`*`, `?`), of a level or higher, to receivers; at most so many new ones a day.

    At night (22 to 6 WIB) only `night_level` and higher goes out."""

    receivers: list[str]
    series: str = "*"
    level: Level = "pantau"
    budget_per_day: int = 50
    night_level: Level = "kritis"


class Silence(msgspec.Struct, forbid_unknown_fields=True):
    """Series (a pattern), or an alarm's id, that say nothing until a time."""

    series: str
    until: datetime
    note: str = ""


class Routing(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file. `console` and `kibana` are the addresses that links lead to; alarms older than `max_age_hours` ring
    nobody."""

    receivers: dict[str, Receiver] = {}
    routes: list[Route] = []
    silences: list[Silence] = []
    console: str = ""
    kibana: str = ""
    max_age_hours: float = 24.0

    def silenced(self, alarm: Alarm, at: datetime) -> bool:
        """Whether the file keeps an alarm quiet at a time."""
        return any(silence.until > at and matches(alarm, silence.series) for silence in self.silences)


def matches(alarm: Alarm, subject: str) -> bool:
    """Whether a pattern of series, or an alarm's id, means this alarm."""
    return subject == alarm.alarm_id or fnmatchcase(alarm.series, subject)


_NEEDS = {
    "alertmanager": ("url",),
    "webhook": ("url",),
    "smtp": ("host", "sender", "to"),
    "atom": ("path",),
    "text": ("path",),
}


def parse(text: str, name: str) -> Routing:
    """The file's text → routing.

    Raises:
        Usage: it is not YAML, a field is unknown or of the wrong type, or a route names no receiver; it says which.
    """
    try:
        routing = msgspec.convert(yaml.safe_load(text) or {}, Routing)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise Usage(f"{name}: {error}") from None
    for key, receiver in routing.receivers.items():
        _check_receiver(f"{name}: receiver {key}", receiver)
    for route in routing.routes:
        unknown = [key for key in route.receivers if key not in routing.receivers]
        if unknown:
            raise Usage(f"{name}: route {route.series} names unknown receivers: {', '.join(unknown)}")
        if route.budget_per_day < 0:
            raise Usage(f"{name}: route {route.series}: budget_per_day is {route.budget_per_day}, write 0 or more")
    for silence in routing.silences:
        if silence.until.tzinfo is None:
            raise Usage(f"{name}: silence of {silence.series}: write `until` with an offset, such as +07:00")
    for key in ("console", "kibana"):
        _check_address(f"{name}: {key}", getattr(routing, key))
    return routing


def _check_receiver(where: str, receiver: Receiver) -> None:
    missing = [field for field in _NEEDS[receiver.kind] if not getattr(receiver, field)]
    if missing:
        raise Usage(f"{where} ({receiver.kind}) needs {', '.join(missing)}")
    _check_address(f"{where}: url", receiver.url)


def _check_address(where: str, url: str) -> None:
    if url and not url.startswith(("http://", "https://")):
        raise Usage(f"{where} is {url!r}: write it as http://… or https://…")


SHIPPED = ROOT / "deploy" / "notifier" / "alerts.yaml"


class RoutingFile:
    """The routing as the file says now; a file that became bad is reported by `problem` and its last good state kept.

    While `path` is not there, `fallback` is read."""

    def __init__(self, path: Path, fallback: Path | None = None) -> None:
        self._path = path
        self._fallback = fallback
        self._stamp: tuple[Path, int, int] | None = None
        self.problem = ""
        self.routing = Routing()

    def current(self) -> Routing:
        """The routing, read anew when the file changed."""
        path = self._fallback if self._fallback and not self._path.exists() else self._path
        try:
            found = path.stat()
        except OSError:
            self.problem = f"{path} is missing: nobody new is told of alarms"
            return self.routing
        stamp = (path, found.st_mtime_ns, found.st_size)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self.routing, self.problem = parse(path.read_text("utf-8"), str(path)), ""
            except (OSError, UnicodeDecodeError, Usage) as error:
                self.problem = str(error)
        return self.routing


def own_routing(home: Path) -> RoutingFile:
    """`alerts.yaml` of WARTA_HOME, or the shipped one while there is none."""
    return RoutingFile(home / "alerts.yaml", SHIPPED)
