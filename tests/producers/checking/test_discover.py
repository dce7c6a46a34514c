"""Proposing an entry: what the site says before what is usual, within bounds, and never a guess that does not work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.checking.discover import Proposal, propose, read_front, safe_address
from producers.checking.web import BUDGET, Got
from producers.crawling.answer import Answer
from producers.safety import Guard
from tests.producers.checking.net import NOW, Net, article, feed, page, sitemap
from warta.errors import Usage, WartaError

HOME = "https://www.a.id/"
HEAD = "<title>Beranda | Kabar A</title><link rel='alternate' type='application/rss+xml' href='/feed/semua'>"


async def proposed(net: Net, url: str = HOME) -> Proposal:
    return await propose(net.visit(), url, NOW)


async def test_what_the_site_says_is_taken_and_nothing_guessed() -> None:
    net = Net(
        {
            "https://www.a.id/robots.txt": "Sitemap: https://www.a.id/arsip.xml\nSitemap: https://www.a.id/news.xml",
            HOME: page([article(n).replace("//a", "//www.a") for n in range(9)] + ["/indeks", "/tentang"], HEAD),
            "https://www.a.id/indeks": page([article(n).replace("//a", "//www.a") for n in range(30)]),
            "https://www.a.id/feed/semua": feed(),
            "https://www.a.id/news.xml": sitemap(),
            "https://www.a.id/arsip.xml": sitemap(),
        }
    )
    entry = (await proposed(net)).source
    assert (entry.id, entry.name, entry.hosts, entry.paths) == ("a.id", "Kabar A", ("a.id", "www.a.id"), ())
    assert entry.feeds == ("https://www.a.id/feed/semua",)
    assert entry.sitemaps == ("https://www.a.id/news.xml", "https://www.a.id/arsip.xml")
    assert entry.indexes == ("https://www.a.id/indeks", HOME)
    assert (entry.verified, entry.articles, entry.permission) == (NOW.date(), "", "open")
    assert len(net.asked) == 6


async def test_usual_addresses_where_the_site_says_nothing() -> None:
    net = Net({HOME: page([]), "https://www.a.id/rss.xml": feed()})
    assert (await proposed(net)).source.feeds == ("https://www.a.id/rss.xml",)
    assert not any("sitemap" in url for url in net.urls)
    net = Net({HOME: page([]), "https://www.a.id/sitemap.xml": sitemap()})
    assert (await proposed(net)).source.sitemaps == ("https://www.a.id/sitemap.xml",)


async def test_a_feed_of_comments_is_no_feed_of_news() -> None:
    head = "<link rel='alternate' type='application/rss+xml' href='/comments/feed'>"
    net = Net({HOME: page([], head), "https://www.a.id/comments/feed": feed(), "https://www.a.id/feed": feed()})
    assert (await proposed(net)).source.feeds == ("https://www.a.id/feed",)


async def test_articles_that_look_like_none_get_a_rule() -> None:
    links = [f"https://www.a.id/read/{n}" for n in range(12)]
    net = Net(
        {
            HOME: page([*links, "/tentang", "/kontak", "/redaksi"], HEAD),
            "https://www.a.id/feed/semua": feed(0).replace(
                "</channel>", "".join(f"<item><link>{url}</link></item>" for url in links) + "</channel>"
            ),
        }
    )
    entry = (await proposed(net)).source
    assert entry.articles == r"/(?:read|baca|detail)/\d+"
    assert entry.indexes == (HOME,)


async def test_a_section_becomes_a_source_by_path() -> None:
    url = "https://www.a.id/jabar"
    net = Net({url: page([article(n).replace("//a", "//www.a") for n in range(9)])})
    entry = (await proposed(net, url)).source
    assert (entry.id, entry.paths, entry.indexes) == ("a.id_jabar", ("/jabar",), (url,))


async def test_a_section_s_usual_feed_lies_below_it() -> None:
    url = "https://www.a.id/jabar"
    own = feed(url="https://www.a.id/jabar/satu")
    net = Net({url: page([]), f"{url}/feed": own, "https://www.a.id/feed": feed()})
    assert (await proposed(net, url)).source.feeds == (f"{url}/feed",)


async def test_a_known_publisher_brings_its_name_and_region() -> None:
    url = "https://medan.tribunnews.com/"
    net = Net({url: page([]), "https://medan.tribunnews.com/rss": feed()})
    entry = (await proposed(net, url)).source
    assert (entry.name, entry.region) == ("Tribun Medan", "12")


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        ({}, "cannot be read: HTTP 404"),
        ({HOME: page([])}, "no feed, sitemap or index page"),
        ({HOME: "\x00\x01"}, "no feed, sitemap or index page"),
        ({"https://www.a.id/robots.txt": "User-agent: *\nDisallow: /"}, "robots.txt forbids it"),
    ],
)
async def test_a_site_that_gives_nothing(pages: dict[str, str], message: str) -> None:
    with pytest.raises(WartaError, match=message):
        await proposed(Net({**pages}))


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["<a href='", "'>", "</a>", "<link rel=alternate type=application/rss+xml href=", "<title>"]
            ),
            st.sampled_from(
                ["<meta property='og:site_name' content='", "<html lang='x", "//[", "http://", "&#0;", "<!--"]
            ),
            st.text(max_size=20),
        ),
        max_size=40,
    )
)
def test_any_page_is_read(parts: list[str]) -> None:
    body = "".join(parts).encode("utf-8", "replace")
    front = read_front(Got(HOME, HOME, Answer(HOME, 200, {}, body, NOW)))
    assert front.name
    assert len(front.name) <= 120
    assert front.name.isprintable()
    assert all(url.startswith(("http://", "https://")) for url in (*front.feeds, *front.lists, *front.links))


async def test_an_article_is_no_site() -> None:
    with pytest.raises(Usage, match="an article's address"):
        await proposed(Net({}), article(1))


async def test_a_site_of_a_thousand_feeds_costs_no_more_than_the_budget() -> None:
    head = "".join(f"<link rel='alternate' type='application/rss+xml' href='/f{n}'>" for n in range(1000))
    robots = "\n".join(f"Sitemap: https://www.a.id/s{n}.xml" for n in range(1000))
    lists = [f"/{n}/indeks" for n in range(1000)]
    net = Net({"https://www.a.id/robots.txt": robots, HOME: page(lists, head)})
    with pytest.raises(WartaError):
        await proposed(net)
    assert len(net.asked) <= BUDGET


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "https://10.0.0.1", "ftp://a.id/", "http://u:p@a.id/", "[::1]"])
def test_addresses_that_are_not_asked(url: str) -> None:
    with pytest.raises(Usage):
        safe_address(url, Guard().check_url)


def test_an_address_as_people_type_it() -> None:
    assert safe_address("contoh.id/jabar", Guard().check_url) == "https://contoh.id/jabar"
