"""Annotations that came with a record, compared with ours: how far can an upstream dashboard be believed?

Upstream names vary by supplier ("Kab/Kota", "Kota/Kabupaten", "Kasus", "Isu", "Sentimen", "Tone"); a field is compared only
where both sides say something. Their tags are often wrong ("Kab/Kota: Gunung"), which is what this measures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from stream_agents.tagging.gazetteer import Gazetteer, fold, gazetteer
from stream_agents.tagging.taxonomy import Taxonomy
from warta.messages import Score

_LABELS = {"positif": "positive", "negatif": "negative", "netral": "neutral"}
_PLACE_FIELDS = re.compile(r"kab|kota|provinsi|lokasi|wilayah|negara", re.IGNORECASE)
_CASE_FIELDS = re.compile(r"kasus|isu|topik", re.IGNORECASE)
_LABEL_FIELDS = re.compile(r"sentimen|tone", re.IGNORECASE)


class Agreement(NamedTuple):
    """Of one record: for each field they filled, whether we say the same; None where there is nothing to compare."""

    sentiment: bool | None
    places: bool | None
    cases: bool | None


class Comparer:
    """Compares `content.upstream` with `score`; built once."""

    def __init__(self, taxonomy: Taxonomy, regions: Gazetteer | None = None) -> None:
        self._regions = regions or gazetteer()
        self._cases = {
            fold(text): case.id for case in taxonomy.cases.values() for text in (case.id, case.name, *case.terms)
        }

    def compare(self, upstream: dict[str, Any], score: Score) -> Agreement:
        """Places agree when one of theirs is among ours or abroad, cases likewise, labels when they are equal."""
        return Agreement(
            sentiment=self._sentiment(_values(upstream, _LABEL_FIELDS), score),
            places=self._places(_values(upstream, _PLACE_FIELDS), score),
            cases=self._case(_values(upstream, _CASE_FIELDS), score),
        )

    @staticmethod
    def _sentiment(values: list[str], score: Score) -> bool | None:
        theirs = {_LABELS.get(value.casefold(), value.casefold()) for value in values} & set(_LABELS.values())
        return None if not theirs or score.sentiment is None else score.sentiment.label in theirs

    def _places(self, values: list[str], score: Score) -> bool | None:
        if not values:
            return None
        ours = set(score.place_codes)
        abroad = {fold(name) for name in score.abroad}
        return any(abroad & {fold(value)} or ours & self._codes(value) for value in values)

    def _codes(self, value: str) -> set[str]:
        name = re.sub(r"^(?:kabupaten|kab|kota|provinsi|prov) ", "", fold(value))
        codes = set(self._regions.units.get(name, ()))
        return codes | ({self._regions.provinces[name]} if name in self._regions.provinces else set())

    def _case(self, values: list[str], score: Score) -> bool | None:
        theirs = {self._cases[fold(value)] for value in values if fold(value) in self._cases}
        return None if not theirs else bool(theirs & set(score.cases))


def _values(upstream: dict[str, Any], fields: re.Pattern[str]) -> list[str]:
    """Their values under any name of a field: text, a list of texts, or {label, percent}."""
    found: list[str] = []
    for name, value in upstream.items():
        if fields.search(name):
            found.extend(text for text in _texts(value) if text)
    return found


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        value = value.get("label", "")
    items = value if isinstance(value, list) else str(value).split(",")
    return (re.sub(r"\(.*?\)", "", str(item)).strip() for item in items)
