"""Results for people at a terminal: colours, times in WIB, highlights; and one flat shape for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from warta.search.find import MARK, UNMARK, Answer, Hit
from warta.search.labels import STYLES, WORDS, number, short_moment

#: Columns of csv and xlsx, in order; a dot reaches into an object.
COLUMNS = (
    "published_at", "first_seen_at", "label", "source", "owner", "title", "url", "main_place", "main_cases", "genre",
    "story_id", "story_relation", "is_story_head", "story.copies", "story.publishers", "sentiment.confidence", "doc_id",
)  # fmt: skip
#: Characters of a terminal below which titles need the room.
_NARROW = 100


def table(answer: Answer, console: Console, *, first: int = 1, size: int = 20) -> None:
    """Print a page of results: one line a story, and under it where the words were found; then totals and how to go on."""
    narrow = console.width < _NARROW
    shown = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1 if narrow else 2, 0, 0))
    shown.add_column("#", justify="right", style="dim")
    for name in ("waktu (WIB)", "nada"):
        shown.add_column(name, no_wrap=True)
    shown.add_column("media", no_wrap=True, overflow="ellipsis", max_width=14 if narrow else None)
    shown.add_column("judul", ratio=1)
    for name in ("tayangan", "outlet"):
        shown.add_column(name, justify="right")
    for place, hit in enumerate(answer.hits, first):
        shown.add_row(str(place), *_cells(hit))
    if answer.hits:
        console.print(shown)
    for line in _footer(answer, first, size):
        console.print(line, style="dim", highlight=False)
    for note in answer.notes:
        console.print(Text(f"catatan: {note}", style="yellow"))


def _footer(answer: Answer, first: int, size: int) -> Iterator[str]:
    yield f"{number(answer.stories)} berita, {number(answer.documents)} tayangan cocok"
    if len(answer.hits) == size:
        yield f"halaman berikutnya: --page {(first - 1) // size + 2}"
    elif not answer.hits and first > 1:
        yield "halaman ini kosong: kembali dengan --page 1"
    if any(_unsure(hit.source) for hit in answer.hits):
        yield "? = perlu dicek: model tidak yakin"


def _cells(hit: Hit) -> tuple[Any, ...]:
    doc = hit.source
    title = marked(hit.highlights.get("title", [doc.get("title") or "(tanpa judul)"])[0])
    if doc.get("removed"):
        title.append(" [dihapus]", style="dim")
    found = hit.highlights.get("body") or hit.highlights.get("lead")
    if found and "title" not in hit.highlights:
        title.append("\n").append_text(marked(found[0], style="dim"))
    return (
        short_moment(doc.get("published_at") or doc.get("first_seen_at")),
        tone(doc),
        Text(printable(doc.get("source", ""))),
        title,
        number(max(hit.spread.documents, 1)),
        number(max(hit.spread.outlets, 1)),
    )


def tone(doc: dict[str, Any]) -> Text:
    """The label shown, coloured; a question mark where the model was not sure."""
    label = doc.get("label", "")
    return Text(WORDS.get(label, "–") + ("?" if _unsure(doc) else ""), style=STYLES.get(label, "dim"))


def _unsure(doc: dict[str, Any]) -> bool:
    return bool((doc.get("sentiment") or {}).get("uncertain")) and not doc.get("correction")


def marked(text: str, style: str = "") -> Text:
    """A highlight with its found words bold."""
    shown = Text(style=style)
    for number_, part in enumerate(text.replace(UNMARK, MARK).split(MARK)):
        shown.append(printable(part), style="bold" if number_ % 2 else style)
    return shown


def printable(text: str) -> str:
    """Text of strangers, safe for a terminal: no control or direction characters."""
    return "".join(c if c.isprintable() else " " for c in text)


def flat(source: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> list[str]:
    """One row of a table: lists joined by `; `, missing values empty."""
    return [_cell(_reach(source, name)) for name in columns]


def values(source: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> list[str | float]:
    """The same row for a spreadsheet: what is a number stays one, so that it can be summed and sorted."""
    found = (_reach(source, name) for name in columns)
    return [v if isinstance(v, int | float) and not isinstance(v, bool) else _cell(v) for v in found]


def _reach(source: dict[str, Any], name: str) -> Any:
    value: Any = source
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(_cell(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = printable(str(value))
    # A cell that begins like this is a formula to spreadsheet programs (OWASP, CSV injection).
    return f"'{text}" if text[:1] in ("=", "+", "@", "-") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
