"""`warta export`: all documents of a query into a file, in bounded memory."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import typer

from warta.errors import Usage, WartaError
from warta.settings import settings


class Format(StrEnum):
    """Formats of an export."""

    jsonl = "jsonl"
    csv = "csv"
    xlsx = "xlsx"


#: Rows of one sheet (Excel specifications and limits), less the heading.
_SHEET = 1_048_575
#: Widths of columns in characters, where they differ from the rest.
_WIDTHS = {"title": 70, "url": 50, "published_at": 26, "first_seen_at": 22, "body": 100}


def export(
    query: str = typer.Option("", "--query", "-q", help="As in 'warta search'; nothing takes everything."),
    since: str = typer.Option("", "--since", help="Not older than: 2h, 7d, 2026-11-20."),
    until: str = typer.Option("", "--until", help="Older than."),
    format_: Format = typer.Option(Format.jsonl, "--format", "-f", help="Format of the file."),
    out: Path = typer.Option(Path("-"), "--out", "-o", help="The file to write; - is standard output (not for xlsx)."),
    by_story: bool = typer.Option(False, "--by-story", help="One document a story."),
    body: bool = typer.Option(False, "--body", help="With the whole text."),
) -> None:
    """Write every matching document to a file, newest first. jsonl holds all fields, csv and xlsx the table of a desk."""
    from warta.clock import SystemClock
    from warta.search.client import connect
    from warta.search.find import SHOWN, Search, stream
    from warta.search.render import COLUMNS

    if format_ is Format.xlsx and str(out) == "-":
        raise Usage("an xlsx file needs a name: --out report.xlsx")
    text = " ".join(
        part for part in (query, f"since:{since}" if since else "", f"until:{until}" if until else "") if part
    )
    columns = (*COLUMNS, "body") if body else COLUMNS
    wanted = Search(text, order="time", by_story=by_story)
    fields = [*SHOWN, "body"] if body else list(SHOWN)
    hits = stream(connect(settings()), wanted, SystemClock().now(), fields=fields)
    written = _write(format_, out, (hit["_source"] for hit in hits), columns)
    typer.echo(f"{written} documents written", err=True)


def _write(format_: Format, out: Path, sources: Iterator[dict[str, Any]], columns: tuple[str, ...]) -> int:
    if format_ is Format.xlsx:
        return _xlsx(out, sources, columns)
    with _opened(out) as file:
        return _jsonl(file, sources) if format_ is Format.jsonl else _csv(file, sources, columns)


@contextmanager
def _opened(out: Path) -> Iterator[IO[str]]:
    """Standard output, or a file that appears under its name only when it is whole."""
    if str(out) == "-":
        yield sys.stdout
        return
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(out)
    except OSError as error:
        raise WartaError(f"{out} cannot be written: {error}") from None
    finally:
        part.unlink(missing_ok=True)


def _jsonl(file: IO[str], sources: Iterator[dict[str, Any]]) -> int:
    import json

    written = 0
    for source in sources:
        written += 1
        file.write(json.dumps(source, ensure_ascii=False) + "\n")
    return written


def _csv(file: IO[str], sources: Iterator[dict[str, Any]], columns: tuple[str, ...]) -> int:
    from warta.search.render import flat

    writer = csv.writer(file)
    writer.writerow(columns)
    written = 0
    for source in sources:
        written += 1
        writer.writerow(flat(source, columns))
    return written


def _xlsx(out: Path, sources: Iterator[dict[str, Any]], columns: tuple[str, ...]) -> int:
    """Streamed through openpyxl's write-only mode; a full sheet is followed by another."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    from warta.search.render import values

    def safe(value: str | float) -> str | float:
        # 32,767 characters are the most a cell holds.
        return ILLEGAL_CHARACTERS_RE.sub(" ", value)[:32_767] if isinstance(value, str) else value

    book = Workbook(write_only=True)
    sheet = _sheet(book, "berita", columns)
    written = 0
    for written, source in enumerate(sources, 1):
        if written % _SHEET == 0:
            sheet = _sheet(book, f"berita {written // _SHEET + 1}", columns)
        sheet.append([safe(value) for value in values(source, columns)])
    try:
        book.save(out)
    except OSError as error:
        raise WartaError(f"{out} cannot be written: {error}") from None
    return written


def _sheet(book: Any, title: str, columns: tuple[str, ...]) -> Any:
    """A sheet with its heading, which stays in sight; titles and addresses have room."""
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, 16)
    sheet.append(list(columns))
    return sheet
