"""Entries of a catalogue as lines: `sources.yaml` keeps one line a source, so that a change of one is a change of one line.

Comments, order and lines that did not change stay as they are, byte for byte.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from producers import catalogue
from producers.catalogue import Source
from warta.errors import Usage

_ENTRY = re.compile(rb"- \{.*\}[ \t]*(?:#.*)?\r?\n?", re.DOTALL)
_ALWAYS = frozenset({"id", "name", "hosts", "verified"})


def line(source: Source) -> str:
    """A source as one line of YAML, without the fields that have their default."""
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in source.model_dump().items()}
    entry = {name: value for name, value in values.items() if name in _ALWAYS or value != _default(name)}
    dumped = yaml.safe_dump(entry, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000_000)
    return f"- {dumped.strip()}\n"


def _default(name: str) -> Any:
    default = Source.model_fields[name].default
    return list(default) if isinstance(default, tuple) else default


def check(path: Path, names: Iterable[str]) -> None:
    """Make sure, before the work, that these entries can be rewritten.

    Raises:
        Usage: one does not stand on a line of its own, or the file cannot be written.
    """
    missing = set(names) - {_id(line) for line in path.read_bytes().splitlines(keepends=True)}
    if missing:
        few = ", ".join(sorted(missing)[:5])
        raise Usage(
            f"{path}: write {few} as one line each (- {{id: …}}): only lines are rewritten (or look with --dry-run)"
        )
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise Usage(f"{path}: cannot be written; name a copy of it by WARTA_CATALOGUE, or look with --dry-run")


def rewrite(path: Path, changed: Mapping[str, Source]) -> int:
    """Put new entries in the place of those of the same id; the number of lines that changed.

    Raises:
        Usage: the file cannot be written, or an entry of `changed` does not stand on a line of its own.
    """
    check(path, changed)
    lines = path.read_bytes().splitlines(keepends=True)
    written = 0
    for number, old in enumerate(lines):
        name = _id(old)
        if name in changed:
            new = _with_comment(line(changed[name]), old)
            written += new != old
            lines[number] = new
    if written:
        _replace(path, b"".join(lines))
    return written


def append(path: Path, source: Source) -> None:
    """Add an entry at the end of a catalogue.

    Raises:
        Usage: the file cannot be written, or with the entry it would not be a catalogue (id or host taken).
    """
    old = path.read_bytes() if path.exists() else b"sources:\n"
    whole = old + (b"" if old.endswith(b"\n") else b"\n") + line(source).encode()
    catalogue.parse(whole, path)
    _replace(path, whole)


def _id(entry: bytes) -> str:
    if not _ENTRY.fullmatch(entry):
        return ""
    try:
        parsed = yaml.load(entry, yaml.CSafeLoader)
    except yaml.YAMLError:
        return ""
    return str(parsed[0].get("id", ""))


def _with_comment(new: str, old: bytes) -> bytes:
    """The new line with the comment that stood behind the old entry. A number sign inside a value is none."""
    text = old.decode()
    closed = max(token.end_mark.index for token in yaml.scan(text) if isinstance(token, yaml.FlowMappingEndToken))
    comment = text[closed:].strip()
    return (new.rstrip("\n") + (f"  {comment}" if comment.startswith("#") else "") + "\n").encode()


def _replace(path: Path, content: bytes) -> None:
    """Write beside and rename: whoever reads meanwhile finds the old file or the new one, never half of one."""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if path.exists():
            Path(beside).chmod(path.stat().st_mode & 0o777)
        Path(beside).replace(path)
    except OSError as error:
        raise Usage(f"{path}: cannot be written ({error.strerror}); name another file by WARTA_CATALOGUE") from None
