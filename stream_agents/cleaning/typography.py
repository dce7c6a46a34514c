"""Unicode and typographic hygiene: what a text looked like before encodings, editors and templates got at it.

Nothing here changes a word; titles in capitals stay as published.
"""

import html
import re
import unicodedata

# UTF-8 read as Windows-1252 or Latin-1: a lead byte's character followed by a continuation byte's.
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_UNUSUAL = re.compile("[^\n\u0020-\u007e\u2018\u2019\u201c\u201d\u2013\u2014\u2026]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(
    r"</?(?:p|br|div|span|strong|b|i|em|a|u|h[1-6]|ul|ol|li|img|figure|figcaption|"
    r"blockquote|table|tr|td)\b[^<>]{0,400}>",
    re.I,
)
_BREAKING_TAG = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|figure|blockquote|table|tr)\b", re.I)
_GAP = re.compile(r"(?<=\S) {6,}(?=\S)")
_HYPHEN = re.compile(r"([^\W\d_]+)-\n(?=([a-z]+))")
_DOUBLE_QUOTE = re.compile(r"``|(?<!')''(?!')|,,(?=[A-Za-z])")

_TABLE: dict[int, str | None] = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
_TABLE |= {0x09: " ", 0x0A: "\n", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_TABLE |= dict.fromkeys((160, 5760, *range(8192, 8203), 8239, 8287, 12288), " ")
# Soft hyphen, zero-width and directional marks, the byte order mark, the replacement character, tag and object marks.
_TABLE |= dict.fromkeys((0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)))
_TABLE |= dict.fromkeys((0xFEFF, *range(0xFFF9, 0xFFFE), *range(0xD800, 0xE000)))
_TABLE |= {
    0x201E: "\u201c",
    0x201F: "\u201c",
    0x201B: "\u2018",
    0x2033: '"',
    0x2032: "'",
    0x00B4: "'",
    0x2015: "\u2014",
}

_ODD = re.compile("[" + "".join(re.escape(chr(c)) for c in sorted(_TABLE) if c != 0x0A) + "]")


def lower_same_length(text: str) -> str:
    """Lower case in which every character keeps its place (a few letters grow when lowered: those stay)."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def normalise(text: str) -> str:
    """One spelling for what looks the same: encoding damage, entities, spaces, invisible characters, quotes (NFC)."""
    text = text.replace("\r\n", "\n")
    if "&" in text:
        text = _unescape(text)
    if _UNUSUAL.search(text):
        text = _repair(text)
        if _ODD.search(text):
            text = text.translate(_TABLE)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    if "''" in text or "``" in text or ",," in text:
        text = _DOUBLE_QUOTE.sub('"', text)
    return text


def plain_text(text: str) -> str:
    """`normalise`, with left-over inline tags taken out and words joined that were hyphenated at a line end."""
    text = normalise(text)
    if "<" in text and _TAG.search(text):
        text = _TAG.sub(lambda m: "\n" if _BREAKING_TAG.match(m[0]) else "", text)
    if "      " in text:
        text = _GAP.sub(" ", text)
    if "-\n" in text:
        text = _HYPHEN.sub(_join_hyphenated, text)
    return text


def _unescape(text: str) -> str:
    for _ in range(3):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


def _repair(text: str) -> str:
    if not _MOJIBAKE.search(text):
        return text
    from ftfy import fix_encoding

    # ftfy looks at a whole string at once; by lines one odd line cannot hide the damage of the others.
    return "\n".join(fix_encoding(line) if _MOJIBAKE.search(line) else line for line in text.split("\n"))


def _join_hyphenated(m: re.Match[str]) -> str:
    # Indonesian doubles words with a hyphen (anak-anak, sayur-mayur): those keep theirs.
    first, second = m[1].lower(), m[2]
    doubled = first == second[: len(first)] or first[-3:] == second[-3:] or second.startswith(first[:3])
    return m[1] + "-" if doubled else m[1]
