"""Real receivers: webhook, mail server, feed, and Debian's Alertmanager."""

from __future__ import annotations

import hmac
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from indexer.notifier import channels
from indexer.notifier.config import Receiver
from indexer.notifier.hush import hush
from tests.indexer.notifier.alarm import NOON, alarm
from tests.servers import PATIENCE, free_port
from warta import alarm_text
from warta.alarms import AlarmStory, Bilingual, Change
from warta.errors import Invalid, Transient


class Sink(BaseHTTPRequestHandler):
    """A receiver of webhooks: keeps what came, answers what `answers` holds, in turn, then `status`."""

    status = 200
    answers: list[int]
    got: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.answers.pop(0) if self.answers else self.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def sink() -> Iterator[tuple[type[Sink], str]]:
    handler = type("Handler", (Sink,), {"got": [], "answers": []})
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
    assert headers["idempotency-key"] == again["idempotency-key"] == "A-1043/open/waspada"
    assert msgspec.json.decode(body)["alarm"]["observed"] == 7


@pytest.mark.parametrize(("status", "kind"), [(500, Transient), (429, Transient), (400, Invalid)])
def test_what_a_webhook_answers(sink: tuple[type[Sink], str], status: int, kind: type[Exception]) -> None:
    handler, url = sink
    handler.status = status
    with pytest.raises(kind):
        channels.deliver(Receiver(kind="webhook", url=url), alarm(), NOON)


_FEED = "{http://www.w3.org/2005/Atom}"


def test_the_feed_has_an_alarm_once_newest_first_and_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "alerts.xml"
    receiver = Receiver(kind="atom", path=str(path))
    rude = alarm(alarm_id="A-2", stories=[AlarmStory(story_id="s", title="<b>&\x00\x1b[31m\n]]>")])
    links = channels.Links("https://warta.example")
    for found in (alarm(alarm_id="A-1"), rude, alarm(alarm_id="A-1", level="kritis")):
        channels.deliver(receiver, found, NOON, links)
    feed = ElementTree.fromstring(path.read_bytes())
    entries = list(feed.iter(f"{_FEED}entry"))
    assert [entry.findtext(f"{_FEED}id") for entry in entries] == ["urn:warta:alarm:A-1", "urn:warta:alarm:A-2"]
    assert "KRITIS" in str(entries[0].findtext(f"{_FEED}title"))
    for where in (feed, *entries):  # RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have
        assert all(where.findtext(f"{_FEED}{tag}") for tag in ("id", "title", "updated"))
        assert datetime.fromisoformat(str(where.findtext(f"{_FEED}updated"))).tzinfo
    assert feed.findtext(f"{_FEED}author/{_FEED}name")
    assert [entry.find(f"{_FEED}link").get("href") for entry in entries] == [  # type: ignore[union-attr]
        "https://warta.example/alerts/A-1",
        "https://warta.example/alerts/A-2",
    ]


class Post(StreamRequestHandler):
    """A mail server (RFC 5321) that keeps what it is given; `answer` is what it says to each recipient."""

    answer = "250 ok"
    got: list[EmailMessage]

    def handle(self) -> None:
        self._say("220 desk.example")
        while line := self.rfile.readline():
            command = line.decode().split(" ")[0].strip().upper()
            if command == "DATA":
                self._say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                type(self).got.append(message_from_bytes(b"".join(lines), policy=policy.default))
            self._say({"QUIT": "221 bye", "RCPT": self.answer, "EHLO": "250 SMTPUTF8"}.get(command, "250 ok"))
            if command == "QUIT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def post() -> Iterator[tuple[type[Post], Receiver]]:
    handler = type("Handler", (Post,), {"got": []})
    server = ThreadingTCPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.server_address[1]
    yield (
        handler,
        Receiver(kind="smtp", host="127.0.0.1", port=port, sender="warta@desk.example", to=["a@desk.example"]),
    )
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_mail_server_gets_the_text_and_follow_ups_in_one_thread(post: tuple[type[Post], Receiver]) -> None:
    handler, receiver = post
    later = NOON + timedelta(hours=1)
    change = Change(at=later, kind="correction", story_id="s-1", title="Siswa mual", was=7, now=2)
    title = "Judul\r\nBcc: semua@desk.example"
    for found in (
        alarm(),
        alarm(level="kritis", updated_at=later),
        alarm(level="kritis", changes=[change], updated_at=later),
        alarm(state="resolved", resolved_at=later, stories=[AlarmStory(story_id="s", title=title)], what="spread"),
    ):
        channels.deliver(receiver, found, NOON)
    first, *replies = handler.got
    assert first["Subject"] == "🟠 WASPADA · Kab. Sumedang · Keracunan makanan: 7 berita negatif (biasanya 0–1)"
    assert (first["From"], first["To"]) == ("warta@desk.example", "a@desk.example")
    assert "Kenapa sekarang: 6 dari 7 berita di Kab. Sumedang" in first.get_content()
    assert [reply["In-Reply-To"] for reply in replies] == [first["Message-ID"]] * 3
    assert len({mail["Message-ID"] for mail in handler.got}) == 4
    assert all(reply["Bcc"] is None for reply in replies)


