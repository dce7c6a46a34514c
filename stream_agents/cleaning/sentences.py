"""Sentence boundaries in news text: good enough to cut one sentence out, and to part sentences a dump glued together."""

import re
from bisect import bisect_left, bisect_right

from stream_agents.cleaning.words import words

# A full stop between a word and a capital is a boundary even without a blank ("… 2026.AFC melalui …"), but not inside a
# domain (TEMPO.CO, Kompas.com), a number or initials.
_END = re.compile(r"[.!?…]+[\"”’')\]]*(?:\s+|(?=[A-Z\"“][a-z“A-Z])|$)|\n")
_ABBREVIATIONS = words(
    "dr prof ir drs dra hj h kh ust no jl jln gg rt rw kab kec kel ds tgl hlm dll "
    "dsb dst dkk tbk pt cv ltd inc co st mr mrs ms "
    "rp sdr sdri yth bpk a.n s.d u.p d.a pj plt brigjen irjen letjen mayjen kombes "
    "m b c d e f g i j k l n o p q r s t u v w x y z"
)
# How the abbreviations of four letters and more end.
_LONG_ABBREVIATIONS = frozenset(a[-4:] for a in _ABBREVIATIONS if len(a) >= 4)
GLUED = re.compile(
    r"(?P<stop>[.!?](?<=[a-z0-9)%]{2}.)[\"”’']?|[\"”](?<=[a-z0-9)%]{2}.)(?=[A-Z][a-z]))(?=[\"“]?[A-Z]\w*[\s,])"
)


class Sentences:
    """Boundaries of one line, found once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends = [m.end() for m in _END.finditer(text) if _is_end(text, m)]
        if not self.ends or self.ends[-1] != len(text):
            self.ends.append(len(text))

    def around(self, at: int) -> tuple[int, int]:
        """Start and end of the sentence that holds offset `at`."""
        i = bisect_right(self.ends, at)
        return (self.ends[i - 1] if i else 0), (self.ends[i] if i < len(self.ends) else len(self.text))

    def after(self, end: int) -> tuple[int, int] | None:
        """The sentence that follows one which ends at `end`, or None at the end of the line."""
        i = bisect_left(self.ends, end)
        return (end, self.ends[i + 1]) if i + 1 < len(self.ends) and self.ends[i] == end else None


def _is_end(text: str, m: re.Match[str]) -> bool:
    if m[0][0] != ".":
        return True
    at = m.start()
    tail = text[max(0, at - 4) : at]
    if len(tail) == 4 and tail.isalpha() and text[m.end() - 1].isspace() and tail.lower() not in _LONG_ABBREVIATIONS:
        return True  # a word of four letters or more: nearly every end of a sentence leaves here
    word = text[max(0, m.start() - 12) : m.start()].rsplit(None, 1)
    last = word[-1].lower().lstrip("(\"“'") if word else ""
    if last in _ABBREVIATIONS and m.end() != len(text):
        return False
    glued = m.end() < len(text) and not text[m.end() - 1].isspace() and m[0] == "."
    # "TEMPO.CO", "S.Pd", "A.Md", "Rp.250": a stop inside a word.
    return not (glued and (last.isupper() or len(last) < 2 or text[m.start() - 1].isupper()))


def glued_paragraphs(text: str) -> list[int]:
    """Offsets where a paragraph's end was lost ("… WIB.Sebelumnya" at "S")."""
    points: list[int] = []
    for m in GLUED.finditer(text):
        stop = m["stop"]
        if stop[0] == "." and _inside_word(text, m.start()):
            continue
        if stop == '"' and text.count('"', points[-1] if points else 0, m.start()) % 2 == 0:
            continue  # an opening quote that lost the blank before it
        points.append(m.end())
    return points


def _inside_word(text: str, at: int) -> bool:
    head = text[max(0, at - 15) : at].rsplit(None, 1)
    word = head[-1] if head else ""
    return word.lower().lstrip('("“') in _ABBREVIATIONS or word[-1:].isupper()
