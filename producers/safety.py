"""Where the crawler may connect: public addresses only. Checked on every address it is given and again on every address that
a name resolves to, at connect time: a name that changes its mind between look-up and connection (DNS rebinding) gains nothing.

Refused: private, loopback, link-local (cloud metadata among them), multicast, reserved and unspecified addresses, IPv4 inside
IPv6 likewise (RFC 6890 registries, by the standard library), credentials in addresses, schemes other than http(s).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from warta.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Addresses inside IPv6 that carry an IPv4 one: NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Guard:
    """Decides about addresses. `allowed` networks pass whatever they are: for tests and for a proxy in one's own network."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed: Sequence[Network] = [ipaddress.ip_network(network) for network in allowed]

    def permits(self, address: str) -> bool:
        """Whether an IP address may be connected to."""
        try:
            ip = ipaddress.ip_address(address.split("%", 1)[0])
        except ValueError:
            return False
        return any(ip in network for network in self._allowed) or all(_public(one) for one in _carried(ip))

    def check_url(self, url: str) -> None:
        """Refuse an address by its form.

        Raises:
            Invalid: `unsafe-url`.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise Invalid("unsafe-url", f"'{url[:200]}': {error}") from None
        if parts.scheme not in ("http", "https") or not host:
            raise Invalid("unsafe-url", f"'{url[:200]}' is not an http or https address")
        if parts.username is not None or parts.password is not None:
            raise Invalid("unsafe-url", f"the address of {host} carries credentials")
        if port == 0:
            raise Invalid("unsafe-url", f"'{url[:200]}' names port 0")
        if _literal(host) and not self.permits(host):
            raise Invalid("unsafe-url", f"{host} is not a public address")

    def check_resolved(self, host: str, addresses: Sequence[str]) -> list[str]:
        """The addresses of `host` that may be connected to. One bad among good ones refuses the name: that is an attack.

        Raises:
            Invalid: `unsafe-host`.
        """
        bad = [address for address in addresses if not self.permits(address)]
        if bad or not addresses:
            raise Invalid("unsafe-host", f"{host} resolves to {bad[0] if bad else 'nothing'}, which is not public")
        return list(addresses)


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return False
    return True


def _carried(ip: Address) -> list[Address]:
    """The address itself and any IPv4 address inside it."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    inside: list[Address] = [found for found in (ip.ipv4_mapped, ip.sixtofour) if found is not None]
    if ip.teredo is not None:
        inside += ip.teredo
    if ip in _NAT64:
        inside.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        return inside
    return inside if ip.ipv4_mapped is not None else [ip, *inside]


def _public(ip: Address) -> bool:
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
