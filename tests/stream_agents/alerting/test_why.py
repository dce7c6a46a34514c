"""Why now: what is said to drive an alarm, from the stories behind it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stream_agents.alerting.ledger import Story
from stream_agents.alerting.why import Driver, drivers, of_build_up, of_spread, sentences
from stream_agents.alerting.words import CaseWords, Words
from warta.alarms import Bilingual

MORNING = datetime(2026, 11, 20, 0, 0, tzinfo=UTC).timestamp()
NAMES = ["all", "place:32.11", "place:32", "case:banjir", "place:32+case:banjir", "owner:kg", "owner:mnc", "case:macet"]
WORDS = Words(
    places={"32.11": "Kab. Sumedang", "32": "Jawa Barat"},
    cases={"banjir": CaseWords("Banjir", "Flood", ("BPBD",)), "macet": CaseWords("Kemacetan", "Traffic jams")},
    owners={"kg": "Kompas Gramedia"},
)


def story(number: int, *series: str, copies: int = 1, revised: float = 0.0) -> Story:
    rows = {NAMES.index(name): 1 for name in series}
    return Story(
        f"s-{number}", True, rows, copies=copies, seen=MORNING + 60 * number, title=f"Judul {number}", revised=revised
    )


FLOOD = ("all", "place:32.11", "place:32", "case:banjir", "place:32+case:banjir")


def found(own: str, stories: list[Story], share: float = 0.1, usual: float = 1.0) -> list[tuple[str, int]]:
    return [(d.series, d.stories) for d in drivers(stories, own, NAMES, lambda row: share, usual)]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("place:32.11", [("case:banjir", 4)]),
        ("place:32", [("place:32.11", 4), ("case:banjir", 4)]),
        ("case:banjir", [("place:32.11", 4)]),
        ("place:32+case:banjir", [("place:32.11", 4)]),
        ("all", [("place:32+case:banjir", 4)]),
        ("owner:kg", [("place:32+case:banjir", 4)]),
    ],
)
def test_a_driver_says_what_the_series_does_not_say_itself(own: str, expected: list[tuple[str, int]]) -> None:
    stories = [story(i, *FLOOD, f"owner:{'kg' if i % 3 else 'mnc'}") for i in range(4)] + [story(4, "all", "owner:kg")]
    assert [item for item in found(own, stories) if not item[0].startswith("owner:")] == expected


def test_one_media_group_behind_most_stories_is_said() -> None:
    stories = [story(i, "all", "place:32.11", "owner:kg") for i in range(5)] + [
        story(5, "all", "place:32.11", "owner:mnc")
    ]
    assert found("place:32.11", stories) == [("owner:kg", 5)]


def test_what_is_usually_that_much_is_no_driver() -> None:
    stories = [story(i, "all", "place:32.11", "case:banjir") for i in range(4)]
    assert found("place:32.11", stories, share=0.9, usual=4.0) == []


def test_a_minority_is_no_driver() -> None:
    stories = [story(i, "all", "place:32.11", *(["case:banjir"] if i < 2 else [])) for i in range(8)]
    assert found("place:32.11", stories) == []


def test_sentences() -> None:
    stories = [story(0, *FLOOD, copies=14, revised=MORNING + 2880), story(1, *FLOOD), story(2, *FLOOD)]
    said = sentences([Driver("place:32+case:banjir", 3, MORNING)], stories, 16, WORDS, MORNING + 3600)
    assert said.id == (
        "3 dari 3 berita tentang Banjir di Jawa Barat sejak 07.00, satu berita sendiri 14 dari 16 tayangan, "
        "“Judul 0” diperbarui pukul 07.48."
    )
    assert said.en == (
        "3 of 3 stories about Flood in Jawa Barat since 07.00, one story alone is 14 of 16 articles, “Judul 0” was updated "
        "at 07.48."
    )


def test_two_drivers_that_began_together_say_when_once_and_yesterday_has_a_day() -> None:
    stories = [story(i, *FLOOD) for i in range(3)]
    both = [Driver("place:32.11", 3, MORNING), Driver("case:banjir", 3, MORNING)]
    assert (
        sentences(both, stories, 3, WORDS, MORNING).id
        == "3 dari 3 berita di Kab. Sumedang, 3 dari 3 tentang Banjir sejak 07.00."
    )
    early = [Driver("owner:kg", 2, MORNING - 36_000), Driver("case:banjir", 3, MORNING)]
    assert sentences(early, stories, 3, WORDS, MORNING).id == (
        "2 dari 3 berita dari Grup Kompas Gramedia sejak Kam 19 Nov 21.00, 3 dari 3 tentang Banjir sejak 07.00."
    )


def test_nothing_stands_out() -> None:
    said = sentences([], [story(0), story(1)], 2, WORDS, MORNING)
    assert said.id == "Tidak ada satu isu, wilayah, atau grup media yang menonjol."
    assert said.en == "No single case, place or media group stands out."


def test_spread_and_slow_rise() -> None:
    first = story(0)
    first.owner = "kg"
    assert of_spread(first, 8, WORDS, MORNING + 1800).id == (
        "Pertama terpantau di Kompas Gramedia pukul 07.00; 8 grup media memuatnya dalam 30 menit."
    )
    assert of_spread(first, 8, WORDS, MORNING + 3 * 3600).en.endswith("within 3 hours.")
    began = datetime(2026, 11, 16, 1, tzinfo=UTC)
    said = of_build_up(began, datetime(2026, 11, 20, 1, tzinfo=UTC), Bilingual(id="X.", en="Y."))
    assert (said.id, said.en) == (
        "Naik perlahan sejak Sen 16 Nov 08.00. X.",
        "Rising slowly since Mon 16 Nov 08.00. Y.",
    )
