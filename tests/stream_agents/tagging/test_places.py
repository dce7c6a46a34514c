"""Traps of Indonesian place names: one line, one trap. The texts are made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_agents.tagging.gazetteer import gazetteer
from stream_agents.tagging.places import Places, PlaceTagger
from stream_agents.tagging.text import Text

TAGGER = PlaceTagger()


def places(title: str, body: str = "", dateline: str = "", region: str = "") -> Places:
    return TAGGER.tag(Text(title, body), dateline, region)


def units(found: Places) -> list[str]:
    return [place.code for place in found.places if place.level in ("regency", "city")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Kab. Bandung siaga", ["32.04"], id="Kab."),
        pytest.param("Pemkab Bogor rapat", ["32.01"], id="Pemkab"),
        pytest.param("Pemkot Bogor rapat", ["32.71"], id="Pemkot"),
        pytest.param("Bupati Bandung datang ke lokasi", ["32.04"], id="Bupati"),
        pytest.param("Wali Kota Bandung datang ke lokasi", ["32.73"], id="Wali Kota"),
        pytest.param("Walikota Malang datang ke lokasi", ["35.73"], id="Walikota in one word"),
        pytest.param("DPRD Kota Malang rapat", ["35.73"], id="DPRD Kota"),
        pytest.param("warga kota dan kabupaten Bogor", ["32.01", "32.71"], id="both named at once"),
        pytest.param("Polrestabes Bandung menangkap dua orang", ["32.73"], id="Polrestabes is the city"),
        pytest.param("Polresta Bandung menangkap dua orang", ["32.04"], id="Polresta Bandung is the regency"),
        pytest.param("Kapolresta Bandung menangkap dua orang", ["32.04"], id="its chief too"),
        pytest.param("Polres Cimahi menangkap dua orang", ["32.17", "32.77"], id="Polres Cimahi serves two"),
        pytest.param("Polres Bogor Kota menangkap dua orang", ["32.71"], id="Polres X Kota"),
        pytest.param("Polresta Bogor Kota menangkap dua orang", ["32.71"], id="Polresta X Kota"),
        pytest.param("Polres Malang menangkap dua orang", ["35.07"], id="Polres beside a city is the regency"),
        pytest.param("Polres Metro Bekasi Kota menangkap dua orang", ["32.75"], id="Metro Bekasi Kota"),
        pytest.param("Polres Metro Jakarta Selatan menangkap dua orang", ["31.74"], id="not Kota Metro"),
        pytest.param("sidang di PN Bale Bandung", ["32.04"], id="PN Bale Bandung"),
        pytest.param("sidang di PN Kepanjen", ["35.07"], id="PN Kepanjen"),
        pytest.param("sidang di PN Cibinong", ["32.01"], id="PN Cibinong"),
        pytest.param("sidang di PN Cikarang", ["32.16"], id="PN Cikarang"),
        pytest.param("banjir di Kecamatan Ciemas", ["32.02"], id="a kecamatan points to its unit"),
        pytest.param("Polsek Sukun menangkap dua orang", ["35.73"], id="a polsek too"),
        pytest.param("warga Kecamatan Banyuwangi", ["35.10"], id="a kecamatan named like its unit"),
        pytest.param("konser di Solo", ["33.72"], id="Solo"),
        pytest.param("proyek di IKN", ["64.09"], id="IKN"),
        pytest.param("macet di Jaksel", ["31.74"], id="Jaksel"),
        pytest.param("siswa di Tangsel", ["36.74"], id="Tangsel"),
        pytest.param("longsor di KBB", ["32.17"], id="KBB"),
        pytest.param("tambang di Boltim", ["71.10"], id="Boltim"),
        pytest.param("warga Abdya", ["11.12"], id="Abdya"),
        pytest.param("rabies di TTU", ["53.03"], id="TTU"),
        pytest.param("kapal di Labuan Bajo", ["53.15"], id="Labuan Bajo"),
        pytest.param("pasar di Pangkalpinang", ["19.71"], id="written in one word"),
        pytest.param("warga Gunung Kidul", ["34.03"], id="written in two words"),
        pytest.param("Kota Batu ramai", ["35.79"], id="Kota Batu"),
        pytest.param("Kabupaten Batu Bara rapat", ["12.19"], id="Kabupaten Batu Bara"),
    ],
)
def test_names_and_offices_lead_to_their_unit(text: str, expected: list[str]) -> None:
    assert sorted(units(places("", text + "."))) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Persib Bandung menang atas Arema Malang", id="clubs"),
        pytest.param("kredit Bank Jatim dan Bank Sumut", id="banks"),
        pytest.param("semangkuk Soto Lamongan dan tahu Sumedang", id="dishes"),
        pytest.param("lulusan Universitas Negeri Semarang dan Institut Pertanian Bogor", id="universities"),
        pytest.param("macet di Jalan Bandung dan Jl Balikpapan", id="streets"),
        pytest.param("kata Bima Arya dan pelatih Bima Sakti", id="persons"),
        pytest.param("Serang lawan, kata pelatih", id="a verb with a capital"),
        pytest.param("batu bara naik, harga Batu Bara dunia turun", id="coal"),
        pytest.param("dia malang nasibnya, warga demak", id="small letters"),
        pytest.param("dari Sabang sampai Merauke", id="a saying"),
        pytest.param("berita TRIBUN-MEDAN.com", id="a site"),
        pytest.param("KTT OKI di Jeddah membahas Palestina", id="a summit of OKI"),
        pytest.param("menulis novel Bahasa Bali", id="a language"),
        pytest.param("di Kuningan, Jakarta bagian mana pun", id="a quarter of Jakarta"),
        pytest.param("tinggal di Desa Demak yang jauh", id="a village of that name"),
    ],
)
def test_what_only_sounds_like_a_place_is_none(text: str) -> None:
    assert [code for code in units(places("", text + ".")) if code not in ("93.01", "31.74")] == []


def test_a_name_without_a_cue_stays_at_the_level_that_is_certain() -> None:
    found = places("Konser di Bandung batal")
    assert (found.main, found.codes, units(found)) == ("32", ["32"], [])


def test_one_cue_decides_for_the_whole_article() -> None:
    found = places("Konser di Bandung batal", "Warga Bandung kecewa. Pemkot Bandung minta maaf.")
    assert (found.main, units(found)) == ("32.73", ["32.73"])


def test_a_quarter_of_one_of_them_decides_too() -> None:
    assert places("Truk tabrak KRL di Tangerang", "Kejadiannya di dekat Stasiun Batuceper.").main == "36.71"


def test_a_province_tells_apart_what_shares_a_name() -> None:
    assert places("", "Warga Banjar, Jawa Barat, mengungsi.").main == "32.79"
    assert places("", "Warga Kabupaten Banjar mengungsi.").main == "63.03"
    assert places("Warga di Banjar mengungsi", "", region="63").main == "63.03"


def test_a_dateline_alone_is_no_place_but_helps_to_choose() -> None:
    assert places("Harga cabai naik", "Harga cabai naik lagi.", dateline="JAKARTA").codes == []
    assert places("", "Polsek Sukajadi menangkap dua pencuri.", dateline="PEKANBARU, warta.example").main == "14.71"


def test_the_place_of_a_statement_is_not_the_place_of_the_news() -> None:
    found = places(
        "Menteri janjikan pupuk", "Itu kata menteri di Gedung DPR, Senayan, Jakarta Pusat, Senin (2/11). Pupuk cukup."
    )
    assert (found.main, units(found)) == (None, ["31.71"])


def test_a_persons_title_is_not_the_place_of_the_news() -> None:
    assert places("Gibran maju", "Ia pernah menjabat Wali Kota Surakarta. Kini ia maju.").main is None


def test_a_list_of_places_has_no_main_one() -> None:
    body = "Lomba digelar di banyak kota. Ada Surabaya, Medan, Makassar, Palembang, dan Manado. Hadiahnya besar."
    found = places("Lomba lari nasional", body)
    assert (found.main, len(units(found))) == (None, 5)


def test_the_title_decides_between_units() -> None:
    found = places("Banjir di Demak", "Air datang dari Kabupaten Grobogan. Warga Kabupaten Demak mengungsi ke Kudus.")
    assert found.main == "33.21"
    assert [place.strength for place in found.places if place.code == "33.21"] == ["main"]
    assert {place.strength for place in found.places if place.code != "33.21"} == {"mention"}


def test_a_title_about_the_province_is_about_the_province() -> None:
    assert places("Cuaca Jakarta hari ini", "Hujan di Jakarta Selatan dan Jakarta Timur.").main == "31"


def test_districts_are_found_with_their_unit() -> None:
    found = places("Siswa di Jatinangor mual", "Puskesmas Kecamatan Jatinangor, Kabupaten Sumedang, penuh.")
    assert found.main == "32.11"
    assert ("district", "Jatinangor") in {(place.level, place.name) for place in found.places}
    assert found.location is not None
    assert (found.location.lat, found.location.lon) == gazetteer().location("32.11")


def test_abroad_is_named_and_foreign_news_known() -> None:
    visit = places("Wali Kota Seoul ke Kabupaten Sumedang", "Ia datang dari Korea Selatan. Sumedang menyambut.")
    assert (visit.main, visit.abroad, visit.foreign) == ("32.11", ["Seoul", "Korea Selatan"], False)
    fire = places("Kebakaran besar landa Los Angeles", "Ribuan warga California mengungsi. Api belum padam.")
    assert (fire.main, fire.foreign) == (None, True)
    assert places("Nissan tutup pabrik", "Ribuan pekerja terdampak.", dateline="TOKYO").foreign


def test_english_text_is_tagged_too() -> None:
    assert places("Dike collapse in Demak", "Thousands fled from Demak on Monday.").main == "33.21"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_has_a_defined_result(body: str, title: str) -> None:
    found = places(title, body)
    assert found.main is None or found.main in found.codes
    assert len(set(found.codes)) == len(found.codes)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Kab.", "Kota", "Bandung", "Bogor", "di", "Polres", "Kec.", ",", "-", ".", "Jl"]), max_size=40
    )
)
def test_any_heap_of_cues_and_names_has_a_defined_result(words: list[str]) -> None:
    found = places("", " ".join(words))
    assert set(units(found)) <= set(gazetteer().regions)


@pytest.mark.parametrize("body", ["a" * 1_000_000, "Kota Bandung " * 80_000, "." * 1_000_000, "😀" * 100_000, ""])
def test_a_monstrous_text_is_cut_not_refused(body: str) -> None:
    places("", body)
