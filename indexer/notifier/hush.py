"""Silences in Alertmanager (API v2): an alarm that people keep quiet goes on there, and says nothing.

Left out, it would be taken for over after `STALE_AFTER`, and whoever was told that it began would be told that it has ended.
A silence is renewed as long as the alarm is quiet and found again by its matcher, so nothing has to be remembered of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from indexer.notifier.channels import STALE_AFTER, request
from indexer.notifier.config import Receiver
from warta.alarms import Alarm
from warta.wire import encode

#: Who made a silence; those of people are left alone.
AUTHOR = "warta"


def hush(receiver: Receiver, alarm: Alarm, now: datetime, until: datetime | None) -> None:
    """Keep the alarm's alerts silent at an Alertmanager until then, or no longer (None).

    Raises:
        Transient: it does not answer, or not now.
        Invalid: `refused`, it will never take this.
    """
    base = receiver.url.rstrip("/") + "/api/v2/silence"
    held = _held(base, alarm)
    if until is None:
        for silence in held:
            request("DELETE", f"{base}/{silence['id']}")
        return
    body = {
        **({"id": held[0]["id"]} if held else {}),
        "matchers": [{"name": "alarm_id", "value": alarm.alarm_id, "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": min(until, now + STALE_AFTER).isoformat(),
        "createdBy": AUTHOR,
        "comment": f"{alarm.alarm_id} is silenced by {alarm.silenced_by or 'alerts.yaml'}",
    }
    request("POST", f"{base}s", encode(body))


def _held(base: str, alarm: Alarm) -> list[dict[str, Any]]:
    """Our silences of this alarm that are not over."""
    answer = request("GET", f"{base}s", params={"filter": f'alarm_id="{alarm.alarm_id}"'})
    found: list[dict[str, Any]] = answer.json()
    return [s for s in found if s["status"]["state"] != "expired" and s["createdBy"] == AUTHOR]
