"""All the steps that take dirt out of a draft, in their order, until nothing more comes out."""

from dataclasses import dataclass, field
from datetime import datetime

from stream_agents.cleaning.annotations import take_annotations
from stream_agents.cleaning.boilerplate import strip_boilerplate
from stream_agents.cleaning.captions import strip_captions
from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.dateline import strip_dateline
from stream_agents.cleaning.furniture import strip_furniture
from stream_agents.cleaning.header import take_header
from stream_agents.cleaning.layout import mend_lines
from stream_agents.cleaning.lines import strip_lines
from stream_agents.cleaning.related import strip_related
from stream_agents.cleaning.repeats import strip_repeats
from stream_agents.cleaning.signoff import strip_signoff
from stream_agents.cleaning.strays import strip_strays

_MOST_PASSES = 5


@dataclass(slots=True)
class Found:
    """What the text itself said about the article."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    published_text: str = ""
    dateline: str = ""
    upstream: dict[str, object] = field(default_factory=dict)


def strip(draft: Draft, title: str, *, headed: bool, rules: frozenset[str] = frozenset()) -> Found:
    """Take all dirt out of the draft; what one step uncovers the next pass takes, so the result is a fixed point."""
    found = Found(title=title)
    found.upstream = take_annotations(draft)
    for _ in range(_MOST_PASSES):
        before = len(draft.cuts)
        mend_lines(draft)
        draft.begin_pass()
        _one_pass(draft, found, headed=headed, rules=rules)
        if len(draft.cuts) == before:
            break
        draft.split_lines(_breaks)
    return found


def _breaks(line: Line) -> list[int]:
    return [i for i, c in enumerate(line.text) if c == "\n"] if "\n" in line.text else []


def _one_pass(draft: Draft, found: Found, *, headed: bool, rules: frozenset[str]) -> None:
    head = take_header(draft, found.title, headed=headed)
    found.title = head.title
    found.authors += [a for a in head.authors if a not in found.authors]
    if found.published_at is None:
        found.published_at, found.published_text = head.published_at, head.published_text
    strip_boilerplate(draft, rules)
    strip_related(draft)
    strip_furniture(draft)
    strip_lines(draft)
    strip_captions(draft)
    strip_signoff(draft)
    strip_repeats(draft)
    if line := strip_dateline(draft):
        found.dateline = found.dateline or line
    strip_strays(draft)
