"""The unprivileged user that Elasticsearch runs under when we are root (it refuses to start as root)."""

import os
import pwd
import shutil
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError

NAME = "warta-es"
_NO_SHELL = "/usr/sbin/nologin"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int

    def can_enter(self, directory: Path) -> bool:
        """Whether every directory on the way to `directory`, itself included if it exists, may be searched."""
        resolved = directory.resolve()
        return all(self._may(place, stat.S_IXOTH) for place in (resolved, *resolved.parents) if place.is_dir())

    def can_run(self, program: Path) -> bool:
        """Whether `program` may be reached and executed."""
        resolved = program.resolve()
        return resolved.is_file() and self.can_enter(resolved.parent) and self._may(resolved, stat.S_IXOTH)

    def own(self, directory: Path) -> None:
        """Makes the account the owner of `directory` and all below it; links are not followed.

        A server that runs may delete files meanwhile.
        """
        for path in (directory, *directory.rglob("*")):
            with suppress(FileNotFoundError):
                if path.lstat().st_uid != self.uid:
                    os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _may(self, path: Path, bit_of_others: int) -> bool:
        status = path.stat()
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return bool(status.st_mode & (bit_of_others << shift))


def server_account() -> Account | None:
    """None for an ordinary user, who runs the servers as himself; for root the account, created if missing."""
    if os.geteuid() != 0:
        return None
    return _existing() or _created()


def _existing() -> Account | None:
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _created() -> Account:
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", _NO_SHELL, NAME]
    elif shutil.which("adduser"):  # BusyBox
        command = ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", NAME]
    else:
        raise StackError(_remedy("neither useradd nor adduser was found"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    account = _existing()  # also when another `warta up` was quicker
    if account is None:
        raise StackError(_remedy(done.stderr.strip() or f"{command[0]} ended with {done.returncode}"))
    return account


def _remedy(cause: str) -> str:
    return (
        f"Elasticsearch never runs as root, and the user {NAME} could not be created: {cause}. "
        f"Create a system user {NAME}, or run warta as an ordinary user."
    )
