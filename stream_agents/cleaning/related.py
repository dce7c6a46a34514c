"""Links to other articles inside the text: "Baca juga" in line, block and list form, "Pilihan Redaksi", "Artikel Terkait".

A cue alone on its line heads a list of titles; a cue with text after it is followed by one title, which ends at the line's
end, at a hyperlink's end, where two words are glued, at a double blank, or where title case passes into a sentence.
"""

import re

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.headline import Names, case_switch, common_words, glue_points, is_headline, is_lower
from stream_agents.cleaning.words import words

KIND = "related"
_VERBS = r"(?:baca|lihat|simak|tonton|cek|dengar(?:kan)?|saksikan|klik|nonton)"
_NOUNS = r"(?:artikel|berita|video|foto|konten|tulisan|liputan|infografis|informasi)"
# Cues that never are part of a sentence when capitalised.
_CUE = (
    rf"(?:selanjutnya|berikutnya|next)(?=\s?:)|{_VERBS}\s*(?:ini\s+)?(?:juga|pula)(?:\s+(?:deh|"
    rf"ya|nih|yuk))?(?:\s*{_NOUNS})?(?:\s*(?:lainnya|"
    r"lain|ini|terkait|pilihan))?(?!\s+(?:oleh|"
    r"kitab|buku|Al-))"
    rf"|baca\s+(?:{_NOUNS}\s+)?(?:selengkapnya|lainnya|selanjutnya|terkait|menarik|"
    r"sebelumnya|lebih\s+lanjut)(?:\s+(?:di\s*sini|disini|:))?"
    rf"|baca\s+(?:artikel|berita)\s+(?:detik\w*|lainnya)\s*:?"
    rf"|(?:{_NOUNS}|topik|kabar|cerita)\s+(?:terkait|lainnya|sebelumnya|menarik|pilihan|"
    r"populer|terpopuler|rekomendasi)(?:\s+(?:lainnya|untuk\s+anda))?"
    r"|pilihan\s+(?:redaksi|editor)|rekomendasi\s+(?:untuk\s+anda|artikel|berita|"
    r"redaksi)|(?:anda\s+)?(?:mungkin\s+)?(?:anda\s+)?(?:juga\s+)?suka\s*:"
    r"|(?:see|read|also\s+read|see\s+also|related)\s+(?:also|more|articles?|posts?|news)|also\s+read|read\s+also"
    r"|simak\s+(?:selengkapnya|selanjutnya|video(?:nya)?|berita\s+lainnya)(?:\s+(?:di\s*bawah|berikut)\s*(?:ini)?)?"
    r"|(?:lihat|tonton)\s+video(?:nya)?|jangan\s+lewatkan|trending(?:\s+now|\s+topic)?|"
    r"terpopuler|terkini|berita\s+terbaru"
)
CUE_AT_START = re.compile(rf"[\s\-•*>»:|\[(#+]*(?:{_CUE}|baca|lihat)\b\]?\)?\s*(?P<colon>[:：|»>\-–—]*)\s*", re.I)
_BARE_START = re.compile(
    r"(?:baca|lihat|trending|terkini|terpopuler|jangan\s+lewatkan|pilihan|topik|cerita|"
    r"kabar|video|foto|artikel|berita|konten|informasi)",
    re.I,
)
CUE_INSIDE = re.compile(
    r"(?:^|(?<=[^A-Za-z])|(?<=[a-z])(?=[BLSPTA])|(?<=[A-Z]{2})(?=[BLSPTA][a-z]))"
    r"(?:(?:Baca|BACA|Lihat|LIHAT|Simak|SIMAK|Tonton|TONTON)\s?(?:[Ii]ni )?(?:[Jj]uga|"
    r"JUGA|[Pp]ula)(?: [Dd]eh| [Yy]a| [Nn]ih)?(?:\s?(?:[Vv]ideo|"
    r"VIDEO|[Bb]erita|[Aa]rtikel)\b)?\s?:?"
    r"|(?:P[Ii][Ll][Ii][Hh][Aa][Nn]) ?(?:R[Ee][Dd][Aa][Kk][Ss][Ii]|E[Dd][Ii][Tt][Oo][Rr])\s?:?"
    r"|(?:Artikel|ARTIKEL|Berita|BERITA) (?:[Tt]erkait|TERKAIT)\s?:"
    r"|(?:Baca|BACA) (?:[Ss]elengkapnya|[Ss]elanjutnya|[Hh]alaman [Ss]elanjutnya|"
    r"[Aa]rtikel detik\w*|[Bb]erita detik\w*)\s?:?"
    r"|(?:Baca|BACA|Lihat|LIHAT) ?:|baca juga ?:"
    r"|(?:Berita|Artikel|BERITA|ARTIKEL) [Ll]ain(?:nya)? [Tt]erkait"
    r"|(?:BACA|Baca) (?:SELENGKAPNYA|[Ss]elengkapnya)(?: DI SINI| di sini)?\s*>+"
    r"|(?:Simak|Lihat|Tonton|Saksikan) (?:[Jj]uga )?[Vv]ideo(?:nya)?\s?:?(?= ?[\"'“‘:A-Z\[]))"
    r"[ \t]*"
)
_INSIDE_TRIGGERS = (
    "Baca",
    "BACA",
    "baca juga",
    "Lihat",
    "LIHAT",
    "Simak",
    "SIMAK",
    "Tonton",
    "TONTON",
    "Saksikan",
    "edaksi",
    "EDAKSI",
    "ditor",
    "DITOR",
    "Artikel ",
    "ARTIKEL ",
    "Berita ",
    "BERITA ",
)
_FIRST_WORDS = words(
    "baca lihat simak tonton cek dengar dengarkan saksikan klik nonton artikel berita "
    "video foto konten tulisan liputan infografis "
    "informasi topik kabar cerita pilihan rekomendasi anda mungkin juga suka see "
    "read also related jangan trending terpopuler terkini selanjutnya berikutnya next"
)
_FIRST = re.compile(r"[\s\-•*>»:|\[(#+]*([A-Za-z]+)")
_END = re.compile(r"(?:[.]|[?!][\"”’]?)(?=\s|$|[A-Z\"“])|\s*\((?:[a-z*]{2,4}(?:/[a-z]{2,4})*|\*+)\)|\[Gambas|\t|\n|  +")
_LONGEST_TITLE = 200
_MOST_CUES = 200  # of one text; hostile input only has more


