"""Hostile input is bounded: by tags, by characters, by cues; what is cut off is flagged."""

from datetime import UTC, datetime

import pytest

from stream_agents.cleaning.blocks import blocks_of
from stream_agents.cleaning.clean import LARGEST_TEXT, Cleaner, clean_page, clean_text
from stream_agents.cleaning.page import MOST_TAGS, parse
from tests.corpus.cleaning.articles import STORIES
from warta.errors import Invalid
from warta.messages import RawArticle, Trace

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _raw(**fields: object) -> RawArticle:
    return RawArticle(
        schema=1,
        doc_id="d",
        first_seen_at=None,
        fetched_at=NOW,
        origin="live",
        trace=Trace(id="t"),
        pipeline_version="1",
        url="https://kabarnusa.id/a",
        canonical_url="https://kabarnusa.id/a",
        **fields,  # type: ignore[arg-type]
    )


def test_tags_are_bounded() -> None:
    root = parse("<b><i><p>x" * 100_000)
    assert root is not None
    assert sum(1 for _ in root.iter()) < 2 * MOST_TAGS


def test_text_of_a_page_is_bounded() -> None:
    root = parse("<div>" + "<p>" + "kata " * 100_000 + "<p>dan " * 10 + "</div>")
    assert root is not None
    assert sum(len(b.text) for b in blocks_of(root)) < 600_000


def test_long_text_is_cut_and_flagged() -> None:
    cleaned = clean_text("Kalimat yang cukup panjang untuk sebuah uji coba. " * 10_000, NOW)
    assert cleaned.truncated
    assert len(cleaned.body) <= LARGEST_TEXT


@pytest.mark.parametrize(
    "piece",
    ["(", '"', "aa.Bb", ". ", "*", "[", "(a/b", "Baca juga: ", "pic.twitter.com/a ", "Penulis: A - B - C\n", "#a "],
)
def test_repeated_pieces_end(piece: str) -> None:
    # A pattern that backtracks would not come back from these within the run.
    clean_text(piece * (20_000 // len(piece)), NOW)


@pytest.mark.parametrize(
    "fields", [{}, {"text": " \n\u200b "}, {"html": "<html><body><script>x()</script></body></html>"}, {"text": "**"}]
)
def test_nothing_usable_is_a_dead_letter(fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        Cleaner().clean(_raw(**fields), NOW)
    assert caught.value.reason == "no-text"


def test_record_adds_what_stands_beside_the_text() -> None:
    story = STORIES[0]
    raw = _raw(text="\n".join(story.paragraphs), title=story.title, authors=["Ratna Wulandari"], published_at=story.at)
    cleaned = Cleaner().clean(raw, NOW)
    assert (cleaned.title, cleaned.authors, cleaned.published_at) == (story.title, ("Ratna Wulandari",), story.at)


def test_dashboard_date_is_not_the_publication_date() -> None:
    story = STORIES[0]
    raw = _raw(
        text="\n".join(story.paragraphs), title=story.title, published_at=story.at, annotations={"Kasus": "banjir"}
    )
    cleaned = Cleaner().clean(raw, NOW)
    assert cleaned.published_at is None
    assert cleaned.upstream["published_at"] == story.at.isoformat()


def test_absurd_times_are_flagged_not_believed() -> None:
    head = '<meta property="article:published_time" content="2031-01-01T00:10:00+07:00">'
    page = f"<html><head>{head}</head><body><p>{STORIES[0].paragraphs[0]}</p></body></html>"
    cleaned = clean_page(page, NOW)
    assert cleaned.published_at is None
    assert cleaned.date_suspect
