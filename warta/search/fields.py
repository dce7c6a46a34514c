"""Fields of the query language: their names in English and Indonesian, and what a value of each means to the index."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from warta.dates import WIB
from warta.errors import Usage
from warta.search import places
from warta.search.labels import WORDS

Query = dict[str, Any]

_AGO = re.compile(r"^(\d{1,5})\s*(m|h|j|d|w)$")
_UNITS = {"m": "minutes", "h": "hours", "j": "hours", "d": "days", "w": "weeks"}
_DAYS = {"today": 0, "hari-ini": 0, "hariini": 0, "yesterday": 1, "kemarin": 1}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it is for, other names of it, and how a value becomes a query."""

    about: str
    names: tuple[str, ...]
    build: Callable[[str, datetime], Query]


def moment(value: str, now: datetime) -> datetime:
    """`2h`, `30m`, `3d`, `1w`, `today`, `kemarin`, `2026-11-20` or `2026-11-20T08:15` (WIB unless it says) → a time.

    Raises:
        Usage: it is none of these.
    """
    text = value.strip().lower()
    try:
        if found := _AGO.match(text):
            return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
        if text in _DAYS:
            today = now.astimezone(WIB).date()
            return datetime.combine(today - timedelta(days=_DAYS[text]), time(), WIB)
        at = datetime.fromisoformat(value.strip())
        return at if at.tzinfo else at.replace(tzinfo=WIB)
    except (ValueError, OverflowError):
        raise Usage(
            f"'{value}' is not a time: write 2h, 30m, 3d, today, kemarin, 2026-11-20 or 2026-11-20T08:15 (WIB)"
        ) from None


def published(range_: dict[str, str]) -> Query:
    """Articles whose time lies in a range: when they were published, or first seen where that is unknown."""
    unknown = {"bool": {"must_not": [{"exists": {"field": "published_at"}}]}}
    seen = {"bool": {"filter": [unknown, {"range": {"first_seen_at": range_}}]}}
    return _either([{"range": {"published_at": range_}}, seen])


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _since(value: str, now: datetime) -> Query:
    return published({"gte": _stamp(moment(value, now))})


def _until(value: str, now: datetime) -> Query:
    return published({"lt": _stamp(moment(value, now))})


def _either(choices: list[Query]) -> Query:
    return choices[0] if len(choices) == 1 else {"bool": {"should": choices, "minimum_should_match": 1}}


def _is(field: str, value: str) -> Query:
    return {"term": {field: {"value": value, "case_insensitive": True}}}


def _keyword(*fields: str) -> Callable[[str, datetime], Query]:
    """The value as it is, in any of `fields`, whatever its case; a trailing `*` stands for any ending."""

    def build(value: str, now: datetime) -> Query:
        if value.endswith("*") and len(value) > 1:
            return _either(
                [{"prefix": {field: {"value": value.rstrip("*"), "case_insensitive": True}}} for field in fields]
            )
        return _either([_is(field, value) for field in fields])

    return build


def _publisher(value: str, now: datetime) -> Query:
    """`detik` finds detik.com: an outlet by its name or the beginning of its host, a group by its id."""
    name = value.rstrip("*")
    starts: Query = {"prefix": {"source": {"value": name, "case_insensitive": True}}}
    return _either([starts, *(_is(field, name) for field in ("owner", "network", "platform"))])


def _place(*fields: str) -> Callable[[str, datetime], Query]:
    def build(value: str, now: datetime) -> Query:
        codes = places.codes(value)
        if not codes:
            # A place of the desk's own, or one that only the article knows.
            return _either([_is("places.name", value), _is("abroad", value), *(_is(field, value) for field in fields)])
        return _either([query for code in codes for field in fields for query in _under(field, code)])

    return build


def _under(field: str, code: str) -> list[Query]:
    """A place and what lies in it: codes of districts begin with their regency's."""
    return [{"term": {field: code}}, {"prefix": {field: f"{code}."}}]


def _case(*fields: str) -> Callable[[str, datetime], Query]:
    def build(value: str, now: datetime) -> Query:
        name = re.sub(r"[\W_]+", "_", value.casefold()).strip("_")
        words = name.split("_")
        choices: list[Query] = [{"term": {field: name}} for field in fields]
        # `case:keracunan` finds keracunan_pangan; so does its shown name, keracunan makanan.
        choices += [{"prefix": {field: f"{words[0]}_"}} for field in fields if words[0]]
        return _either(choices)

    return build


def _label(field: str) -> Callable[[str, datetime], Query]:
    known = {**{label: label for label in WORDS}, **{word: label for label, word in WORDS.items()}}

    def build(value: str, now: datetime) -> Query:
        label = known.get(value.casefold())
        if not label:
            raise Usage(f"'{value}' is no sentiment: write negatif, netral or positif")
        return {"term": {field: label}}

    return build


