"""The catalogue: the shipped one holds, and a wrong entry is named with its field."""

from __future__ import annotations

from pathlib import Path

import pytest

from producers.catalogue import load
from warta.errors import Usage

# Papua Selatan (93) has no known voice of its own yet: a gap that is known.
PROVINCES = {str(code) for code in (*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66))} | {
    str(code) for code in (*range(71, 77), 81, 82, 91, 92, 94, 95, 96)
}


def test_the_shipped_catalogue() -> None:
    sources = load()
    assert len(sources) >= 150
    assert {source.region[:2] for source in sources} >= PROVINCES
    assert all(source.feeds or source.sitemaps or source.indexes for source in sources)
    assert {source.permission for source in sources if "antaranews.com" in source.id} == {"needed"}
    assert not any(source.crawlable for source in sources if source.permission != "open")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "list 'sources'"),
        ("sources: [{id: a, name: A}]", "source 'a': hosts: Field required"),
        ("sources: [{id: a, name: A, hosts: ['https://a.id']}]", "source 'a': hosts: 'https://a.id' is no host name"),
        ("sources: [{id: a, name: A, hosts: [a.id], feeds: [/feed]}]", "source 'a': feeds: '/feed' is not"),
        ("sources: [{id: a, name: A, hosts: [a.id], feed: x}]", "source 'a': feed: Extra"),
        ("sources: [{id: a, name: A, hosts: [a.id], articles: '('}]", "source 'a': articles: '\\(' is no regular"),
        (
            "sources: [{id: a, name: A, hosts: [a.id]}, {id: b, name: B, hosts: [a.id]}]",
            "'b': 'a.id/' already belongs to 'a'",
        ),
        ("sources: [{id: a, name: A, hosts: [a.id]}, {id: a, name: B, hosts: [b.id]}]", "'a': 'a' already belongs"),
        ("sources: [", "not valid YAML"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises(Usage, match=message):
        load(tmp_path / "s.yaml")
