from __future__ import annotations

from pathlib import Path

import pytest

from stream_agents.sentiment.model import SentimentModel
from stream_agents.sentiment.parties import Party, PartyFinder, load_parties, tone_towards
from stream_agents.tagging.text import Text
from tests.stream_agents.sentiment.conftest import ROOT
from warta.errors import Usage

PEMKAB = Party("pemkab", ("Pemkab Sumedang", "Bupati Sumedang"), ("mantan Bupati Sumedang",))
PLN = Party("pln", ("PLN",))


def test_sentences_that_name_a_party_in_any_form_of_its_names() -> None:
    text = Text(
        "Banjir di Jatinangor", "Warga kecewa. PEMKAB SUMEDANG-lah yang lalai. Kata Bupati Sumedang, itu tidak benar."
    )
    assert PartyFinder([PEMKAB, PLN]).sentences(text) == {
        "pemkab": ["PEMKAB SUMEDANG-lah yang lalai.", "Kata Bupati Sumedang, itu tidak benar."]
    }


def test_excluded_phrases_and_small_letters_do_not_count() -> None:
    text = Text("", "Itu ucapan mantan Bupati Sumedang, pln bukan PT apa pun.")
    assert PartyFinder([PEMKAB, PLN]).sentences(text) == {}


def test_the_tone_is_of_the_sentences_that_name_the_party(model: SentimentModel) -> None:
    text = Text(
        "Longsor tewaskan tiga warga",
        "Korban tewas tertimbun, keluarga histeris. Warga marah karena tidak ada peringatan. Rumah hancur dan puluhan "
        "orang kehilangan harta. Warga berterima kasih dan memuji PLN yang cepat dan sigap membantu.",
    )
    (tone,) = tone_towards(model, PartyFinder([PLN]), text)
    assert (tone.party, tone.label) == ("pln", "positive")
    whole = model.score("Longsor tewaskan tiga warga", text.source.split("\n")[1])
    assert whole is not None
    assert whole.label == "negative", "the article itself is bad news"


def test_the_example_desk_can_be_read() -> None:
    parties = load_parties(ROOT / "stream_agents" / "sentiment" / "desk.example.yaml")
    assert len({party.id for party in parties}) >= 3


def test_no_desk_has_no_parties() -> None:
    assert load_parties(None) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("parties: [{id: Pemkab X, names: [a]}]", "party 1: id"),
        ("parties: [{id: x, names: []}]", "'x': names: needs at least one"),
        ("parties: [{id: x, names: nama}]", "'x': names: must be a list"),
        ("parties: [{id: x, names: [a], nmes: [b]}]", "'x': nmes: unknown field"),
        ("parties: [{id: x, names: [a]}, {id: x, names: [b]}]", "stands here twice"),
        ("parties: [{id: x, names: [a]", "not valid YAML"),
        ("- a", "must be a mapping"),
    ],
)
def test_a_wrong_desk_names_the_party_and_the_field(tmp_path: Path, content: str, message: str) -> None:
    desk = tmp_path / "desk.yaml"
    desk.write_text(content, "utf-8")
    with pytest.raises(Usage, match=message):
        load_parties(desk)


def test_a_missing_desk_names_the_setting() -> None:
    with pytest.raises(Usage, match=r"WARTA_DESK=/nowhere/desk\.yaml"):
        load_parties(Path("/nowhere/desk.yaml"))
