"""The place line at the start of a report ("SUMEDANG, Simaknews.id –", "TEMPO.CO, Jakarta -", "medcom.id, Bogor:")."""

import re

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.headline import is_headline

_DOMAIN = (
    r"[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)?\.(?:com|co\.id|co|id|net|tv|news|org|info|"
    r"my\.id|or\.id|go\.id|ac\.id|COM|CO\.ID|CO|ID|NET|TV|NEWS|ORG|INFO|Com|Co\.Id|"
    r"Id|ID)"
)
_PLACE = r"(?:[A-Z][\w'’.\-]*(?:[ /][A-Z(][\w'’.\-)]*){0,4})"
_OUTLET = r"(?:[A-Z][\w\-.]*(?:\s[A-Z][\w\-.]*){0,3})"
_DASH = r"(?:\s*(?:-{1,3}|–|—|―|:|\||//|=+)(?:\s*(?:-{1,2}|–|—))?\s*)"
_DATE = r"(?:\s*[,(]?\s*(?:\(?\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?\)?|\d{1,2}\s+[A-Z][a-z]+(?:\s+\d{4})?)\s*\)?)?"
_LINE = re.compile(
    rf"[\s*\"“_]*(?P<line>(?:(?P<d1>{_DOMAIN})\s*(?:[,|/–—\-:]\s*|\s+)?(?:\(?(?P<p1>{_PLACE}|"
    rf"[A-Z]{{3,}})\)?)?|(?P<p2>{_PLACE})\s*[,/|(–—\-]\s*(?P<d2>{_DOMAIN})\)?|"
    rf"(?P<p3>[A-Z][A-Z'’.\-]{{2,}}(?:[ /][A-Z(][A-Z'’.\-)]+){{0,4}})(?:\s*[,|(/]\s*(?P<o3>{_OUTLET})\)?)?|"
    rf"(?P<p4>{_PLACE})\s*[,|(/]\s*(?P<o4>{_OUTLET})\)?|(?P<p5>{_PLACE})){_DATE})(?P<dash>{_DASH})(?=[\"“‘'(*\[]"
    r"?\s?[\w\"“‘])"
)
_GLUED = re.compile(
    rf"[\s*]*(?P<line>(?P<d>{_DOMAIN})\s*,\s*(?P<p>[A-Z][a-z]+(?: [A-Z][a-z]+)??))(?=[A-Z][a-z]*[A-Z\s])"
)
_DOMAIN_DASH = re.compile(rf"[\s*]*(?P<line>(?P<d1>{_DOMAIN}))(?P<dash>\s*[-–—:]{{1,2}}\s*)(?=[A-Z\"“])")
# A dateline behind a summary, a title or a reporter's line that a dump put on the same line.
_INNER = re.compile(
    rf"(?<![\w.@/])(?P<line>(?:[A-Z][A-Z0-9\-]{{3,}}\.(?:COM|com|CO\.ID|co\.id|ID|"
    rf"id|NET|CO)|Liputan6\.com|Bisnis\.com|Kapanlagi\.com)(?:\s*[,|/]\s*{_PLACE})?)(?P<dash>\s*[-–—]{{1,2}}\s*"
    r")(?=[A-Z\"“])"
)
_REPORTER = re.compile(r"\s*(?:laporan|liputan|reporter|penulis)\b|[^.!?]{3,60}/\s?[\w.]+\s*$", re.I)
_DASHES = re.compile(r"[-–—―:|/=]")
_LONGEST = 90


def strip_dateline(draft: Draft) -> str:
    """Cut the dateline off the first lines of the text and return it without its dash ("" if there is none)."""
    for seen, line in enumerate(draft.alive()):
        if seen >= 3:
            break
        if line.tag in ("h", "li", "caption"):
            continue
        text = line.text
        m = _match(text) if _DASHES.search(text, 0, 110) or "." in text[:60] else None
        if (
            m is None
            and seen < 2
            and (".c" in (head := text[:340].lower()) or ".id" in head or ".net" in head)
            and (inner := _INNER.search(line.text, 0, 340))
            and inner.start() > 3
        ):
            _cut_before(draft, line, inner.start())
            m = inner
        if m and len(m["line"]) <= _LONGEST:
            draft.cut(line, [(m.start("line"), m.end())], "dateline")
            return " ".join(m["line"].split()).strip(" ,|/-–—(")
    return ""


def _cut_before(draft: Draft, line: Line, at: int) -> None:
    """Cut what stands before an inner dateline if it is a title or names who reported; a summary stays."""
    before = line.text[:at].strip()
    if _REPORTER.match(before) or (before and before[-1] not in '.!?”"' and is_headline(before)):
        draft.cut(line, [(0, at)], "header")


def _match(text: str) -> re.Match[str] | None:
    for pattern in (_LINE, _DOMAIN_DASH, _GLUED):
        m = pattern.match(text)
        if m and _is_dateline(m, text[m.end() :]):
            return m
    return None


def _is_dateline(m: re.Match[str], rest: str) -> bool:
    groups = m.groupdict()
    if len(rest.strip()) < 20:
        return False
    dash = m["dash"].strip() if "dash" in groups else ""
    place = groups.get("p1") or ""
    if place and not place.isupper() and dash == "-" and m["dash"] == "-":
        return False  # "TRIBUNNEWS.COM - Grup K-Pop": the second hyphen is a word's
    if groups.get("d1") or groups.get("d2") or groups.get("d"):
        return True
    if dash in (":", "|") and not groups.get("o3"):
        # "Jakarta: Polisi …" is one, "Guinea: 1-Soumaila Sylla" and "Menteri Pertanian: …" are not.
        place = groups.get("p3") or groups.get("p5") or ""
        return (bool(groups.get("p3")) and len(place) > 3) or place in (
            "Jakarta",
            "Bandung",
            "Surabaya",
            "Medan",
            "Semarang",
            "Bogor",
            "Depok",
            "Bekasi",
            "Tangerang",
            "Yogyakarta",
            "Denpasar",
            "Makassar",
            "Palembang",
        )
    text = m["line"].strip()
    spaced = " " in m["dash"] or dash in ("–", "—", "--", "---")
    if groups.get("p3"):
        return len(text) > 2 and (spaced or rest[:1].isupper())
    return spaced and len(text.split()) <= 5 and rest.lstrip(" \"“‘'(")[:1].isupper()
