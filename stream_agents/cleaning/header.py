"""The block above a text in dumps: site name, title, author, date, reader counter; and the title repeated at the start."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.dates import VISIBLE, parse_visible
from stream_agents.cleaning.headline import is_headline, is_lower

KIND = "header"
_SITE = re.compile(
    r"(?:https?://)?(?:www\.)?[\w\-]+(?:\.[\w\-]+){0,2}\.(?:com|co\.id|id|net|news|"
    r"tv|org|info|go\.id)/?",
    re.I,
)
_SPLIT = re.compile(r"\s*[|•·]\s*|\s+[-–—]\s+|\s*,\s*(?=\d)|\s{2,}|\t")
_COUNT = re.compile(
    r"(?:dibaca|dilihat|views?|hits?|komentar|comments?|shares?)\s*:?\s*[\d.,]*\s*(?:kali|"
    r"x)?|[\d.,]+\s*(?:x|kali)?\s*(?:dibaca|views?|komentar)",
    re.I,
)
_BY = re.compile(
    r"(?:(?:oleh|by|penulis|reporter|pewarta|wartawan|laporan(?:\s+wartawan)?|author|"
    r"jurnalis|kontributor|ditulis\s+oleh|editor|redaktur|redaksi)\s*[:：]?\s*)+",
    re.I,
)
_NOT_TITLE = re.compile(r"(?:^|\s)[\w\-]+\.(?:com|co\.id|id|net|news|tv)\b.*(?:-|–|—|:)\s*", re.I)
_SENTENCE_INSIDE = re.compile(r"[a-z]{2}[.!?][\"”’]?\s+[A-Z\"“]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_KEY = re.compile(r"[\W_]+")
_DEEPEST = 10


@dataclass(slots=True)
class Header:
    """What the block above the text said."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    published_text: str = ""


def take_header(draft: Draft, title: str, *, headed: bool) -> Header:
    """Cut the header block off the start of the draft and return what it said.

    `title` is the title already known; `headed` says that the input has no other place for a title, so that a
    headline-like first line is taken for one.
    """
    head = Header(title=title)
    lines = list(draft.alive())[:_DEEPEST]
    if not headed and head.title:
        _drop_above_title(draft, lines, head.title)
    for i, line in enumerate(lines):
        if not line.bare:
            continue
        if line.tag in ("li", "row"):
            break
        following = lines[i + 1] if i + 1 < len(lines) else None
        if not _take(draft, line, following, head, headed=headed):
            break
    return head


def _drop_above_title(draft: Draft, lines: list[Line], title: str) -> None:
    """On a page whatever stands above the headline (crumbs, section, date) is not the article."""
    at = next((i for i, line in enumerate(lines) if _same(line.bare, title)), 0)
    if at and sum(len(line.bare) for line in lines[:at]) < 400:
        for line in lines[: at + 1]:
            draft.drop(line, KIND if line is not lines[at] else "title")


def _take(draft: Draft, line: Line, following: Line | None, head: Header, *, headed: bool) -> bool:
    text = line.bare
    if head.title and _same(text, head.title):
        draft.drop(line, "title")
    elif _SITE.fullmatch(text):
        draft.drop(line, KIND)
    elif _is_byline(text):
        _read_byline(text, head)
        draft.drop(line, KIND)
    elif (
        following is not None
        and _is_name(text)
        and (_is_byline(following.bare) or (head.title and following.bare.lower().startswith("editor")))
    ):
        _add_author(head, text)
        draft.drop(line, KIND)
    elif headed and not head.title and following is not None and is_title_line(text, following):
        head.title = text
        draft.drop(line, "title")
    else:
        return False
    return True


def is_title_line(text: str, following: Line) -> bool:
    """A headline above a text: 3 to 30 words, no sentence's end, no dateline, something longer or a byline below it."""
    words = text.split()
    if (
        not 3 <= len(words) <= 30
        or len(text) > 200
        or text[-1] in '.,;:”"'
        or _NOT_TITLE.search(text)
        or (not text[0].isalnum() and text[0] not in "\"“'‘[(")
    ):
        return False
    if text[0].islower() or text[0] in "-•*#" or _SENTENCE_INSIDE.search(text):
        return False
    if not is_headline(text) and not _is_byline(following.bare) and (len(following.bare) < 100 or text[-1] in "?!"):
        return False
    return len(following.bare) > len(text) or _is_byline(following.bare) or bool(_SITE.fullmatch(following.bare))


def _same(text: str, title: str) -> bool:
    a, b = _KEY.sub("", text).lower(), _KEY.sub("", title).lower()
    return bool(a) and (
        a == b
        or (
            len(a) > 30
            and len(text) < 220
            and (b.startswith(a) or (a.startswith(b) and len(a) - len(b) < 25 and len(b) > 30))
        )
    )


def _is_byline(text: str) -> bool:
    """Author, date, time and counter in some order, and nothing else."""
    if len(text) > 160 or not (_YEAR.search(text) or ":" in text or "ibaca" in text or "iew" in text):
        return False
    rest = VISIBLE.sub(" ", text, count=2)
    dated = rest != text
    rest2 = _COUNT.sub(" ", rest)
    counted = rest2 != rest
    if not dated and not counted:
        by = _BY.match(text)
        return bool(by) and ":" in text[:30] and _is_name(text[by.end() :] if by else "")
    pieces = [
        p
        for p in _SPLIT.split(re.sub(r"\d{1,2}[.:]\d{2}(?:\s*wi[bt]a?)?", " ", rest2, flags=re.I))
        if p.strip(" |-–,/.()")
    ]
    return len(pieces) <= 4 and all(_is_label(p) for p in pieces)


def _is_label(piece: str) -> bool:
    words = piece.strip(" |-–,/.():").split()
    return (
        len(words) <= 6
        and not piece.rstrip().endswith((".", "!", "?"))
        and (sum(map(is_lower, words)) <= max(1, len(words) // 3))
    )


def _read_byline(text: str, head: Header) -> None:
    if head.published_at is None and VISIBLE.search(text):
        moment = parse_visible(_joined_clock(text))
        head.published_at, head.published_text = moment, text
    rest = _COUNT.sub(" ", VISIBLE.sub(" | ", text, count=2))
    for piece in _SPLIT.split(rest):
        name = _BY.sub("", piece.strip(" |-–,/.():"), count=1).strip()
        if _is_name(name):
            _add_author(head, name)
            break


def _joined_clock(text: str) -> str:
    """ "9 September 2015 | 14:28" keeps its clock also when another separator stands between the two."""
    return re.sub(r"(\d{4})\s*[|•·/,\-–]+\s*(\d{1,2}[.:]\d{2})", r"\1 \2", text)


def _is_name(text: str) -> bool:
    words = text.strip(" .,").split()
    return (
        1 <= len(words) <= 5
        and len(text) <= 48
        and all(w[0].isupper() or w in ("bin", "binti", "al", "van", "de") for w in words)
        and not any(c.isdigit() for c in text)
    )


def _add_author(head: Header, name: str) -> None:
    clean = " ".join(name.split()).strip(" ,.-|")
    if clean and clean not in head.authors:
        head.authors.append(clean)
