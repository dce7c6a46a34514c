from __future__ import annotations

from typing import Any

import pytest

from stream_agents.tagging.agreement import Agreement, Comparer
from stream_agents.tagging.taxonomy import load_taxonomy
from warta.messages import Score, Sentiment

COMPARER = Comparer(load_taxonomy())
SCORE = Score(
    place_codes=["32.11", "32"],
    abroad=["Seoul"],
    cases=["prestasi"],
    sentiment=Sentiment(label="positive", negative=0.1, neutral=0.1, positive=0.8, confidence=0.8, model="m"),
)


@pytest.mark.parametrize(
    ("upstream", "expected"),
    [
        pytest.param({}, Agreement(None, None, None), id="nothing to compare"),
        pytest.param({"Kab/Kota": ["Seoul", "Sumedang"]}, Agreement(None, True, None), id="one of theirs is ours"),
        pytest.param({"Kab/Kota": "Gunung"}, Agreement(None, False, None), id="a place that is none"),
        pytest.param({"Kabupaten": ["Kab. Sumedang"]}, Agreement(None, True, None), id="with its prefix"),
        pytest.param({"Provinsi": "Jabar"}, Agreement(None, True, None), id="a province by its short name"),
        pytest.param({"Kasus": ["stunting"]}, Agreement(None, None, False), id="stunting only in a link"),
        pytest.param({"Kasus": ["penculikan UFO"]}, Agreement(None, None, None), id="a case we do not know"),
        pytest.param({"Isu": "smart city, apa saja"}, Agreement(None, None, True), id="a term of a case"),
        pytest.param(
            {"Sentimen": {"label": "positif", "percent": 99.8}}, Agreement(True, None, None), id="label and share"
        ),
        pytest.param({"Tone": "Negatif (80%)"}, Agreement(False, None, None), id="label as text"),
        pytest.param({"Sentimen": None, "Kasus": 5, "Kab/Kota": []}, Agreement(None, None, None), id="odd values"),
    ],
)
def test_upstream_is_compared_field_by_field(upstream: dict[str, Any], expected: Agreement) -> None:
    assert COMPARER.compare(upstream, SCORE) == expected


def test_without_a_model_there_is_no_label_to_compare() -> None:
    assert COMPARER.compare({"Sentimen": "positif"}, Score()).sentiment is None
