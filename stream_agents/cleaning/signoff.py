"""The end of an article: initials, "(*)", "**", credits, the source, tag words and page links glued behind."""

import re

from stream_agents.cleaning.cuts import Draft, Line

_DOMAIN = r"[A-Za-z0-9.\-]{2,30}\.\s?(?:com|co\.id|co|id|net|news|tv|org)"
_INSIDE = (
    r"(?:[A-Za-z*]{1,5}(?:\s?[/\-.,&|]\s?[A-Za-z*0-9]{1,14}){0,6}|\*{1,5}|[A-Z]{1,3}-\d{1,2}|"
    r"(?:red|tim|ant|antara|adv|hms|humas|rls|rilis|ril|net|int|nett?|rel|pr|bs|kom|"
    r"sumber|source|laporan|foto)\b[^()]{0,60}|"
    rf"[^()]{{0,60}}{_DOMAIN}\b[^()]{{0,110}}|[^()/\d]{{2,40}}/[^()\d]{{2,50}}|"
    r"[A-Z][a-z'’]+(?:\s[A-Z][A-Za-z'’]*\.?){0,4}(?:/[A-Za-z .]{1,30})?|\*{1,3}/?\s?[A-Za-z/. ]{0,24})"
)
_SIGN = re.compile(
    rf"(?:\s*+(?:\(\s*{_INSIDE}\s*\)\.?|\[\s*(?:[A-Za-z*]{{1,5}}(?:\s?/\s?[A-Za-z*.]{{1,30}})?|"
    rf"\*+)\s*\]|\*++|#{{2,}}+|>{{2,}}+|[-–—_=]{{2,}}+>?|[■●▪◆□★♦]++|\[\s*(?:end|"
    r"selesai)\s*\]|"
    r"(?<=[.”\"])\s*/(?:[a-z]{2,6})(?:/[a-z]{2,6})?|(?<=[.”\"])\s?(?:-[A-Z]{2,4}-?|@\w{2,20}|\bn\b)))++\s*$"
)
# Inside a line: initials or a credit in brackets after a sentence's end, then tag words or a link's title to the end.
_SIGN_INSIDE = re.compile(
    rf"\(\s*(?:[a-z]{{2,5}}(?:/[a-zA-Z]{{2,5}}){{1,2}}|{_DOMAIN}\s?[/,][^()]{{2,80}})\s*\)\s*(?P<rest>[^\n]{{0,400}})$"
)
_ROLE = (
    r"(?:pewarta|reporter|penulis|editor|redaktur|uploader|penyunting|sumber|rep|"
    r"red|kontributor|laporan|source|copyright|foto|publisher|jurnalis|wartawan|penerjemah)"
)
_TAILS = (
    ("hashtag", re.compile(r"(?<=[.!?”\"')])\s*(?:#\s?[A-Z]\w*(?:\s[A-Z]\w*){0,3}\s*){1,12}$")),
    ("hashtag", re.compile(r"(?:\s+#\w{2,40}){2,20}\s*$")),
    (
        "credit",
        re.compile(
            rf"(?:^|(?<=[.!?”\"’)*\]])|(?<=[a-z])(?=[A-Zse]))\s*(?:{_ROLE}\s?:\s?[^\n.!?:;]{{2,70}}(?:\.(?:com|"
            rf"co\.id|id|net|co))?){{1,6}}\.?(?:\s*copyright\s?(?:©|\(c\))[^\n]{{0,40}})?\s*$",
            re.I,
        ),
    ),
    ("credit", re.compile(r"(?:^|(?<=[.!?”\"’)*\]]))\s*SUMBER\s?:\s?[^\n!?]{2,160}$")),
    (
        "pages",
        re.compile(
            r"(?:\s*(?:baca\s+)?hal(?:aman)?\s+(?:selanjutnya|berikutnya|\d)\b[^\n.!?]{0,40}|"
            r"\s*baca\s+selengkapnya(?:\s+di\s*sini)?\s*[>→»:.\-]*|\s*halaman\s?:\s?(?:\d\s*){1,9}|"
            r"\s*selanjutnya\s*[>→»:]*|\s+\d\s*(?:\|\s*\d\s*){1,8})\s*$",
            re.I,
        ),
    ),
    (
        "related",
        re.compile(
            r"(?:(?<=[.!?”\"’)\]])|^)\s*(?:berita|artikel)\s+lain(?:nya)?\s+(?:terkait|tentang|"
            r"mengenai)\s[^\n.!?]{3,160}$",
            re.I,
        ),
    ),
    (
        "follow-us",
        re.compile(r"(?<=[.!?”\"’)\]])\s*(?:ikuti|follow|cek)\s+(?:kami|us)\s+(?:di|on|at)\b[^\n.!?]{0,60}$", re.I),
    ),
    ("credit", re.compile(r"(?<=[.!?”\"’)])\s*(?:[A-Z]\s)?[A-Z]{3,}(?:\s[A-Z.]{2,}){1,4}\s*$")),
)

