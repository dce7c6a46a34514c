"""The catalogue of sources (`sources.yaml`): what crawling needs to know. Who owns whom stands in `warta.publishers`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from producers.provinces import PROVINCES
from warta.errors import Usage
from warta.publishers import Publisher, default

SHIPPED = Path(__file__).with_name("sources.yaml")

_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$")
_PATH = re.compile(r"^(?:/[A-Za-z0-9._~-]+)+$")
_REGION = re.compile(r"^\d\d(\.\d\d)?$")
_QUERY = re.compile(r"^[a-z_]{1,20}=[A-Za-z0-9]{1,20}$")
_MAX_RULE = 200

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]


class Source(BaseModel):
    """One outlet as the crawler sees it.

    `permission`: `open` (nothing forbids crawling), `needed` (its terms ask for consent: off until someone has it) or
    `blocked` (it answers crawlers with refusals: off, never worked around). `verified` is the day `warta sources check`
    last found its addresses alive, or `never`. `delay` is seconds between two requests to a host; `articles` a regular
    expression for article addresses on its index pages; `whole` the query that shows all pages of an article (`page=all`).
    `paths` belong to the source on its hosts; what lies elsewhere there belongs to a source without paths.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: str = Field(min_length=1, max_length=120)
    hosts: tuple[str, ...] = Field(min_length=1)
    paths: tuple[str, ...] = ()
    region: str = ""
    language: Literal["id", "en", "jv", "su", "ms"] = "id"
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    articles: Annotated[str, Field(max_length=_MAX_RULE)] = ""
    whole: str = ""
    delay: Annotated[float, Field(ge=0, le=60)] = 1.0
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

    @field_validator("paths")
    @classmethod
    def _are_paths(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        for path in paths:
            if not _PATH.match(path):
                raise ValueError(f"'{path}' is no path (write it like /jabar, without an end slash)")
        return paths

    @field_validator("region")
    @classmethod
    def _is_region(cls, region: str) -> str:
        if region and not (_REGION.match(region) and region[:2] in PROVINCES):
            raise ValueError(f"'{region}' is no code of a province or regency (quote it, as '32' or '32.11')")
        return region

    @field_validator("whole")
    @classmethod
    def _is_query(cls, query: str) -> str:
        if query and not _QUERY.match(query):
            raise ValueError(f"'{query}' is no query of one parameter (write it like page=all)")
        return query

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
        return parse(path.read_bytes(), path)
    except OSError as error:
        raise Usage(f"{path}: cannot be read ({error.strerror})") from None


def parse(content: bytes, path: Path) -> list[Source]:
    """Check a catalogue's bytes; `path` is only named.

    Raises:
        Usage: an entry is wrong; the message names file, source and field.
    """
    try:
        document = yaml.load(content, yaml.CSafeLoader)
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
