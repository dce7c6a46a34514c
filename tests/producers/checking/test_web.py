"""Asking: robots first, at the host's pace, within the budget, and no site's trick is our error."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from producers.checking.web import BUDGET
from producers.crawling.answer import NoAnswer
from tests.producers.checking.net import Net


async def test_robots_come_first_and_once() -> None:
    net = Net({"https://a.id/robots.txt": "User-agent: *\nDisallow: /rahasia", "https://a.id/feed": "x"})
    visit = net.visit()
    assert (await visit.get("https://a.id/feed")).status == 200
    assert (await visit.get("https://a.id/rahasia/1")).problem == "robots.txt forbids it"
    assert net.urls == ["https://a.id/robots.txt", "https://a.id/feed"]


async def test_robots_that_fail_close_the_site() -> None:
    net = Net({"https://a.id/robots.txt": (503, {}, ""), "https://a.id/feed": "x"})
    got = await net.visit().get("https://a.id/feed")
    assert (got.answer, got.problem) == (None, "robots.txt cannot be read, so the site is closed (HTTP 503)")


@pytest.mark.parametrize(
    ("robots", "pause"), [("User-agent: *\nDisallow:", 2.0), ("User-agent: *\nCrawl-delay: 7", 7.0)]
)
async def test_a_host_is_asked_one_at_a_time_at_its_pace(robots: str, pause: float) -> None:
    net = Net({"https://a.id/robots.txt": robots, "https://b.id/robots.txt": ""})
    visit = net.visit(delay=2.0)
    await asyncio.gather(*(visit.get(f"https://a.id/{n}") for n in range(4)))
    times = [at for _, at in net.asked]
    assert all(later - sooner >= pause for sooner, later in itertools.pairwise(times[1:]))
    assert times[1] - times[0] >= 2.0


async def test_redirects_are_followed_and_judged_hop_by_hop() -> None:
    net = Net(
        {
            "https://a.id/robots.txt": "",
            "https://b.id/robots.txt": "User-agent: *\nDisallow: /tutup",
            "https://a.id/old": (301, {"location": "/new"}, ""),
            "https://a.id/new": "x",
            "https://a.id/temporary": (302, {"location": "/new"}, ""),
            "https://a.id/away": (301, {"location": "https://b.id/tutup/feed"}, ""),
            "https://a.id/loop": (301, {"location": "/loop"}, ""),
            "https://a.id/bad": (301, {"location": "https://[x"}, ""),
        }
    )
    visit = net.visit()
    old, temporary = await visit.get("https://a.id/old"), await visit.get("https://a.id/temporary")
    assert (old.url, old.permanent, old.status) == ("https://a.id/new", True, 200)
    assert (temporary.url, temporary.permanent) == ("https://a.id/new", False)
    assert (await visit.get("https://a.id/new")).permanent is False
    assert (await visit.get("https://a.id/away")).problem == "robots.txt forbids it"
    assert "https://b.id/tutup/feed" not in net.urls
    assert (await visit.get("https://a.id/loop")).problem == "too many redirects"
    assert "redirect to no address" in (await visit.get("https://a.id/bad")).problem


async def test_a_site_that_asks_for_rest_gets_it() -> None:
    net = Net({"https://a.id/robots.txt": "", "https://a.id/1": (429, {"retry-after": "60"}, "")})
    visit = net.visit()
    assert (await visit.get("https://a.id/1")).problem == "HTTP 429"
    assert "come later (HTTP 429)" in (await visit.get("https://a.id/2")).problem
    assert net.urls == ["https://a.id/robots.txt", "https://a.id/1"]


async def test_the_budget_ends() -> None:
    net = Net({"https://a.id/robots.txt": ""})
    visit = net.visit(delay=0.0)
    problems = [(await visit.get(f"https://a.id/{n}")).problem for n in range(BUDGET + 5)]
    assert len(net.asked) == BUDGET
    assert problems[-1].startswith("budget")


async def test_no_answer_is_a_problem_with_its_reason() -> None:
    net = Net({"https://a.id/robots.txt": "", "https://a.id/feed": NoAnswer("timeout", "a.id")})
    assert (await net.visit().get("https://a.id/feed")).problem == "timeout: a.id"
