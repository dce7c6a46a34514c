"""The tagger on the sample: invented articles whose truth another author wrote down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stream_agents.tagging.tagger import Tagger, Tags
from stream_agents.tagging.taxonomy import load_taxonomy
from stream_agents.tagging.text import Text

SAMPLES = Path(__file__).parents[3] / "samples"


@pytest.fixture(scope="module")
def tagged() -> list[tuple[dict[str, object], Tags]]:
    tagger = Tagger(load_taxonomy())
    articles = (SAMPLES / "articles.jsonl").read_bytes().splitlines()
    found = []
    for expected in map(json.loads, (SAMPLES / "expected.jsonl").read_bytes().splitlines()):
        if "body" in expected:
            title = json.loads(articles[expected["line"] - 1]).get("title", "")
            found.append((expected, tagger.tag_text(Text(title, expected["body"]))))
    return found


def test_main_places_are_the_authors(tagged: list[tuple[dict[str, object], Tags]]) -> None:
    wrong = []
    for expected, tags in tagged:
        unit = tags.places.main if tags.places.main and len(tags.places.main) == 5 else None
        wanted = expected["main_place"]
        if unit != (wanted if isinstance(wanted, str) and len(wanted) == 5 else None):
            wrong.append((expected["line"], unit, wanted))
    assert len(wrong) <= 0.06 * len(tagged), wrong


def test_food_poisoning_in_jatinangor_is_found_wherever_its_title_or_lead_says_so(
    tagged: list[tuple[dict[str, object], Tags]],
) -> None:
    story = [tags for expected, tags in tagged if str(expected["story"]).startswith("kj")]
    assert len(story) > 20
    assert all(tags.places.main == "32.11" for tags in story)
    assert sum("keracunan_pangan" in tags.cases.main for tags in story) >= 0.8 * len(story)


def test_news_from_abroad_is_known(tagged: list[tuple[dict[str, object], Tags]]) -> None:
    wrong = [expected["line"] for expected, tags in tagged if tags.places.foreign != expected["abroad"]]
    assert len(wrong) <= 2, wrong
