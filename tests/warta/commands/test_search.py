"""`warta search`: how arguments become one query, and the machine's formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from warta.commands.search import spelled
from warta.errors import Usage
from warta.search.render import flat, marked
from warta.search.saved import Saved


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ""),
        (["banjir", "sumedang"], "banjir sumedang"),
        (["banjir sumedang"], "banjir sumedang"),
        (["banjir", "kepala desa"], 'banjir "kepala desa"'),
        (["banjir", "place:Kab. Sumedang"], 'banjir place:"Kab. Sumedang"'),
        (["banjir", "-case:tanah longsor"], 'banjir -case:"tanah longsor"'),
        (['place:"Kab. Sumedang" banjir'], 'place:"Kab. Sumedang" banjir'),
    ],
)
def test_what_the_shell_took_apart_is_put_together(tmp_path: Path, words: list[str], expected: str) -> None:
    assert spelled(words, Saved(tmp_path)) == expected


def test_a_saved_query_is_called_by_name(tmp_path: Path) -> None:
    kept = Saved(tmp_path)
    kept.save("pagi", "sentiment:negatif since:12h")
    assert spelled(["@pagi", "banjir"], kept) == "(sentiment:negatif since:12h) banjir"
    kept.save("pagi", "")
    with pytest.raises(Usage, match="no saved query 'pagi'"):
        kept.get("pagi")


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Usage, match="is no name"):
        Saved(tmp_path).save(name, "banjir")


def test_a_damaged_file_says_which(tmp_path: Path) -> None:
    (tmp_path / "searches.json").write_text("{", "utf-8")
    with pytest.raises(Usage, match=r"searches\.json"):
        Saved(tmp_path).all()


@pytest.mark.parametrize("text", ["=1+1", "+62", "@SUM(A1)", "-cmd"])
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert flat({"title": text}, ("title",)) == [f"'{text}" if text != "+62" else "+62"]


def test_a_row_reaches_into_objects_and_joins_lists() -> None:
    source = {
        "story": {"copies": 3},
        "main_cases": ["banjir", "longsor"],
        "is_story_head": True,
        "title": "a\nb\x1b[31m",
    }
    assert flat(source, ("story.copies", "main_cases", "is_story_head", "title", "missing.too")) == [
        "3", "banjir; longsor", "true", "a b [31m", "",
    ]  # fmt: skip


def test_marks_become_bold_and_control_characters_nothing() -> None:
    text = marked("a \ue000banjir\ue001 b\x1b[0m")
    assert text.plain == "a banjir b [0m"
    assert [span.style for span in text.spans if str(span.style) == "bold"] == ["bold"]
