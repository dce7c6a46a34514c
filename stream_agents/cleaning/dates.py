"""Times as Indonesian publishers write them: "Jum'at, 20 Nov 2026 | 10.15 WIB", "2 jam yang lalu", RFC 3339, and wrong ones."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

WIB, WITA, WIT = (timezone(timedelta(hours=h)) for h in (7, 8, 9))
_ZONES = {"wib": WIB, "wita": WITA, "wit": WIT, "gmt": UTC, "utc": UTC, "z": UTC}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february pebruari peb feb",
            "maret march mar mrt",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu ags agt aug agst",
            "september sept sep",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    "senin": 0,
    "selasa": 1,
    "rabu": 2,
    "kamis": 3,
    "jumat": 4,
    "jum'at": 4,
    "jum’at": 4,
    "jum`at": 4,
    "sabtu": 5,
    "minggu": 6,
    "ahad": 6,
}
_DAY = r"(?P<weekday>senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad)"
_MONTH = r"(?P<month>[a-z]{3,9})"
_CLOCK = (
    r"(?:\s{0,3}[|,\-–•·/@(]?\s{0,3}(?:pukul|jam|at|-)?\s{0,3}(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?:[.:](?P"
    r"<second>\d{2}))?\s{0,3}(?P<half>[ap]m\b)?\s{0,3}(?P<zone>wib|wita|wit|gmt|utc)?\b(?:\s?(?P<plus>[+\-]\d{"
    r"1,2}))?)?"
)
VISIBLE = re.compile(
    rf"(?:{_DAY}\s{{0,3}}[,/|]?\s{{0,3}})?\(?\b(?:(?P<day>\d{{1,2}})[\s\-/.]{{1,3}}(?:{_MONTH}|"
    rf"(?P<number>\d{{1,2}}))[\s\-/.,]{{1,3}}(?P<year>\d{{4}})|{_MONTH.replace('month', 'month2')}\s(?P<day2>\d{{1"
    rf",2}}),?\s(?P<year2>\d{{4}})|(?P<year3>\d{{4}})-(?P<number3>\d{{2}})-(?P<day3>\d{{2}}))\)?{_CLOCK}",
    re.I,
)
_AGO = re.compile(r"\b(\d{1,3}|se)\s?(detik|menit|jam|hari|minggu|bulan)\s+(?:yang\s+)?lalu\b", re.I)
_UNITS = {"detik": 1, "menit": 60, "jam": 3600, "hari": 86400, "minggu": 604800, "bulan": 2592000}
_ISO = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:\s*[T ]\s*T?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d{1,9})?\s*(Z|"
    r"UTC|GMT|WIB|WITA|WIT|[+\-]\d{2}:?\d{2}|[+\-]\d{2})?)?\s*",
    re.I,
)
# Without the flag for case, and with the weekday spelled as prose spells it, the search can skip ahead.
_SAID = re.compile(
    r"(?P<weekday>Senin|Selasa|Rabu|Kamis|Jum['’`]?at|Sabtu|Minggu|Ahad)\s?,?\s?\(?(?P<day>\d{1,2})(?:/(?P<num"
    r"ber>\d{1,2})/|\s(?P<month>[A-Za-z]{3,9})\s)(?P<year>\d{4})\)?"
)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def parse_machine(value: str) -> datetime | None:
    """A time a machine wrote (ld+json, meta, `<time datetime>`): RFC 3339 with the liberties publishers take, or None.

    Without an offset it is taken as WIB, the zone nearly all Indonesian newsrooms publish in.
    """
    m = _ISO.fullmatch(value[:64])
    if m is None:
        return parse_rfc822(value) or parse_visible(value)
    year, month, day, hour, minute, second = (int(g or 0) for g in m.groups()[:6])
    return _moment(year, month, day, hour, minute, second, _zone(m[7]))


def parse_rfc822(value: str) -> datetime | None:
    """A date as in mail and feeds ("Fri, 20 Nov 2026 10:15:00 +0700"), or None."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value[:64])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=WIB)


def parse_visible(text: str, now: datetime | None = None) -> datetime | None:
    """The first date in a short visible text, at its time if it has one (else midnight), in WIB unless it says otherwise."""
    for m in VISIBLE.finditer(text[:400]):
        moment = _from_match(m)
        if moment is not None:
            return moment
    if now is not None and (ago := _AGO.search(text[:400])):
        number = 1 if ago[1].lower() == "se" else int(ago[1])
        return (now - timedelta(seconds=number * _UNITS[ago[2].lower()])).astimezone(WIB).replace(microsecond=0)
    return None


def has_clock(text: str) -> bool:
    """Does a visible date carry a time of day?"""
    m = VISIBLE.search(text[:400])
    return bool(m and m["hour"])


def _from_match(m: re.Match[str]) -> datetime | None:
    month_name = m["month"] or m["month2"]
    month = _MONTHS.get(month_name.lower(), 0) if month_name else int(m["number"] or m["number3"])
    year, day = int(m["year"] or m["year2"] or m["year3"]), int(m["day"] or m["day2"] or m["day3"])
    hour = int(m["hour"] or 0)
    if m["half"]:
        hour = hour % 12 + (12 if m["half"].lower() == "pm" else 0)
    zone = _ZONES.get((m["zone"] or "wib").lower(), WIB)
    if m["plus"] and -12 <= int(m["plus"]) <= 14:
        zone = timezone(timedelta(hours=int(m["plus"])))
    return _moment(year, month, day, hour, int(m["minute"] or 0), int(m["second"] or 0), zone)


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, zone: timezone) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _zone(text: str | None) -> timezone:
    if not text:
        return WIB
    named = _ZONES.get(text.lower())
    if named is not None:
        return named
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:4])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes)) if minutes < 1440 else WIB


def is_credible(moment: datetime, now: datetime) -> bool:
    """Between the year 2000 and one day after `now`."""
    try:
        return EARLIEST <= moment.astimezone(UTC) <= now + timedelta(days=1)
    except OverflowError:
        return False


def contradicts_weekday(text: str) -> bool:
    """Does a date in the text carry a weekday it did not fall on ("Minggu (20 Maret 2025)" was a Thursday)?"""
    for m in _SAID.finditer(text):
        month = _MONTHS.get(m["month"].lower(), 0) if m["month"] else int(m["number"])
        try:
            fell_on = date(int(m["year"]), month, int(m["day"])).weekday()
        except ValueError:
            continue
        if _WEEKDAYS[m["weekday"].lower()] != fell_on:
            return True
    return False
