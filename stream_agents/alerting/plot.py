"""A picture of a back-test: alarms a series-week, week by week, against the wished rate; and which bursts rang, how soon."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from stream_agents.alerting.backtest import Report
from stream_agents.alerting.injection import HEARD_H, Heard

#: Negative stories an hour between which bursts are counted together.
_BOUNDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, np.inf)
_RED, _GREY = "#b5413a", "#555555"


def draw(report: Report, rate: float, path: Path, heard: Heard | None = None) -> None:
    """Write the picture; the format is the file's ending."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    panels = 3 if heard is not None and heard.bursts else 1
    figure, found = plt.subplots(1, panels, figsize=(8 if panels == 1 else 13, 3.5), squeeze=False)
    _weeks(found[0][0], report, rate)
    if heard is not None and panels > 1:
        _detection(found[0][1], heard)
        _delays(found[0][2], heard)
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


def _weeks(axes: Any, report: Report, rate: float) -> None:
    weeks: dict[str, int] = {}
    for alarm in sorted(report.alarms, key=lambda alarm: alarm.fired_at):
        label = f"{alarm.fired_at:%G-W%V}"
        weeks[label] = weeks.get(label, 0) + 1
    axes.bar(list(weeks), [count / max(report.series, 1) for count in weeks.values()], color=_RED)
    axes.axhline(rate, color=_GREY, linestyle="--", label=f"nominal {rate:g}")
    axes.set_ylabel("alarms a series-week")
    axes.tick_params(axis="x", rotation=45)
    axes.legend()


def _detection(axes: Any, heard: Heard) -> None:
    shares, names = [], []
    for least, most in pairwise(_BOUNDS):
        found, of = heard.found(least, most)
        if of:
            shares.append(found / of)
            names.append(f"{least:g}-{most:g}\n({of})" if most < np.inf else f"from {least:g}\n({of})")
    axes.bar(names, shares, color=_GREY)
    axes.set_ylim(0, 1)
    axes.set_xlabel("usual negative stories an hour (bursts)")
    axes.set_ylabel("bursts found")


def _delays(axes: Any, heard: Heard) -> None:
    axes.hist(heard.delays[~np.isnan(heard.delays)], bins=np.arange(0, HEARD_H + 0.25, 0.25).tolist(), color=_GREY)
    axes.set_xlabel("hours from a burst's start to its alarm")
    axes.set_ylabel("bursts")
