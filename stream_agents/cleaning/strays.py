"""Headlines of other articles that stand in the text without a cue: dumps flatten link boxes into the paragraph beside them.

Three signs together make one: title case, words in it that running text writes small ("Korban", "Ditangkap"), and a place
where a sentence would have to begin. Players leave their title twice ("Video: A Video: A").
"""

import re

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.headline import (
    case_switch,
    glue_points,
    is_headline,
    small_words_capitalised,
)

KIND = "related"
_FLAT = 500
_WORD = re.compile(r"\S+")
# A sentence's start whose first five words or more are all in title case.
_TITLE_RUN = re.compile(
    r"\s*(?P<run>(?:Video:?\s+)?[A-Z0-9“\"'‘(]\S{0,40}(?:\s{1,3}(?:[A-Z0-9“\"'‘(&\-–+]\S{0,40}|"
    r"di|ke|dari|dan|yang|"
    r"untuk|dalam|pada|soal|vs|usai|oleh|dengan|hingga|saat|agar|bagi|atau|tak|per|"
    r"via|jadi|karena|akan|bisa|gegara|demi)(?=\s|$)){4,28})"
)


# Laws, offices and datelines start sentences in title case too.
_OFFICIAL = re.compile(
    r"\bNomor\s\d|\bTahun\s\d{4}\s+tentang|Undang-Undang|^(?:[^\s]+,\s)?(?:Kepala|"
    r"Ketua|Direktur|Menteri|Deputi|Wakil|Staf|Sekretaris|Dosen|"
    r"Gubernur|Bupati|Wali|Dalam|Menurut|Mengutip|Adapun|Berdasarkan|Selain|Sementara|"
    r"Pukul|Provinsi|Laporan)\b|^[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,3},\s(?:Kepala|Ketua|"
    r"Direktur)"
)
_DOMAIN = re.compile(r"\b[A-Za-z][A-Za-z0-9\-]+\.(?:com|co\.id|id|net|COM|CO\.ID|ID|NET)\b")


def strip_strays(draft: Draft) -> None:
    """Cut headlines without a cue out of flattened lines and off the end of the text."""
    lines = list(draft.alive())
    if any(len(line.bare) >= _FLAT for line in lines):
        draft.flat = True
    if draft.flat:
        for line in lines:
            if not line.tag:
                _cut_runs(draft, line)
    _cut_last(draft)


def _cut_runs(draft: Draft, line: Line) -> None:
    spans: list[tuple[int, int]] = []
    for at in [0, *line.sentences.ends[:-1]]:
        m = _TITLE_RUN.match(line.text, at)
        if m is None:
            continue
        start = m.start("run")
        end = _doubled_end(line.text, start, m.end("run")) or _run_end(line.text, start)
        if end and (not spans or start >= spans[-1][1]):
            spans.append((start, end))
    if (
        spans
        and sum(b - a for a, b in spans) * 3 < len(line.text) + 200
        and not (len(spans) == 1 and spans[0] == (0, len(line.text)))
    ):
        draft.cut(line, spans, KIND, breaks=True)


def _doubled_end(text: str, start: int, end: int) -> int:
    """Where a title ends that stands twice in a row (a player's heading and its caption), or 0."""
    again = text.find(text[start : start + 22], start + 22, start + 260)
    if again < 0 or end - start < 22:
        return 0
    title = text[start:again].strip()
    double = text[again : again + len(title)] == title
    return again + len(title) if double and small_words_capitalised(title) >= 1 else 0


def _run_end(text: str, start: int) -> int:
    """Where the headline that begins at `start` ends, or 0 if it is none: a sentence must follow it."""
    window = text[start : start + 260]
    glue = [p for p in glue_points(window) if p >= 20]
    switch = case_switch(window)
    domain = _DOMAIN.search(window)
    ends = [p for p in (glue[0] if glue else None, switch, domain.start() if domain else None) if p]
    if not ends:
        return 0
    end = min(ends)
    title = window[:end].strip()
    if (
        _OFFICIAL.search(title)
        or len(title.split()) < 5
        or not is_headline(title)
        or re.search(r"[.!?]\s", title)
        or small_words_capitalised(title) < 3
    ):
        return 0
    return start + end


def _cut_last(draft: Draft) -> None:
    """A headline behind the last sentence, on its line or on one of its own."""
    alive = list(draft.alive())
    if not alive or alive[-1].tag in ("li", "row"):
        return
    line = alive[-1]
    ends = line.sentences.ends
    start = ends[-2] if len(ends) > 1 else 0
    tail = line.text[start:].strip()
    if not start and (len(alive) < 3 or alive[-2].bare[-1] not in ".!?”\"’'" or line.tag == "h"):
        return
    if _is_stray(tail):
        draft.cut(line, [(start, len(line.text))], KIND, breaks=True)


def _is_stray(text: str) -> bool:
    if text[:1].isdigit() or text[:1] in "-•*(" or ";" in text or text.count(",") > 2 or len(text.split()) < 5:
        return False
    return (
        text[-1:] not in '.!?:;”"'
        and is_headline(text, shortest=5)
        and small_words_capitalised(text) >= 2
        and case_switch(text) is None
    )
