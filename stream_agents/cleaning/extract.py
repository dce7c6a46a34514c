"""From a page to the lines of its article and what the page says about it."""

from datetime import datetime

from stream_agents.cleaning.blocks import blocks_of
from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.metadata import Metadata, read_metadata
from stream_agents.cleaning.page import Block, find_container, parse, prune

_ENOUGH = 200


def extract(markup: str | bytes, now: datetime, url: str = "") -> tuple[Draft, Metadata]:
    """The article's lines and the page's metadata; an empty draft where the page holds no text."""
    root = parse(markup)
    if root is None:
        return Draft([]), Metadata()
    seen = read_metadata(root, now, url)
    prune(root, seen.description)
    container = find_container(root, seen.description)
    blocks = blocks_of(container) if container is not None else []
    if sum(len(b.text) for b in blocks if b.tag != "caption") < _ENOUGH:
        blocks = _fallback(markup, blocks)
    return draft_of(blocks), seen


def draft_of(blocks: list[Block]) -> Draft:
    """A draft whose offsets count in the blocks joined by line breaks."""
    lines, start = [], 0
    for block in blocks:
        lines.append(Line(start, block.text, block.tag, tuple(block.links)))
        start += len(block.text) + 1
    return Draft(lines)


def _fallback(markup: str | bytes, ours: list[Block]) -> list[Block]:
    """Where we found next to nothing, ask trafilatura and take the longer of the two."""
    from trafilatura import bare_extraction

    try:
        document = bare_extraction(markup[:300_000], fast=True, include_comments=False, include_tables=True)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return ours
    text = (getattr(document, "text", None) or "") if document is not None else ""
    blocks = [Block(" ".join(p.split()), "p") for p in text.split("\n") if p.strip()]
    return blocks if sum(len(b.text) for b in blocks) > sum(len(b.text) for b in ours) else ours
