"""A picture of a back-test: alarms a series-week, week by week, against the wished rate."""

from __future__ import annotations

from pathlib import Path

from stream_agents.alerting.backtest import Report


def draw(report: Report, rate: float, path: Path) -> None:
    """Write the picture; the format is the file's ending."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 3.5))
    weeks: dict[str, int] = {}
    for alarm in sorted(report.alarms, key=lambda alarm: alarm.fired_at):
        label = f"{alarm.fired_at:%G-W%V}"
        weeks[label] = weeks.get(label, 0) + 1
    axes.bar(list(weeks), [count / max(report.series, 1) for count in weeks.values()], color="#b5413a")
    axes.axhline(rate, color="#555555", linestyle="--", label=f"nominal {rate:g}")
    axes.set_ylabel("alarms a series-week")
    axes.legend()
    figure.autofmt_xdate()
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)
