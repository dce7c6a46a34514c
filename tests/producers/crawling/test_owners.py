"""Which source an address belongs to."""

from __future__ import annotations

import pytest

from producers.catalogue import Source
from producers.crawling.owners import Owners, stays

WHOLE = Source(id="detik", name="detik", hosts=("detik.com", "news.detik.com"))
DESK = Source(id="detik-jabar", name="detikJabar", hosts=("www.detik.com",), paths=("/jabar", "/jabar-utara"))
OTHER = Source(id="lain", name="Lain", hosts=("lain.co.id",))
OWNERS = Owners([WHOLE, DESK, OTHER])


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://news.detik.com/a", "detik"),
        ("https://finance.detik.com/a", "detik"),
        ("https://www.detik.com/jabar/a", "detik-jabar"),
        ("https://www.detik.com/jabar", "detik-jabar"),
        ("https://www.detik.com/jabarnews/a", None),
        ("https://www.detik.com/jatim/a", None),
        ("https://m.lain.co.id/a", "lain"),
        ("https://asing.co.id/a", None),
        ("https://pengguna:sandi@news.detik.com/a", None),
        ("https://@news.detik.com/a", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_host_and_path_decide(url: str, owner: str | None) -> None:
    found = OWNERS.owner(url)
    assert (found.id if found else None) == owner


def test_a_redirect_stays_with_the_source_or_is_not_followed() -> None:
    assert stays(OTHER, "https://amp.lain.co.id/a", OWNERS)
    assert not stays(OTHER, "https://news.detik.com/a", OWNERS)
    assert not stays(OTHER, "https://iklan.example/a", OWNERS)
    assert not stays(OTHER, "ftp://lain.co.id/a", OWNERS)
    assert not stays(OTHER, "https://a:b@lain.co.id/a", OWNERS)
    assert not stays(OTHER, "http://[", OWNERS)
    assert stays(DESK, "https://www.detik.com/jabar/a?single=1", OWNERS)
