"""Names to addresses: only judged ones come out."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from producers.crawling.names import LIFETIME, NEGATIVE, Names, read_hosts
from producers.safety import Guard
from warta.clock import ManualClock
from warta.errors import Invalid, Usage


class Dns:
    """Answers that change as an attacker's do."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, name: str) -> list[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 24, tzinfo=UTC))


def addresses(names: Names, name: str) -> list[str]:
    return asyncio.run(names.addresses(name))


def test_a_name_that_changes_its_mind_is_refused_when_it_does(clock: ManualClock) -> None:
    names = Names(Guard(), Dns(["93.184.216.34"], ["169.254.169.254"]), clock)
    assert addresses(names, "jahat.id") == ["93.184.216.34"]
    assert addresses(names, "jahat.id") == ["93.184.216.34"]
    clock.advance(timedelta(seconds=LIFETIME))
    with pytest.raises(Invalid, match=r"169\.254\.169\.254"):
        addresses(names, "JAHAT.id.")
    assert "169.254.169.254" in names.reason("jahat.id")


def test_one_private_address_among_public_ones_refuses_the_name(clock: ManualClock) -> None:
    with pytest.raises(Invalid):
        addresses(Names(Guard(), Dns(["93.184.216.34", "10.0.0.1"]), clock), "contoh.id")


def test_a_dead_name_is_asked_for_once_in_a_while(clock: ManualClock) -> None:
    dns = Dns([])
    names = Names(Guard(), dns, clock)
    assert [addresses(names, "mati.id") for _ in range(5)] == [[]] * 5
    assert dns.asked == 1
    clock.advance(timedelta(seconds=NEGATIVE))
    addresses(names, "mati.id")
    assert dns.asked == 2
    assert names.reason("mati.id") == ""


def test_a_hosts_file_comes_first_and_is_judged_too(clock: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("# a comment\n127.0.0.1 satu.test dua.test # more\n\n::1 DUA.test\n93.184.216.34 tiga.test\n")
    hosts = read_hosts(path)
    assert hosts == {"satu.test": ["127.0.0.1"], "dua.test": ["127.0.0.1", "::1"], "tiga.test": ["93.184.216.34"]}
    dns = Dns([])
    with pytest.raises(Invalid):
        addresses(Names(Guard(), dns, clock, hosts), "satu.test")
    assert addresses(Names(Guard(["127.0.0.0/8"]), dns, clock, hosts), "satu.test") == ["127.0.0.1"]
    assert dns.asked == 0


def test_a_proxy_s_own_name_is_not_judged(clock: ManualClock) -> None:
    names = Names(Guard(), Dns(["10.1.1.1"]), clock, exempt=frozenset({"proxy.lan"}))
    assert addresses(names, "proxy.lan") == ["10.1.1.1"]


def test_a_bad_hosts_file_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 a\nbukan-alamat b\n")
    with pytest.raises(Usage, match="line 2"):
        read_hosts(path)
    with pytest.raises(Usage, match="cannot be read"):
        read_hosts(tmp_path / "none")
