"""What can go wrong with the native stack in a way that a person can remedy."""

from collections.abc import Callable

from warta.errors import WartaError

Progress = Callable[[str], None]
"""Takes one line for a person to read; called from the thread that does the work."""


class StackError(WartaError):
    """The native stack cannot do what was asked; the text names the cause and the remedy."""


class MissingToolError(StackError):
    """A JDK, a compiler or Maven is missing or too old."""


class InstallError(StackError):
    """A download or a build did not succeed; nothing is left half-installed."""


class PortBusyError(StackError):
    """Another process holds a port that a server needs."""


class StartError(StackError):
    """A process did not start or did not become ready in time."""


def quiet(_line: str) -> None:
    """The progress of a caller that does not want any."""
