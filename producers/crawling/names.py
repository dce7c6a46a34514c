"""Names to addresses, safely: an /etc/hosts file if one is set, else DNS; every address is judged by the guard before it is
given to whoever connects, and nobody else resolves: what was judged is what is connected to (no DNS rebinding)."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from pathlib import Path

from producers.safety import Guard
from warta.clock import Clock
from warta.errors import Invalid, Usage

#: Seconds an answer is used again. Short: a judged address that changes its owner is a risk.
LIFETIME = 300.0
#: Seconds a failure is used again, so that a thousand links to a dead name ask once.
NEGATIVE = 30.0
MAX_CACHED = 10_000

Lookup = Callable[[str], Awaitable[list[str]]]


def read_hosts(path: Path) -> dict[str, list[str]]:
    """A file as /etc/hosts (hosts(5)) → addresses by name.

    Raises:
        Usage: it cannot be read, or a line's address is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Usage(f"WARTA_CRAWL_HOSTS={path}: cannot be read ({error})") from None
    found: dict[str, list[str]] = {}
    for number, line in enumerate(lines, start=1):
        address, *names = line.partition("#")[0].split() or [""]
        if not names:
            continue
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise Usage(f"{path}, line {number}: '{address}' is no IP address") from None
        for name in names:
            found.setdefault(name.lower(), []).append(address)
    return found


class Names:
    """Resolves and judges. `exempt` names (a proxy's) are not judged: whoever set them knows them."""

    def __init__(
        self,
        guard: Guard,
        lookup: Lookup,
        clock: Clock,
        hosts: dict[str, list[str]] | None = None,
        exempt: frozenset[str] = frozenset(),
    ) -> None:
        self._guard = guard
        self._lookup = lookup
        self._clock = clock
        self._hosts = hosts or {}
        self._exempt = exempt
        self._cache: dict[str, tuple[float, list[str]]] = {}

    async def addresses(self, name: str) -> list[str]:
        """The addresses of a name that may be connected to; empty if it has none.

        Raises:
            Invalid: `unsafe-host`, one of them is not public.
        """
        name = name.rstrip(".").lower()
        found = self._hosts.get(name) or await self._cached(name)
        if not found:
            return []
        return found if name in self._exempt else self._guard.check_resolved(name, found)

    async def _cached(self, name: str) -> list[str]:
        now = self._clock.monotonic()
        known = self._cache.get(name)
        if known is not None and known[0] > now:
            return known[1]
        found = await self._lookup(name)
        if len(self._cache) >= MAX_CACHED:
            self._cache.clear()
        self._cache[name] = (now + (LIFETIME if found else NEGATIVE), found)
        return found

    def reason(self, name: str) -> str:
        """Why the last resolution of a name gave nothing: empty, or what the guard says of it."""
        name = name.rstrip(".").lower()
        found = self._hosts.get(name) or self._cache.get(name, (0.0, []))[1]
        if not found or name in self._exempt:
            return ""
        try:
            self._guard.check_resolved(name, found)
        except Invalid as error:
            return error.detail
        return ""