_FLAGS: dict[str, Query] = {
    "uncertain": {"term": {"sentiment.uncertain": True}},
    "corrected": {"exists": {"field": "correction.label"}},
    "head": {"term": {"is_story_head": True}},
    "copy": {"terms": {"story_relation": ["exact", "near", "contained"]}},
    "revised": {"range": {"revision": {"gte": 2}}},
    "removed": {"term": {"removed": True}},
    "paywall": {"term": {"paywall": True}},
    "truncated": {"term": {"truncated": True}},
    "suspect": {"term": {"date_suspect": True}},
    "gap": {"term": {"sentiment.gap": True}},
    "live": {"term": {"origin": "live"}},
}
_FLAG_NAMES = {"perlu-dicek": "uncertain", "dikoreksi": "corrected", "salinan": "copy", "diperbarui": "revised"}


def _flag(value: str, now: datetime) -> Query:
    name = value.casefold()
    query = _FLAGS.get(_FLAG_NAMES.get(name, name))
    if query is None:
        raise Usage(f"there is no is:{value}; there are {', '.join(sorted(_FLAGS))}")
    return query


def _in_text(*fields: str) -> Callable[[str, datetime], Query]:
    def build(value: str, now: datetime) -> Query:
        return {"multi_match": {"query": value, "fields": list(fields), "operator": "and", "zero_terms_query": "all"}}

    return build


FIELDS: dict[str, Field] = {
    "since": Field("not older than: 2h, 3d, today, 2026-11-20", ("sejak", "after"), _since),
    "until": Field("older than: 2h, 2026-11-20", ("sampai", "before"), _until),
    "sentiment": Field("negatif, netral, positif: the label shown", ("label", "nada", "sentimen"), _label("label")),
    "model": Field("the model's own label, before corrections", ("model_label",), _label("sentiment.label")),
    "place": Field("a region: Sumedang, Kab. Sumedang, 32.11", ("wilayah", "tempat"), _place("place_codes")),
    "main_place": Field("the region an article is about", ("wilayah_utama",), _place("main_place")),
    "case": Field("a case by its id or name", ("isu", "kasus", "cases"), _case("cases", "main_cases")),
    "main_case": Field("a case an article is about", ("isu_utama",), _case("main_cases")),
    "publisher": Field("an outlet or its group", ("media", "penerbit"), _publisher),
    "source": Field("an outlet, exactly", ("sumber",), _keyword("source")),
    "owner": Field("a group of outlets", ("grup",), _keyword("owner", "network")),
    "wire": Field("the news agency it came from", ("kantor_berita",), _keyword("wire")),
    "author": Field("a writer", ("penulis",), _in_text("authors.text")),
    "title": Field("words in the title", ("judul",), _in_text("title", "title.exact")),
    "tag": Field("a tag of the publisher", ("tags",), _keyword("tags")),
    "section": Field("a section of the publisher", ("rubrik",), _keyword("section")),
    "genre": Field("news, service, roundup, opinion, factcheck, advertorial, schedule", (), _keyword("genre")),
    "language": Field("id, jv, su, en …", ("bahasa", "lang"), _keyword("language")),
    "province": Field("a province by code", ("provinsi",), _place("provinces")),
    "party": Field("a watched party named in it", ("pihak",), _keyword("tone.party")),
    "relation": Field("original, exact, near, contained", ("hubungan",), _keyword("story_relation")),
    "story": Field("a story by its id", ("berita",), _keyword("story_id")),
    "event": Field("an event by its id", ("peristiwa",), _keyword("event_id")),
    "id": Field("a document by its id", ("doc_id",), _keyword("doc_id")),
    "url": Field("a document by its address", ("tautan",), _keyword("url", "canonical_url")),
    "origin": Field("live, backfill, replay", ("asal",), _keyword("origin")),
    "is": Field(", ".join(sorted(_FLAGS)), ("adalah",), _flag),
}

_BY_NAME = {name: field for field, spec in FIELDS.items() for name in (field, *spec.names)}


def canonical_field(name: str) -> str | None:
    """The field that goes by `name` in either language; None when there is none."""
    return _BY_NAME.get(name.casefold().replace("-", "_"))


#: Where any value at all is to be found, for `field:*`.
_ANY = {
    "place": "place_codes",
    "province": "provinces",
    "case": "cases",
    "main_case": "main_cases",
    "publisher": "source",
    "sentiment": "label",
    "model": "sentiment.label",
    "author": "authors",
    "party": "tone.party",
    "relation": "story_relation",
    "story": "story_id",
    "event": "event_id",
    "id": "doc_id",
    "tag": "tags",
    **{
        name: name
        for name in ("main_place", "source", "owner", "wire", "section", "genre", "language", "url", "origin", "title")
    },
}


def build(name: str, value: str, now: datetime) -> Query:
    """The query of one `field:value`; `*` alone is any value.

    Raises:
        Usage: the value cannot mean anything for this field.
    """
    if len(value) > 512:
        raise Usage(f"the value of {name}: has {len(value)} characters; 512 are the most")
    if value == "*" and name in _ANY:
        return {"exists": {"field": _ANY[name]}}
    return FIELDS[name].build(value, now)
