"""An alarm as the demonstration rings it, for the tests of texts and receivers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from warta.alarms import Alarm, AlarmStory, Bilingual

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def alarm(**fields: Any) -> Alarm:
    """A food poisoning in Sumedang, fired at noon; `fields` replace what a test asks about."""
    given: dict[str, Any] = {
        "alarm_id": "A-1043",
        "what": "spike",
        "series": "place:32.11+case:keracunan_pangan",
        "name": Bilingual(id="Kab. Sumedang · Keracunan makanan", en="Kab. Sumedang · Food poisoning"),
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
        "p_share": 0.01,
        "every_hours": 3600.0,
        "documents": 31,
        "publishers": 22,
        "owners": 5,
        "groups": 48,
        "groups_heard": 46,
        "offices": ["Dinkes", "Disdik"],
        "why": Bilingual(
            id="6 dari 7 berita di Kab. Sumedang sejak 06.41.", en="6 of 7 stories in Kab. Sumedang since 06.41."
        ),
        "stories": [
            AlarmStory(
                story_id="s-1",
                title="Siswa mual setelah makan siang",
                owner="kg",
                source="Media A",
                url="https://a.example/1",
                first_seen_at=NOON - timedelta(minutes=319),
                revised_at=NOON - timedelta(minutes=252),
                copies=14,
                publishers=12,
                owners=4,
                label="negative",
                sentences=["Puluhan siswa dilarikan ke puskesmas."],
            ),
            AlarmStory(story_id="s-2", title="Dapur ditutup sementara", source="Media B", first_seen_at=NOON),
        ],
        "story_ids": ["s-1", "s-2"],
        **fields,
    }
    return Alarm(**given)
