"""What supervisor is to run, as a value, and its section of `supervisord.conf`."""

import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.ports import Port
from warta.errors import LEAVE_DOWN

_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
MARK = "WARTA_SUPERVISED_IN"
"""Variable in the environment of every supervised process: the directory of its supervisor."""
SERVERS, WORKERS = 100, 500
"""Priorities: programs start in rising order and stop in falling order, those of one number together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A process that is kept running.

    `command` is an argument list (no shell). `env` is added to the environment of whoever starts supervisord.
    `ports` are checked to be free before the start. `user` needs root. `stop_seconds` pass between `stop_signal`
    and SIGKILL, both sent to the whole process group. A program whose value changed is restarted by the next `up`.
    """

    name: str
    command: tuple[str, ...]
    directory: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    priority: int = WORKERS
    ports: tuple[Port, ...] = ()
    stop_signal: str = "TERM"
    stop_seconds: int = 75
    start_seconds: int = 5

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"program name {self.name!r}: lower-case letters, digits and hyphens, 41 at most")
        for text in (*self.command, *self.env, *self.env.values(), str(self.directory)):
            if re.search(r"[\r\n\0]", text):
                raise ValueError(f"program {self.name}: a line break in {text!r} cannot be put in supervisord.conf")

    def check_executable(self) -> None:
        """Raises `StackError` if there is nothing to run."""
        if shutil.which(self.command[0], path=self.env.get("PATH")) is None:
            raise StackError(f"{self.name}: {self.command[0]} is not an executable file.")

    def section(self, log: str, mark: str) -> str:
        """Its lines of `supervisord.conf`; output goes to `log`, which is rotated; `mark` tells whose it is.

        The directory and the environment go through sh(1) and env(1): supervisor's own settings have no way to write
        every path and value.
        """
        settings = {
            "command": command_line(self._words(mark)),
            "user": self.user,
            "priority": self.priority,
            "autostart": "false",
            "autorestart": "unexpected",
            "exitcodes": LEAVE_DOWN,
            "startsecs": self.start_seconds,
            "startretries": 1_000_000,
            "stopsignal": self.stop_signal,
            "stopwaitsecs": self.stop_seconds,
            "stopasgroup": "true",
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": log,
            "stdout_logfile_maxbytes": "10MB",
            "stdout_logfile_backups": 3,
        }
        lines = (f"{key}={value}\n" for key, value in settings.items() if value is not None)
        return f"[program:{self.name}]\n{''.join(lines)}"

    def _words(self, mark: str) -> tuple[str, ...]:
        enter = ("/bin/sh", "-c", 'cd -- "$0" && exec "$@"', str(self.directory)) if self.directory else ()
        environment = {**self.env, MARK: mark}
        return (*enter, "/usr/bin/env", *(f"{key}={value}" for key, value in environment.items()), *self.command)


def command_line(words: tuple[str, ...]) -> str:
    """Words as supervisor reads them back: shlex quoting, `%` doubled, and no comment sign after a blank.

    An unquoted-looking ` ;` or ` #` begins a comment for its INI parser, also inside quotes; an empty pair of quotes
    between the blank and the sign hides it and changes nothing for shlex.
    """
    return escaped(re.sub(r"(\s)([;#])", r"\1''\2", shlex.join(words)))


def escaped(value: str) -> str:
    """A value of supervisord.conf taken literally (`%` begins an expansion)."""
    return value.replace("%", "%%")
