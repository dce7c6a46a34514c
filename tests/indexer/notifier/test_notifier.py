"""The notifier: routes, silence, night, budget, the ledger over restarts; and real receivers."""

from __future__ import annotations

import hmac
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from indexer.notifier import channels, message
from indexer.notifier.config import Receiver, RoutingFile, parse
from indexer.notifier.ledger import Ledger
from indexer.notifier.service import Notifier
from warta.alarms import Alarm, AlarmStory
from warta.clock import ManualClock
from warta.errors import Invalid, Transient, Usage

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def alarm(**fields: Any) -> Alarm:
    given: dict[str, Any] = {
        "alarm_id": "A-1",
        "what": "spike",
        "series": "place:32.11",
        "level": "waspada",
        "fired_at": NOON,
        "updated_at": NOON,
        "window_start": NOON - timedelta(hours=2),
        "window_end": NOON,
        "expected": 0.4,
        "observed": 7,
        "total": 8,
        "usual_share": 0.3,
        "p": 2.8e-4,
        "every_hours": 3600.0,
        "documents": 31,
        "owners": 5,
        "stories": [AlarmStory(story_id="s-1", title="Siswa mual", owner="kg", first_seen_at=NOON, copies=14)],
        **fields,
    }
    return Alarm(**given)


ROUTES = """
receivers:
  desk: {kind: text, path: out.txt}
  boss: {kind: text, path: boss.txt}
routes:
  - {series: "place:32.*", receivers: [desk], budget_per_day: 2}
  - {series: "*", level: kritis, receivers: [boss]}
"""


class World:
    """A notifier whose deliveries are noted; `down` names receivers that do not answer."""

    def __init__(self, folder: Path, routes: str = ROUTES) -> None:
        self.file = folder / "alerts.yaml"
        self.file.write_text(routes)
        self.folder = folder
        self.clock = ManualClock(NOON)
        self.sent: list[tuple[str, str, str]] = []
        self.refused: list[str] = []
        self.down = False
        self.restart()

    def restart(self) -> None:
        self.ledger = Ledger(self.folder / "sent.db")
        self.notifier = Notifier(RoutingFile(self.file), self.ledger, self.clock, self._deliver, self._refuse)

    def _deliver(self, receiver: Receiver, found: Alarm) -> None:
        if self.down:
            raise Transient("no answer")
        self.sent.append((receiver.path, found.alarm_id, f"{found.state}/{found.level}"))

    def _refuse(self, name: str, found: Alarm, reason: str, detail: str) -> None:
        self.refused.append(f"{name} {found.alarm_id} {reason}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.ledger.close()


def test_each_stage_of_an_alarm_is_told_once_over_restarts(world: World) -> None:
    for _ in range(2):
        world.notifier.take(alarm())
        world.notifier.take(alarm(level="kritis"))
        world.notifier.take(alarm(level="kritis", state="resolved", resolved_at=NOON))
        world.ledger.close()
        world.restart()
    assert world.sent == [
        ("out.txt", "A-1", "open/waspada"),
        ("out.txt", "A-1", "open/kritis"),
        ("boss.txt", "A-1", "open/kritis"),
        ("out.txt", "A-1", "resolved/kritis"),
        ("boss.txt", "A-1", "resolved/kritis"),
    ]


def test_what_was_never_told_is_not_told_to_be_over(world: World) -> None:
    world.notifier.take(alarm(series="case:banjir", state="resolved", resolved_at=NOON))
    assert not world.sent


def test_at_night_only_kritis_rings_and_the_rest_in_the_morning(world: World) -> None:
    world.clock.advance(timedelta(hours=12))
    world.notifier.take(alarm())
    world.notifier.take(alarm(alarm_id="A-2", level="kritis"))
    assert {sent[1] for sent in world.sent} == {"A-2"}
    world.clock.advance(timedelta(hours=8))
    world.notifier.repeat()
    assert {sent[1] for sent in world.sent} == {"A-1", "A-2"}


def test_the_budget_of_a_day(world: World) -> None:
    for number in range(4):
        world.notifier.take(alarm(alarm_id=f"A-{number}"))
    assert len(world.sent) == 2


def test_silences_of_file_and_people_and_a_file_that_changes(world: World) -> None:
    world.ledger.silence("place:32.*", NOON + timedelta(hours=1))
    world.notifier.take(alarm())
    world.clock.advance(timedelta(hours=2))
    world.file.write_text(ROUTES + 'silences: [{series: "place:32.11", until: 2026-11-20T16:00:00+07:00}]\n')
    world.notifier.take(alarm())
    assert not world.sent
    world.file.write_text("routes: [{receivers: [nobody]}]")
    world.clock.advance(timedelta(hours=3))
    world.notifier.take(alarm(alarm_id="A-2"))
    assert world.sent == [("out.txt", "A-2", "open/waspada")]


def test_old_alarms_of_a_replayed_topic_ring_nobody(world: World) -> None:
    world.notifier.take(alarm(updated_at=NOON - timedelta(days=2)))
    assert not world.sent


def test_a_receiver_that_is_down_costs_a_dead_letter_and_no_other_alarm(world: World) -> None:
    world.down = True
    world.notifier.take(alarm())
    world.down = False
    world.notifier.take(alarm(alarm_id="A-2"))
    assert world.refused == ["desk A-1 unreachable"]
    assert [sent[1] for sent in world.sent] == ["A-2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("receivers: {a: {kind: pigeon}}", "pigeon"),
        ("receivers: {a: {kind: webhook}}", "needs url"),
        ("receivers: {a: {kind: webhook, url: ftp://x}}", "http://"),
        ("routes: [{receivers: [a]}]", "unknown receivers: a"),
        ("silences: [{series: a, until: 2026-01-01T00:00:00}]", "offset"),
        ("routes: [{reciever: [a]}]", "reciever"),
        ("a: [", "alerts.yaml"),
    ],
)
def test_a_bad_file_is_told_by_its_field(text: str, said: str) -> None:
    with pytest.raises(Usage, match=r"alerts\.yaml") as error:
        parse(text, "alerts.yaml")
    assert said in str(error.value)


