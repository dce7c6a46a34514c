"""The five seeds of the field: real dirt through the real cleaning, and the tags that must come out (`desk.md`)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from stream_agents.cleaning.clean import clean_text
from stream_agents.tagging.tagger import Tagger, Tags
from stream_agents.tagging.taxonomy import load_taxonomy
from stream_agents.tagging.text import Text

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"


def seed(number: int) -> Tags:
    files = sorted(SEEDS.glob(f"{number:03}_*.txt"))
    if not files:
        pytest.skip("the seeds lie in ../shared/seeds, which is not beside this checkout")
    cleaned = clean_text(files[0].read_text("utf-8"), datetime(2026, 11, 1, tzinfo=UTC))
    return Tagger(load_taxonomy()).tag_text(Text(cleaned.title, cleaned.body), cleaned.dateline)


@pytest.mark.parametrize(
    ("number", "main", "never_units", "never_cases"),
    [
        pytest.param(0, "32.11", set(), {"stunting"}, id="Sumedang, and stunting only in a link"),
        pytest.param(1, "36.74", {"36.03", "36.71"}, set(), id="Tangerang Selatan, not Tangerang"),
        pytest.param(2, "32.14", {"32.73", "32.04"}, {"banjir"}, id="Purwakarta; flood and Bandung only in the block"),
        pytest.param(3, "32.71", {"52.06", "52.72", "32.01"}, set(), id="Kota Bogor, and Bima is a mayor"),
        pytest.param(4, "32.11", set(), set(), id="Sumedang, not Bali"),
    ],
)
def test_the_seeds(number: int, main: str, never_units: set[str], never_cases: set[str]) -> None:
    tags = seed(number)
    assert tags.places.main == main
    assert not never_units & set(tags.places.codes)
    assert not never_cases & set(tags.cases.all)
    assert not tags.places.foreign


def test_the_first_seed_names_seoul_abroad() -> None:
    assert "Seoul" in seed(0).places.abroad
