"""The query language: plain words, "phrases", OR, -without, (groups) and field:value → a tree.

Words that stand together must all be found. What looks like a mistake is read the lenient way and noted for the person
(`Parsed.notes`); only a value that cannot mean anything (`since:soon`) is an error. The scan is linear in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warta.errors import Usage
from warta.search.fields import FIELDS, canonical_field

MAX_CHARS = 2000
MAX_TERMS = 64
MAX_DEPTH = 12

_OR = frozenset({"OR", "ATAU", "|"})
_AND = frozenset({"AND", "DAN", "&"})
_NOT = frozenset({"NOT", "BUKAN"})
#: Quotation marks of keyboards and word processors.
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
#: What names of fields are joined with.
_JOINTS = str.maketrans("", "", "._")
_CLOSING = frozenset({'"', "”", "“", "»"})


@dataclass(frozen=True, slots=True)
class Word:
    """One plain word; a trailing `*` stands for any ending."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words exactly so and in this order."""

    text: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`field:value`; the name is one of `fields.FIELDS`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """What must not match."""

    node: Node


@dataclass(frozen=True, slots=True)
class All:
    """All of these."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of these."""

    nodes: tuple[Node, ...]


Node = Word | Phrase | Filter | Not | All | Any


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree of a query, and what was read the lenient way, in words for a person."""

    node: All
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    name: str = ""


def parse(text: str) -> Parsed:
    """Text → tree. An empty text is a tree that matches everything.

    Raises:
        Usage: the text is longer than 2000 characters, has more than 64 terms or more than 12 nested groups.
    """
    if len(text) > MAX_CHARS:
        raise Usage(f"the query has {len(text)} characters; {MAX_CHARS} are the most that is read")
    notes: list[str] = []
    tokens = _scan(text, notes)
    if sum(token.kind in ("word", "phrase", "filter") for token in tokens) > MAX_TERMS:
        raise Usage(f"the query has more than {MAX_TERMS} terms; split it")
    return Parsed(_Parser(tokens, notes).parse(), tuple(dict.fromkeys(notes)))


def _scan(text: str, notes: list[str]) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char in "()":
            tokens.append(_Token(char, char))
            at += 1
        elif char in "-–—" and at + 1 < len(text) and not text[at + 1].isspace():
            tokens.append(_Token("not", char))
            at += 1
        elif char in _QUOTES:
            phrase, at = _quoted(text, at, notes)
            if phrase:
                tokens.append(_Token("phrase", phrase))
        else:
            token, at = _word(text, at, notes)
            if token:
                tokens.append(token)
    return tokens


def _quoted(text: str, at: int, notes: list[str]) -> tuple[str, int]:
    """The phrase that begins at `at`, and where it ends."""
    end = at + 1
    while end < len(text) and text[end] not in _CLOSING:
        end += 1
    if end == len(text):
        notes.append("a quotation mark is not closed: read up to the end")
    return " ".join(text[at + 1 : end].split()), end + 1


def _word(text: str, at: int, notes: list[str]) -> tuple[_Token | None, int]:
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in "()" and text[end] not in _QUOTES:
        end += 1
        if text[end - 1] == ":" and canonical_field(text[at : end - 1]):
            return _filter(text, at, end, notes)
    word = text[at:end]
    if word in _OR:
        return _Token("or", word), end
    if word in _AND:
        return None, end
    if word in _NOT:
        return _Token("not", word), end
    name, colon, rest = word.partition(":")
    if colon and rest and name.translate(_JOINTS).isalpha() and name not in ("http", "https"):
        notes.append(f"there is no field '{name}': searched as words. Fields: {', '.join(sorted(FIELDS))}")
        word = f"{name} {rest}"
    return (_Token("word", word) if any(c.isalnum() for c in word) else None), end


def _filter(text: str, start: int, at: int, notes: list[str]) -> tuple[_Token | None, int]:
    name = canonical_field(text[start : at - 1]) or ""
    if at < len(text) and text[at] in _QUOTES:
        value, end = _quoted(text, at, notes)
    else:
        end = at
        while end < len(text) and not text[end].isspace() and text[end] not in "()":
            end += 1
        value = text[at:end]
    if not value.strip():
        notes.append(f"{name}: has no value: left out")
        return None, end
    return _Token("filter", value.strip(), name), end


class _Parser:
    """Recursive descent: any := all (OR all)*; all := item+; item := NOT item | ( any ) | term."""

    def __init__(self, tokens: Sequence[_Token], notes: list[str]) -> None:
        self._tokens = tokens
        self._notes = notes
        self._at = 0

    def parse(self) -> All:
        found: list[Node] = []
        while self._at < len(self._tokens):
            node = self._any(0)
            if node is not None:
                found.append(node)
            if self._peek() == ")":
                self._notes.append("a closing bracket has no opening one: left out")
                self._at += 1
        return _flat(found)

    def _peek(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def _any(self, depth: int) -> Node | None:
        choices = [self._all(depth)]
        while self._peek() == "or":
            self._at += 1
            choices.append(self._all(depth))
        found = [choice for choice in choices if choice is not None]
        if not found:
            return None
        return found[0] if len(found) == 1 else Any(tuple(found))

    def _all(self, depth: int) -> Node | None:
        found: list[Node] = []
        while self._peek() not in ("", "or", ")"):
            node = self._item(depth)
            if node is not None:
                found.append(node)
        if not found:
            return None
        return found[0] if len(found) == 1 else _flat(found)

    def _item(self, depth: int) -> Node | None:
        if depth > MAX_DEPTH:
            raise Usage(f"the query has more than {MAX_DEPTH} groups inside each other")
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "not":
            if self._peek() in ("", "or", ")"):
                return None
            node = self._item(depth + 1)
            return None if node is None else node.node if isinstance(node, Not) else Not(node)
        if token.kind == "(":
            node = self._any(depth + 1)
            if self._peek() == ")":
                self._at += 1
            else:
                self._notes.append("a bracket is not closed: read up to the end")
            return node
        if token.kind == "phrase":
            return Phrase(token.text)
        if token.kind == "filter":
            return Filter(token.name, token.text)
        return Word(token.text)


def _flat(nodes: Sequence[Node]) -> All:
    """One `All` of nodes, with inner ones dissolved."""
    found: list[Node] = []
    for node in nodes:
        found += node.nodes if isinstance(node, All) else [node]
    return All(tuple(found))
