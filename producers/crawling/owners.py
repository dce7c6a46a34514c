"""Which source an address belongs to: host and path, for a paper may live on another group's host. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from producers.catalogue import Source
from warta.identity import same_site, site


class Owners:
    """The catalogue, by address. A source with paths owns them on its hosts; one without owns the rest of its hosts and
    every host of the same site that nobody names."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._hosts: dict[str, list[tuple[str, Source]]] = {}
        self._sites: dict[str, Source] = {}
        for source in sources:
            for host in source.hosts:
                self._hosts.setdefault(host, []).extend((path, source) for path in source.paths or ("",))
                if not source.paths:
                    self._sites.setdefault(site(f"https://{host}/"), source)
        for owners in self._hosts.values():
            owners.sort(key=lambda owner: -len(owner[0]))

    def owner(self, url: str) -> Source | None:
        """The source that publishes at an address; None if nobody of the catalogue does, or if it carries credentials: nobody
        publishes so, and what cannot be asked must not speak for the host."""
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
        except ValueError:
            return None
        if "@" in parts.netloc:
            return None
        for path, source in self._hosts.get(host, ()):
            if not path or parts.path == path or parts.path.startswith(path + "/"):
                return source
        if host in self._hosts:
            return None
        return self._sites.get(site(url))


def stays(source: Source, url: str, owners: Owners) -> bool:
    """Whether a redirect to `url` still leads to `source`: its own address, or one of its site that is nobody else's."""
    if not _usable(url):
        return False
    owner = owners.owner(url)
    if owner is not None:
        return owner.id == source.id
    return any(same_site(f"https://{host}/", url) for host in source.hosts)


def _usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "@" not in parts.netloc and bool(parts.hostname)
