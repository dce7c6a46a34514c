"""An answer as a page: text, own address, content hash, robots, and what is no article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers import robots
from producers.crawling import pages
from producers.crawling.answer import Answer
from warta.errors import Invalid

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = robots.Rules(NOW, "none", "Warta")
URL = "https://www.contoh.id/berita/2026/11/24/banjir-di-garut-1"
BODY = "<p>" + "Hujan deras membuat sungai meluap dan merendam puluhan rumah warga. " * 4 + "</p>"


def answer(html: str | bytes, url: str = URL, **headers: str) -> Answer:
    body = html if isinstance(html, bytes) else html.encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(url, 200, {"content-type": "text/html; charset=utf-8", **given}, body, NOW)


def read(html: str | bytes, url: str = URL, **headers: str) -> pages.Page:
    return pages.read(answer(html, url, **headers), URL, RULES)


def test_the_page_s_own_address_counts_only_within_the_site_and_never_as_the_front_page() -> None:
    for said, wanted in (
        ("/berita/banjir-2?utm_source=x", "https://contoh.id/berita/banjir-2"),
        ("https://m.contoh.id/berita/banjir-2", "https://contoh.id/berita/banjir-2"),
        ("https://lain.id/berita/banjir-2", "https://contoh.id/berita/2026/11/24/banjir-di-garut-1"),
        ("https://www.contoh.id/", "https://contoh.id/berita/2026/11/24/banjir-di-garut-1"),
        ("http://[", "https://contoh.id/berita/2026/11/24/banjir-di-garut-1"),
    ):
        for tag in (f'<link rel="canonical" href="{said}">', f"<LINK HREF='{said}' REL=canonical />"):
            assert read(f"<head>{tag}</head>{BODY}").canonical_url == wanted, tag


@pytest.mark.parametrize(
    ("html", "kind", "reason"),
    [
        ("%PDF-1.7" + "x" * 300, "text/html", "not-html"),
        (BODY, "application/pdf", "not-html"),
        (BODY, "image/png", "not-html"),
        ("<p>hampir kosong</p>", "text/html", "empty"),
    ],
)
def test_what_is_no_article_is_refused_with_a_reason(html: str, kind: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(html, content_type=kind)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "title",
    [
        "Korban longsor belum ditemukan, 404 warga mengungsi",
        "404 Warga Mengungsi Akibat Banjir",
        "Jasad pendaki tidak ditemukan, pencarian dihentikan",
        "Subsidi telah dihapus, harga naik",
    ],
)
def test_an_article_about_something_not_found_is_an_article(title: str) -> None:
    assert read(f"<title>{title}</title>{BODY}").robots.allowed


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 - Contoh",
        "Error 404",
        "Page not found | Contoh",
        "Not Found",
        "Halaman yang Anda cari tidak ditemukan",
        "Berita ini telah dihapus",
        "Oops! Halaman tidak ada",
    ],
)
def test_an_apology_is_none_unless_it_is_marked_as_an_article(title: str) -> None:
    with pytest.raises(Invalid, match="soft-404"):
        read(f"<title>{title}</title>{BODY}")
    assert read(f'<meta property="article:published_time" content="x"><title>{title}</title>{BODY}')


def test_an_article_that_leads_to_the_front_page_is_not_there() -> None:
    with pytest.raises(Invalid, match="soft-404"):
        pages.read(answer(BODY, "https://www.contoh.id/"), URL, RULES)
    # A page that was asked for as such is what it is.
    assert pages.read(answer(BODY, "https://www.contoh.id/"), "https://www.contoh.id/", RULES).html == BODY


def test_the_hash_follows_the_article_and_not_its_surroundings() -> None:
    plain = read(f"<title>Banjir</title><div>12 dibaca</div>{BODY}<ul><li>Populer: A</li></ul>").content_hash
    around = f"<title>Banjir</title>\n<div>99 dibaca</div>{BODY}<script>x=1</script><ul><li>Populer: B</li></ul>"
    assert read(around).content_hash == plain
    assert read(f"<title>Banjir</title>{BODY.replace('puluhan', 'ratusan')}").content_hash != plain
    assert read(f"<title>Banjir besar</title>{BODY}").content_hash != plain


def test_a_page_without_paragraphs_is_hashed_whole() -> None:
    text = "Hujan deras membuat sungai meluap. " * 10
    assert read(f"<div>{text}</div>").content_hash != read(f"<div>{text}lagi</div>").content_hash


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("kafé “kutip”".encode(), "text/html"),
        ("kafé “kutip”".encode("cp1252"), "text/html"),
        (b'<meta charset="windows-1252">' + "kafé “kutip”".encode("cp1252"), "text/html"),
        ("kafé “kutip”".encode(), "text/html; charset=utf-8"),
        (b"\xef\xbb\xbf" + "kafé “kutip”".encode(), "text/html; charset=iso-8859-1"),
        ("kafé “kutip”".encode(), "text/html; charset=iso-8859-1"),
        ("kafé “kutip”".encode("cp1252"), "text/html; charset=utf-8"),
        ("kafé “kutip”".encode("utf-16"), "text/html; charset=utf-16"),
    ],
)
def test_bytes_become_text_as_in_a_browser(body: bytes, header: str) -> None:
    after = BODY.encode("utf-16-le" if "16" in header else "ascii")
    assert "kafé “kutip”" in read(body + after, content_type=header).html


def test_one_bad_byte_does_not_make_a_page_another_encoding() -> None:
    html = read(("kafé “kutip” " * 500).encode() + b"\xff" + BODY.encode()).html
    assert "kafé “kutip”" in html
    assert html.count("\ufffd") == 1


def test_a_body_cut_within_a_letter_is_still_utf_8() -> None:
    assert pages.decode(answer("kafé é".encode()[:-1], content_type="text/html")).startswith("kafé")


def test_wishes_of_header_and_page_are_kept() -> None:
    assert read(BODY).robots.allowed
    assert not read(BODY, x_robots_tag="noindex").robots.allowed
    assert read(f'<meta name="robots" content="noai">{BODY}').robots.ai_training is False


@given(st.text(alphabet="<>p/ =\"'lin krecaohf&#;\n", max_size=2000))
def test_no_markup_breaks_reading(html: str) -> None:
    pages.content_hash(html)
    pages.own_address(html, URL)
    pages.says_not_found(html)
