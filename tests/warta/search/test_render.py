"""The page of results as a person sees it."""

from __future__ import annotations

import io

from rich.console import Console

from warta.search.find import Answer, Hit, Spread
from warta.search.render import table, values

TITLE = "Warga tiga desa mengungsi setelah tanggul Sungai Cipeles jebol"


def hit(place: int, **doc: object) -> Hit:
    source = {
        "title": f"{TITLE} {place}",
        "source": "Kabar Pesisir Utara dan Selatan",
        "label": "negative",
        "published_at": "2026-11-20T01:02:03Z",
        **doc,
    }
    return Hit(f"{place:032x}", source, 1.0, 1, Spread(12, 7, 5))


def shown(answer: Answer, width: int, **options: int) -> list[str]:
    out = io.StringIO()
    table(answer, Console(file=out, width=width), **options)
    return out.getvalue().splitlines()


def test_a_title_has_room_in_a_narrow_terminal() -> None:
    lines = shown(Answer([hit(1)], 12, 1), 80)
    assert all(len(line) <= 80 for line in lines)
    assert sum(any(word in line for word in TITLE.split()) for line in lines) <= 3


def test_columns_are_told_apart_and_a_full_page_names_the_next() -> None:
    lines = shown(Answer([hit(n) for n in range(5)], 60, 9), 120, first=6, size=5)
    headings = lines[0].split("  ")
    names = [name.strip() for name in headings if name.strip()]
    assert len(names) == len(set(names))
    assert "halaman berikutnya: --page 3" in lines
    assert not any("berikutnya" in line for line in shown(Answer([hit(1)], 1, 1), 120, size=5))


def test_an_empty_page_is_no_bare_heading() -> None:
    assert shown(Answer([], 0, 0), 120) == ["0 berita, 0 tayangan cocok"]
    assert "halaman ini kosong: kembali dengan --page 1" in shown(Answer([], 30, 9), 120, first=41)


def test_a_doubtful_label_is_explained() -> None:
    assert any("perlu dicek" in line for line in shown(Answer([hit(1, sentiment={"uncertain": True})], 1, 1), 120))
    assert not any("perlu dicek" in line for line in shown(Answer([hit(1)], 1, 1), 120))


def test_numbers_stay_numbers_in_a_spreadsheet_and_formulas_do_not() -> None:
    source = {
        "title": "=HYPERLINK(1)",
        "story": {"copies": 12},
        "is_story_head": True,
        "sentiment": {"confidence": 0.5},
    }
    row = values(source, ("title", "story.copies", "is_story_head", "sentiment.confidence"))
    assert row[1::2] == [12, 0.5]
    assert not str(row[0]).startswith("=")
    assert isinstance(row[2], str)
