"""Who publishes what: a page's address (host and path) → outlet, owner, network, platform, media type, home region.

The table is `publishers.yaml` beside this file; a desk adds its own in a file of the same form. An address that stands in no
table is an owner of its own, so an unknown site never joins or splits the voices of known ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from warta.errors import Usage
from warta.identity import registrable

_MEDIA = (
    "national",
    "regional",
    "local",
    "wire",
    "broadcaster",
    "magazine",
    "business",
    "legal",
    "religious",
    "nonprofit",
)
MEDIA_TYPES = frozenset((*_MEDIA, "government", "factcheck", "foreign", "ugc", "aggregator"))
#: Media types that never make a second source for an alert: press rooms and open blogs.
NEVER_INDEPENDENT = frozenset(["government", "ugc"])

_SUBDOMAINS = re.compile(r"^(?:www\d?|m|amp|mobile|id)\.")
#: Hosts whose sub-domains belong to strangers; each is an owner of its own.
_SHARED_HOSTS = (
    "blogspot.com",
    "blogspot.co.id",
    "wordpress.com",
    "medium.com",
    "substack.com",
    "github.io",
    "web.app",
)
_LOCAL_GOVERNMENT = re.compile(r"(?:^|\.)([a-z0-9-]+?)(kab|kota)\.go\.id$")


@dataclass(frozen=True, slots=True)
class Publisher:
    """One outlet. `id` is its host, with the path where only a path tells it apart (`detik.com/jabar`).

    `owner` is who decides the newsroom (what alerts compare), `network` and `platform` name looser bonds or are empty,
    `region` is the Kemendagri code of the home province or empty.
    """

    id: str
    name: str
    owner: str
    network: str = ""
    platform: str = ""
    media_type: str = ""
    region: str = ""


class Publishers:
    """A table of publishers, ready to look up."""

    def __init__(self, *documents: tuple[str, dict[str, Any]]) -> None:
        self._hosts: dict[str, Publisher] = {}
        self._below: dict[str, Publisher] = {}
        self._paths: dict[str, Publisher] = {}
        self._partners: list[str] = []
        self._channels: dict[str, tuple[tuple[str, ...], str]] = {}
        self._moved: dict[str, str] = {}
        self._provinces: dict[str, str] = {}
        self._names: dict[str, Publisher] = {}
        for source, document in documents:
            self._read(source, document)
        for publisher in (*self._hosts.values(), *self._paths.values()):
            for name in (publisher.id, publisher.name, publisher.id.split(".")[0]):
                self._names.setdefault(_slug(name), publisher)

    @classmethod
    def load(cls, *own: Path) -> Publishers:
        """The shipped table, then the given files on top.

        Raises:
            Usage: a file cannot be read or an entry is wrong; the message names the file and the entry.
        """
        shipped = resources.files("warta").joinpath("publishers.yaml").read_bytes()
        return cls(("publishers.yaml", _parse("publishers.yaml", shipped)), *((str(p), _read_file(p)) for p in own))

    def find(self, url: str, source: str = "") -> Publisher:
        """The outlet of an address; without a host, or with an unknown one, of the name the record came with."""
        host, path = _split(url)
        found = (self._by_address(host, path) if host else None) or self._names.get(_slug(source) if source else "")
        if found is not None:
            return found
        owner = _owner_of(host) if host else _slug(source)
        return Publisher(id=source or host, name=source or host, owner=owner)

    def all(self) -> list[Publisher]:
        """Every outlet of the table."""
        return [*self._hosts.values(), *self._paths.values()]

    def _by_address(self, host: str, path: str) -> Publisher | None:
        host = self._moved.get(host, host)
        address = f"{host}/{path}"
        for prefix in _prefixes(address):
            if prefix in self._paths:
                return self._paths[prefix]
        for prefix in self._partners:
            if address.startswith(prefix):
                return self._partner(prefix, address)
        if host in self._channels:
            return self._channel(host, path)
        return self._government(host) or self._hosts.get(host) or self._suffix(host)

    def _partner(self, prefix: str, address: str) -> Publisher:
        """A partner's text on another group's site belongs to the partner."""
        name = address[len(prefix) :].split("/")[0]
        known = self._names.get(_slug(name))
        return known or Publisher(id=f"{prefix}{name}", name=name, owner=name, media_type="regional")

    def _channel(self, host: str, path: str) -> Publisher:
        own, others = self._channels[host]
        publisher = self._hosts[host]
        name = path.split("/")[0]
        if not name or name.startswith(own):
            return publisher
        return Publisher(f"{host}/{name}", name, f"{host}/{name}", platform=publisher.owner, media_type=others)

    def _suffix(self, host: str) -> Publisher | None:
        labels = host.split(".")
        for at in range(len(labels) - 1):
            below = self._below.get(".".join(labels[at:]))
            if below is None:
                continue
            if below.owner == "":  # a platform: every outlet on it decides for itself
                return replace(below, id=host, name=host, owner=host)
            return replace(below, id=host, name=host)
        return None

    def _government(self, host: str) -> Publisher | None:
        if not host.endswith(".go.id"):
            return None
        local = _LOCAL_GOVERNMENT.search(host)
        if local:
            owner = f"pem{local[2]}-{local[1]}"
            return Publisher(host, host, owner, media_type="government")
        site = host.removesuffix(".go.id").split(".")[-1]
        region = self._provinces.get(site, "")
        return Publisher(
            host, host, f"pemprov-{region}" if region else f"{site}.go.id", media_type="government", region=region
        )

    # --- reading ----------------------------------------------------------------------------------------------------

    def _read(self, source: str, document: dict[str, Any]) -> None:
        for number, group in enumerate(document.get("groups") or (), start=1):
            if not isinstance(group, dict) or not isinstance(group.get("id"), str):
                raise Usage(f"{source}: group {number}: needs an id")
            self._group(f"{source}: group '{group['id']}'", group)
        for media_type, outlets in (document.get("independents") or {}).items():
            self._alone(source, outlets, media_type)
        for media_type, outlets in (document.get("state") or {}).items():
            self._alone(source, outlets, media_type)
        for region, outlets in (document.get("regional") or {}).items():
            self._alone(source, outlets, "regional", region)
        if editions := document.get("wire_editions"):
            base = self._hosts[editions["host"]]
            self._editions(base, editions["host"], editions["editions"])
        self._moved.update(document.get("moved") or {})
        self._provinces.update(document.get("province_sites") or {})

    def _alone(self, source: str, outlets: dict[str, Any], media_type: str, region: str = "") -> None:
        for host, name in outlets.items():
            if media_type not in MEDIA_TYPES:
                raise Usage(
                    f"{source}: {host}: unknown media type '{media_type}' (known: {', '.join(sorted(MEDIA_TYPES))})"
                )
            self._hosts[host] = Publisher(host, str(name), host, media_type=media_type, region=region)

    def _group(self, where: str, group: dict[str, Any]) -> None:
        bond = group.get("bond")
        if bond not in ("owner", "network", "platform"):
            raise Usage(f"{where}: bond must be owner, network or platform, not {bond!r}")
        platform = group["id"] if bond == "platform" else group.get("platform", "")
        template = Publisher(
            id="",
            name=str(group.get("name", group["id"])),
            owner="" if bond == "platform" else group.get("owner", group["id"]),
            network=group["id"] if bond == "network" else "",
            platform=platform,
            media_type="regional" if bond != "owner" else "national",
        )
        own = set(group.get("own") or ())
        for host, entry in (group.get("outlets") or {}).items():
            publisher = _outlet(where, template, host, entry)
            owner = group["own_owner"] if host in own else publisher.owner or host
            self._hosts[host] = replace(publisher, owner=owner)
        for host in group.get("hosts") or ():
            self._below[host.removeprefix(".")] = template
        if "partner_subdomains" in group:
            self._below[group["partner_subdomains"]] = replace(template, owner="", platform=group["id"])
        if "edition_host" in group:
            self._editions(template, group["edition_host"], group["editions"])
        for prefix, entry in (group.get("paths") or {}).items():
            self._paths[prefix.rstrip("/")] = _outlet(where, template, prefix.rstrip("/"), entry)
        self._partners.extend(group.get("partner_paths") or ())
        if channels := group.get("channels"):
            self._channels[channels["host"]] = (tuple(channels["own"]), channels["others"])

    def _editions(self, base: Publisher, host: str, editions: dict[str, Any]) -> None:
        for sub, entry in editions.items():
            name, region = entry if isinstance(entry, list) else (entry, "")
            media_type = base.media_type if base.media_type == "wire" else "regional"
            self._hosts[f"{sub}.{host}"] = replace(
                base, id=f"{sub}.{host}", name=name, region=region, media_type=media_type
            )


def find(url: str, source: str = "") -> Publisher:
    """The outlet of an address by the table of this process (`WARTA_PUBLISHERS` adds a file of one's own)."""
    return default().find(url, source)


@lru_cache(maxsize=1)
def default() -> Publishers:
    """The table of this process, read once.

    Raises:
        Usage: the user's file is wrong.
    """
    from warta.settings import ROOT, settings

    # The sample's outlets end in .example (RFC 2606): knowing them always can mislead nobody.
    sample = ROOT / "samples" / "publishers.yaml"
    own = settings().publishers
    return Publishers.load(*([sample] if sample.exists() else []), *([own] if own else []))


def _outlet(where: str, template: Publisher, host: str, entry: Any) -> Publisher:
    name, media_type, region = (*(entry if isinstance(entry, list) else [entry]), "", "")[:3]
    if not isinstance(name, str) or not name:
        raise Usage(f"{where}: {host}: needs a name")
    if media_type and media_type not in MEDIA_TYPES:
        raise Usage(f"{where}: {host}: unknown media type '{media_type}' (known: {', '.join(sorted(MEDIA_TYPES))})")
    return replace(template, id=host, name=name, media_type=media_type or template.media_type, region=str(region))


def _split(url: str) -> tuple[str, str]:
    """Host without www, m or amp, and path without its first slash; ("", "") for anything without a host."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", ""
    return _SUBDOMAINS.sub("", host, count=1) if host.count(".") > 1 else host, parts.path.lstrip("/")


def _prefixes(address: str) -> Iterator[str]:
    """ "a.id/b/c" → "a.id/b/c", "a.id/b", "a.id"; at most eight levels."""
    parts = address.split("/")[:8]
    for size in range(len(parts), 0, -1):
        yield "/".join(parts[:size])


def _owner_of(host: str) -> str:
    """Who stands behind a host that no table knows: whoever registered it, or the stranger on a shared one."""
    shared = any(host.endswith(f".{of}") for of in _SHARED_HOSTS)
    return host if shared else registrable(host)


def _slug(name: str) -> str:
    """Letters and digits only, without an ending like .com or .co.id: names of one outlet as records spell them."""
    folded = re.sub(r"\.(?:com|co\.id|id|net|news)$", "", name.strip().casefold())
    return re.sub(r"[^a-z0-9]", "", folded)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return _parse(str(path), path.read_bytes())
    except OSError as error:
        raise Usage(f"publishers {path}: cannot be read ({error.strerror})") from None


def _parse(source: str, content: bytes) -> dict[str, Any]:
    try:
        document = yaml.load(content, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise Usage(f"{source}: not valid YAML: {error}") from None
    if not isinstance(document, dict):
        raise Usage(f"{source}: must be a mapping with the key 'groups'")
    return document
