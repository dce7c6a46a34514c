"""Watched parties (`desk.yaml`) and the tone of the sentences that name them.

    parties:
      - id: pemkab-sumedang
        names: [Pemkab Sumedang, Pemerintah Kabupaten Sumedang, Bupati Sumedang]
        exclude: [mantan Bupati Sumedang]

Names follow the rules of `cases.yaml`: whole words, any case unless in CAPITALS, `*` at an end.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from stream_agents.sentiment.folder import LABELS
from stream_agents.sentiment.model import SentimentModel
from stream_agents.tagging.phrases import Phrases
from stream_agents.tagging.text import Text
from warta.errors import Usage
from warta.messages import Tone

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
#: Sentences scored for one party in one article.
_MOST = 6
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody the desk watches: an office, a person, a company."""

    id: str
    names: tuple[str, ...]
    exclude: tuple[str, ...] = ()


class _Role(NamedTuple):
    kind: Literal["name", "exclude"]
    party: str


class PartyFinder:
    """Finds the sentences that name a party; "Bupati Sumedang" inside an excluded phrase does not count."""

    def __init__(self, parties: list[Party]) -> None:
        self._phrases: Phrases[_Role] = Phrases()
        for party in parties:
            for name in party.names:
                self._phrases.add(name, _Role("name", party.id))
            for phrase in party.exclude:
                self._phrases.add(phrase, _Role("exclude", party.id))

    def sentences(self, text: Text) -> dict[str, list[str]]:
        """Party → the sentences that name it, the title first, at most six."""
        blanked: defaultdict[str, set[int]] = defaultdict(set)
        named: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for hit in self._phrases.find(text):
            if hit.payload.kind == "exclude":
                blanked[hit.payload.party].update(range(hit.start, hit.end))
            else:
                named[hit.payload.party].append((hit.start, hit.end))
        found = {}
        for party, spans in named.items():
            numbers = {
                text.sentence[start]
                for start, end in spans
                if not any(at in blanked[party] for at in range(start, end))
            }
            if numbers:
                found[party] = [text.sentence_text(number) for number in sorted(numbers)[:_MOST]]
        return found


def tone_towards(model: SentimentModel, finder: PartyFinder, text: Text) -> list[Tone]:
    """The mean tone of the sentences that name each party; `score` is the mean probability of the label shown."""
    tones = []
    for party, sentences in finder.sentences(text).items():
        scored = [model.probabilities(sentence) for sentence in sentences]
        mean = [sum(column) / len(scored) for column in zip(*scored, strict=True)]
        best = max(range(3), key=mean.__getitem__)
        tones.append(Tone(party=party, label=LABELS[best], score=round(mean[best], 4)))
    return tones


def load_parties(desk: Path | None) -> list[Party]:
    """The watched parties of a desk file; none without a file. Other keys of the file belong to others.

    Raises:
        Usage: the file cannot be read or an entry is wrong; the message names the file, the party and the field.
    """
    if desk is None:
        return []
    document = _read(desk)
    parties: list[Party] = []
    for number, entry in enumerate(document.get("parties") or (), start=1):
        party = _party(entry, f"{desk}: party {number}")
        if any(party.id == other.id for other in parties):
            raise Usage(f"{desk}: party '{party.id}': this id stands here twice")
        parties.append(party)
    return parties


def _read(desk: Path) -> dict[str, Any]:
    try:
        content = desk.read_bytes()
    except OSError as error:
        raise Usage(f"WARTA_DESK={desk}: cannot be read ({error.strerror}); give the path of a desk.yaml") from None
    if len(content) > _MAX_BYTES:
        raise Usage(f"{desk}: more than {_MAX_BYTES} bytes; this is not a desk.yaml")
    try:
        document = yaml.load(content, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise Usage(f"{desk}: not valid YAML: {error}") from None
    if not isinstance(document, dict):
        raise Usage(f"{desk}: must be a mapping, for instance with the key 'parties'")
    return document


def _party(entry: Any, where: str) -> Party:
    if not isinstance(entry, dict):
        raise Usage(f"{where}: must be a mapping of id, names, exclude")
    name = entry.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise Usage(f"{where}: id: must be small letters, digits, - and _, not {name!r}")
    if unknown := sorted(set(entry) - {"id", "names", "exclude", "note"}):
        raise Usage(f"{where} '{name}': {unknown[0]}: unknown field (known: id, names, exclude, note)")
    names = _phrases(entry.get("names"), f"{where} '{name}': names")
    if not names:
        raise Usage(f"{where} '{name}': names: needs at least one name")
    return Party(name, names, _phrases(entry.get("exclude") or [], f"{where} '{name}': exclude"))


def _phrases(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and re.search(r"[^\W_]", item) for item in value):
        raise Usage(f"{where}: must be a list of names, not {value!r}")
    return tuple(value)