@pytest.mark.parametrize(("answer", "kind"), [("450 greylisted", Transient), ("550 nobody here", Invalid)])
def test_what_a_mail_server_answers(post: tuple[type[Post], Receiver], answer: str, kind: type[Exception]) -> None:
    handler, receiver = post
    handler.answer = answer
    with pytest.raises(kind, match=r"127\.0\.0\.1"):
        channels.deliver(receiver, alarm(), NOON)
    assert not handler.got


def test_a_mail_server_that_is_not_there_may_come_back() -> None:
    with pytest.raises(Transient, match=r"mail server 127\.0\.0\.1"):
        channels.deliver(
            Receiver(kind="smtp", host="127.0.0.1", port=free_port(), sender="a@b.example", to=["c@d.example"]),
            alarm(),
            NOON,
        )


def _until(action: Any, seconds: float = PATIENCE) -> Any:
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
    port = free_port()
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
    assert _until(lambda: urllib.request.urlopen(f"{url}/-/ready", timeout=30).status == 200)
    yield url
    process.terminate()
    process.wait(PATIENCE)


@pytest.mark.integration
def test_a_real_alertmanager_receives_groups_and_resolves(alertmanager: str, sink: tuple[type[Sink], str]) -> None:
    receiver = Receiver(kind="alertmanager", url=alertmanager)
    now = datetime.now(UTC)
    found = alarm(alarm_id="A-1", series="place:32.11", fired_at=now, updated_at=now)
    channels.deliver(receiver, found, now)
    second = alarm(alarm_id="A-2", series="place:32.11", fired_at=now, updated_at=now)
    channels.deliver(receiver, second, now)
    channels.deliver(receiver, found, now)
    with urllib.request.urlopen(f"{alertmanager}/api/v2/alerts?filter=severity=warning", timeout=30) as answer:
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


def _state(url: str, alarm_id: str) -> str:
    """What Alertmanager says of an alarm: `active`, `suppressed`, or nothing when it is over."""
    with urllib.request.urlopen(f'{url}/api/v2/alerts?filter=alarm_id="{alarm_id}"', timeout=30) as answer:
        return "".join(alert["status"]["state"] for alert in json.loads(answer.read()))


@pytest.mark.integration
def test_a_real_alertmanager_keeps_a_silenced_alarm_quiet_until_it_is_lifted(
    alertmanager: str, sink: tuple[type[Sink], str]
) -> None:
    receiver = Receiver(kind="alertmanager", url=alertmanager)
    now = datetime.now(UTC)
    quiet = alarm(alarm_id="A-quiet", series="place:32.11", fired_at=now, updated_at=now)
    for until in (now + timedelta(hours=1), now + timedelta(hours=2)):
        hush(receiver, quiet, datetime.now(UTC), until)
        channels.deliver(receiver, quiet, datetime.now(UTC))
    assert _until(lambda: _state(alertmanager, "A-quiet") == "suppressed")
    with urllib.request.urlopen(f"{alertmanager}/api/v2/silences", timeout=30) as answer:
        held = [silence for silence in json.loads(answer.read()) if silence["status"]["state"] == "active"]
    assert len(held) == 1, "a silence is renewed, not made again"
    assert datetime.fromisoformat(held[0]["endsAt"]) <= datetime.now(UTC) + channels.STALE_AFTER
    loud = alarm(alarm_id="A-loud", series="place:33.02", fired_at=now, updated_at=now)
    channels.deliver(receiver, loud, datetime.now(UTC))

    def told() -> set[str]:
        return {alert["labels"]["alarm_id"] for _, body in sink[0].got for alert in json.loads(body)["alerts"]}

    assert _until(lambda: "A-loud" in told())
    assert "A-quiet" not in told()
    hush(receiver, quiet, datetime.now(UTC), None)
    assert _until(lambda: _state(alertmanager, "A-quiet") == "active")
    assert _until(lambda: "A-quiet" in told())
    # Its end is heard although it was silenced when it came.
    hush(receiver, quiet, datetime.now(UTC), now + timedelta(hours=1))
    hush(receiver, quiet, datetime.now(UTC), None)
    over = msgspec.structs.replace(quiet, state="resolved", resolved_at=now)
    channels.deliver(receiver, over, datetime.now(UTC))
    assert _until(
        lambda: any(
            alert["status"] == "resolved" and alert["labels"]["alarm_id"] == "A-quiet"
            for _, body in sink[0].got
            for alert in json.loads(body)["alerts"]
        )
    )


def test_a_text_names_what_is_told_with_it(tmp_path: Path) -> None:
    path = tmp_path / "told.txt"
    wide = alarm(alarm_id="A-2", series="all", name=Bilingual(id="Semua berita", en="All news"), observed=15)
    channels.deliver(Receiver(kind="text", path=str(path)), alarm(), NOON, also=[wide])
    assert "\nJuga: Semua berita (15)\n" in path.read_text()
    assert "\nAlso: All news (15)\n" in alarm_text.text(alarm(), "en", also=[wide])
