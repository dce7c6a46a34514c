"""How far annotations that came with records agree with ours, read from the score process's /metrics."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """One field of one publisher's annotations since the score process started: how many were compared, how many agree."""

    publisher: str
    field: str
    compared: int
    agree: int


def scrape(url: str) -> list[Agreement]:
    """Ask a process; what does not answer has nothing to tell."""
    import httpx

    try:
        answer = httpx.get(url, timeout=2)
    except httpx.HTTPError:
        return []
    return parse(answer.text) if answer.status_code == 200 else []


def parse(exposition: str) -> list[Agreement]:
    """Prometheus' text format → one row a publisher and field, most compared first."""
    from prometheus_client.parser import text_string_to_metric_families

    counts: dict[tuple[str, str], dict[str, float]] = {}
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.name == "warta_upstream_compared_total":
                subject = (sample.labels["publisher"], sample.labels["field"])
                counts.setdefault(subject, {})[sample.labels["result"]] = sample.value
    rows = [
        Agreement(publisher, field, int(sum(found.values())), int(found.get("agree", 0)))
        for (publisher, field), found in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row.compared, row.publisher, row.field))


def summary(rows: list[Agreement]) -> str:
    """`sentiment 71 % of 1234, places 64 % of 1180`: all publishers together."""
    parts = []
    for field in ("sentiment", "places", "cases"):
        compared = sum(row.compared for row in rows if row.field == field)
        if compared:
            agree = sum(row.agree for row in rows if row.field == field)
            parts.append(f"{field} {agree / compared:.0%} of {compared:,}")
    return ", ".join(parts)
