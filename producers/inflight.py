"""What is on its way to Kafka, bounded by count and by bytes: the client itself has no memory limit."""

from __future__ import annotations

import threading


class Budget:
    """Slots for records in flight. `take` waits for room, `give` (from a delivery callback) makes it.

    A record larger than the whole budget passes when nothing else is in flight.
    """

    def __init__(self, count: int, size: int) -> None:
        self._max_count = count
        self._max_size = size
        self.count = 0
        self.size = 0
        self._changed = threading.Condition()

    def _room(self, size: int) -> bool:
        return self.count == 0 or (self.count < self._max_count and self.size + size <= self._max_size)

    def take(self, size: int, *, wait: bool = True) -> bool:
        """Take room for one record of `size` bytes; without `wait`, False when there is none."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._room(size))
            elif not self._room(size):
                return False
            self.count += 1
            self.size += size
            return True

    def give(self, size: int) -> None:
        """Give one record's room back."""
        with self._changed:
            self.count -= 1
            self.size -= size
            self._changed.notify_all()

    def wait_empty(self, timeout: float | None = None) -> bool:
        """Wait until nothing is in flight; False when `timeout` seconds pass first."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count == 0, timeout)
