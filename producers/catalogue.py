"""The catalogue of sources (`sources.yaml`): what crawling needs to know. Who owns whom stands in `warta.publishers`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from warta.errors import Usage
from warta.publishers import Publisher, default

SHIPPED = Path(__file__).with_name("sources.yaml")

_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$")
_MAX_RULE = 200

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]


class Source(BaseModel):
    """One outlet as the crawler sees it.

    `permission`: `open` (nothing forbids crawling), `needed` (its terms ask for consent: off until someone has it) or
    `blocked` (it answers crawlers with refusals: off, never worked around). `verified` is the day `warta sources check`
    last found its addresses alive, or `never`. `delay` is seconds between two requests to a host; `articles` a regular
    expression for article addresses on its index pages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: str = Field(min_length=1, max_length=120)
    hosts: tuple[str, ...] = Field(min_length=1)
    paths: tuple[str, ...] = ()
    region: str = Field("", pattern=r"^(\d\d(\.\d\d)?)?$")
    language: Literal["id", "en", "jv", "su", "ms"] = "id"
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    articles: str = Field("", max_length=_MAX_RULE)
    delay: float = Field(1.0, ge=0, le=60)
    permission: Literal["open", "needed", "blocked"] = "open"
    on: bool = True
    verified: date | Literal["never"] = "never"
    note: str = ""

    @field_validator("hosts")
    @classmethod
    def _are_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not _HOST.match(host):
                raise ValueError(f"'{host}' is no host name (write it like www.contoh.id)")
        return hosts

    @field_validator("feeds", "sitemaps", "indexes")
    @classmethod
    def _are_addresses(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            if not url.startswith(("https://", "http://")):
                raise ValueError(f"'{url}' is not an http(s) address")
        return urls

    @field_validator("articles")
    @classmethod
    def _is_rule(cls, rule: str) -> str:
        try:
            re.compile(rule)
        except re.error as error:
            raise ValueError(f"'{rule}' is no regular expression: {error}") from None
        return rule

    @property
    def crawlable(self) -> bool:
        """Whether the crawler may visit it at all."""
        return self.on and self.permission == "open"


def load(path: Path = SHIPPED) -> list[Source]:
    """Read and check a catalogue.

    Raises:
        Usage: it cannot be read or an entry is wrong; the message names file, source and field.
    """
    try:
        document = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    except OSError as error:
        raise Usage(f"{path}: cannot be read ({error.strerror})") from None
    except yaml.YAMLError as error:
        raise Usage(f"{path}: not valid YAML: {error}") from None
    entries = document.get("sources") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise Usage(f"{path}: must be a mapping with the list 'sources'")
    return _distinct(path, [_source(path, number, entry) for number, entry in enumerate(entries, start=1)])


def publisher(source: Source) -> Publisher:
    """Who publishes a source (owner, network, platform, media type), by its first host and path."""
    return default().find(f"https://{source.hosts[0]}{source.paths[0] if source.paths else '/'}", source.name)


def _source(path: Path, number: int, entry: Any) -> Source:
    name = entry.get("id", f"number {number}") if isinstance(entry, dict) else f"number {number}"
    try:
        return Source.model_validate(entry)
    except ValidationError as error:
        raise Usage(f"{path}: source '{name}': {'; '.join(map(_problem, error.errors()))}") from None


def _problem(problem: Any) -> str:
    field = ".".join(map(str, problem["loc"])) or "entry"
    return f"{field}: {problem['msg'].removeprefix('Value error, ')}"


def _distinct(path: Path, sources: list[Source]) -> list[Source]:
    seen: dict[str, str] = {}
    for source in sources:
        keys = (source.id, *(f"{host}/{p.lstrip('/')}" for host in source.hosts for p in source.paths or ("",)))
        for key in keys:
            if seen.get(key, source.id) != source.id or (key == source.id and key in seen):
                raise Usage(f"{path}: source '{source.id}': '{key}' already belongs to '{seen[key]}'")
            seen[key] = source.id
    return sources
