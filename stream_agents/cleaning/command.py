"""`warta clean` and `warta boilerplate learn`: the very same cleaning, offline. `warta boilerplate list` and `veto`: what is
cut of each publisher, and a person's word against it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

if TYPE_CHECKING:
    from stream_agents.cleaning.clean import Cleaned

_PAGES = frozenset({".html", ".htm", ".xhtml"})
_LARGEST_FILE = 32 * 1024 * 1024


def clean(
    paths: Annotated[
        list[Path], typer.Argument(help="Files: .html is a page, anything else a text.", show_default=False)
    ],
    diff: Annotated[
        bool, typer.Option("--diff", help="Show the original with the cuts marked in colour instead of JSON.")
    ] = False,
) -> None:
    """Clean files and print one JSON object a file, in order: title, authors, published_at, body, cuts, annotations and more.

    A file that cannot be cleaned yields an object with `error` and an empty body; the others are cleaned all the same
    (exit code 1 then).
    """
    now = datetime.now(UTC)
    failed = False
    for path in paths:
        cleaned, error = _clean_file(path, now)
        failed = failed or bool(error)
        if diff:
            _show(path, cleaned, error)
        else:
            sys.stdout.write(json.dumps(_as_json(path, cleaned, error), ensure_ascii=False) + "\n")
            sys.stdout.flush()
    if failed:
        raise typer.Exit(1)


def _clean_file(path: Path, now: datetime) -> tuple[Cleaned | None, str]:
    from stream_agents.cleaning.clean import clean_page, clean_text

    try:
        if path.stat().st_size > _LARGEST_FILE:
            return None, f"too-large: more than {_LARGEST_FILE // 2**20} MiB; cut the file into articles first"
        data = path.read_bytes()
    except OSError as error:
        return None, f"unreadable: {error.strerror or error}; check the path and its permissions"
    try:
        cleaned = clean_page(data, now) if path.suffix.lower() in _PAGES else clean_text(decode(data), now)
    except Exception as error:  # one file must not end the run; the message names what to report
        return None, f"internal: {type(error).__name__}: {error}"
    return cleaned, "" if cleaned.body else (
        "no-text: nothing is left after cleaning; the page may need JavaScript or a login"
    )


def decode(data: bytes) -> str:
    """Text of a file: UTF-8 (with or without a byte order mark), UTF-16 with one, else Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _as_json(path: Path, cleaned: Cleaned | None, error: str) -> dict[str, Any]:
    if cleaned is None:
        return {
            "path": str(path),
            "title": "",
            "authors": [],
            "published_at": None,
            "body": "",
            "cuts": [],
            "annotations": {},
            "error": error,
        }
    record: dict[str, Any] = {
        "path": str(path),
        "title": cleaned.title,
        "authors": list(cleaned.authors),
        "published_at": cleaned.published_at and cleaned.published_at.isoformat(),
        "modified_at": cleaned.modified_at and cleaned.modified_at.isoformat(),
        "date_suspect": cleaned.date_suspect,
        "dateline": cleaned.dateline,
        "wire": cleaned.wire,
        "section": cleaned.section,
        "tags": list(cleaned.tags),
        "genre": cleaned.genre,
        "language": cleaned.language,
        "language_confidence": cleaned.language_confidence,
        "canonical_link": cleaned.canonical_link,
        "image": {"url": cleaned.image_url, "caption": cleaned.image_caption} if cleaned.image_url else None,
        "paywall": cleaned.paywall,
        "truncated": cleaned.truncated,
        "next_page": cleaned.next_page,
        "lead": cleaned.lead,
        "body": cleaned.body,
        "cuts": [{"kind": cut.kind, "text": cut.text, "offset": cut.offset} for cut in cleaned.cuts],
        "annotations": dict(cleaned.upstream),
    }
    return record | ({"error": error} if error else {})


def _show(path: Path, cleaned: Cleaned | None, error: str) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    console.rule(str(path))
    if error:
        Console(stderr=True, highlight=False).print(f"{path}: {error}", style="bold red", markup=False)
    if cleaned is not None:
        console.print(marked(cleaned))


def marked(cleaned: Cleaned) -> Any:
    """The extracted text with every cut struck through in the colour of its kind, as a Rich `Text`."""
    from rich.text import Text

    colours = ("red", "magenta", "yellow", "cyan", "green", "blue")
    kinds = sorted({cut.kind for cut in cleaned.cuts})
    text = Text(cleaned.source)
    for cut in cleaned.cuts:
        text.stylize(f"strike {colours[kinds.index(cut.kind) % len(colours)]}", cut.offset, cut.offset + len(cut.text))
    legend = Text("\n\n")
    for kind in kinds:
        chars = sum(len(cut.text) for cut in cleaned.cuts if cut.kind == kind)
        legend.append(f"{kind} ({chars})  ", style=colours[kinds.index(kind) % len(colours)])
    return text + legend


