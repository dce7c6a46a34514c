"""Safety: no form of a private address passes, public ones do."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.safety import Guard
from warta.errors import Invalid

GUARD = Guard()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "ff02::1", "", "localhost",
    ],
)  # fmt: skip
def test_refused_addresses(address: str) -> None:
    assert not GUARD.permits(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "103.10.10.10", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert GUARD.permits(address)


@given(st.ip_addresses(v=4).filter(lambda ip: not ip.is_global))
def test_no_wrapping_makes_a_private_address_public(ip: ipaddress.IPv4Address) -> None:
    number = int(ip)
    for wrapped in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert not GUARD.permits(str(ipaddress.IPv6Address(wrapped)))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://a.id/", "gopher://a.id", "//a.id/x", "http://user:pw@a.id/", "http://a@a.id/", "http://",
        "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data", "http://a.id:0/", "http://a.id:99999/",
        "http://[broken", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_refused_urls(url: str) -> None:
    with pytest.raises(Invalid, match="unsafe-url"):
        GUARD.check_url(url)


def test_good_urls_pass_and_a_test_may_allow_loopback() -> None:
    GUARD.check_url("https://a.id:8443/x?y=http://127.0.0.1/")
    Guard(["127.0.0.0/8"]).check_url("http://127.0.0.1:8000/")


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    assert GUARD.check_resolved("a.id", ["8.8.8.8"]) == ["8.8.8.8"]
    for addresses in (["8.8.8.8", "127.0.0.1"], []):
        with pytest.raises(Invalid, match="unsafe-host"):
            GUARD.check_resolved("a.id", addresses)
