"""Lines as the author meant them: wrapped lines joined, paragraphs parted that a dump glued together."""

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.sentences import glued_paragraphs

_CLOSERS = ".!?:;”\"’')]…*"
_WRAP_SHARE = 0.5
_GOING_ON = 0.4


def mend_lines(draft: Draft) -> None:
    """Join what was wrapped (a link or an italic on a line of its own, columns of an e-mail), part what was glued."""
    widths = [len(line.bare) for line in draft.alive()]
    if len(widths) > 1:
        width = _wrap_width(draft, widths)
        draft.join_lines(lambda before, line: _continues(before, line, width))
    draft.split_lines(lambda line: glued_paragraphs(line.text))


def _wrap_width(draft: Draft, widths: list[int]) -> int:
    """The column at which the whole text was wrapped, or 0: then most lines are about equally long and end mid-sentence."""
    if len(widths) < 6:
        return 0
    longest = max(widths)
    if not 40 <= longest <= 110:
        return 0
    lines = list(draft.alive())
    open_ended = [
        n for n, line in enumerate(lines) if line.bare[-1] not in _CLOSERS and len(line.bare) >= 0.7 * longest
    ]
    # Wrapped prose goes on in lower case most of the time; headlines under each other never do.
    going_on = sum(1 for n in open_ended if n + 1 < len(lines) and lines[n + 1].bare[0].islower())
    wrapped = len(open_ended) >= _WRAP_SHARE * len(widths) and going_on >= _GOING_ON * len(open_ended)
    return longest if wrapped else 0


def _continues(before: Line, line: Line, width: int) -> bool:
    if not before.bare or not line.bare or line.tag not in ("", before.tag) or before.tag not in ("", "p"):
        return False
    last, first = before.bare[-1], line.bare[0]
    if last in _CLOSERS:
        return False
    if first.islower() and (last.isalnum() or last in ",-–%("):
        return len(before.bare.split()) > 1 or before.bare.islower() or len(before.bare) <= 24
    if last == "," or before.lower.endswith(
        (" dan", " di", " ke", " dari", " yang", " untuk", " dengan", " oleh", " pada", " -- pt", " - pt", " pt")
    ):
        return True
    return bool(width) and len(before.bare) >= 0.75 * width
