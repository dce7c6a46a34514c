"""The ways out. Each raises `Transient` for what may pass and `Invalid` for what the other side will never take."""

from __future__ import annotations

import hmac
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from xml.etree import ElementTree

import httpx

from indexer.notifier.config import Receiver
from indexer.notifier.ledger import stage_of
from warta import alarm_text
from warta.alarms import LEVELS, Alarm, Level
from warta.errors import Invalid, Transient
from warta.wire import encode

#: An open alarm is said again more often than this, or Alertmanager takes it for over.
STALE_AFTER = timedelta(minutes=10)
_SEVERITY = {"pantau": "info", "waspada": "warning", "kritis": "critical"}
_TIMEOUT_S = 15.0
_ATOM = "http://www.w3.org/2005/Atom"
_FEED_ENTRIES = 100
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Links(NamedTuple):
    """Base addresses that links in a message lead to; empty ones make no link."""

    console: str = ""
    kibana: str = ""


NO_LINKS = Links()


def deliver(
    receiver: Receiver, alarm: Alarm, now: datetime, links: Links = NO_LINKS, also: Sequence[Alarm] = ()
) -> None:
    """Bring one alarm to one receiver; mail and text name what `also` is told with it.

    Raises:
        Transient: the other side does not answer, or not now.
        Invalid: `refused`, it answered that it will never take this.
    """
    if receiver.kind == "alertmanager":
        _post(receiver.url.rstrip("/") + "/api/v2/alerts", encode(alertmanager_alerts(alarm, now, links)), {})
    elif receiver.kind == "webhook":
        _webhook(receiver, alarm, links)
    elif receiver.kind == "smtp":
        _mail(receiver, alarm, links, also)
    elif receiver.kind == "atom":
        _feed(Path(receiver.path), receiver, alarm, links)
    else:
        _append(Path(receiver.path), alarm_text.text(alarm, receiver.language, *links, also=also))


def alertmanager_alerts(alarm: Alarm, now: datetime, links: Links = NO_LINKS) -> list[dict[str, Any]]:
    """Alerts of Alertmanager's API v2. Labels are an alert's identity there and what its routes go by: when an alarm rises,
    the alert of its new severity begins and those of the lower ones end."""
    levels = LEVELS[: LEVELS.index(alarm.level) + 1]
    return [_alert(alarm, level, now, links) for level in reversed(levels)]


def _alert(alarm: Alarm, level: Level, now: datetime, links: Links) -> dict[str, Any]:
    over = alarm.state == "resolved" or level != alarm.level
    ends = now if over else now + STALE_AFTER
    return {
        "labels": {
            "alertname": f"warta_{alarm.what.replace('-', '_')}",
            "series": alarm.series,
            "alarm_id": alarm.alarm_id,
            "severity": _SEVERITY[level],
        },
        "annotations": {
            "summary": alarm_text.first_line(alarm, "id"),
            "description": alarm_text.text(alarm, "id", *links),
            "description_en": alarm_text.text(alarm, "en", *links),
        },
        "startsAt": min(alarm.fired_at, now).isoformat(),
        "endsAt": ends.isoformat(),
        **({"generatorURL": alarm_text.console_link(alarm, links.console)} if links.console else {}),
    }


def _webhook(receiver: Receiver, alarm: Alarm, links: Links) -> None:
    """The alarm as JSON with its texts. The signature is hex HMAC-SHA256 of the body (RFC 2104)."""
    words = {language: alarm_text.text(alarm, language, *links) for language in ("id", "en")}
    body = encode({"alarm": alarm, "text": words})
    headers = {"Idempotency-Key": f"{alarm.alarm_id}/{stage_of(alarm)}"}
    if receiver.secret:
        headers["X-Warta-Signature"] = "sha256=" + hmac.new(receiver.secret.encode(), body, "sha256").hexdigest()
    _post(receiver.url, body, headers)


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    request("POST", url, body, headers)


