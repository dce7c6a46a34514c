"""`warta correct`, `forget`, `merge`, `split`: what a person decides, put on `warta.decisions`."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

if TYPE_CHECKING:
    from warta.decisions import Action, Link, Subject
    from warta.messages import Decision

LABELS = {
    "negative": "negative",
    "neutral": "neutral",
    "positive": "positive",
    "negatif": "negative",
    "netral": "neutral",
    "positif": "positive",
}

ByOption = Annotated[str, typer.Option("--by", help="Who decides; by default your login name.", show_default=False)]
NoteOption = Annotated[str, typer.Option("--note", help="Why, for those who read it later.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine output: one JSON object a decision.")]
UrlArgument = Annotated[str, typer.Argument(metavar="URL", help="The article's address, or its doc_id.")]
StoryArgument = Annotated[
    str, typer.Argument(metavar="STORY", help="A story's id (s-…), or the address of any of its articles.")
]


def correct(
    url: UrlArgument,
    label: Annotated[str, typer.Argument(help="negative, neutral or positive; left out with --undo.")] = "",
    undo: Annotated[
        bool, typer.Option("--undo", help="Take the correction back: the model's label shows again.")
    ] = False,
    note: NoteOption = "",
    by: ByOption = "",
    json: JsonOption = False,
) -> None:
    """Correct an article's label. It wins over the model from now on, over later fetches and scores too."""
    from warta.errors import Usage

    if undo == bool(label):
        raise Usage("give a label (negative, neutral, positive), or --undo")
    if label and label.casefold() not in LABELS:
        raise Usage(f"'{label}' is no label: negative, neutral or positive")
    subject = _subject(url)
    given: Any = LABELS.get(label.casefold())
    _send([_decision("uncorrect" if undo else "correct", subject, by, note, label=given)], json)
    _say(json, f"{subject.url or url}: " + ("the model's label shows again" if undo else f"{given} from now on"))


def forget(url: UrlArgument, note: NoteOption = "", by: ByOption = "", json: JsonOption = False) -> None:
    """Take an article down: its text leaves the index, an empty tombstone stays, and later fetches are dropped."""
    subject = _subject(url)
    _send([_decision("forget", subject, by, note)], json)
    _say(json, f"{subject.url or url}: taken down")


def merge(
    one: StoryArgument, other: StoryArgument, note: NoteOption = "", by: ByOption = "", json: JsonOption = False
) -> None:
    """Make one story of two. Kept as links between documents, so it stays over replays and rebuilds."""
    from warta import decisions
    from warta.errors import Usage
    from warta.settings import settings

    first, second = _members(one), _members(other)
    if first[0].story_id == second[0].story_id:
        raise Usage(f"{one} and {other} are one story already ({first[0].story_id})")
    links = decisions.merge_links(first, second, decisions.links(settings()))
    _send(_linked(links, by, note), json)
    _say(json, f"{len(first)} and {len(second)} articles become one story")


def split(
    story: StoryArgument,
    urls: Annotated[list[str], typer.Argument(metavar="URL…", help="Articles that do not belong to it.")],
    note: NoteOption = "",
    by: ByOption = "",
    json: JsonOption = False,
) -> None:
    """Part articles from their story; those named stay together as a story of their own."""
    from warta import decisions
    from warta.errors import Usage
    from warta.settings import settings

    members = _members(story)
    named = {decisions.identity_of(url): url for url in urls}
    strangers = [url for doc_id, url in named.items() if doc_id not in {member.doc_id for member in members}]
    if strangers:
        raise Usage(f"not in this story: {', '.join(strangers)}; 'warta story {story}' lists its members")
    links = decisions.split_links(members, named, decisions.links(settings()))
    _send(_linked(links, by, note), json)
    _say(json, f"{len(named)} of {len(members)} articles become a story of their own")


def _subject(url: str) -> Subject:
    from warta.decisions import subject_of
    from warta.search.client import connect
    from warta.search.stories import document
    from warta.settings import settings

    return subject_of(document(connect(settings()), url))


def _members(reference: str) -> list[Subject]:
    from warta.decisions import subject_of
    from warta.search.client import connect
    from warta.search.stories import story
    from warta.settings import settings

    return [subject_of(member) for member in story(connect(settings()), reference)]


def _decision(action: Action, subject: Subject, by: str, note: str, **more: Any) -> Decision:
    from warta.decisions import decide

    return decide(action, subject, by or _login(), datetime.now(UTC), note=note, **more)


def _linked(links: Sequence[Link], by: str, note: str) -> list[Decision]:
    return [_decision(link.action, link.one, by, note, other=link.other) for link in links]


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _send(decisions: Sequence[Decision], json: bool) -> None:
    from warta.decisions import send
    from warta.settings import settings

    send(settings(), decisions)
    if json:
        for decision in decisions:
            typer.echo(msgspec.json.encode(decision).decode())


def _say(json: bool, text: str) -> None:
    if not json:
        from warta.search.render import printable

        typer.echo(f"{printable(text)}. It shows within seconds; 'warta trace' tells where it is.")