def test_the_message_fits_a_lock_screen_and_names_no_p() -> None:
    words = message.text(alarm(p_share=0.01))
    first = words.splitlines()[0]
    assert first == "🟠 WASPADA · Wilayah 32.11: 7 berita negatif (biasanya 0–1)"
    assert "10.00–12.00 WIB · 31 tayangan, 5 grup · 7 dari 8 berita negatif (biasanya 3 dari 10), jadi bukan" in words
    assert "± 1× dalam 5 bulan" in words
    assert "“Siswa mual” – kg, 12.00, 14 salinan" in words
    english = message.text(alarm(), "en")
    assert "WARNING" in english
    assert "about once in 5 months" in english


class Sink(BaseHTTPRequestHandler):
    """A receiver of webhooks: keeps what came, answers `status`."""

    status = 200
    got: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def sink() -> Iterator[tuple[type[Sink], str]]:
    handler = type("Handler", (Sink,), {"got": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_webhook_is_signed_and_repeats_under_one_key(sink: tuple[type[Sink], str]) -> None:
    handler, url = sink
    receiver = Receiver(kind="webhook", url=url, secret="s3")
    channels.deliver(receiver, alarm(), NOON)
    channels.deliver(receiver, alarm(), NOON)
    (headers, body), (again, _) = handler.got
    assert headers["x-warta-signature"] == "sha256=" + hmac.new(b"s3", body, "sha256").hexdigest()
    assert headers["idempotency-key"] == again["idempotency-key"] == "A-1/open/waspada"
    assert msgspec.json.decode(body)["alarm"]["observed"] == 7


@pytest.mark.parametrize(("status", "kind"), [(500, Transient), (429, Transient), (400, Invalid)])
def test_what_a_webhook_answers(sink: tuple[type[Sink], str], status: int, kind: type[Exception]) -> None:
    handler, url = sink
    handler.status = status
    with pytest.raises(kind):
        channels.deliver(Receiver(kind="webhook", url=url), alarm(), NOON)


def test_the_feed_has_an_alarm_once_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "alerts.xml"
    receiver = Receiver(kind="atom", path=str(path))
    channels.deliver(receiver, alarm(), NOON)
    channels.deliver(receiver, alarm(alarm_id="A-2"), NOON)
    channels.deliver(receiver, alarm(level="kritis"), NOON)
    feed = ElementTree.fromstring(path.read_bytes())
    ids = [
        entry.findtext("{http://www.w3.org/2005/Atom}id") for entry in feed.iter("{http://www.w3.org/2005/Atom}entry")
    ]
    assert ids == ["urn:warta:alarm:A-1", "urn:warta:alarm:A-2"]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _until(action: Any, seconds: float = 20) -> Any:
    end = time.monotonic() + seconds
    while True:
        try:
            found = action()
        except OSError:
            found = None
        if found or time.monotonic() > end:
            return found
        time.sleep(0.1)


@pytest.fixture
def alertmanager(tmp_path: Path, sink: tuple[type[Sink], str]) -> Iterator[str]:
    """A real Alertmanager that passes on to the sink."""
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        pytest.skip("Alertmanager is not installed (apt-get install prometheus-alertmanager)")
    config = {
        "route": {"receiver": "sink", "group_by": ["series"], "group_wait": "0s", "group_interval": "1s"},
        "receivers": [{"name": "sink", "webhook_configs": [{"url": sink[1], "send_resolved": True}]}],
    }
    (tmp_path / "am.yml").write_text(json.dumps(config))
    port = _free_port()
    process = subprocess.Popen(
        [
            program,
            f"--config.file={tmp_path / 'am.yml'}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    assert _until(lambda: urllib.request.urlopen(f"{url}/-/ready", timeout=2).status == 200)
    yield url
    process.terminate()
    process.wait(10)


@pytest.mark.integration
def test_a_real_alertmanager_receives_groups_and_resolves(alertmanager: str, sink: tuple[type[Sink], str]) -> None:
    receiver = Receiver(kind="alertmanager", url=alertmanager)
    now = datetime.now(UTC)
    found = alarm(fired_at=now, updated_at=now)
    channels.deliver(receiver, found, now)
    channels.deliver(receiver, alarm(alarm_id="A-2", fired_at=now, updated_at=now), now)
    channels.deliver(receiver, found, now)
    with urllib.request.urlopen(f"{alertmanager}/api/v2/alerts?filter=severity=warning", timeout=5) as answer:
        active = json.loads(answer.read())
    assert sorted(alert["labels"]["alarm_id"] for alert in active) == ["A-1", "A-2"]
    over = msgspec.structs.replace(found, state="resolved", resolved_at=now)
    channels.deliver(receiver, over, datetime.now(UTC))

    def resolved() -> bool:
        alerts = [alert for _, body in sink[0].got for alert in json.loads(body)["alerts"]]
        return any(
            alert["status"] == "resolved"
            and alert["labels"]["alarm_id"] == "A-1"
            and alert["labels"]["severity"] == "warning"
            for alert in alerts
        )

    assert _until(resolved)
    groups = [json.loads(body)["groupLabels"] for _, body in sink[0].got]
    assert groups
    assert all(group == {"series": "place:32.11"} for group in groups)
