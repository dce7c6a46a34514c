"""The end of an article: initials, "(*)", "**", editors, the source, tag words glued behind."""

import re

from stream_agents.cleaning.cuts import Draft, Line

_INITIALS = (
    r"\(\s*(?:[A-Za-z*]{1,5}(?:\s?[/\-.,&|]\s?[A-Za-z*0-9]{1,12}){0,4}|\*{1,5}|[A-Z]{1,3}-\d{1,2}|"
    r"(?:red|tim|ant|antara|adv|hms|humas|rls|rilis|ril|net|int|nett?|rel|pr|bs|kom|sumber)\b[^()]{0,40}|"
    r"[A-Za-z0-9.\-]{3,24}\.(?:com|co\.id|co|id|net|news|tv)(?:\s?/[^()]{0,50})?|"
    r"[^()/]{2,40}/(?:[A-Za-z0-9.\-]{2,24}\.(?:com|co\.id|co|id|net|news|tv)|ant|antara|red|tim|detik\w*|tribun\w*)|"
    r"[A-Z][a-z]+(?:\s[A-Z][a-z]*\.?){0,3}(?:/[A-Za-z .]{1,30})?|\*{1,3}/?\s?[A-Za-z/. ]{0,24})\s*\)"
)
_SIGN = re.compile(
    rf"(?:\s*(?:{_INITIALS}|\[\s*(?:[A-Za-z*]{{1,5}}(?:\s?/\s?[A-Za-z*]{{1,12}})?|"
    rf"\*+)\s*\]|\*{{1,6}}|#{{2,6}}|[-–—_=]{{2,}}|[■●▪◆□★♦]+|\[\s*(?:end|selesai)\s*\]|"
    rf"(?<=[.”\"])\s*/(?:[a-z]{{2,6}})(?:/[a-z]{{2,6}})?|(?<=[.”\"])\s?(?:-[A-Z]{{2,4}}-?|"
    rf"@\w{{2,20}}|\bn\b)))+\s*$"
)
# Inside a line: initials in lower case after a sentence's end, followed by nothing or by glued tags.
_SIGN_INSIDE = re.compile(
    r"(?:^|(?<=[.!?”\"'’)\]\n])|(?<=[a-z0-9]))\s*(\((?:[a-z]{2,5}(?:/[a-z]{2,5}){1,2})\))\s*(?P<rest>[^\n]{0,5"
    r"00})$"
)
_NUMBERED = re.compile(r"^\s*\(?\d{1,2}\)?\s*$")
_HASHTAGS = re.compile(r"(?:\s*#\s?[A-Za-z][\w\-]*(?:\s(?=[A-Z#][\w\-]*))?(?:[A-Z][\w\-]*)?[\s,]*){1,20}$")
_ONE_HASHTAG = re.compile(r"(?<=[.!?”\"')])\s*#\s?[A-Z]\w*(?:\s[A-Z]\w*){0,3}\s*$")
_CREDITS_INSIDE = re.compile(
    r"(?:(?<=[.!?”\"’)*])|(?<=[a-z]))\s*(?:(?:Pewarta|Reporter|Penulis|Editor|Redaktur|"
    r"Uploader|Penyunting|Sumber|Rep|Red|Kontributor|Laporan|Source|COPYRIGHT|Copyright|"
    r"Foto)\s?:\s?[^\n.!?:]{2,60}){1,6}(?:(?:COPYRIGHT|Copyright)\s?(?:©|\(c\))[^\n]{0,40})?\s*$"
)
_OPEN = re.compile(r"\(\s*(?:L/P|W/A|S/M)\s*\)$")


def strip_signoff(draft: Draft) -> None:
    """Cut what editors leave behind the last sentence: works from the end of the text upwards and stops at real text."""
    _cut_glued_tags(draft)
    for line in reversed(list(draft.alive())):
        _cut_tail(draft, line)
        if line.bare:
            break
    for line in list(draft.alive()):
        if line.bare[-1] in "*■●▪◆" or (
            "#" in line.bare and _ONE_HASHTAG.search(line.text, max(0, len(line.text) - 160))
        ):
            _cut_tail(draft, line)
        elif line.bare.endswith(")") and len(line.bare) < 14 and (m := _SIGN.fullmatch(line.text)):
            draft.cut(line, [m.span()], "sign-off")


def _cut_tail(draft: Draft, line: Line) -> None:
    for _ in range(6):
        m = (
            _SIGN.search(line.text, max(0, len(line.text.rstrip()) - 120))
            or _ONE_HASHTAG.search(line.text, max(0, len(line.text) - 160))
            or _CREDITS_INSIDE.search(line.text, max(0, len(line.text) - 420))
        )
        if m is None or not m[0].strip() or not _is_signoff(line, m):
            return
        draft.cut(line, [m.span()], "hashtag" if m[0].lstrip().startswith("#") and m[0].strip("# \n") else "sign-off")
        if not line.bare:
            return


def _is_signoff(line: Line, m: re.Match[str]) -> bool:
    """A bracket is part of a sentence when the sentence ends only behind it ("… Komisi Pemilihan Umum (KPU).")."""
    before = line.text[: m.start()].rstrip()
    if not before:
        return True
    inside = m[0].strip()
    if inside.startswith("(") and before[-1] not in ".!?”\"’'*)…":
        return (inside.strip("()").islower() and len(inside) <= 16) or "*" in inside
    return True


def _cut_glued_tags(draft: Draft) -> None:
    """ "… Gibran (lir/gbr) sby jokowi pdip politik": initials, then the page's tag words up to the end of the text."""
    last = None
    for line in draft.alive():
        last = line
    if last is None or "(" not in last.text:
        return
    m = _SIGN_INSIDE.search(last.text, max(0, len(last.text) - 620))
    if m and not re.search(r"[.!?]\s|[.!?]$", m["rest"]):
        draft.cut(last, [(m.start(1), len(last.text))], "sign-off")
