"""What each measure says of a pair made for it, and that no measure depends on which article comes first."""

from __future__ import annotations

import pytest

from benchmarks.stories.generator import COPIES, Newsroom
from stream_agents.stories import tokens
from stream_agents.stories.calendar import CALENDAR, dates
from stream_agents.stories.compare import Article
from stream_agents.stories.features import NAMES, measure, read
from stream_agents.stories.weights import prior
from tests.stream_agents.stories.build import FLOOD, SCHOOL

WEIGHTS = prior()


def measures(a: Article, b: Article) -> dict[str, float]:
    codes = [tokens.encode(article.title, article.body) for article in (a, b)]
    same = bool(a.publisher) and a.publisher == b.publisher
    return dict(zip(NAMES, measure(codes[0], codes[1], same, WEIGHTS).tolist(), strict=True))


def bodies(a: str, b: str) -> dict[str, float]:
    return measures(Article("", a), Article("", b))


def test_a_text_against_itself() -> None:
    found = measures(Article("Banjir di 3 desa", FLOOD, "x"), Article("Banjir di 3 desa", FLOOD, "x"))
    wholes = (
        "opening",
        "opening_words",
        "lead_names",
        "title_in_opening",
        "numbers",
        "same_publisher",
        "quotes",
        "continuation",
        "middle",
    )
    assert {name: found[name] for name in wholes} == dict.fromkeys(wholes, 1.0)
    nothing = ("title_numbers_conflict", "dates_conflict", "new_quotes", "reworded")
    assert {name: found[name] for name in nothing} == dict.fromkeys(nothing, 0.0)
    assert found["lead_depth"] < 0.2


def test_strangers_share_little() -> None:
    found = bodies(FLOOD, SCHOOL)
    assert found["middle"] == 0.0
    assert found["lead_depth"] == 1.0
    assert found["continuation"] < 0.35
    assert found["opening"] < 0.35
    assert found["lead_names_in_opening"] < 0.3


@pytest.mark.parametrize("kind", COPIES)
def test_both_orders_measure_the_same(kind: str) -> None:
    room = Newsroom(4)
    one = room.original(1)
    other = COPIES[kind](room, one)
    a, b = (Article(item.title, item.body, item.publisher) for item in (one, other))
    assert measures(a, b) == pytest.approx(measures(b, a), abs=1e-12)


def test_background_at_the_end_is_deep_and_the_opening_new() -> None:
    fresh = " ".join(f"Kepala desa {n} menata saluran baru bersama petani." for n in ("Wado", "Ganeas", "Situraja")) * 9
    found = bodies(FLOOD, f"{fresh} Diberitakan sebelumnya, {FLOOD}")
    assert found["lead_depth"] > 0.5
    assert found["opening"] < 0.5


def test_what_follows_the_lead_continues_it_or_does_not() -> None:
    lead = "Banjir merendam tiga desa di Kecamatan Jatigede akibat hujan deras semalam."
    second = "Sebanyak 120 keluarga mengungsi ke balai desa sejak dini hari."
    third = "Petugas membagikan selimut dan makanan siap saji kepada mereka."
    news = "Gubernur memerintahkan audit bendungan. Hasilnya dijanjikan terbit pekan depan lewat situs resmi."
    assert bodies(f"{lead} {second} {third}", f"{lead} {third} {second} {news}")["continuation"] == 1.0
    assert bodies(f"{lead} {second} {third}", f"{lead} {news}")["continuation"] < 0.35
    assert bodies(f"{lead} {second} {third}", lead)["continuation"] == 0.5, "a lead alone does not say"


def test_sentences_told_by_half_are_reworded() -> None:
    one = "Banjir merendam tiga desa di Jatigede. Ratusan keluarga mengungsi ke balai desa bersama ternak."
    other = "Tiga desa di Jatigede terendam luapan sungai Cimanuk. Ratusan keluarga mengungsi, dilaporkan Kompol Asep Wibawa."
    assert bodies(one, other)["reworded"] > 0.4
    assert bodies(one, f"{one} {SCHOOL}")["reworded"] == 0.0, "what is cut or added is not reworded"
    assert bodies(FLOOD, SCHOOL)["reworded"] < 0.5


def test_the_middle_is_what_stands_behind_the_opening() -> None:
    def words(name: str) -> str:
        return " ".join(f"{name}{one}{other}" for one in "abcdefghij" for other in "klmnopqr")

    background, opening, news = words("latar"), words("pokok"), words("kabar")
    assert bodies(f"{opening} {background}", f"{news} {background}")["middle"] == 1.0
    assert bodies(f"{opening} {background}", f"{opening} {news}")["middle"] == 0.0
    assert bodies(opening, f"{opening} {news}")["middle"] == 1.0, "a short text is all opening"


def test_titles_that_lack_each_others_numbers_conflict() -> None:
    def conflict(a: str, b: str) -> float:
        return measures(Article(a, FLOOD), Article(b, FLOOD))["title_numbers_conflict"]

    assert conflict("Harga cabai 40 ribu", "Harga cabai 45 ribu") == 1.0
    assert conflict("Harga cabai 40 ribu", "Harga cabai naik") == 0.0
    assert conflict("Harga cabai 40 ribu, 12 kios", "Harga cabai 40 ribu") == 0.0


def test_only_quotes_that_the_other_lacks_are_new() -> None:
    quote = '"Kami akan membangun kembali semua rumah yang rusak sebelum musim hujan tiba," kata Asep.'
    assert bodies(FLOOD, FLOOD + " " + quote)["new_quotes"] > 0.05
    assert bodies(FLOOD + " " + quote, quote + " " + FLOOD)["new_quotes"] == 0.0


def test_a_sentence_in_another_order_is_found() -> None:
    one = "Warga tiga desa mengungsi ke balai desa akibat banjir besar. Bantuan datang dari kota pada sore hari."
    other = "Akibat banjir besar ke balai desa mengungsi warga tiga desa. Pada sore hari bantuan datang dari kota."
    assert bodies(one, other)["opening"] == 1.0


def test_flags_and_empty_texts_have_measures() -> None:
    for a, b in (("", ""), ("", FLOOD), ("Ikuti terus.", "Ikuti.")):
        found = bodies(a, b)
        assert all(value == value for value in found.values()), "a measure is not a number"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Selasa (10/6/2025)", {(6, 10)}),
        ("Senin (9/6) pagi", {(6, 9)}),
        ("pada 10 Juni 2025", {(6, 10)}),
        ("tanggal 5 Agt dan 7 Agustus", {(8, 7)}),
        ("menang 3-1 atas tamu", set()),
        ("Jalan 12 nomor 40", set()),
        ("Kamis 31/13", set()),
    ],
)
def test_dates(text: str, found: set[tuple[int, int]]) -> None:
    reading = read(tokens.encode("", f"x {text}"))
    days = dates(reading.words, reading.kinds, CALENDAR)
    assert {(month, day) for month in range(1, 13) for day in range(1, 32) if int(days[month]) >> day & 1} == found