def strip_related(draft: Draft) -> None:
    """Cut every link to another article out of the draft."""
    alive = list(draft.alive())
    known: Names | None = None
    skip: set[int] = set()
    cues = 0
    due = {id(line) for line in draft.due}
    whole = "\n".join(line.text for line in alive)
    triggers = [t for t in _INSIDE_TRIGGERS if t in whole]
    for i, line in enumerate(alive):
        if i in skip or id(line) not in due:
            continue
        first = _FIRST.match(line.text)
        at_start = first is not None and _begins_cue(first[1])
        inside = any(t in line.text for t in triggers)
        if not at_start and not inside:
            continue
        cues += 1
        if cues > _MOST_CUES:
            break
        known = known if known is not None else Names(whole)
        m = CUE_AT_START.match(line.text) if at_start else None
        if m and _is_cue(line, m):
            _cut_from_start(draft, alive, i, m, known, skip)
        if line.bare and inside:
            _cut_inside(draft, line, known)


def _begins_cue(word: str) -> bool:
    """Cue words, also with the next word glued on ("BacaJuga", "RedaksiRadja")."""
    low = word.lower()
    return low in _FIRST_WORDS or low.startswith(("baca", "lihat", "simak", "tonton", "pilihan"))


def _is_cue(line: Line, m: re.Match[str]) -> bool:
    """Weak cues ("Baca", "Terkini", "Video lainnya") need a colon, a link or a line of their own."""
    rest = line.text[m.end() :].strip()
    if not rest or m["colon"]:
        cue = line.text[: m.end()].strip(" :•-*>»|[](#+")
        return bool(m["colon"]) or len(cue.split()) > 1 or cue.lower() in ("trending", "terkini", "terpopuler", "baca")
    if line.linked > 0.5 or any(a <= m.end() + 1 < b for a, b in line.links):
        return True
    return not _BARE_START.fullmatch(line.text[: m.end()].strip()) and bool(
        CUE_INSIDE.match(line.text, len(line.text) - len(line.text.lstrip(" -•*>»|[(#+")))
    )


def _cut_from_start(draft: Draft, alive: list[Line], i: int, m: re.Match[str], known: Names, skip: set[int]) -> None:
    line = alive[i]
    if line.text[m.end() :].strip():
        end = _title_end(line, m.end(), known, whole_line=True, colon=bool(m["colon"]))
        if end > m.end():
            end = _more_titles(line, end, known)
        draft.cut(line, [(0, end)], KIND, breaks=True)
        return
    draft.drop(line, KIND)
    for k in range(i + 1, min(len(alive), i + 12)):
        if not _is_list_title(alive[k], first=k == i + 1, after=alive[k + 1] if k + 1 < len(alive) else None):
            break
        draft.drop(alive[k], KIND)
        skip.add(k)


