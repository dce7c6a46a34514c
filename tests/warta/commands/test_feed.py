"""The live feed's lines, and what it does when there is nothing to follow."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tests.servers import free_port
from warta.cli import guard
from warta.commands import feed


def article(story: str, title: str, minute: int, relation: str = "original", source: str = "Kabar") -> dict[str, str]:
    return {
        "story_id": story,
        "title": title,
        "source": source,
        "label": "negative",
        "story_relation": relation,
        "indexed_at": f"2026-11-20T01:{minute:02d}:00Z",
    }


def test_a_copy_names_its_story_when_other_news_stands_above_it() -> None:
    out = io.StringIO()
    screen = feed._Screen(Console(file=out, width=140), copies=False)
    screen.show(article("banjir", "Banjir di Demak", 1))
    screen.show(article("banjir", "Demak Terendam", 2, "near", "Gema"))
    screen.show(article("cabai", "Harga cabai naik", 3))
    screen.show(article("banjir", "Demak Terendam Lagi", 4, "exact", "Suara"))
    lines = out.getvalue().splitlines()
    assert "└ Gema: disunting" in lines[1]
    assert "Banjir" not in lines[1]
    assert "└ Suara: salinan persis · Banjir di Demak" in lines[3]


def test_once_without_a_server_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from warta import settings

    away = settings.load(elasticsearch=f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(feed, "settings", lambda: away)
    with pytest.raises(SystemExit) as ended:
        guard(lambda: feed.feed([], back="1h", every=1.0, copies=False, once=True, json=False))
    assert ended.value.code == 1
    assert "Elasticsearch" in capsys.readouterr().err
