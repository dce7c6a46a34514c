"""`warta feed`: documents as they become searchable, for people who watch."""

from __future__ import annotations

import json as jsonlib
import time
from datetime import datetime, timedelta
from typing import Any

import typer

from warta.settings import settings


def feed(
    query: list[str] = typer.Argument(None, help="Filters, as in 'warta search'. Nothing shows everything."),
    back: str = typer.Option("1h", "--since", help="Begin with what came in the last 1h, 2d, …"),
    every: float = typer.Option(1.0, "--every", min=0.2, max=60, help="Seconds between two looks."),
    copies: bool = typer.Option(False, "--copies", help="A line for each copy, too; else they fold under their story."),
    once: bool = typer.Option(False, "--once", help="Show what is there, then end."),
    json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Follow the news as it becomes searchable. Ctrl-C ends it.

    Colours are the labels; a copy or rewrite of a story that was shown already folds into a short line under it.
    """
    from rich.console import Console

    from warta.clock import SystemClock
    from warta.errors import Transient
    from warta.search.client import connect
    from warta.search.fields import moment
    from warta.search.tail import Tail

    clock = SystemClock()
    now = clock.now()
    tail = Tail(connect(settings()), " ".join(query or []), since=moment(back, now))
    screen = _Screen(Console(), copies) if not json else None
    away = False
    try:
        while True:
            try:
                found = tail.look(clock.now())
                away = False
            except Transient as error:
                if once:
                    raise
                if not away:
                    typer.echo(f"waiting: {error}", err=True)
                away, found = True, []
            for source in found:
                if screen:
                    screen.show(source)
                else:
                    typer.echo(jsonlib.dumps(source, ensure_ascii=False))
            if once:
                return
            time.sleep(every)
    except KeyboardInterrupt:
        return


class _Screen:
    """Lines for a person; remembers which stories were shown lately, and by which title."""

    def __init__(self, console: Any, copies: bool) -> None:
        self._console = console
        self._copies = copies
        self._shown: dict[str, tuple[datetime, str]] = {}
        self._last = ""

    def show(self, source: dict[str, Any]) -> None:
        from rich.text import Text

        from warta.search.labels import parse_time, short_moment
        from warta.search.render import printable, tone

        story = source.get("story_id", "")
        at = parse_time(source.get("indexed_at") or source.get("fetched_at"))
        folded = story in self._shown and not self._copies
        line = Text(f"{short_moment(at)}  ")
        if folded:
            line.append(
                f"  └ {printable(source.get('source', ''))}: {_RELATION.get(source.get('story_relation', ''), '')}"
            )
            if story != self._last:
                # Other news came between: a bare line would stand under the wrong story.
                line.append(f" · {self._shown[story][1]}")
            line.stylize("dim")
        else:
            line.append_text(tone(source)).append("  ")
            line.append(printable(source.get("source", "")), style="cyan").append("  ")
            title = printable(source.get("title", ""))
            line.append(title)
            places = [place["name"] for place in source.get("places", []) if place.get("strength") == "main"]
            if places or source.get("main_cases"):
                line.append(f"  {', '.join([*places, *source.get('main_cases', [])])}", style="dim")
        self._console.print(line, soft_wrap=False)
        self._last = story
        if at:
            self._shown[story] = (at, self._shown[story][1] if folded else title)
            self._forget(at)

    def _forget(self, now: datetime) -> None:
        if len(self._shown) > 5_000:
            self._shown = {story: seen for story, seen in self._shown.items() if now - seen[0] < timedelta(hours=6)}


_RELATION = {
    "exact": "salinan persis",
    "near": "disunting",
    "contained": "versi ringkas/panjang",
    "original": "diperbarui",
}
