"""Waiting for something outside: bounded retries with growing pauses, and long waits that say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from warta.errors import Transient
from warta.logs import get
from warta.metrics import RETRIES

_log = get("waiting")

T = TypeVar("T")

#: Longest pause between two tries, seconds (design, section 4).
LONGEST_PAUSE = 30


def retry(action: Callable[[], T], *, stage: str, what: str, attempts: int) -> T:
    """`action`'s result, tried up to `attempts` times while it raises `Transient`; the last failure is raised."""
    retrying = Retrying(
        retry=retry_if_exception_type(Transient),
        stop=stop_after_attempt(attempts),
        wait=wait_random_exponential(multiplier=0.5, max=LONGEST_PAUSE),
        before_sleep=lambda _: RETRIES.labels(stage, what).inc(),
        reraise=True,
    )
    return retrying(action)


def patiently(action: Callable[[], T], *, what: str, pause: Callable[[float], bool]) -> T | None:
    """`action`'s result, however long it raises `Transient`; each wait is said. `pause(seconds)` waits, and returns False
    when the process is to end: then None."""
    seconds = 0.5
    while True:
        try:
            return action()
        except Transient as error:
            _log.warning(f"waiting for {what}", reason=str(error)[:300], next_s=seconds)
            if not pause(seconds):
                return None
            seconds = min(2 * seconds, LONGEST_PAUSE)
