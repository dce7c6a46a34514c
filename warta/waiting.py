"""Waiting for something outside: bounded retries with growing pauses, and long waits that say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from warta.errors import Transient
from warta.metrics import RETRIES

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
