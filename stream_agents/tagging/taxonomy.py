"""The taxonomy of cases ("isu"): read, checked, and extended by a file of the user's own.

The rules of the format are in the head of `cases.yaml`. A user's file has the same form; a case with a known id replaces the
shipped one, a new id is added, and ids under `remove:` go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from warta.errors import Usage

CaseKind = Literal["risiko", "layanan", "program", "politik", "capaian"]

_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
_FIELDS = frozenset(["id", "nama", "en", "group", "kind", "owner", "sensitive", "terms", "weak", "exclude", "note"])
_KEYS = frozenset(["version", "as_of", "groups", "cases", "institutions", "remove"])
#: Keys that speak to editors only.
_NOTES = frozenset(["genres_not_counted", "ambiguous", "renamed", "measured"])
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `weak` pairs a term with the words that must stand in the same sentence."""

    id: str
    name: str
    english: str
    group: str
    kind: CaseKind
    owner: str
    sensitive: bool
    terms: tuple[str, ...]
    weak: tuple[tuple[str, tuple[str, ...]], ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All cases by id, their groups by id, and the names of institutions that are no case."""

    cases: dict[str, Case]
    groups: dict[str, str]
    institutions: tuple[str, ...]


def load_taxonomy(own: Path | None = None) -> Taxonomy:
    """The shipped cases, then the user's file on top.

    Raises:
        Usage: a file cannot be read or a field is wrong; the message names the file, the case and the field.
    """
    shipped = resources.files("stream_agents.tagging").joinpath("cases.yaml").read_bytes()
    taxonomy = _merge(Taxonomy({}, {}, ()), _parse(shipped, "cases.yaml"), "cases.yaml")
    if own is None:
        return taxonomy
    try:
        content = own.read_bytes()
    except OSError as error:
        raise Usage(
            f"WARTA_CASES={own}: cannot be read ({error.strerror}); give the path of a YAML file of cases"
        ) from None
    return _merge(taxonomy, _parse(content, str(own)), str(own))


def _parse(content: bytes, source: str) -> dict[str, Any]:
    if len(content) > _MAX_BYTES:
        raise Usage(f"{source}: more than {_MAX_BYTES} bytes; this is not a file of cases")
    try:
        document = yaml.load(content, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise Usage(f"{source}: not valid YAML: {error}") from None
    if not isinstance(document, dict):
        raise Usage(f"{source}: must be a mapping with the key 'cases'")
    if unknown := sorted(set(map(str, document)) - _KEYS - _NOTES):
        raise Usage(f"{source}: {unknown[0]}: unknown key (known: {', '.join(sorted(_KEYS))})")
    return document


def _merge(base: Taxonomy, document: dict[str, Any], source: str) -> Taxonomy:
    groups = base.groups | _texts(document.get("groups") or {}, f"{source}: groups")
    cases = dict(base.cases)
    for gone in document.get("remove") or ():
        if cases.pop(gone, None) is None:
            raise Usage(f"{source}: remove: there is no case '{gone}' (known: {', '.join(sorted(cases))})")
    seen: set[str] = set()
    for number, entry in enumerate(document.get("cases") or (), start=1):
        case = _case(entry, f"{source}: case {number}", groups)
        if case.id in seen:
            raise Usage(f"{source}: case '{case.id}': this id stands here twice")
        seen.add(case.id)
        cases[case.id] = case
    institutions = (*base.institutions, *_strings(document.get("institutions") or [], f"{source}: institutions"))
    return Taxonomy(cases, groups, institutions)


def _case(entry: Any, where: str, groups: dict[str, str]) -> Case:
    if not isinstance(entry, dict):
        raise Usage(f"{where}: must be a mapping, not {entry!r}")
    name = entry.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise Usage(f"{where}: id: must be small letters, digits and _ (2 to 40), not {name!r}")
    where = f"{where.rsplit(':', 1)[0]}: case '{name}'"
    if unknown := sorted(set(entry) - _FIELDS):
        raise Usage(f"{where}: {unknown[0]}: unknown field (known: {', '.join(sorted(_FIELDS))})")
    if entry.get("kind") not in get_args(CaseKind):
        raise Usage(f"{where}: kind: must be one of {', '.join(get_args(CaseKind))}, not {entry.get('kind')!r}")
    if entry.get("group") not in groups:
        raise Usage(f"{where}: group: unknown group {entry.get('group')!r} (known: {', '.join(groups)})")
    if not isinstance(entry.get("sensitive", False), bool):
        raise Usage(f"{where}: sensitive: must be true or false")
    case = Case(
        id=name,
        name=_text(entry.get("nama"), f"{where}: nama"),
        english=_text(entry.get("en", name), f"{where}: en"),
        group=entry["group"],
        kind=entry["kind"],
        owner=_text(entry.get("owner", "-"), f"{where}: owner"),
        sensitive=entry.get("sensitive", False),
        terms=_strings(entry.get("terms") or [], f"{where}: terms"),
        weak=_weak(entry.get("weak") or {}, f"{where}: weak"),
        exclude=_strings(entry.get("exclude") or [], f"{where}: exclude"),
    )
    if not case.terms and not case.weak:
        raise Usage(f"{where}: terms: a case needs at least one term")
    return case


def _weak(value: Any, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise Usage(f"{where}: must be a mapping of term to [context words]")
    found = []
    for term, contexts in value.items():
        words = _strings(contexts, f"{where}: {term}")
        if not words:
            raise Usage(f"{where}: {term}: needs at least one context word; a term without one belongs under terms")
        found.append((_term(term, where), words))
    return tuple(found)


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Usage(f"{where}: must be a list, not {value!r}")
    return tuple(_term(item, where) for item in value)


def _term(value: Any, where: str) -> str:
    """A term as text; YAML reads `on`, `no` and 1945 as something else, which the editor has to quote."""
    if not isinstance(value, str):
        raise Usage(f"{where}: {value!r} is not text; put it in quotes")
    if not re.search(r"[^\W_]", value):
        raise Usage(f"{where}: '{value}' holds no word")
    if "*" in value.strip("*") and re.search(r"[^\W_]\*[^\W_]", value):
        raise Usage(f"{where}: '{value}': * may stand only at the start or end of a word")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Usage(f"{where}: must be text, not {value!r}")
    return value


def _texts(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Usage(f"{where}: must be a mapping of id to name")
    return {str(key): _text(item, f"{where}: {key}") for key, item in value.items()}


def case_names(cases: Iterable[Case]) -> dict[str, str]:
    """Id → name, for interfaces."""
    return {case.id: case.name for case in cases}
