"""Feeds: every kind gives its links; what is no feed is said to be none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.discovery.feeds import parse
from producers.discovery.found import Link
from warta.errors import Invalid

URL = "https://a.id/feed"
AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>A</title>
<item><title> Banjir &amp; longsor </title><link>https://a.id/1</link><pubDate>Fri, 20 Nov 2026 08:00:00 +0700</pubDate></item>
<item><title>Tanpa alamat</title></item>
<item><link>/2</link></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>B</title><link href="https://a.id/3"/>
<published>2026-11-20T01:00:00Z</published><updated>2026-11-20T01:00:00Z</updated></entry></feed>"""
JSON = b'{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"https://a.id/4","date_published":"2026-11-20T01:00:00Z"},7]}'


def test_rss() -> None:
    assert parse(RSS, URL).links == [Link("https://a.id/1", "Banjir & longsor", AT), Link("https://a.id/2")]


def test_atom_and_json() -> None:
    assert parse(ATOM, URL).links == [Link("https://a.id/3", "B", AT, AT)]
    assert parse(JSON, URL).links == [Link("https://a.id/4", "", AT)]


@pytest.mark.parametrize(
    "body",
    [b"", b"  ", b"<!DOCTYPE html><p>404", b"<html>", b"hello", b"{}", b"{", b'<!DOCTYPE x [<!ENTITY a "b">]><rss/>'],
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(Invalid, match="not-a-feed"):
        parse(body, URL)


@given(st.integers(0, len(RSS)))
def test_a_feed_that_breaks_off_gives_its_good_part(cut: int) -> None:
    try:
        links = parse(RSS[:cut], URL).links
    except Invalid:
        return
    assert all(link.url.startswith("https://a.id/") for link in links)


@pytest.mark.parametrize(
    ("head", "url", "older"),
    [
        (b'<link rel="next" href="/feed?p=2"/>', URL, "https://a.id/feed?p=2"),
        (b'<link rel="prev-archive" href="/2026/10"/><link rel="next" href="/x"/>', URL, "https://a.id/2026/10"),
        (b"", URL, ""),
        (b'<link rel="next" href="http://["/>', URL, ""),
    ],
)
def test_an_atom_feed_leads_to_older_pages(head: bytes, url: str, older: str) -> None:
    assert parse(ATOM.replace(b"<entry>", head + b"<entry>", 1), url).older == older


def test_wordpress_pages_its_feeds_without_saying_so() -> None:
    press = RSS.replace(b"<item>", b"<generator>https://wordpress.org/?v=6.7</generator><item>", 1)
    assert parse(press, URL).older == "https://a.id/feed?paged=2"
    assert parse(press, "https://a.id/?feed=rss2&paged=9").older == "https://a.id/?feed=rss2&paged=10"
    assert parse(RSS, URL).older == ""


def test_a_json_feed_names_its_next_page() -> None:
    assert parse(JSON.replace(b"{", b'{"next_url":"/feed.json?2",', 1), URL).older == "https://a.id/feed.json?2"
    assert parse(JSON.replace(b"{", b'{"next_url":7,', 1), URL).older == ""
