"""The heap after a great deal has been freed."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Return freed memory to the system, where the C library can (malloc_trim(3), glibc): what is freed between things that
    stay would otherwise count as resident for as long as the process lives."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
