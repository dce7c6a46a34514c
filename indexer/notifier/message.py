"""An alarm in words: readable on a lock screen, in Indonesian and English, with how often chance does this and no p-value."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Literal

from warta.alarms import Alarm

Language = Literal["id", "en"]
WIB = timezone(timedelta(hours=7), "WIB")
_DAYS = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_SIGNS = {"pantau": "🟡", "waspada": "🟠", "kritis": "🔴"}
_LEVELS = {
    "id": {"pantau": "PANTAU", "waspada": "WASPADA", "kritis": "KRITIS"},
    "en": {"pantau": "WATCH", "waspada": "WARNING", "kritis": "CRITICAL"},
}
#: Steps of "how often", in hours, largest first, with their words.
_SPANS = (
    (8766, "tahun", "years"),
    (730, "bulan", "months"),
    (168, "minggu", "weeks"),
    (24, "hari", "days"),
    (1, "jam", "hours"),
)


def first_line(alarm: Alarm, language: Language = "id") -> str:
    """Level, series, and the count against the usual."""
    sign = "🟢" if alarm.state == "resolved" else _SIGNS[alarm.level]
    level = _LEVELS[language][alarm.level]
    if alarm.state == "resolved":
        level = "MEREDA" if language == "id" else "RESOLVED"
    name = series_name(alarm.series, language)
    if alarm.what == "spread":
        words = (
            f"MELUAS: 1 berita negatif di {alarm.observed} grup media (biasanya {_usual(alarm.expected)})"
            if language == "id"
            else f"SPREADING: 1 negative story in {alarm.observed} media groups (usually {_usual(alarm.expected)})"
        )
        return f"{sign} {level} · {words}"
    words = (
        f"{alarm.observed} berita negatif (biasanya {_usual(alarm.expected)})"
        if language == "id"
        else f"{alarm.observed} negative stories (usually {_usual(alarm.expected)})"
    )
    return f"{sign} {level} · {name}: {words}"


def series_name(series: str, language: Language = "id") -> str:
    """A series in words; codes stay codes where no name is known here."""
    if series == "all":
        return "Semua berita" if language == "id" else "All news"
    words = {
        "place": ("Wilayah", "Place"),
        "case": ("Isu", "Case"),
        "owner": ("Grup media", "Media group"),
        "meluas": ("Berita", "Story"),
    }
    parts = []
    for part in series.split("+"):
        kind, _, name = part.partition(":")
        label = words.get(kind, (kind, kind))[0 if language == "id" else 1]
        parts.append(f"{label} {name.replace('_', ' ')}".strip())
    return " · ".join(parts)


def text(alarm: Alarm, language: Language = "id", console: str = "") -> str:
    """The whole message, plain text for WhatsApp, Telegram and e-mail."""
    lines = [first_line(alarm, language), _window(alarm, language)]
    if alarm.warming:
        lines.append(
            "Pemanasan: data pembanding belum genap dua minggu."
            if language == "id"
            else "Warming up: less than two weeks to compare with."
        )
    for number, story in enumerate(alarm.stories[:3], 1):
        copies = ""
        if story.copies > 1:
            copies = f", {story.copies} salinan" if language == "id" else f", {story.copies} copies"
        at = f", {_clock(story.first_seen_at)}" if story.first_seen_at else ""
        lines.append(f"{number}) “{story.title or story.story_id}” – {story.owner or '?'}{at}{copies}")
    if not alarm.complete:
        lines.append(
            "⚠ Data kami sedang tidak lengkap." if language == "id" else "⚠ Our own data is incomplete right now."
        )
    if alarm.notes:
        lines.append(("Catatan: " if language == "id" else "Note: ") + alarm.notes[-1])
    link = f"{console.rstrip('/')}/alerts/{alarm.alarm_id} · " if console else ""
    lines.append(f"{link}#{alarm.alarm_id}")
    return "\n".join(lines)


def _window(alarm: Alarm, language: Language) -> str:
    start = alarm.window_start.astimezone(WIB)
    day = f"{_DAYS[language][start.weekday()]} {start.day} {_MONTHS[language][start.month - 1]}"
    parts = [f"{day}, {_clock(alarm.window_start)}–{_clock(alarm.window_end)} WIB"]
    if alarm.documents:
        parts.append(
            f"{alarm.documents} tayangan, {alarm.owners} grup"
            if language == "id"
            else f"{alarm.documents} articles, {alarm.owners} groups"
        )
    if alarm.total and alarm.what != "spread":
        parts.append(_share(alarm, language))
    return " · ".join(parts) + ". " + _chance(alarm.every_hours, language)


def _share(alarm: Alarm, language: Language) -> str:
    usual = round(alarm.usual_share * 10)
    if language == "id":
        tail = ", jadi bukan sekadar ramai" if alarm.worse_not_more else ""
        return f"{alarm.observed} dari {alarm.total} berita negatif (biasanya {usual} dari 10){tail}"
    tail = ", so not just more news" if alarm.worse_not_more else ""
    return f"{alarm.observed} of {alarm.total} stories negative (usually {usual} of 10){tail}"


def _chance(hours: float, language: Language) -> str:
    """How often chance does this."""
    hours = min(max(hours, 1.0), 876_600.0)
    for step, indonesian, english in _SPANS:
        if hours >= step:
            count = round(hours / step)
            if language == "id":
                return f"Secara kebetulan terjadi ± 1× dalam {count:,} {indonesian}.".replace(",", ".")
            return f"Chance does this about once in {count:,} {english}."
    return ""


def _usual(expected: float) -> str:
    low = int(expected)
    return f"{low}" if abs(expected - low) < 0.05 and low else f"{low}–{low + 1}"


def _clock(moment: datetime) -> str:
    return moment.astimezone(WIB).strftime("%H.%M")