# A reporter signs below the text in capitals ("M JULNIS FIRMANSYAH").
_CAPITAL_NAME = re.compile(r"(?:[A-Z]\.?\s)?[A-Z][A-Z.']+(?:\s[A-Z][A-Z.']*){1,4}")
_SIGN_ENDS = frozenset(")]*#>-–—_=■●▪◆□★♦")
_TAIL_TRIGGERS = (
    "#",
    "pewarta",
    "reporter",
    "penulis",
    "editor",
    "redaktur",
    "uploader",
    "sumber",
    "rep:",
    "red:",
    "kontributor",
    "source",
    "copyright",
    "halaman",
    "selengkapnya",
    "selanjutnya",
    "lain terkait",
    "lainnya terkait",
    "ikuti kami",
    "publisher",
    "foto:",
)


def strip_signoff(draft: Draft) -> None:
    """Cut what editors leave behind the last sentence: works from the end of the text upwards and stops at real text."""
    _cut_glued_tags(draft)
    for line in reversed(list(draft.alive())):
        _cut_tail(draft, line)
        if line.bare:
            break
    last = next(reversed(list(draft.alive())), None)
    if last is not None and _CAPITAL_NAME.fullmatch(last.bare):
        draft.drop(last, "credit")
    for line in list(draft.alive()):
        if line.bare[-1] in "*■●▪◆" or "#" in line.bare[-60:]:
            _cut_tail(draft, line)
        elif line.bare[-1] in ")]" and _SIGN.fullmatch(line.text) and len(line.bare) < 60:
            draft.drop(line, "sign-off")


def _cut_tail(draft: Draft, line: Line) -> None:
    for _ in range(8):
        end = len(line.text.rstrip())
        if not end:
            return
        found = _sign_at(line, end) or _tail_at(line, end)
        if found is None:
            return
        kind, span = found
        draft.cut(line, [span], kind)


def _sign_at(line: Line, end: int) -> tuple[str, tuple[int, int]] | None:
    text = line.text
    if (
        text[end - 1] not in _SIGN_ENDS
        and "/" not in text[max(0, end - 14) : end]
        and text[end - 2 : end] not in (").", " n")
    ):
        return None
    m = _SIGN.search(text, max(0, end - 220))
    return ("sign-off", m.span()) if m and m[0].strip() and _is_signoff(line, m) else None


def _tail_at(line: Line, end: int) -> tuple[str, tuple[int, int]] | None:
    start = max(0, end - 420)
    if line.text[end - 1] in '.!?"”' and not any(t in line.lower[start:] for t in _TAIL_TRIGGERS):
        return None
    for kind, pattern in _TAILS:
        m = pattern.search(line.text, start)
        if m and m[0].strip():
            return kind, m.span()
    return None


def _is_signoff(line: Line, m: re.Match[str]) -> bool:
    """A bracket is part of a sentence when the sentence ends only behind it ("… Komisi Pemilihan Umum (KPU).")."""
    before = line.text[: m.start()].rstrip()
    inside = m[0].strip()
    if not before:
        return line.tag != "li" or "/" in inside or "*" in inside
    if inside.startswith(("(", "[")) and before[-1] not in ".!?”\"’'*)…:":
        return (
            inside.strip("()[] ").islower() and len(inside) <= 16 and inside.strip("() ") not in _WORDS
        ) or "*" in inside
    return True


_WORDS = frozenset(
    {
        "lima",
        "enam",
        "satu",
        "dua",
        "tiga",
        "empat",
        "tujuh",
        "sore",
        "malam",
        "pagi",
        "siang",
        "kanan",
        "kiri",
        "tengah",
        "foto",
        "video",
        "lalu",
        "ini",
        "itu",
    }
)


def _cut_glued_tags(draft: Draft) -> None:
    """ "… Gibran (lir/gbr) sby jokowi pdip politik": initials, then the page's tag words up to the end of the text."""
    last = None
    for line in draft.alive():
        last = line
    if last is None or "(" not in last.text[-620:]:
        return
    m = _SIGN_INSIDE.search(last.text, max(0, len(last.text) - 620))
    if m and m["rest"].strip() and not re.search(r"[a-z0-9”\"][.!?]\s|[.!?]$", m["rest"]):
        draft.cut(last, [(m.start(), len(last.text))], "sign-off")
