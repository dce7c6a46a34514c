"""How `warta sources health` shows verdicts: a table for a person, one source whole, JSON for machines."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from producers.health import HEALTHY, NEEDS, STATES, Facts, Verdict, urgency

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = dict.fromkeys(NEEDS, "bold red") | {HEALTHY: "green"}


def facts(source: str, verdict: Verdict) -> dict[str, Any]:
    """One source for `--json`. Times ISO 8601, lags seconds; `chance`: times a week that chance makes such a silence."""
    values = asdict(verdict)
    last = values.pop("last_article")
    values["chance"] = min(verdict.chance, 1e9)
    numbers = {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}
    return {"source": source, **numbers, "last_article": last.isoformat() if last else None}


def show(console: Console, verdicts: dict[str, Verdict], now: datetime) -> None:
    """All sources, those that need a person first."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("source", no_wrap=True, max_width=26, overflow="ellipsis")
    table.add_column("state", no_wrap=True, min_width=max(map(len, STATES)))
    # Figures are never cut: names and reasons give way.
    for column, width in (("last", 4), ("24 h", 4), ("usual", 5), ("p50", 4), ("p95", 4), ("compl.", 6)):
        table.add_column(column, justify="right", no_wrap=True, min_width=width)
    table.add_column("why", no_wrap=True, max_width=40, overflow="ellipsis")
    for source in sorted(verdicts, key=lambda name: (urgency(verdicts[name]), name)):
        one = verdicts[source]
        state = Text(one.state, _STYLES.get(one.state, "yellow"))
        table.add_row(Text(source), state, *map(Text, _cells(one, now)), Text(clean(one.detail)))
    console.print(table)
    counts = Counter(verdict.state for verdict in verdicts.values())
    console.print(", ".join(f"{counts[state]} {state}" for state in STATES if counts[state]), style="dim")


def _cells(verdict: Verdict, now: datetime) -> tuple[str, ...]:
    last = span((now - verdict.last_article).total_seconds()) if verdict.last_article else "-"
    share = f"{verdict.completeness:.0%}" if verdict.completeness is not None else "-"
    lags = (span(lag) if lag is not None else "-" for lag in (verdict.lag_p50, verdict.lag_p95))
    return (last, str(verdict.day_seen), f"{verdict.day_expected:.0f}", *lags, share)


def show_one(console: Console, source: str, verdict: Verdict, known: Facts, now: datetime) -> None:
    """One source with its points."""
    from rich.text import Text

    last = f"{span((now - verdict.last_article).total_seconds())} ago" if verdict.last_article else "none yet"
    complete = "too few listed to tell"
    if verdict.completeness is not None:
        complete = f"{verdict.completeness:.1%} ({known.arrived} of {known.listed} addresses in sitemaps)"
    lags = "unknown"
    if verdict.lag_p50 is not None and verdict.lag_p95 is not None:
        lags = f"p50 {span(verdict.lag_p50)}, p95 {span(verdict.lag_p95)} (published to fetched)"
    rows = [
        ("state", f"{verdict.state}{f': {verdict.detail}' if verdict.detail else ''}"),
        ("last article", f"{last}; {verdict.missed:.1f} articles expected since"),
        ("24 hours", f"{verdict.day_seen} articles, usually {verdict.day_expected:.1f}"),
        ("freshness", lags),
        ("complete", complete),
        (
            "robots.txt",
            {"read": "read", "none": "none, all is allowed"}.get(verdict.robots, verdict.robots or "unknown"),
        ),
        ("last error", verdict.last_error or "none"),
    ]
    console.print(Text(source, "bold"))
    for name, text in rows:
        console.print(Text(f"  {name:>12}  {clean(text)}"), soft_wrap=True)
    for point in known.points:
        state = f"{point.failures} failures: {point.error}" if point.error else f"{point.listed} listed"
        console.print(Text(f"  {'point':>12}  {clean(point.url)}  {clean(state)}"), soft_wrap=True)


def span(seconds: float) -> str:
    """A time in its largest fitting unit, at most four signs: 45s, 12m, 3.4h, 29h, 6d."""
    if seconds < 90:
        return f"{max(0.0, seconds):.0f}s"
    if seconds < 5400:
        return f"{seconds / 60:.0f}m"
    if seconds < 172_800:
        return f"{seconds / 3600:.1f}h" if seconds < 36_000 else f"{seconds / 3600:.0f}h"
    return f"{seconds / 86_400:.0f}d"


def clean(text: str) -> str:
    """Text of strangers, safe for a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:300])
