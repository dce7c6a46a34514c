"""Furniture of a news page that ends up in its text: follow us, share, adverts, players, disclaimers, "telah tayang di".

A rule is tried only on sentences that hold one of its triggers, so a clean article pays for a few substring searches.
"""

import re

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.phrases import QUOTED, RULES, Rule
from stream_agents.cleaning.sentences import Sentences

MARKERS = re.compile(
    r"\[\s*(?:gambas|gallery|galeri|video|embed|foto|image|gambar|instagram|youtube|"
    r"twitter|tweet|caption|audio|opinary|polling|widget|iklan|ads?|quote|infografis|"
    r"slideshow)\b[^\[\]]{0,120}\]"
    r"|\[/?(?:caption|gallery|embed|audio|video|su_\w+|vc_\w+|et_\w+|youtube|ad|quads|"
    r"wp_\w+|button|adrotate)(?:[ =:][^\[\]]{0,300})?\]"
    r"|(?:advertisement\s*|iklan\s*)?\bscroll\s+(?:to|untuk|ke\s+bawah|down|for)\s+(?:continue|"
    r"resume|melanjutkan|lanjut|untuk|lanjutkan|more)(?:\s+(?:with\s+content|content|"
    r"reading|membaca|melanjutkan|konten|artikel|berita))*"
    r"|gulir\s+(?:ke\s+bawah\s+)?untuk\s+(?:lanjut|melanjutkan|terus)\s*(?:mem)?baca|"
    r"continue\s+reading\s+below|story\s+continues\s+below(?:\s+(?:this\s+)?ad\w*)?"
    r"|lanjut(?:kan)?\s+membaca\s+(?:di\s+bawah|setelah)\s*(?:ini|iklan)?|artikel\s+berlanjut\s+(?:setelah|"
    r"di\s+bawah)\s+(?:iklan|ini)(?:\s+ini)?|(?:artikel|berita)\s+(?:ini\s+)?berlanjut\s+di\s+bawah"
    r"|pic\.twitter\.com/\w+|(?:a\s+post\s+shared\s+by|sebuah\s+kiriman\s+dibagikan\s+oleh)\s[^()\n]{1,60}\(@["
    r"\w.]+\)|(?:view\s+this\s+post\s+on|lihat\s+postingan\s+ini\s+di)\s+instagram",
    re.I,
)
_MARKER_TRIGGERS = (
    "[",
    "scroll",
    "gulir",
    "continue",
    "lanjut",
    "pic.twitter",
    "shared by",
    "kiriman dibagikan",
    "instagram",
)
_ADVERT = re.compile(
    r"(?:(?<=[a-z.!?\"”)\s])|^)(?:ADVERTISEMENT|Advertisement|ADVERTORIAL CONTENT|"
    r"SCROLL TO RESUME CONTENT)(?=[A-Z\"“\s]|$)"
)


def strip_furniture(draft: Draft) -> None:
    """Cut the furniture out of every line of the draft."""
    whole = "\n".join(line.lower for line in draft.alive())
    if any(t in whole for t in _MARKER_TRIGGERS):
        _each(draft, MARKERS, "marker")
    if "advertisement" in whole:
        _each(draft, _ADVERT, "advert")
    for rule in RULES:
        triggers = tuple(t for t in rule.triggers if t in whole)
        if triggers:
            for line in list(draft.alive()):
                _apply(draft, line, rule, triggers)


def _each(draft: Draft, pattern: re.Pattern[str], kind: str) -> None:
    for line in list(draft.alive()):
        spans = [m.span() for m in pattern.finditer(line.text)]
        if spans:
            draft.cut(line, spans, kind, breaks=True)


def _apply(draft: Draft, line: Line, rule: Rule, triggers: tuple[str, ...]) -> None:
    hits = sorted({at for t in triggers for at in _finds(line.lower, t)})
    if not hits:
        return
    sentences = Sentences(line.text)
    spans: list[tuple[int, int]] = []
    looked = -1
    for at in hits:
        a, b = sentences.around(at)
        if a <= looked or b - a > rule.longest:
            continue
        looked = a
        sentence = line.text[a:b]
        m = rule.pattern.search(sentence)
        if m and not (rule.kind in ("follow-us", "disclaimer") and QUOTED.search(sentence)):
            looked = _through(line.text, sentences, b, rule)
            spans.append((a + m.start(), looked))
            looked -= 1
    if spans:
        draft.cut(line, spans, rule.kind, breaks=True)


def _through(text: str, sentences: Sentences, end: int, rule: Rule) -> int:
    """Where the cut ends: the sentences that only go on about the same thing go too."""
    for _ in range(4):
        following = sentences.after(end) if rule.then else None
        if following is None or rule.then is None or not rule.then.search(text[following[0] : following[1]]):
            break
        end = following[1]
    return end


def _finds(text: str, word: str) -> list[int]:
    found, at = [], text.find(word)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + len(word))
    return found
