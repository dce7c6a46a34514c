"""An alarm in words: readable on a lock screen, in Indonesian and English, with how often chance does this and no p-value.

Order of the lines (first what must fit a lock screen): level, place, case, count against the usual; when, how far, share
against mere volume, chance; why now; stories; whether our data is whole and who answers; links and the id to answer with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from urllib.parse import quote

from warta.alarms import Alarm, AlarmStory, Change
from warta.dates import Language, clock, day, since

#: Stories in a message, and how many of them with a telling sentence.
STORIES = 3
QUOTED = 2
_SIGNS = {"pantau": "🟡", "waspada": "🟠", "kritis": "🔴"}
_OVER = "🟢"
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
#: Beyond this many hours (ten years) a count model says nothing that could be checked.
_LONGEST = 87_660
_CHANGES = {
    "id": {
        "correction": ("bukan negatif lagi", "negatif lagi"),
        "merge": ("digabung dengan berita lain", "dipisah lagi"),
        "split": ("dipisah dari beritanya", "digabung lagi"),
        "retag": ("pindah wilayah atau isu", "kembali ke wilayah atau isu ini"),
        "takedown": ("diturunkan", "terbit lagi"),
    },
    "en": {
        "correction": ("is no longer negative", "is negative again"),
        "merge": ("was merged with another story", "stands alone again"),
        "split": ("was split from its story", "was merged again"),
        "retag": ("moved to another place or case", "is back in this place or case"),
        "takedown": ("was taken down", "is back"),
    },
}


def first_line(alarm: Alarm, language: Language = "id") -> str:
    """Level, series, and the count against the usual; a follow-up says what it is."""
    indonesian = language == "id"
    over = alarm.state == "resolved"
    level = ("MEREDA" if indonesian else "RESOLVED") if over else _LEVELS[language][alarm.level]
    sign = _OVER if over else _SIGNS[alarm.level]
    parts = [f"{sign} {level}", *follow_up(alarm, language)]
    usual = _usual(alarm.expected)
    if alarm.what == "spread":
        title = alarm.stories[0].title if alarm.stories else ""
        said = (
            f"MELUAS: 1 berita negatif di {alarm.observed} grup media (biasanya {usual})"
            if indonesian
            else f"SPREADING: 1 negative story in {alarm.observed} media groups (usually {usual})"
        )
        return _one_line(" · ".join([*parts, said, *([f"“{title}”"] if title else [])]))
    count = (
        f"{number(alarm.observed, language)} berita negatif (biasanya {usual})"
        if indonesian
        else f"{number(alarm.observed, language)} negative stories (usually {usual})"
    )
    return _one_line(" · ".join([*parts, f"{series_name(alarm, language)}: {count}"]))


def follow_up(alarm: Alarm, language: Language = "id") -> list[str]:
    """`Diralat` or `Meningkat` for an open alarm that was told before; nothing for a new one."""
    if alarm.changes and alarm.changes[-1].at == alarm.updated_at:
        return ["Diralat" if language == "id" else "Amended"]
    if alarm.state == "open" and alarm.updated_at > alarm.fired_at:
        return ["Meningkat" if language == "id" else "Rising"]
    return []


def series_name(alarm: Alarm, language: Language = "id") -> str:
    """The series in words; its own name where the alarm brings none."""
    return (alarm.name.id if language == "id" else alarm.name.en) or alarm.series


def text(
    alarm: Alarm, language: Language = "id", console: str = "", kibana: str = "", also: Sequence[Alarm] = ()
) -> str:
    """The whole message, plain text for WhatsApp, Telegram and e-mail; `console` and `kibana` are base addresses, `also` are
    alarms of the same event in other series."""
    lines = [first_line(alarm, language), _window(alarm, language)]
    if alarm.changes:
        lines.append(_change(alarm.changes[-1], language))
    why = alarm.why.id if language == "id" else alarm.why.en
    if why:
        lines.append(("Kenapa sekarang: " if language == "id" else "Why now: ") + why)
    lines += _stories(alarm, language)
    if also:
        names = ", ".join(f"{series_name(other, language)} ({number(other.observed, language)})" for other in also)
        lines.append(("Juga: " if language == "id" else "Also: ") + names)
    lines.append(_data(alarm, language))
    if alarm.notes:
        lines.append(("Catatan: " if language == "id" else "Note: ") + alarm.notes[-1])
    lines.append(_foot(alarm, language, console, kibana))
    return "\n".join(_one_line(line) for line in lines)


def _one_line(line: str) -> str:
    """What others wrote stays on its line and brings no control characters: mail headers and XML refuse them."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    return indent + " ".join("".join(char if char.isprintable() else " " for char in line).split())


def _window(alarm: Alarm, language: Language) -> str:
    start, end = alarm.window_start, alarm.window_end
    until = since(end, start, language)
    parts = [f"{day(start, language)}, {clock(start)}–{until} WIB"]
    if alarm.documents:
        words = ("tayangan", "media", "grup") if language == "id" else ("articles", "outlets", "groups")
        counts = zip((alarm.documents, alarm.publishers, alarm.owners), words, strict=True)
        parts.append(", ".join(f"{number(count, language)} {word}" for count, word in counts if count))
    if alarm.total and alarm.what != "spread":
        parts.append(_share(alarm, language))
    return " · ".join(parts) + ". " + _chance(alarm.every_hours, language)


