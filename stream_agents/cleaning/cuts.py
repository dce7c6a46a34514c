"""The working text of one article and the record of everything taken out of it.

A draft is a list of lines. Cutting never shortens a line: the characters that go are overwritten with blanks, so an
offset found by any later step is still an offset in the text that came in.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from stream_agents.cleaning.sentences import Sentences
from stream_agents.cleaning.typography import lower_same_length


@dataclass(frozen=True, slots=True)
class Cut:
    """One removal: what kind of dirt it was, its text, and where it stood in the extracted text (characters)."""

    kind: str
    text: str
    offset: int


@dataclass(slots=True)
class Line:
    """One line (a paragraph, list item, table row or heading) of the extracted text.

    `tag` is what the page said it is ("p", "li", "h", "caption", "row", or "" for plain text) and `links` the spans of
    its characters that lie inside hyperlinks.
    """

    start: int
    text: str
    tag: str = ""
    links: tuple[tuple[int, int], ...] = ()
    bare: str = field(init=False, default="")
    lower: str = field(init=False, default="")
    # Not yet looked at in its present form: steps that judge a line by itself skip the others.
    fresh: bool = field(init=False, default=True)
    _sentences: Sentences | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Bring the derived forms up to date after the text changed."""
        self.bare = self.text.strip()
        self.lower = lower_same_length(self.text) if self.bare else ""
        self.fresh = True
        self._sentences = None

    @property
    def sentences(self) -> Sentences:
        """Sentence boundaries of the line as it is now."""
        if self._sentences is None:
            self._sentences = Sentences(self.text)
        return self._sentences

    @property
    def linked(self) -> float:
        """Share of the line's characters inside hyperlinks, 0 to 1."""
        return min(1.0, sum(b - a for a, b in self.links) / max(1, len(self.bare))) if self.links else 0.0


class Draft:
    """The lines of one article while dirt is taken out of them."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = list(lines)
        self.cuts: list[Cut] = []
        self.due: list[Line] = self.lines
        # Set when paragraphs stand flattened in one long line: titles of link boxes may then stand among the sentences.
        self.flat = False

    @classmethod
    def of_text(cls, text: str) -> "Draft":
        """A draft of plain text, one line a line."""
        lines, start = [], 0
        for raw in text.split("\n"):
            lines.append(Line(start, raw))
            start += len(raw) + 1
        return cls(lines)

    def alive(self) -> Iterator[Line]:
        """The lines that still say something, in order."""
        return (line for line in self.lines if line.bare)

    def begin_pass(self) -> None:
        """Note the lines that changed since the last pass as due: steps that judge a line by itself look at these only."""
        self.due = [line for line in self.lines if line.fresh and line.bare]
        for line in self.lines:
            line.fresh = False

    def drop(self, line: Line, kind: str) -> None:
        """Take a whole line out."""
        if line.bare:
            lead = len(line.text) - len(line.text.lstrip())
            self.cuts.append(Cut(kind, line.bare, line.start + lead))
            line.text = ""
            line.refresh()

    def cut(self, line: Line, spans: list[tuple[int, int]], kind: str, *, breaks: bool = False) -> None:
        """Take spans out of a line (sorted or not; overlaps are merged); with `breaks` each leaves a line break."""
        pieces, at = [], 0
        for a, b in sorted(spans):
            a = max(a, at)
            if b <= a:
                continue
            gone = line.text[a:b]
            if gone.strip():
                self.cuts.append(Cut(kind, gone.strip(), line.start + a + len(gone) - len(gone.lstrip())))
            pieces += [line.text[at:a], "\n" if breaks else " ", " " * (b - a - 1)]
            at = b
        if at:
            line.text = "".join(pieces) + line.text[at:]
            line.refresh()

    def paragraphs(self) -> list[str]:
        """What is left: one string a paragraph, white space collapsed."""
        out = []
        for line in self.lines:
            if line.bare:
                out += [p for p in (" ".join(part.split()) for part in line.text.split("\n")) if p]
        return out

    def split_lines(self, points_of: Callable[[Line], list[int]]) -> None:
        """Break every line at the offsets `points_of` names in it."""
        lines: list[Line] = []
        for line in self.lines:
            points = points_of(line) if line.bare and line.fresh else []
            lines += _pieces(line, points) if points else [line]
        self.lines = lines

    def join_lines(self, belongs: Callable[[Line, Line], bool]) -> None:
        """Join each line to the one before it where `belongs(before, line)`: a blank stands where the break was."""
        runs: list[list[Line]] = []
        for line in self.lines:
            if runs and belongs(runs[-1][-1], line):
                runs[-1].append(line)
            else:
                runs.append([line])
        self.lines = [run[0] if len(run) == 1 else _joined(run) for run in runs]


def _pieces(line: Line, points: list[int]) -> list[Line]:
    edges = [0, *points, len(line.text)]
    return [
        Line(
            line.start + a,
            line.text[a:b],
            line.tag,
            tuple((max(x, a) - a, min(y, b) - a) for x, y in line.links if x < b and y > a),
        )
        for a, b in pairwise(edges)
    ]


def _joined(run: list[Line]) -> Line:
    first = run[0].start
    links = tuple((a + line.start - first, b + line.start - first) for line in run for a, b in line.links)
    return Line(first, " ".join(line.text for line in run), run[0].tag, links)
