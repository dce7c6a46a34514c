"""Index pages: articles are told from sections, tags, files and other sites."""

from __future__ import annotations

import pytest

from producers.discovery.index_pages import looks_like_article, parse

BASE = "https://www.a.id/indeks"


@pytest.mark.parametrize(
    "path",
    [
        "/berita/d-7012345/banjir-merendam-tiga-desa-di-sumedang",
        "/read/2026/11/20/081500012/banjir-merendam-tiga-desa",
        "/2026/11/20/banjir-merendam-tiga-desa-di-sumedang/",
        "/jawa-barat/pr-123456789/banjir-merendam-tiga-desa-di-sumedang?page=all",
    ],
)
def test_articles(path: str) -> None:
    assert looks_like_article(f"https://www.a.id{path}")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/jawa-barat",
        "/tag/banjir-merendam-tiga-desa-di-sumedang",
        "/foto/2026/11/20/1234567",
        "/a/2026/11/20/x-12345.jpg",
    ],
)
def test_everything_else(path: str) -> None:
    assert not looks_like_article(f"https://www.a.id{path}")


def test_links_of_the_same_site_in_order_and_once() -> None:
    article = "/berita/d-70123{}/banjir-merendam-tiga-desa-di-sumedang"
    page = "".join(
        f'<a href="{href}"><b>Judul</b> x</a>'
        for href in (
            article.format("41"),
            article.format("41") + "#komentar",
            "https://m.a.id" + article.format("42"),
            "https://lain.id" + article.format("43"),
            "javascript:void(0)",
            "https://[broken",
        )
    )
    links = parse(page, BASE).links
    assert [link.url for link in links] == [
        "https://www.a.id" + article.format("41"),
        "https://m.a.id" + article.format("42"),
    ]
    assert links[0].title == "Judul x"


def test_the_sources_own_rule_decides() -> None:
    page = '<a href="/b/1">x</a><a href="/c/2026/11/20/banjir-merendam-tiga-desa-di-sumedang">y</a>'
    assert [link.url for link in parse(page, BASE, articles=r"/b/\d+$").links] == ["https://www.a.id/b/1"]


@pytest.mark.parametrize(
    ("tag", "older"),
    [
        ('<link rel="next" href="/indeks?page=2">', "https://www.a.id/indeks?page=2"),
        ('<a class="x" rel="nofollow next" href="?page=3">berikut</a>', "https://www.a.id/indeks?page=3"),
        ('<a rel="prev" href="?page=1">', ""),
        ('<a rel="next" href="javascript:void(0)">', ""),
    ],
)
def test_a_listing_names_its_next_page(tag: str, older: str) -> None:
    assert parse(f"<html><body>{tag}</body></html>", "https://www.a.id/indeks").older == older
