"""Learning anew from counts that are remembered: what a new version of the model does with the state of an older one."""

from __future__ import annotations

from stream_agents.alerting.detector import Detector
from stream_agents.alerting.history import DAYS


def relearn(detector: Detector, last: int) -> None:
    """Learn day by day up to and with `last` (WIB days since 1970), as if the remembered counts came in again.

    The rings hold at most `DAYS` days, so what an older model knew of longer ago is gone; the levels are the same.
    """
    history = detector.history
    started = history.started
    # Days that the rings no longer hold must not be read: their slots belong to later ones.
    history.started = max(started, history.day - DAYS + 2)
    for day in range(history.started + 1, last + 1):
        detector.lesson(day)
    history.started = started
