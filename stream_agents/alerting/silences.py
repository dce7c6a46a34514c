"""What people keep quiet ("Bisukan"): alarms, series or patterns of series, until a time of the stream."""

from __future__ import annotations

from fnmatch import fnmatchcase

from warta.alarms import Alarm, AlarmDecision


class Silences:
    """Subject → (until, by whom), POSIX seconds. Time is the watermark, so a replay silences what was silent."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[float, str]] = {}

    def put(self, decision: AlarmDecision) -> None:
        """The latest word on a subject; one without an end, or with one that has passed when it was said, lifts it."""
        self.held.pop(decision.subject, None)
        if decision.until is not None and decision.until > decision.at:
            self.held[decision.subject] = (decision.until.timestamp(), decision.by)

    def by(self, alarm: Alarm, at: float) -> str | None:
        """Who silenced an alarm; None if nobody did."""
        for subject, (until, by) in sorted(self.held.items()):
            if until > at and (subject == alarm.alarm_id or fnmatchcase(alarm.series, subject)):
                return by
        return None

    def ended(self, at: float) -> bool:
        """Let go of what ended by `at`; whether there was any."""
        over = [subject for subject, (until, _) in self.held.items() if until <= at]
        for subject in over:
            del self.held[subject]
        return bool(over)
