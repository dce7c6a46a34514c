"""`warta story ID`: a story with its copies and the evidence that binds them."""

from __future__ import annotations

import json as jsonlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

#: Members whose texts are compared with the original's in one call; beyond, the stored similarity has to do.
MOST_COMPARED = 200
#: Differing passages shown of one member, and characters of each.
MOST_PASSAGES, LONGEST_PASSAGE = 40, 400
#: Words of a text up to which passages are aligned: the alignment's cost grows with the square of it.
MOST_WORDS = 5000
#: `only` stands in one of the two texts, nothing stands for it in the other.
_NOTHING = "–"


def story(
    story_id: Annotated[
        str, typer.Argument(metavar="ID", help="A story's id (s-…), or the address of any of its articles.")
    ],
    diff: Annotated[
        str, typer.Option("--diff", metavar="URL", help="Show where this member differs from the original.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Machine output: one JSON object.")] = False,
) -> None:
    """Show a story: its copies, how each relates to the original, and the evidence."""
    from warta.search.client import connect
    from warta.search.stories import story as find
    from warta.settings import settings

    es = connect(settings())
    members = find(es, story_id)
    original = next((member for member in members if member.get("is_story_head")), None)
    bodies = _bodies(es, original, members)
    shown = [_member(member, original, bodies) for member in members]
    passages = _passages(diff, shown, original, bodies) if diff else None
    if json:
        found: dict[str, Any] = {"story_id": members[0]["story_id"], "original_id": members[0].get("original_id")}
        found |= {"counters": (original or {}).get("story"), "members": shown}
        found |= {"diff": passages} if passages is not None else {}
        typer.echo(jsonlib.dumps(found, ensure_ascii=False))
    else:
        _show(shown, original, passages)


def _bodies(es: Any, original: dict[str, Any] | None, members: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """Title and body of the original and of as many members as are compared, by doc_id."""
    from warta.search.stories import documents

    wanted = [member["doc_id"] for member in members[:MOST_COMPARED]]
    if original and original["doc_id"] not in wanted:
        wanted.append(original["doc_id"])
    found = documents(es, wanted, ["title", "body"])
    return {source["doc_id"]: (source.get("title", ""), source.get("body", "")) for source in found}


def _member(
    member: dict[str, Any], original: dict[str, Any] | None, bodies: dict[str, tuple[str, str]]
) -> dict[str, Any]:
    """The member with the evidence: which part of each text's three-word passages the other has."""
    shown = {**member, "evidence": None}
    doc_id = member["doc_id"]
    if original and doc_id != original["doc_id"] and doc_id in bodies and original["doc_id"] in bodies:
        shown["evidence"] = evidence(bodies[doc_id], bodies[original["doc_id"]])
    return shown


def evidence(member: tuple[str, str], original: tuple[str, str]) -> dict[str, float]:
    """Shares between 0 and 1 of two (title, body): `in_original`, the part of the member that the original has, and
    `of_original`, the part of the original that the member has; `similarity` is their Jaccard index."""
    from stream_agents.stories.compare import Article, compare

    verdict = compare(Article(*member), Article(*original)).verdict
    return {
        "in_original": round(verdict.share_a, 4),
        "of_original": round(verdict.share_b, 4),
        "similarity": round(verdict.similarity, 4),
    }


def _passages(
    url: str, members: list[dict[str, Any]], original: dict[str, Any] | None, bodies: dict[str, tuple[str, str]]
) -> list[dict[str, str]]:
    from stream_agents.stories.compare import differing
    from warta.decisions import identity_of
    from warta.errors import Usage

    doc_id = identity_of(url)
    if doc_id not in {member["doc_id"] for member in members}:
        raise Usage(f"--diff {url}: not a member of this story; without --diff the members are listed")
    if original is None or original["doc_id"] not in bodies or doc_id not in bodies:
        raise Usage(f"--diff {url}: the index does not hold both texts (any more)")
    mine, theirs = (" ".join(bodies[key][1].split()[:MOST_WORDS]) for key in (doc_id, original["doc_id"]))
    return [{"original": only_there, "member": only_here} for only_there, only_here in differing(theirs, mine)]


def _show(
    members: list[dict[str, Any]], original: dict[str, Any] | None, passages: list[dict[str, str]] | None
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from warta.search.labels import STYLES, WORDS, short_moment
    from warta.search.render import printable

    console = Console(highlight=False)
    counters = (original or {}).get("story") or {}
    console.print(Text(printable((original or members[0]).get("title", ""))), style="bold")
    console.print(
        f"{members[0]['story_id']} · {counters.get('copies', len(members))} tayangan, "
        f"{counters.get('publishers', '–')} media, {counters.get('owners', '–')} grup"
    )
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("hubungan", "mirip", "dari asal", "asal termuat", "media", "terpantau", "nada", "alamat"):
        table.add_column(heading, justify="right" if heading in ("mirip", "dari asal", "asal termuat") else "left")
    for member in members:
        shares = member["evidence"] or {}
        label = member.get("label", "")
        table.add_row(
            _relation(member),
            _share(member.get("similarity")),
            _share(shares.get("in_original")),
            _share(shares.get("of_original")),
            Text(printable(member.get("source", "") + (f" ({member['wire']})" if member.get("wire") else ""))),
            short_moment(member.get("first_seen_at")),
            Text(WORDS.get(label, "–"), style=STYLES.get(label, "dim")),
            Text(printable(member.get("url", "")), overflow="fold"),
        )
    console.print(table)
    if passages is not None:
        _show_passages(console, passages)


_RELATIONS = {
    "original": "Pertama terpantau",
    "exact": "Salinan persis",
    "near": "Disunting",
    "contained": "Versi ringkas-panjang",
}


def _relation(member: dict[str, Any]) -> str:
    revision = member.get("revision", 1)
    renewed = f", diperbarui {revision - 1}×" if revision > 1 else ""
    return _RELATIONS.get(member.get("story_relation", ""), "–") + renewed


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}".replace(".", ",").replace("%", " %")


def _show_passages(console: Console, passages: list[dict[str, str]]) -> None:
    from rich.text import Text

    from warta.search.render import printable

    console.print()
    for passage in passages[:MOST_PASSAGES]:
        for sign, text, style in (("-", passage["original"], "red"), ("+", passage["member"], "green")):
            cut = text[:LONGEST_PASSAGE] + ("…" if len(text) > LONGEST_PASSAGE else "")
            console.print(Text(f"{sign} {printable(cut) or _NOTHING}", style=style))
        console.print()
    if len(passages) > MOST_PASSAGES:
        console.print(f"… {len(passages) - MOST_PASSAGES} more; --json shows all", style="dim")
    if not passages:
        console.print("the two bodies are the same", style="dim")
