"""Sitemaps: news, index, gzip; bombs and entities are refused, broken ends forgiven."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from producers.discovery import sitemaps
from producers.discovery.found import Link
from producers.discovery.sitemaps import parse
from warta.errors import Invalid

URL = "https://a.id/sitemap.xml"
AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
NEWS = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://a.id/1 </loc><lastmod>2026-11-20T01:00:00Z</lastmod>
<news:news><news:publication_date>2026-11-20T08:00:00+07:00</news:publication_date><news:title>Banjir</news:title></news:news>
<image:image><image:loc>https://cdn.a.id/x.jpg</image:loc></image:image></url>
<url><loc>/2</loc></url><url></url></urlset>"""
INDEX = b"""<sitemapindex><sitemap><loc>https://a.id/s1.xml.gz</loc><lastmod>2026-11-20T01:00:00Z</lastmod></sitemap></sitemapindex>"""


@pytest.mark.parametrize("body", [NEWS, gzip.compress(NEWS), NEWS.replace(b"</urlset>", b"")])
def test_a_news_sitemap_plain_packed_or_broken_off(body: bytes) -> None:
    assert parse(body, URL).links == [Link("https://a.id/1", "Banjir", AT, AT), Link("https://a.id/2")]


def test_an_index_leads_on() -> None:
    found = parse(INDEX, URL)
    assert found.sitemaps == [Link("https://a.id/s1.xml.gz", modified_at=AT)]
    assert found.links == []


@pytest.mark.parametrize("body", [b"", b"<html><p>404", b"no xml", gzip.compress(b"no xml"), b"\x1f\x8bbroken"])
def test_what_is_no_sitemap(body: bytes) -> None:
    try:
        found = parse(body, URL)
    except Invalid as error:
        assert error.reason == "not-a-sitemap"  # noqa: PT017
    else:
        assert not found.links


def test_a_bomb_is_refused() -> None:
    bomb = gzip.compress(b"<urlset>" + b"<x/>" * (sitemaps.MAX_BYTES // 4 + 1) + b"</urlset>")
    with pytest.raises(Invalid, match="too-large"):
        parse(bomb, URL)


def test_entities_are_refused() -> None:
    lol = (
        b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><urlset><url><loc>&lol2;</loc></url></urlset>'
    )
    for body in (lol, gzip.compress(lol)):
        with pytest.raises(Invalid, match="document type"):
            parse(body, URL)


def test_a_long_sitemap_is_cut_at_the_protocols_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_LINKS", 10)
    body = b"<urlset>" + b"".join(b"<url><loc>https://a.id/%d</loc></url>" % n for n in range(50)) + b"</urlset>"
    assert len(parse(body, URL).links) == 10