boilerplate = typer.Typer(no_args_is_help=True, help="Paragraphs a publisher puts under article after article.")


@boilerplate.callback()
def _boilerplate() -> None:
    """Paragraphs a publisher puts under article after article."""


@boilerplate.command()
def learn(
    paths: Annotated[
        list[Path], typer.Argument(help="JSONL records, each with text or html, and source or url.", show_default=False)
    ],
    at_least: Annotated[
        int, typer.Option("--at-least", min=2, help="Distinct stories of one publisher a paragraph must recur in.")
    ] = 5,
    publish: Annotated[
        bool, typer.Option("--publish", help="Put the rules on warta.rules, from where the cleaning agent takes them.")
    ] = False,
) -> None:
    """Learn recurring paragraphs from JSONL records and print one JSON line a publisher (keys, examples, stories)."""
    from stream_agents.cleaning.boilerplate import learn as learn_rules

    rules: dict[str, list[dict[str, Any]]] = {}
    for learned in learn_rules(_bodies(paths), at_least):
        rules.setdefault(learned.publisher, []).append(
            {"key": learned.key, "example": learned.example, "stories": learned.stories}
        )
    for publisher, paragraphs in rules.items():
        sys.stdout.write(json.dumps({"publisher": publisher, "paragraphs": paragraphs}, ensure_ascii=False) + "\n")
    if publish:
        from stream_agents.rules_reader import publish_rules
        from warta.settings import settings

        changed = publish_rules(settings(), rules)
        sys.stderr.write(f"{changed} publishers' rules changed on warta.rules\n")


@boilerplate.command("list")
def list_rules(
    publisher: Annotated[str, typer.Argument(help="One publisher; without it all.", show_default=False)] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a paragraph, with its whole text.")] = False,
) -> None:
    """Show the paragraphs on warta.rules: key, stories, who says so (person, stream, veto: it is not cut) and the text."""
    from stream_agents.rules_reader import read_rules, standing
    from warta.settings import settings

    for one in standing(read_rules(settings()), publisher):
        if as_json:
            sys.stdout.write(json.dumps(msgspec.to_builtins(one), ensure_ascii=False) + "\n")
        else:
            said_by = "+".join(one.said_by)
            sys.stdout.write(f"{one.publisher}  {one.key[:12]}  {one.stories}  {said_by}  {one.example[:80]}\n")


@boilerplate.command()
def veto(
    publisher: Annotated[str, typer.Argument(help="The publisher, as 'warta boilerplate list' names it.")],
    keys: Annotated[list[str], typer.Argument(help="Paragraphs, by key or its beginning.", show_default=False)],
    undo: Annotated[bool, typer.Option("--undo", help="Let them be cut again.")] = False,
) -> None:
    """Keep paragraphs in the text that were learnt as boilerplate, whoever says they are, now and later."""
    from stream_agents.rules_reader import publish_veto
    from warta.settings import settings

    rules = publish_veto(settings(), publisher, keys, undo)
    sys.stderr.write(f"{publisher}: {len(rules.paragraphs)} paragraphs are kept by veto\n")


def _bodies(paths: list[Path]) -> Iterator[tuple[str, str, str]]:
    """(publisher, story, cleaned body) of every record; one that cannot be read is named on standard error and skipped."""
    from stream_agents.cleaning.clean import clean_page, clean_text
    from warta import publishers

    now = datetime.now(UTC)
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    record = json.loads(line)
                    url = str(record.get("url") or record.get("id") or f"{path}:{number}")
                    publisher = publishers.find(url, str(record.get("source") or "")).name
                    title = str(record.get("title") or "")
                    cleaned = (
                        clean_page(record["html"], now, url=url)
                        if record.get("html")
                        else clean_text(record["text"], now, title=title)
                    )
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    sys.stderr.write(f"{path}:{number}: not a record with text or html ({error}); skipped\n")
                    continue
                yield publisher, str(record.get("story_id") or url), cleaned.body


if __name__ == "__main__":
    app = typer.Typer(add_completion=False)
    app.command("clean")(clean)
    app.add_typer(boilerplate, name="boilerplate")
    app()
