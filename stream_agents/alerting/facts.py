"""Hour facts: what each series had in a closed hour, what was expected, and the band, for charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from stream_agents.alerting import calendar
from stream_agents.alerting.detector import Detector
from stream_agents.alerting.history import AHEAD, DAYS, NEGATIVE
from stream_agents.alerting.words import Words
from warta.alarms import HourFact

#: Deviations of the negative binomial from what is expected to the band's upper end.
BAND = 3.0


def facts_of(detector: Detector, names: Sequence[str], words: Words, hour: int) -> Iterator[HourFact]:
    """One fact a series that had a story in the hour."""
    history, slot, at = detector.history, hour // 24 % DAYS, hour % 24
    counts = history.counts[:, : len(names), slot, at]
    rows = np.flatnonzero(counts.sum(0))
    if not len(rows):
        return
    due = history.means[:, rows, hour // 24 % AHEAD, at].astype(np.float64)
    alpha = detector.scatter[NEGATIVE].mean(rows, 1)
    upper = due[NEGATIVE] + BAND * np.sqrt(due[NEGATIVE] + alpha * due[NEGATIVE] ** 2)
    for i, row in enumerate(rows.tolist()):
        yield HourFact(
            series=names[row],
            name=words.name(names[row]).id,
            hour=calendar.start_of(hour),
            negative=int(counts[NEGATIVE, row]),
            total=int(counts[:, row].sum()),
            expected_negative=round(float(due[NEGATIVE, i]), 4),
            expected_total=round(float(due[:, i].sum()), 4),
            upper=round(float(upper[i]), 3),
            complete=detector.stream_gap == 0,
        )
