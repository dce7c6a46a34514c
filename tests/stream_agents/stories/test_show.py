"""The evidence that `warta story` shows."""

from __future__ import annotations

import pytest

from stream_agents.stories.show import _passages, evidence
from warta.errors import Usage

_BODY = " ".join(f"Warga ke-{number} menyerahkan {number * 7} karung gabah ke lumbung desa." for number in range(1, 21))
_HALF = " ".join(_BODY.split()[: len(_BODY.split()) // 2])


def test_shares_tell_an_abridged_copy_from_an_expanded_one() -> None:
    abridged = evidence(("Lumbung", _HALF), ("Lumbung", _BODY))
    expanded = evidence(("Lumbung", _BODY), ("Lumbung", _HALF))
    assert abridged["in_original"] > 0.95
    assert 0.4 < abridged["of_original"] < 0.6
    assert (expanded["in_original"], expanded["of_original"]) == (abridged["of_original"], abridged["in_original"])
    assert evidence(("Lumbung", _BODY), ("Judul lain", _BODY)) == {
        "in_original": 1.0,
        "of_original": 1.0,
        "similarity": 1.0,
    }


def test_a_diff_is_of_a_member_whose_texts_the_index_holds() -> None:
    one, other = "a" * 32, "b" * 32
    members = [{"doc_id": one}, {"doc_id": other}]
    bodies = {one: ("", "Korban 62 orang dirawat."), other: ("", "Korban 127 orang dirawat.")}
    assert _passages(other, members, {"doc_id": one}, bodies) == [{"original": "62", "member": "127"}]
    with pytest.raises(Usage, match="not a member"):
        _passages("c" * 32, members, {"doc_id": one}, bodies)
    with pytest.raises(Usage, match="both texts"):
        _passages(other, members, None, bodies)
