"""Series in words: "Kab. Sumedang · Keracunan makanan" for `place:32.11+case:keracunan_pangan`, and who answers for a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import yaml

from warta.alarms import Bilingual


class CaseWords(NamedTuple):
    """What an alarm says of a case: its names, the offices that usually answer, and whether victims or children are likely."""

    id: str
    en: str
    offices: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Names by code or id; what is not in here is called by its code. An empty one serves back-tests on foreign series."""

    places: Mapping[str, str] = field(default_factory=dict)
    cases: Mapping[str, CaseWords] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

    def name(self, series: str) -> Bilingual:
        """A series as a headline names it."""
        if series == "all":
            return Bilingual(id="Semua berita", en="All news")
        parts = [self.part(part) for part in series.split("+")]
        return Bilingual(id=" · ".join(part.id for part in parts), en=" · ".join(part.en for part in parts))

    def part(self, part: str) -> Bilingual:
        """One `kind:id` of a series."""
        kind, _, code = part.partition(":")
        if kind == "place":
            name = self.places.get(code, f"Wilayah {code}")
            return Bilingual(id=name, en=self.places.get(code, f"Place {code}"))
        if kind == "case" and code in self.cases:
            return Bilingual(id=self.cases[code].id, en=self.cases[code].en)
        if kind == "case":
            return Bilingual(id=code.replace("_", " "), en=code.replace("_", " "))
        if kind == "owner":
            name = self.owner(code)
            return Bilingual(id=f"Grup {name}", en=f"{name} group")
        return Bilingual(id=part, en=part)

    def owner(self, owner: str) -> str:
        """A media group's own name."""
        return self.owners.get(owner, owner)

    def offices(self, series: str) -> list[str]:
        """Who usually answers for the series' case."""
        cases = [part[5:] for part in series.split("+") if part.startswith("case:")]
        return [office for case in cases if case in self.cases for office in self.cases[case].offices]

    def sensitive(self, series: Iterable[str]) -> bool:
        """Whether a story that counts in these series may name victims or children."""
        return any(name[5:] in self.cases and self.cases[name[5:]].sensitive for name in series if name[:5] == "case:")


def shipped(own_cases: Path | None = None, own_publishers: Path | None = None) -> Words:
    """The names of the gazetteer, the cases and the publishers, with a desk's own on top.

    Raises:
        Usage: a file of the desk cannot be used.
    """
    from stream_agents.tagging.gazetteer import gazetteer
    from stream_agents.tagging.taxonomy import load_taxonomy

    cases = load_taxonomy(own_cases).cases.values()
    return Words(
        places={code: region.title for code, region in gazetteer().regions.items() if region.level != "district"},
        cases={
            case.id: CaseWords(case.name, case.english or case.name, _offices(case.owner), case.sensitive)
            for case in cases
        },
        owners=_owners(own_publishers),
    )


def _offices(owner: str) -> tuple[str, ...]:
    """`Disdik; mitra: Polres` → the offices ("mitra": not a local one)."""
    return tuple(office.strip().removeprefix("mitra:").strip() for office in owner.split(";") if office.strip())


def _owners(own: Path | None) -> dict[str, str]:
    from warta.publishers import Publishers

    files = (own,) if own else ()
    found = {publisher.owner: publisher.name for publisher in reversed(Publishers.load(*files).all())}
    texts = [
        resources.files("warta").joinpath("publishers.yaml").read_text("utf-8"),
        *(f.read_text("utf-8") for f in files),
    ]
    for text in texts:
        groups = (yaml.load(text, yaml.CSafeLoader) or {}).get("groups") or ()
        found.update({str(group["id"]): _short(str(group.get("name", group["id"]))) for group in groups})
    return found


def _short(name: str) -> str:
    """A group's name without what stands in brackets behind it."""
    return name.split(" (")[0]
