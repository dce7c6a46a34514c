"""Identity: one article has one id, whatever door the reader came through."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.errors import Invalid
from warta.identity import canonical_url, doc_id, same_site, site

ARTICLE = "https://detik.com/news/berita/d-123/judul"


@pytest.mark.parametrize(
    "variant",
    [
        "HTTP://WWW.Detik.com:80/news/berita/d-123/judul",
        "https://www.detik.com/news/berita//d-123/judul/",
        "https://m.detik.com/news/berita/d-123/judul?utm_source=wa&utm_medium=share",
        "https://detik.com/news/berita/x/../d-123/./judul#komentar",
        "https://amp.detik.com/news/berita/d-123/judul",
        "https://www.detik.com/amp/news/berita/d-123/judul",
        "https://www.detik.com/news/berita/d-123/judul/amp/",
        "https://www.detik.com/news/berita/d-123/judul?page=all",
        "https://www.detik.com/news/berita/d-123/judul?page=2",
        "https://www.detik.com/news/berita/d-123/judul?single=1&fbclid=abc",
        "https://detik.com:443/news/berita/d-123/judul?",
    ],
)
def test_every_door_leads_to_one_article(variant: str) -> None:
    assert canonical_url(variant) == ARTICLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.com/berita?id=1", "https://a.com/berita?id=2"),
        ("https://a.com/x/1", "https://a.com/x/2"),
        ("https://jabar.tribunnews.com/x", "https://jateng.tribunnews.com/x"),
        ("https://a.com:8080/x", "https://a.com/x"),
        ("https://a.com/read?page=kontak", "https://a.com/read"),
    ],
)
def test_different_articles_stay_different(one: str, other: str) -> None:
    assert doc_id(canonical_url(one)) != doc_id(canonical_url(other))


def test_order_of_parameters_does_not_matter() -> None:
    assert canonical_url("https://a.com/x?b=2&a=1") == canonical_url("https://a.com/x?a=1&b=2")


@pytest.mark.parametrize(
    "url", ["", "berita", "ftp://a.com/x", "https://", "https://a.com/" + "x" * 3000, "https://[::1/x"]
)
def test_what_is_no_address_is_refused_by_name(url: str) -> None:
    with pytest.raises(Invalid, match="bad-url"):
        canonical_url(url)


def test_a_file_keeps_its_urn() -> None:
    urn = "urn:sha256:" + "0" * 64
    assert canonical_url(urn) == urn


def test_site_is_the_registrable_part() -> None:
    assert site("https://news.detik.com/x") == "detik.com"
    assert site("https://www.rri.co.id/x") == "rri.co.id"
    assert site("http://127.0.0.1/x") == "127.0.0.1"
    assert same_site("https://m.kompas.com/a", "https://regional.kompas.com/b")
    assert not same_site("https://a.co.id/", "https://b.co.id/")


_paths = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=5).map("/".join)
_queries = st.dictionaries(st.text("abxyz%&=", min_size=1, max_size=3), st.text(max_size=4), max_size=3)


@given(host=st.sampled_from(["a.com", "www.a.co.id", "m.b.id", "a.go.id:81"]), path=_paths, query=_queries)
def test_canonicalisation_is_idempotent(host: str, path: str, query: dict[str, str]) -> None:
    url = f"https://{host}/{path}?" + "&".join(f"{k}={v}" for k, v in query.items())
    try:
        once = canonical_url(url)
    except Invalid:
        return
    assert canonical_url(once) == once


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert canonical_url(text).startswith(("https://", "urn:"))
