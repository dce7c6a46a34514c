"""Provinces: codes and names lead to the same place."""

from __future__ import annotations

import pytest

from producers import provinces
from warta.errors import Usage


@pytest.mark.parametrize(
    ("wanted", "code"),
    [("32", "32"), ("32.11", "32.11"), ("Jawa Barat", "32"), ("papua-selatan", "93"), ("DI YOGYAKARTA", "34")],
)
def test_code_or_name(wanted: str, code: str) -> None:
    assert provinces.code(wanted) == code


@pytest.mark.parametrize(("wanted", "help_"), [("Jawa Bara", "Jawa Barat, Jawa Tengah, Jawa Timur"), ("00", "Aceh")])
def test_an_unknown_one_names_what_there_is(wanted: str, help_: str) -> None:
    with pytest.raises(Usage, match=help_):
        provinces.code(wanted)


def test_there_are_38() -> None:
    assert len(set(provinces.PROVINCES.values())) == 38
    assert provinces.name("32.11") == "Jawa Barat"
    assert provinces.name("") == ""