def _share(alarm: Alarm, language: Language) -> str:
    usual = round(alarm.usual_share * 10)
    observed, total = number(alarm.observed, language), number(alarm.total, language)
    if language == "id":
        tail = ", jadi bukan sekadar ramai" if alarm.worse_not_more else ""
        return f"{observed} dari {total} berita negatif (biasanya {usual} dari 10){tail}"
    tail = ", so not just more news" if alarm.worse_not_more else ""
    return f"{observed} of {total} stories negative (usually {usual} of 10){tail}"


def _chance(hours: float, language: Language) -> str:
    """How often chance does this."""
    if hours > _LONGEST:
        if language == "id":
            return "Secara kebetulan terjadi lebih jarang dari 1× dalam 10 tahun."
        return "Chance does this less than once in 10 years."
    for step, indonesian, english in _SPANS:
        if max(hours, 1.0) >= step:
            count = number(round(max(hours, 1.0) / step), language)
            if language == "id":
                return f"Secara kebetulan terjadi ± 1× dalam {count} {indonesian}."
            return f"Chance does this about once in {count} {english if count != '1' else english[:-1]}."
    return ""


def _change(change: Change, language: Language) -> str:
    """What became of a story since, and how many still count."""
    said = _CHANGES[language][change.kind][0 if change.now < change.was else 1]
    if language == "id":
        what = f"“{change.title}”" if change.title else "satu berita"
        return f"Diralat {clock(change.at)}: {what} {said}; kini {change.now}, sebelumnya {change.was} berita."
    what = f"“{change.title}”" if change.title else "a story"
    return f"Amended {clock(change.at)}: {what} {said}; now {change.now} stories, before {change.was}."


def _stories(alarm: Alarm, language: Language) -> list[str]:
    shown = alarm.stories[:STORIES]
    first = min((story.first_seen_at for story in shown if story.first_seen_at), default=None)
    lines = []
    for place, story in enumerate(shown, 1):
        earliest = len(shown) > 1 and story.first_seen_at == first
        lines.append(f"{place}) {_story(story, language, earliest)}")
        if story.sentences and place <= QUOTED:
            lines.append(f"   “{story.sentences[0]}”")
    return lines


def _story(story: AlarmStory, language: Language, earliest: bool) -> str:
    parts = [story.source or story.owner or "?"]
    if story.first_seen_at:
        parts.append(clock(story.first_seen_at))
    if earliest:
        parts.append("pertama terpantau" if language == "id" else "seen first")
    if story.revised_at:
        parts.append(("diperbarui " if language == "id" else "updated ") + clock(story.revised_at))
    if story.copies > 1:
        parts.append(f"{number(story.copies, language)} {'salinan' if language == 'id' else 'copies'}")
    return f"“{story.title or story.story_id}” – {', '.join(parts)}{' ' + story.url if story.url else ''}"


def _data(alarm: Alarm, language: Language) -> str:
    """Whether our own data is whole, in warm-up or not, and who answers for the case."""
    indonesian = language == "id"
    heard = ""
    if alarm.groups:
        heard = (
            f": {alarm.groups_heard} dari {alarm.groups} grup media"
            if indonesian
            else f": {alarm.groups_heard} of {alarm.groups} media groups"
        )
    whole = ("Data lengkap" if indonesian else "Data complete") if alarm.complete else ""
    parts = [(whole or ("⚠ Data kami tidak lengkap" if indonesian else "⚠ Our own data is incomplete")) + heard]
    if alarm.warming:
        parts.append(
            "Pemanasan: data pembanding belum genap dua minggu"
            if indonesian
            else "Warming up: less than two weeks to compare with"
        )
    if alarm.offices:
        parts.append(("Terkait: " if indonesian else "In charge: ") + ", ".join(alarm.offices))
    return " · ".join(parts)


def _foot(alarm: Alarm, language: Language, console: str, kibana: str) -> str:
    parts = []
    if alarm.acknowledged_by:
        parts.append(("Ditangani " if language == "id" else "Taken on by ") + alarm.acknowledged_by)
    if console:
        parts.append(("Lihat peristiwa: " if language == "id" else "See it: ") + console_link(alarm, console))
    if kibana:
        parts.append("Kibana: " + kibana_link(alarm, kibana))
    if not alarm.acknowledged_by and alarm.state == "open":
        parts.append(("Saya tangani" if language == "id" else "Take it on") + f": warta alerts ack {alarm.alarm_id}")
    return " · ".join([*parts, f"#{alarm.alarm_id}"])


def console_link(alarm: Alarm, console: str) -> str:
    """The alarm's page of the console."""
    return f"{console.rstrip('/')}/alerts/{quote(alarm.alarm_id)}"


def kibana_link(alarm: Alarm, kibana: str) -> str:
    """The dashboard "Sentiment & alerts", over the day around the alarm and with its series alone."""
    around = (alarm.window_start - timedelta(days=1), alarm.window_end + timedelta(hours=6))
    start, end = (f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z" for at in around)
    series = alarm.series.replace("'", "!'").replace('"', "")
    time = f"(time:(from:'{start}',to:'{end}'))"
    query = f"(query:(language:kuery,query:'series : \"{series}\"'))"
    return f"{kibana.rstrip('/')}/app/dashboards#/view/news-alerts?_g={quote(time)}&_a={quote(query)}"


def number(value: int, language: Language) -> str:
    """`1.234` in Indonesian, `1,234` in English."""
    found = f"{value:,}"
    return found.replace(",", ".") if language == "id" else found


def _usual(expected: float) -> str:
    low = int(expected)
    return f"{low}" if abs(expected - low) < 0.05 and low else f"{low}–{low + 1}"
