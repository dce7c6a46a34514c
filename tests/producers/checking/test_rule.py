"""A rule for article addresses: found where the general marks fail, never one that takes the whole site."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.checking.rule import LEAVES, TAKES, infer

OTHERS = ["https://a.id/", "https://a.id/tentang", "https://a.id/kanal/ekonomi", "https://a.id/kanal/olahraga"]


@pytest.mark.parametrize(
    ("articles", "rule"),
    [
        ([f"https://a.id/2026/11/24/harga-cabai-naik-lagi-{n}" for n in range(9)], ""),  # the general marks do
        ([f"https://a.id/read/{n}" for n in range(9)], r"/(?:read|baca|detail)/\d+"),
        ([f"https://a.id/2026/11/24/cabai{n}" for n in range(9)], r"/\d{4}/\d{2}/\d{2}/"),
        ([f"https://a.id/d-70{n}1234" for n in range(9)], r"/d-\d{5,}"),
        ([f"https://a.id/warta/cabai{n}" for n in range(9)], r"^https?://[^/]+/warta/[^/?#]+"),
        ([f"https://a.id/kanal/cabai{n}" for n in range(9)], ""),  # would take the sections too
        ([f"https://a.id/x{n}" for n in range(9)], ""),
        (["https://a.id/read/1"], ""),
    ],
)
def test_rules(articles: list[str], rule: str) -> None:
    assert infer(articles, OTHERS) == rule


paths = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30), max_size=30)


@given(paths, paths)
def test_a_rule_takes_articles_and_leaves_the_rest(articles: list[str], others: list[str]) -> None:
    ours, rest = [f"https://a.id/{path}" for path in articles], [f"https://a.id/{path}" for path in others]
    rule = infer(ours, rest)
    if rule:
        assert sum(bool(re.search(rule, url)) for url in ours) >= TAKES * len(ours)
        assert sum(bool(re.search(rule, url)) for url in rest) <= LEAVES * len(rest)
