"""`warta stories IN.jsonl --out P.jsonl`: the very same story resolution, offline, for evaluation on data of one's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from stream_agents.stories.offline import Line


def stories(
    source: Annotated[
        Path, typer.Argument(metavar="IN.jsonl", help="Articles, one JSON object a line.", show_default=False)
    ],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write; standard output without it.")] = None,
    cleaned: Annotated[
        bool, typer.Option("--cleaned", help="The texts are clean already: take them as they are.")
    ] = False,
    scored: Annotated[bool, typer.Option("--scored", help="The input holds dumped values of warta.scored.")] = False,
) -> None:
    """Resolve which article is a copy of which, in order of the lines, and print how things stand after the last one.

    Input: `url` (or `id`), `title` and `text` or `html`; optional `source`, `owner`, `published_at`, `fetched_at`.
    Output, a line an article in the same order: url, story_id, relation (original, exact, near, contained; revision for a
    later line of a URL already seen), original_url, similarity. A line that cannot be used yields its url and an `error`
    (exit code 1 then).
    """
    from stream_agents.stories.offline import run

    now = datetime.now(UTC)
    lines = run(_records(source), now, cleaned=cleaned, scored=scored)
    failed = any(line.error for line in lines)
    text = "".join(json.dumps(_as_json(line), ensure_ascii=False) + "\n" for line in lines)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    if failed:
        bad = sum(bool(line.error) for line in lines)
        typer.echo(f"{bad} of {len(lines)} lines could not be used; their `error` says why", err=True)
        raise typer.Exit(1)


def _records(source: Path) -> Iterator[bytes]:
    from warta.errors import Usage

    try:
        with source.open("rb") as file:
            for line in file:
                if line.strip():
                    yield line
    except OSError as error:
        raise Usage(f"{source}: {error.strerror or error}; check the path and its permissions") from None


def _as_json(line: Line) -> dict[str, Any]:
    if line.error:
        return {"url": line.url, "error": line.error}
    return {
        "url": line.url,
        "story_id": line.story_id,
        "relation": line.relation,
        "original_url": line.original_url,
        "similarity": round(line.similarity, 4),
    }
