"""The tree of a query → Elasticsearch's query language, the same on every server.

Words are looked for in their stemmed form across title, lead and body together; that a text has them exactly so, close
together or in its title only raises its rank. Everything else is a filter and costs no rank. A search by meaning would add
its candidates beside `Compiled.query` and share `Compiled.filters`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any as Anything

from warta.search import abbreviations
from warta.search.fields import build
from warta.search.query import All, Any, Filter, Node, Not, Parsed, Phrase, Word

Query = dict[str, Anything]

STEMMED = ("title^3", "lead^1.5", "body")
EXACT = ("title.exact^3", "lead.exact^1.5", "body.exact")
#: What having all the words adds to a score; scores of single words in titles reach about as high.
_ALL_WORDS = 8
#: Fewer letters before a `*` would match a good part of the dictionary.
_SHORTEST_PREFIX = 3


@dataclass(slots=True)
class Compiled:
    """What must match and counts for rank (`must`), what must match without (`filters`), and what only raises rank."""

    must: list[Query] = field(default_factory=list)
    filters: list[Query] = field(default_factory=list)
    without: list[Query] = field(default_factory=list)
    better: list[Query] = field(default_factory=list)
    #: What a text with all the words matches, where `must` also lets through those with some of them.
    all_words: list[Query] = field(default_factory=list)

    @property
    def ranked(self) -> bool:
        """Whether words make one result better than another."""
        return bool(self.must)

    def query(self) -> Query:
        """All of it as one query."""
        parts = {"must": self.must, "filter": self.filters, "must_not": self.without, "should": self.better}
        kept = {name: part for name, part in parts.items() if part}
        return {"bool": kept} if kept else {"match_all": {}}


def compile_query(parsed: Parsed, now: datetime, *, loose: bool = False) -> Compiled:
    """Tree → query. `now` is what `since:2h` counts from.

    `loose`: texts with some of the plain words come after those with all of them. Measured on judged queries this finds
    much more than it spoils (`benchmarks/indexer/search_quality.py`); lists that are not ranked stay strict.

    Raises:
        Usage: a value cannot mean anything for its field.
    """
    compiled = Compiled()
    _gather(parsed.node, compiled, now, loose=loose)
    return compiled


def _gather(node: All, into: Compiled, now: datetime, *, loose: bool = False) -> None:
    words: list[str] = []
    for item in node.nodes:
        if isinstance(item, Word) and not item.text.endswith("*"):
            words.append(item.text)
        elif isinstance(item, Filter):
            into.filters.append(build(item.name, item.value, now))
        elif isinstance(item, Not):
            into.without.append(_compile(item.node, now))
        else:
            into.must.append(_compile(item, now))
    if words:
        strict = _words(words)
        if loose and len(words) > 1:
            into.all_words = strict
            into.must.append(_some(words, strict))
        else:
            into.must += strict
        into.better += _closeness(words)


def _compile(node: Node, now: datetime) -> Query:
    if isinstance(node, Word):
        return _prefix(node.text) if node.text.endswith("*") else _only(_words([node.text]))
    if isinstance(node, Phrase):
        return _phrase(node.text)
    if isinstance(node, Filter):
        return build(node.name, node.value, now)
    if isinstance(node, Not):
        return {"bool": {"must_not": [_compile(node.node, now)]}}
    if isinstance(node, Any):
        return {"bool": {"should": [_compile(each, now) for each in node.nodes], "minimum_should_match": 1}}
    inner = Compiled()
    _gather(node, inner, now)
    return inner.query()


def _only(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else {"bool": {"must": queries}}


def _words(words: Sequence[str]) -> list[Query]:
    """Queries that together ask for all words: one for the plain ones, one for each run that goes by another name."""
    found: list[Query] = []
    plain: list[str] = []
    at = 0
    while at < len(words):
        length, names = _named(words, at)
        if names:
            run = " ".join(words[at : at + length])
            found.append(_either([_match(run), *(_name(name) for name in names)]))
        else:
            plain.append(words[at])
        at += length
    return ([_match(" ".join(plain))] if plain else []) + found


def _some(words: Sequence[str], strict: list[Query]) -> Query:
    """Some of the words (of more than three, half), those with all of them first."""
    each: list[Query] = []
    at = 0
    while at < len(words):
        length, _ = _named(words, at)
        each.append(_only(_words(words[at : at + length])))
        at += length
    some: Query = {"bool": {"should": each, "minimum_should_match": 1 if len(each) <= 3 else len(each) // 2}}
    return {"bool": {"must": [some], "should": [{"constant_score": {"filter": _only(strict), "boost": _ALL_WORDS}}]}}


def _named(words: Sequence[str], at: int) -> tuple[int, tuple[str, ...]]:
    """The longest run of words from `at` that goes by other names, and those."""
    for length in range(min(abbreviations.longest(), len(words) - at), 0, -1):
        run = " ".join(words[at : at + length])
        names = abbreviations.others(run)
        folded = abbreviations.fold(run)
        if length == 1 and folded != run:
            # Written with marks or dashes: the plain spelling counts as well.
            names = (*names, folded)
        if names:
            return length, names
    return 1, ()


def _match(text: str) -> Query:
    return {
        "multi_match": {
            "query": text,
            "type": "cross_fields",
            "operator": "and",
            "fields": list(STEMMED),
            # A query of nothing but stop words asks for nothing.
            "zero_terms_query": "all",
        }
    }


def _name(name: str) -> Query:
    """Another name: a short form exactly, a long one as a phrase."""
    return {"multi_match": {"query": name, "type": "phrase", "fields": list(EXACT), "boost": 0.9}}


def _phrase(text: str) -> Query:
    choices = [{"multi_match": {"query": text, "type": "phrase", "fields": list(EXACT), "zero_terms_query": "all"}}]
    return _either([*choices, *(_name(name) for name in abbreviations.others(text))])


def _prefix(text: str) -> Query:
    start = abbreviations.fold(text.rstrip("*")).casefold()
    if len(start) < _SHORTEST_PREFIX or " " in start:
        return _match(start or text)
    fields = ("title.exact", "lead.exact", "body.exact")
    return _either(
        [{"prefix": {name: {"value": start, "boost": 3 if name.startswith("title") else 1}}} for name in fields]
    )


def _closeness(words: Sequence[str]) -> list[Query]:
    """What raises rank: the words unstemmed, and together."""
    text = " ".join(words)
    better: list[Query] = [
        {"multi_match": {"query": text, "type": "cross_fields", "fields": list(EXACT), "operator": "and", "boost": 0.5}}
    ]
    if len(words) > 1:
        better.append({"match_phrase": {"title": {"query": text, "slop": 2, "boost": 2}}})
        better.append({"match_phrase": {"body": {"query": text, "slop": 4, "boost": 0.5}}})
    return better


def _either(choices: Sequence[Query]) -> Query:
    return choices[0] if len(choices) == 1 else {"dis_max": {"queries": list(choices)}}