def _is_list_title(line: Line, *, first: bool, after: Line | None) -> bool:
    """Is a line under a cue one of its titles? The first may be in sentence case, the others must look like headlines."""
    text = line.bare.lstrip("•-*–>» 0123456789.")
    if line.linked > 0.8:
        return True
    if line.tag == "h" or (line.links and line.tag == "p") or not text:
        return False
    spoken = text.split()
    if text[-1] in ".,;:" or len(spoken) < 4 or len(text) > _LONGEST_TITLE:
        return False
    if is_headline(text, shortest=4):
        return True
    return first and after is not None and text[-1].isalnum() and len(spoken) >= 5 and not text[0].islower()


def _cut_inside(draft: Draft, line: Line, known: Names) -> None:
    spans: list[tuple[int, int]] = []
    at = 0
    for m in CUE_INSIDE.finditer(line.text):
        if m.start() < at:
            continue
        if len(spans) >= _MOST_CUES:
            break
        at = _title_end(line, m.end(), known, whole_line=False, colon=":" in m[0])
        start = m.start()
        if line.text[:start].rstrip().endswith("(") and (close := line.text.find(")", start, start + 260)) > 0:
            start, at = line.text.rindex("(", 0, start), close + 1
        if at > m.end() and ("pilihan" in m[0].lower() or ":" in m[0]):
            at = _more_titles(line, at, known)
        spans.append((start, at))
    if spans:
        draft.cut(line, spans, KIND, breaks=True)


def _more_titles(line: Line, at: int, known: Names) -> int:
    """A list cue is followed by several titles glued together: go on while the next piece is one."""
    for _ in range(6):
        rest = line.text[at : at + _LONGEST_TITLE]
        points = [p for p in glue_points(rest, known) if p >= 15]
        if (
            not points
            and len(rest.strip()) >= 15
            and _is_whole_title(rest.strip() or "x", known)
            and is_headline(rest.strip(), shortest=4)
        ):
            return len(line.text) if len(rest) < _LONGEST_TITLE else at
        if (
            not points
            or case_switch(rest[: points[0]], known) is not None
            or not is_headline(rest[: points[0]].strip(), shortest=4)
        ):
            return at
        at += points[0]
    return at


def _title_end(line: Line, start: int, known: Names, *, whole_line: bool, colon: bool) -> int:
    """Offset in the line where the title that begins at `start` ends."""
    for a, b in line.links:
        if a <= start + 2 and b > start + 8:
            return b
    text = line.text
    window = text[start : start + 400]
    lead = len(window) - len(window.lstrip(" \t\"“'"))
    if whole_line and _is_whole_title(text[start:].strip(), known):
        return len(text)
    if not colon and _starts_sentence(window):
        return start
    end = _candidate(window, lead, known)
    title = window[:end].strip()
    switch = case_switch(title, known)
    if switch is not None and is_headline(title[:switch].strip(), shortest=3):
        return start + len(window[:end]) - len(window[:end].lstrip()) + switch
    if end >= len(window) and len(window) >= 400:
        return start  # nothing says where it ends: only the cue goes
    if text[start + end : start + end + 1] == "." and _is_sentence(title):
        # A whole sentence after a bare cue is the article's own text, unless the line holds nothing else.
        rest_of_line = text[start + end + 1 :].strip()
        return start + end + 1 if whole_line and not rest_of_line and len(title) < 160 else start
    return start + end + (text[start + end : start + end + 1] in ".?!")


def _is_whole_title(text: str, known: Names) -> bool:
    """A line that ends without a full stop is a title to its end, whatever its case."""
    return (
        len(text) <= _LONGEST_TITLE
        and text[-1] not in '.”")'
        and not glue_points(text, known)
        and ". " not in text
        and "  " not in text
    )


def _starts_sentence(text: str) -> bool:
    """Running text right behind a cue without a colon: the box was empty, its cue stuck to the next paragraph."""
    following = text.split(None, 9)[1:8]
    return sum(w in common_words() and is_lower(w) for w in following) >= 2


def _is_sentence(text: str) -> bool:
    spoken = text.split()
    return sum(map(is_lower, spoken)) * 2 > len(spoken) and len(spoken) > 8


def _candidate(window: str, lead: int, known: Names) -> int:
    ends = [p for p in glue_points(window, known) if p >= 15]
    best = ends[0] if ends else len(window)
    for m in _END.finditer(window, lead + 10):
        if m.start() >= best:
            break
        if m[0][0] in "?!" and _goes_on(window[m.end() :]):
            continue
        if m[0] == "." and re.search(r"(?:^|\W)\w{1,3}$", window[: m.start()]) and not window[m.start() - 1].islower():
            continue
        keep = 1 if m[0][0] in "?!" else 0
        return m.end() if keep else m.start()
    return best


def _goes_on(rest: str) -> bool:
    """After a question mark in a title: does the title go on ("Mahal? Ini Alasannya")?"""
    piece = rest[:80]
    return (
        rest[:1] == " "
        and rest[1:2] != " "
        and case_switch("x x x " + piece.strip()) is None
        and len(piece.split()) <= 8
    )
