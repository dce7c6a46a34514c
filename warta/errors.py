"""The three kinds of failure a stage may meet.

`Invalid` goes to the dead letters and work goes on; `Transient` is retried in place, a bounded number of times, and then
ends the process uncommitted; any other exception ends the process at once, uncommitted.
"""

from __future__ import annotations

#: Exit code (EX_DATAERR of sysexits.h) of a process that its supervisor must leave down until a person has looked.
LEAVE_DOWN = 65


class WartaError(Exception):
    """Base of the errors whose message is meant for a person."""


class Invalid(WartaError):
    """A message that can never be processed.

    `reason` is a short stable word for counting (`no-text`, `bad-json`); `detail` names the input and the remedy.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Transient(WartaError):
    """A failure of something outside that may pass: a broker, the index, the network, a full disk."""


class Usage(WartaError):
    """A command or a setting that cannot be carried out as given; the message names it and the remedy (exit code 2)."""


class StateError(Transient):
    """Durable state could not be read or does not fit; never blamed on the record in hand."""
