"""Hour facts: what each series had in a closed hour, what was expected, and the band, for charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import nbdtrik

from stream_agents.alerting import calendar
from stream_agents.alerting.detector import Detector
from stream_agents.alerting.history import AHEAD, DAYS, NEGATIVE
from stream_agents.alerting.negbin import Floats
from warta.alarms import HourFact

#: Chance of a count above the band's upper end in an ordinary hour. Deviations would not do: of a count that is usually 0
#: or 1, two are beyond three of them.
ABOVE = 1e-3


def facts_of(detector: Detector, names: Sequence[str], titles: Sequence[str], hour: int) -> Iterator[HourFact]:
    """One fact a series that had a story in the hour; `names` and `titles` (in words) by row."""
    history, slot, at = detector.history, hour // 24 % DAYS, hour % 24
    counts = history.counts[:, : len(names), slot, at]
    rows = np.flatnonzero(counts.sum(0))
    if not len(rows):
        return
    due = history.means[:, rows, hour // 24 % AHEAD, at].astype(np.float64)
    alpha = detector.scatter[NEGATIVE].mean(rows, 1)
    size = 1.0 / np.maximum(alpha, 1e-6)
    # The quantile, without scipy.stats, whose import alone takes as much memory as thousands of series.
    most = nbdtrik(1.0 - ABOVE, size, size / (size + np.maximum(due[NEGATIVE], 1e-9)))
    upper: Floats = np.maximum(np.ceil(most - 1e-9), 0.0)
    start, complete = calendar.start_of(hour), detector.stream_gap == 0
    columns = (
        rows,
        counts[NEGATIVE, rows],
        counts[:, rows].sum(0),
        due[NEGATIVE].round(4),
        due.sum(0).round(4),
        upper,
    )
    for row, negative, total, due_negative, due_total, top in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        yield HourFact(
            series=names[row],
            name=titles[row],
            hour=start,
            negative=negative,
            total=total,
            expected_negative=due_negative,
            expected_total=due_total,
            upper=top,
            complete=complete,
        )
