"""What a pass of the crawler shows while it runs, and says at its end."""

from __future__ import annotations

from typing import Any

from producers.crawling.stats import Stats

#: Troubles that a summary names; the rest is counted.
_NAMED = 10


def line(stats: Stats) -> str:
    """Where a pass stands, in a line."""
    pages = stats.pages
    text = f"{stats.looks} looks, {stats.found} found, {pages['new']} new, {pages['changed']} changed"
    if pages["refused"] or pages["failed"]:
        text += f", {pages['refused']} refused, {pages['failed']} failed"
    text += f"; {stats.running} under way, {stats.waiting} waiting"
    return f"{text}; paused: {stats.paused}" if stats.paused else text


def facts(stats: Stats, left: int) -> dict[str, Any]:
    """A pass as `--json` prints it. `spooled` is what Kafka has not taken yet."""
    outcomes = ("new", "changed", "unchanged", "removed", "alias", "refused", "failed")
    return {
        "looks": stats.looks,
        "looks_failed": stats.looks_failed,
        "found": stats.found,
        "requests": stats.requests,
        **{outcome: stats.pages[outcome] for outcome in outcomes},
        "spooled": left,
        "reasons": dict(stats.refused),
        "troubles": stats.troubles,
        "moved": stats.moved,
    }


def summary(stats: Stats, left: int) -> str:
    """A pass in a few lines."""
    pages = stats.pages
    lines = [
        f"{stats.looks} looks ({stats.looks_failed} failed), {stats.found} articles found; {pages['new']} new, "
        f"{pages['changed']} changed, {pages['unchanged']} unchanged, {pages['removed']} removed, "
        f"{pages['refused']} refused, {pages['failed']} to be tried again; {stats.requests} requests"
    ]
    if left:
        lines.append(f"{left} records wait in the spool: the next start sends them")
    for reason, count in stats.refused.most_common(_NAMED):
        lines.append(f"  {count} × {reason}")
    for where, what in list(stats.troubles.items())[:_NAMED]:
        lines.append(f"  {where}: {what}")
    if len(stats.troubles) > _NAMED:
        lines.append(f"  and {len(stats.troubles) - _NAMED} more ('warta sources health')")
    lines += [f"  moved for good: {old} → {new} (change the catalogue)" for old, new in stats.moved.items()]
    return "\n".join(lines)
