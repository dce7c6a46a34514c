"""How `warta sources check` and `add` show what they found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from producers.checking.check import Report
from producers.checking.discover import Proposal
from producers.checking.points import Examined
from producers.commands.health_table import clean, span

if TYPE_CHECKING:
    from rich.console import Console

_KINDS = ("feed", "sitemap", "index")


def facts(report: Report) -> dict[str, Any]:
    """One report for `--json`."""
    counts = {kind: dict(zip(("work", "of"), report.count(kind), strict=True)) for kind in _KINDS}  # type: ignore[arg-type]
    return {
        "source": report.source.id,
        "works": report.works,
        "robots": report.robots,
        **counts,
        "newest": report.newest.isoformat() if report.newest else None,
        "verified": str(report.fixed.verified),
        "changes": list(report.changes),
        "problems": report.problems,
    }


def show(console: Console, reports: Iterable[Report], now: datetime) -> None:
    """All reports, those that do not work first; below each what changes in its entry."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("source", no_wrap=True, max_width=30, overflow="ellipsis")
    for column in ("robots", "feeds", "sitemaps", "indexes", "newest"):
        table.add_column(column, no_wrap=True)
    table.add_column("trouble", no_wrap=True, max_width=32, overflow="ellipsis")
    rows = sorted(reports, key=lambda report: (report.works, report.source.id))
    for report in rows:
        counts = (f"{ok}/{all_}" if all_ else "-" for ok, all_ in map(report.count, _KINDS))  # type: ignore[arg-type]
        age = span((now - report.newest).total_seconds()) if report.newest else "-"
        trouble = report.problems[0].split(": ", 1)[-1] if report.problems else ""
        style = "" if report.works else "bold red"
        table.add_row(Text(report.source.id, style), report.robots, *counts, age, Text(clean(trouble)))
    console.print(table)
    for report in rows:
        for change in report.changes:
            console.print(Text(f"{report.source.id}: {clean(change)}"), soft_wrap=True)
    works = sum(report.works for report in rows)
    console.print(f"{works} of {len(rows)} sources give articles", style="dim")


def rests_on(proposal: Proposal, now: datetime) -> list[str]:
    """What a proposal rests on, as comments of the catalogue."""
    return [f"# {clean(_point(point, now))}" for point in proposal.points]


def _point(point: Examined, now: datetime) -> str:
    age = f", newest {span((now - point.newest).total_seconds())} old" if point.newest else ""
    what = f"{len(point.links)} articles" if point.links else f"{len(point.children)} sitemaps"
    return f"{point.kind} {point.got.url}: {what}{age}"
