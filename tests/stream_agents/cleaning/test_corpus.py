"""The corpus: every story in every theme and text form comes out whole, once, with its title, author and time."""

from datetime import UTC, datetime

import pytest

from stream_agents.cleaning.clean import Cleaned, clean_page, clean_text
from tests.corpus.cleaning.cases import Case, cases, score
from tests.corpus.cleaning.forms import FORMS, TIMED, TITLED
from tests.corpus.cleaning.themes import THEMES

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ALL = list(cases())


def _clean(case: Case) -> Cleaned:
    return (clean_page if case.kind == "html" else clean_text)(case.source, NOW)


def test_corpus_is_as_large_as_promised() -> None:
    assert len(ALL) >= 150
    assert len(THEMES) >= 15


@pytest.mark.parametrize("style", [*THEMES, *FORMS])
def test_style_comes_out_whole_and_clean(style: str) -> None:
    for case in (c for c in ALL if c.style == style):
        cleaned = _clean(case)
        result = score(cleaned.body, case.story)
        assert not result.missing, case.name
        assert not result.extra, case.name
        if case.kind == "html" or style in TIMED:
            assert cleaned.published_at == case.story.at, case.name
        if case.kind == "html" or style in TITLED:
            assert cleaned.title == case.story.title, case.name


@pytest.mark.parametrize("style", [s for s in THEMES if s not in ("live_blog", "paged", "br_text")])
def test_author_is_read_wherever_a_page_names_one(style: str) -> None:
    for case in (c for c in ALL if c.style == style):
        assert _clean(case).authors[:1] == (case.story.author,), case.name


def test_dashboard_annotations_stay_apart() -> None:
    cleaned = _clean(next(c for c in ALL if c.style == "dashboard"))
    assert cleaned.upstream["Kasus"] == ["stunting", "banjir"]
    assert cleaned.upstream["Sentimen"] == {"label": "negatif", "percent": 87.5}
    assert cleaned.dateline == "Kabarnusa.id"
    assert "Sentimen" not in cleaned.body


def test_paged_and_amp_pages_say_so() -> None:
    paged = _clean(next(c for c in ALL if c.style == "paged"))
    assert (paged.pages, paged.truncated) == (2, True)
    assert paged.next_page.endswith("?page=2")
    assert _clean(next(c for c in ALL if c.style == "amp")).amp
