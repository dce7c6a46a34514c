"""What is asked of each series, and which series there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream_agents.alerting.detector import Mode
from stream_agents.alerting.series import mode_of, own_places, voices_needed, with_provinces
from warta.errors import Usage

KINDS = {"banjir": "risiko", "mbg": "program", "juara": "capaian", "air": "layanan"}


@pytest.mark.parametrize(
    ("series", "mode"),
    [
        ("all", Mode.BOTH),
        ("place:32.11", Mode.BOTH),
        ("case:banjir", Mode.COUNT),
        ("place:32+case:banjir", Mode.COUNT),
        ("case:mbg", Mode.SHARE),
        ("case:air", Mode.SHARE),
        ("case:juara", Mode.NONE),
        ("case:unheard", Mode.BOTH),
        ("anything", Mode.BOTH),
    ],
)
def test_modes(series: str, mode: Mode) -> None:
    assert mode_of(series, KINDS) == mode


def test_provinces_are_added_and_crosses_kept_for_own_places_only() -> None:
    given = ["all", "place:32.11", "case:banjir", "place:32.11+case:banjir", "owner:kg"]
    everyone = ["all", "place:32.11", "place:32", "case:banjir", "place:32+case:banjir", "owner:kg"]
    assert with_provinces(given, frozenset()) == everyone
    assert "place:32.11+case:banjir" in with_provinces(given, frozenset({"32.11"}))


def test_voices() -> None:
    assert (voices_needed("owner:kg"), voices_needed("place:32")) == (1, 2)


def test_a_bad_desk_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text("own_places: ['32.11']")
    assert own_places(path) == {"32.11"}
    path.write_text("[")
    with pytest.raises(Usage, match=r"desk\.yaml"):
        own_places(path)
