"""Saved queries: a name for a query text, in one file of WARTA_HOME that the command and the console share."""

from __future__ import annotations

import json
import re
from pathlib import Path

from warta.errors import Usage

_NAME = re.compile(r"^[\w.-]{1,64}$")


class Saved:
    """The file `searches.json` of a home."""

    def __init__(self, home: Path) -> None:
        self._path = home / "searches.json"

    def all(self) -> dict[str, str]:
        """Name → query text, by name.

        Raises:
            Usage: the file is not what this class writes.
        """
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise Usage(f"{self._path} cannot be read ({error}): mend or remove it") from None
        if not isinstance(found, dict):
            raise Usage(f"{self._path} holds no saved queries: mend or remove it")
        return {str(name): str(text) for name, text in sorted(found.items())}

    def get(self, name: str) -> str:
        """The text of a saved query.

        Raises:
            Usage: there is none of that name.
        """
        known = self.all()
        if name not in known:
            raise Usage(f"there is no saved query '{name}'; there are: {', '.join(known) or 'none'}")
        return known[name]

    def save(self, name: str, text: str) -> None:
        """Keep a query under a name; an empty text removes it. The file is replaced in one step."""
        if not _NAME.match(name):
            raise Usage(f"'{name}' is no name for a query: letters, digits, _ . and -, at most 64")
        known = self.all()
        if text.strip():
            known[name] = text
        else:
            known.pop(name, None)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(known, ensure_ascii=False, indent=1), "utf-8")
        fresh.replace(self._path)