def request(
    method: str,
    url: str,
    body: bytes = b"",
    headers: Mapping[str, str] = NO_HEADERS,
    params: Mapping[str, str] = NO_HEADERS,
) -> httpx.Response:
    """Ask a server for something, JSON if anything.

    Raises:
        Transient: it does not answer, or not now.
        Invalid: `refused`, it will never take this.
    """
    try:
        answer = httpx.request(
            method,
            url,
            content=body,
            params=dict(params),
            headers={"Content-Type": "application/json", **headers},
            timeout=_TIMEOUT_S,
        )
    except httpx.HTTPError as error:
        raise Transient(f"{url} does not answer: {error!r}") from error
    if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
        raise Transient(f"{url} answered {answer.status_code}")
    if answer.status_code >= 300:
        raise Invalid("refused", f"{url} answered {answer.status_code}: {answer.text[:200]}")
    return answer


def _mail(receiver: Receiver, alarm: Alarm, links: Links, also: Sequence[Alarm]) -> None:
    mail = EmailMessage()
    mail["Subject"] = alarm_text.first_line(alarm, receiver.language)
    mail["From"], mail["To"] = receiver.sender, ", ".join(receiver.to)
    thread = f"<{alarm.alarm_id}@warta>"
    if alarm.state == "open" and not alarm_text.follow_up(alarm):
        mail["Message-ID"] = thread
    else:
        mail["Message-ID"] = f"<{alarm.alarm_id}.{stage_of(alarm).replace('/', '.')}@warta>"
        mail["In-Reply-To"] = mail["References"] = thread
    mail.set_content(alarm_text.text(alarm, receiver.language, *links, also=also))
    where = f"mail server {receiver.host}:{receiver.port}"
    try:
        with smtplib.SMTP(receiver.host, receiver.port, timeout=_TIMEOUT_S) as server:
            if receiver.starttls:
                server.starttls(context=ssl.create_default_context())
            if receiver.username:
                server.login(receiver.username, receiver.password)
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _said(f"{where} takes none of {receiver.to}: {error}", min(codes, default=550)) from None
    except smtplib.SMTPResponseException as error:
        raise _said(f"{where} answered {error.smtp_code} {error.smtp_error!r}", error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        raise Transient(f"{where}: {error}") from error


def _said(what: str, code: int) -> Invalid | Transient:
    """A mail server's 4xx may pass (greylisting), its 5xx will not (RFC 5321, 4.2.1)."""
    return Invalid("refused", what) if code >= 500 else Transient(what)


def _feed(path: Path, receiver: Receiver, alarm: Alarm, links: Links) -> None:
    """An Atom feed (RFC 4287) in a file: newest first, one entry an alarm."""
    ElementTree.register_namespace("", _ATOM)
    entries = _entries(path, alarm.alarm_id)
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    for tag, text in (("title", "Warta"), ("id", "urn:warta:alerts"), ("updated", alarm.updated_at.isoformat())):
        ElementTree.SubElement(root, f"{{{_ATOM}}}{tag}").text = text
    author = ElementTree.SubElement(root, f"{{{_ATOM}}}author")
    ElementTree.SubElement(author, f"{{{_ATOM}}}name").text = "Warta"
    entry = ElementTree.SubElement(root, f"{{{_ATOM}}}entry")
    if links.console:
        ElementTree.SubElement(entry, f"{{{_ATOM}}}link", href=alarm_text.console_link(alarm, links.console))
    for tag, text in (
        ("title", alarm_text.first_line(alarm, receiver.language)),
        ("id", f"urn:warta:alarm:{alarm.alarm_id}"),
        ("published", alarm.fired_at.isoformat()),
        ("updated", alarm.updated_at.isoformat()),
        ("content", alarm_text.text(alarm, receiver.language, *links)),
    ):
        ElementTree.SubElement(entry, f"{{{_ATOM}}}{tag}").text = text
    root.extend(entries[: _FEED_ENTRIES - 1])
    _replace(path, ElementTree.tostring(root, "utf-8", xml_declaration=True))


def _entries(path: Path, but: str) -> list[ElementTree.Element]:
    """Entries of the feed as it is, without those of one alarm; a file that is no feed is begun anew."""
    try:
        found = ElementTree.fromstring(path.read_bytes()).findall(f"{{{_ATOM}}}entry")
    except (OSError, ElementTree.ParseError):
        return []
    return [entry for entry in found if entry.findtext(f"{{{_ATOM}}}id") != f"urn:warta:alarm:{but}"]


def _append(path: Path, text: str) -> None:
    """Append to a file that a WhatsApp or Telegram bridge reads."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n\n")
    except OSError as error:
        raise Transient(f"{path}: {error}") from error


def _replace(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(path.name + ".new")
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise Transient(f"{path}: {error}") from error
