"""A live line on stderr that says where long work stands; nothing where stderr is no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


class StatusLine:
    """Shown from `with` to its end, beginning with `first`. `live` tells whether anybody sees it."""

    def __init__(self, console: Console, first: str, *, enabled: bool) -> None:
        from rich.status import Status

        self._status = Status(first, console=console) if enabled and console.is_terminal else None

    @property
    def live(self) -> bool:
        return self._status is not None

    def __enter__(self) -> StatusLine:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def update(self, text: str) -> None:
        """Say something else from now on."""
        if self._status:
            self._status.update(text)
