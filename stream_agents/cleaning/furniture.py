"""Furniture of a news page that ends up in its text: follow us, share, adverts, players, disclaimers, "telah tayang di".

A rule is tried only on sentences that hold one of its triggers, so a clean article pays for a few substring searches.
"""

import re

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.phrases import BY_FIRST, BY_TRIGGER, QUOTED, Rule
from stream_agents.cleaning.sentences import Sentences

_BRACKETS = re.compile(
    r"\[\s*(?:gambas|gallery|galeri|video|embed|foto|image|gambar|instagram|youtube|"
    r"twitter|tweet|caption|audio|opinary|polling|widget|iklan|ads?|quote|infografis|"
    r"slideshow)\b[^\[\]]{0,120}\]"
    r"|\[/?(?:caption|gallery|embed|audio|video|su_\w+|vc_\w+|et_\w+|youtube|ad|quads|"
    r"wp_\w+|button|adrotate)(?:[ =:][^\[\]]{0,300})?\]",
    re.I,
)
_MARKERS = re.compile(
    r"(?:advertisement\s*|iklan\s*)?\bscroll\s+(?:to|untuk|ke\s+bawah|down|for)\s+(?:continue|"
    r"resume|melanjutkan|lanjut|untuk|lanjutkan|more)(?:\s+(?:with\s+content|content|"
    r"reading|membaca|melanjutkan|konten|artikel|berita))*"
    r"|gulir\s+(?:ke\s+bawah\s+)?untuk\s+(?:lanjut|melanjutkan|terus)\s*(?:mem)?baca|"
    r"continue\s+reading\s+below|story\s+continues\s+below(?:\s+(?:this\s+)?ad\w*)?"
    r"|lanjut(?:kan)?\s+membaca\s+(?:di\s+bawah|setelah)\s*(?:ini|iklan)?|(?:artikel|"
    r"berita)\s+(?:ini\s+)?berlanjut\s+(?:setelah|di\s+bawah)(?:\s+(?:iklan|ini)){0,2}"
    r"|pic\.twitter\.com/\w+|(?:a\s+post\s+shared\s+by|sebuah\s+kiriman\s+dibagikan\s+oleh)\s[^()\n]{1,60}\(@["
    r"\w.]+\)|(?:view\s+this\s+post\s+on|lihat\s+postingan\s+ini\s+di)\s+instagram",
    re.I,
)
_LONGEST_TWEET = 480
_FIRST = re.compile(r"\s*+[\W\d_]{0,12}([^\W\d_]{1,30})")
_MARKER_TRIGGERS = (
    "scroll ",
    "gulir ",
    "continue",
    "lanjut membaca",
    "lanjutkan membaca",
    "berlanjut",
    "pic.twitter",
    "shared by",
    "kiriman dibagikan",
    "postingan ini",
    "this post",
)
_ADVERT = re.compile(
    r"(?:(?<=[a-z.!?\"”)\s])|^)(?:ADVERTISEMENT|Advertisement|ADVERTORIAL CONTENT|"
    r"SCROLL TO RESUME CONTENT)(?=[A-Z\"“\s]|$)"
)


def strip_furniture(draft: Draft) -> None:
    """Cut the furniture out of every line of the draft."""
    lines = [line for line in draft.due if line.bare]
    whole = "\n".join(line.lower for line in lines)
    if "pic.twitter.com" in whole:
        for line in lines:
            if "pic.twitter.com" in line.lower and len(line.bare) < _LONGEST_TWEET:
                draft.drop(line, "embed")
    if "[" in whole:
        _each(draft, lines, _BRACKETS, "marker", ("[",))
    if triggers := tuple(t for t in _MARKER_TRIGGERS if t in whole):
        _each(draft, lines, _MARKERS, "marker", triggers)
    if "advertisement" in whole:
        _each(draft, lines, _ADVERT, "advert", ("advertisement",))
    triggered = [(trigger, rule) for trigger, rule in BY_TRIGGER if trigger in whole]
    for line in lines:
        _strip_sentences(draft, line, [(t, rule) for t, rule in triggered if t in line.lower])


def _each(draft: Draft, lines: list[Line], pattern: re.Pattern[str], kind: str, triggers: tuple[str, ...]) -> None:
    for line in lines:
        if any(t in line.lower for t in triggers):
            spans = [m.span() for m in pattern.finditer(line.text)]
            if spans:
                draft.cut(line, spans, kind, breaks=True)


def _strip_sentences(draft: Draft, line: Line, triggered: list[tuple[str, Rule]]) -> None:
    """Cut every sentence of a line that some rule matches; one pass over its boundaries finds the rules to try."""
    spans: dict[str, list[tuple[int, int]]] = {}
    start = done = 0
    for end in line.sentences.ends:
        a, start = start, end
        if a < done:
            continue
        first = _FIRST.match(line.text, a)
        tried = BY_FIRST.get(first[1].lower(), ()) if first else ()
        if triggered:
            tried = (*tried, *(rule for t, rule in triggered if line.lower.find(t, a, end) >= 0))
        for rule in tried:
            at = _match(line.text[a:end], rule)
            if at is not None:
                done = _through(line.text, line.sentences, end, rule)
                spans.setdefault(rule.kind, []).append((a + at, done))
                break
    for kind, found in spans.items():
        draft.cut(line, found, kind, breaks=True)


def _match(sentence: str, rule: Rule) -> int | None:
    """Where in a sentence the rule's dirt begins, or None."""
    if len(sentence) > rule.longest and len(sentence.strip()) > rule.longest:
        return None
    m = rule.pattern.search(sentence) if rule.triggers else rule.pattern.match(sentence)
    if m is None or (rule.kind in ("follow-us", "disclaimer") and QUOTED.search(sentence)):
        return None
    return m.start()


def _through(text: str, sentences: Sentences, end: int, rule: Rule) -> int:
    """Where the cut ends: the sentences that only go on about the same thing go too."""
    for _ in range(4):
        following = sentences.after(end) if rule.then else None
        if following is None or rule.then is None or not rule.then.search(text[following[0] : following[1]]):
            break
        end = following[1]
    return end
