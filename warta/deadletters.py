"""Dead letters: what a stage refused, with the untouched bytes and the reason, and the limit past which it must stop."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from warta.errors import WartaError

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One refused record. `attempts` counts tries of this record; `failed_at` is UTC."""

    stage: str
    reason: str
    detail: str
    topic: str
    partition: int
    offset: int
    failed_at: datetime
    attempts: int = 1

    def headers(self) -> Headers:
        """Kafka headers; the value beside them is the record's untouched bytes."""
        return [
            ("x-stage", self.stage.encode()),
            ("x-reason", self.reason.encode()),
            ("x-error", self.detail[:2000].encode("utf-8", "replace")),
            ("x-topic", self.topic.encode()),
            ("x-partition", str(self.partition).encode()),
            ("x-offset", str(self.offset).encode()),
            ("x-attempts", str(self.attempts).encode()),
            ("x-failed-at", self.failed_at.isoformat().encode()),
        ]

    @staticmethod
    def parse(headers: Headers) -> DeadLetter:
        """Headers → dead letter; what is missing or odd reads as empty, never raises."""
        found = {name: value.decode("utf-8", "replace") for name, value in headers or []}

        def number(name: str, default: int) -> int:
            text = found.get(name, "")
            return int(text) if text.lstrip("-").isdigit() else default

        try:
            failed_at = datetime.fromisoformat(found.get("x-failed-at", ""))
        except ValueError:
            failed_at = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
        return DeadLetter(
            stage=found.get("x-stage", ""),
            reason=found.get("x-reason", ""),
            detail=found.get("x-error", ""),
            topic=found.get("x-topic", ""),
            partition=number("x-partition", -1),
            offset=number("x-offset", -1),
            attempts=number("x-attempts", 1),
            failed_at=failed_at,
        )


class Storm(WartaError):
    """So many records were refused that the stage itself is the suspect. Its process ends with `LEAVE_DOWN`: with each new
    start it would refuse some more."""


class StormGuard:
    """Stops a stage loudly when dead letters come too many in a row, or are too large a share of the last records.

    The share is judged once `window` records were seen, so that one bad record at the start is not a storm.
    """

    def __init__(self, stage: str, ratio: float, consecutive: int, window: int = 200) -> None:
        self._stage = stage
        self._ratio = ratio
        self._consecutive = consecutive
        self._recent: deque[bool] = deque(maxlen=window)
        self._row = 0

    def good(self) -> None:
        """A record was processed."""
        self._recent.append(False)
        self._row = 0

    def bad(self) -> None:
        """A record was refused.

        Raises:
            Storm: a limit is passed.
        """
        self._recent.append(True)
        self._row += 1
        share = sum(self._recent) / len(self._recent)
        full = len(self._recent) == self._recent.maxlen
        if self._row >= self._consecutive or (full and share > self._ratio):
            raise Storm(
                f"{self._stage}: {self._row} records refused in a row, {share:.0%} of the last {len(self._recent)}; "
                f"stopped so that a fault of ours does not empty the topic into the dead letters. Look with "
                f"'warta dead list', mend the cause, start again, then 'warta dead replay'."
            )
