"""Where an article names places: every mention with its candidates, before anything is decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from stream_agents.tagging.gazetteer import Gazetteer
from stream_agents.tagging.phrases import Hit, Phrases
from stream_agents.tagging.text import Text

Kind = Literal["unit", "province", "district", "abroad", "inner", "police", "court", "blank", "domestic", "inside"]
Cue = Literal["regency", "city", "both", "district", "village", "police", "office", "near", ""]


@dataclass(frozen=True, slots=True)
class Name:
    """What a phrase of the gazetteer stands for: its kind, folded name and candidate codes (or foreign name)."""

    kind: Kind
    name: str
    codes: tuple[str, ...] = ()
    reach: int = 0


@dataclass(slots=True)
class Mention:
    """One naming of a place. `codes` are its candidates.

    `venue`: somebody merely spoke there; `head`: the name belongs to a title ("Bupati X"); `listed`: one of four or more;
    `runs_on`: no mark parts it from the next word.
    """

    start: int
    end: int
    sentence: int
    name: str
    codes: tuple[str, ...]
    cue: Cue = ""
    venue: bool = False
    head: bool = False
    listed: bool = False
    runs_on: bool = False


@dataclass(slots=True)
class Mentions:
    """All mentions of one article, by kind; `inner` counts districts that tell regency from city: (name, unit) → n."""

    units: list[Mention] = field(default_factory=list)
    provinces: list[Mention] = field(default_factory=list)
    districts: list[Mention] = field(default_factory=list)
    abroad: list[Mention] = field(default_factory=list)
    domestic: set[int] = field(default_factory=set)
    inside: list[Mention] = field(default_factory=list)
    inner: dict[tuple[str, str], int] = field(default_factory=dict)


_POLICE = {
    word + rest: rest
    for word in ("", "ka", "wa", "waka", "ma")
    for rest in ("polres", "polresta", "polrestabes", "polrestro", "polresmetro")
}
_BLANK_REACH = 4
_LONGEST_DISTRICT = 4


class Finder:
    """Finds the mentions of places in a text; built once from the gazetteer, used for every article."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._names: Phrases[Name] = Phrases()
        for name in self._vocabulary():
            self._names.add(*name)
        self._cues = _Cues(gazetteer.cues)

    def _vocabulary(self) -> Iterator[tuple[str, Name]]:
        gazetteer = self._gazetteer
        for name, codes in gazetteer.units.items():
            yield (name.upper() if name in gazetteer.capitals else name), Name("unit", name, codes)
        for name, codes in gazetteer.inside.items():
            yield name, Name("inside", name, codes)
        for name, code in gazetteer.provinces.items():
            yield (name.upper() if len(name) <= 3 else name), Name("province", name, (code,))
        for name, shown in gazetteer.abroad.items():
            yield (
                (name.upper() if name in ("as", "usa", "uk", "uea", "png", "rrc") else name),
                Name("abroad", name, (shown,)),
            )
        for kind, table in (("police", gazetteer.police), ("court", gazetteer.courts)):
            for name, codes in table.items():
                for spelling in _police_spellings(name):
                    yield spelling, Name("police" if kind == "police" else "court", name, codes)
        inner: dict[str, list[str]] = {}
        for name, districts in gazetteer.inner.items():
            for district, unit in districts.items():
                inner.setdefault(district, []).extend((name, unit))
        for district, owners in inner.items():
            yield district, Name("inner", district, tuple(owners))
        for phrase in gazetteer.domestic:
            yield phrase, Name("domestic", phrase)
        for phrase in gazetteer.blank:
            head, plus, reach = phrase.partition(" +")
            yield head, Name("blank", head, reach=(int(reach or _BLANK_REACH) if plus else 0))

    def find(self, text: Text) -> Mentions:
        """Every mention, in the order of the text."""
        found = Mentions()
        taken = bytearray(len(text.words))
        for hit in _longest_first(self._names.find(text)):
            if hit.payload.kind == "blank":
                self._blank(text, hit, taken)
            elif hit.payload.kind == "domestic":
                found.domestic.add(text.sentence[hit.start])
            elif (hit.payload.kind in ("inside", "inner") or not any(taken[hit.start : hit.end])) and text.capitalised(
                hit.start, hit.end
            ):
                self._sort_in(text, hit, found, taken)
        self._districts(text, found, taken)
        _mark_lists(found)
        return found

    def _blank(self, text: Text, hit: Hit[Name], taken: bytearray) -> None:
        name = hit.payload
        if name.reach == 0:
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            return
        # A phrase that was written in small letters ("bahasa") or with a capital ("Universitas") both introduce names.
        at = hit.end
        limit = hit.end + name.reach
        while at < len(text.words) and text.joined[at - 1] and text.words[at][0].isupper():
            hyphen = text.source[text.ends[at - 1]] == "-"
            if at >= limit and not hyphen:
                break
            if name.reach == 1 and (text.folded[at] in self._cues.city or text.folded[at] in self._cues.regency):
                break
            if text.folded[at] in ("raya", "tol", "layang", "lingkar"):
                limit += 1
            taken[at] = 1
            at += 1

    def _sort_in(self, text: Text, hit: Hit[Name], found: Mentions, taken: bytearray) -> None:
        name = hit.payload
        if name.kind == "inner":
            for owner, unit in zip(name.codes[::2], name.codes[1::2], strict=True):
                found.inner[owner, unit] = found.inner.get((owner, unit), 0) + 1
            return
        mention = Mention(hit.start, hit.end, text.sentence[hit.start], name.name, name.codes)
        mention.cue = self._cues.of(text, hit.start, hit.end)
        if mention.cue == "district" or (mention.cue == "village" and name.kind == "unit"):
            return
        if _is_domain(text, hit.end) or self._is_police_prefix(text, mention):
            return
        mention.venue = self._cues.is_venue(text, hit)
        mention.runs_on = text.joined[hit.end - 1]
        mention.head = self._cues.is_title(text, hit.start)
        if name.kind != "inside":
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
        if name.kind in ("police", "court"):
            for code in name.codes:
                found.units.append(
                    Mention(hit.start, hit.end, mention.sentence, name.name, (code,), "police", mention.venue)
                )
        elif name.kind == "unit":
            found.units.append(mention)
        elif name.kind == "province":
            found.provinces.append(mention)
        elif name.kind == "inside":
            found.inside.append(mention)
        else:
            found.abroad.append(mention)

    def _is_police_prefix(self, text: Text, mention: Mention) -> bool:
        """ "Polres Metro Jakarta Selatan" is not the police of Kota Metro."""
        if mention.cue != "police" or mention.name not in self._gazetteer.cue_only or mention.end >= len(text.words):
            return False
        return text.joined[mention.end - 1] and text.words[mention.end][0].isupper()

    def _districts(self, text: Text, found: Mentions, taken: bytearray) -> None:
        for at, word in enumerate(text.folded):
            if word not in self._cues.district or not text.joined[at] or taken[at]:
                continue
            for size in range(min(_LONGEST_DISTRICT, len(text.words) - at - 1), 0, -1):
                codes = self._gazetteer.districts.get(" ".join(text.folded[at + 1 : at + 1 + size]))
                whole = all(text.joined[at : at + size]) and text.capitalised(at + 1, at + 1 + size)
                if codes and whole:
                    name = " ".join(text.folded[at + 1 : at + 1 + size])
                    found.districts.append(Mention(at, at + 1 + size, text.sentence[at], name, codes, "district"))
                    break


def _police_spellings(name: str) -> Iterator[str]:
    """Polres X, Kapolres X, Mapolres X … for an entry of the tables."""
    yield name
    head, _, rest = name.partition(" ")
    if head in _POLICE:
        for prefix in ("ka", "waka", "ma"):
            yield f"{prefix}{head} {rest}"


def _longest_first(hits: Iterator[Hit[Name]]) -> list[Hit[Name]]:
    """Blanks first at each place unless a unit's own name starts there; then the longest; names before kecamatan."""
    order = {"police": 0, "court": 0, "unit": 1, "province": 2, "abroad": 3, "domestic": 4, "inner": 5, "inside": 6}
    listed = list(hits)
    starts = {hit.start: hit.end for hit in listed if hit.payload.kind in ("unit", "province")}
    blanks = [
        hit
        for hit in listed
        if hit.payload.kind == "blank" and not (hit.payload.reach and starts.get(hit.start, 0) > hit.end)
    ]
    names = [hit for hit in listed if hit.payload.kind != "blank"]
    names.sort(key=lambda hit: (hit.start, hit.start - hit.end, order[hit.payload.kind]))
    return blanks + names


def _is_domain(text: Text, end: int) -> bool:
    """ "TRIBUN-MEDAN.com": part of an address."""
    tail = text.source[text.ends[end - 1] : text.ends[end - 1] + 4].casefold()
    return tail.startswith((".com", ".co.", ".id", ".net"))


class _Cues:
    """Reads the words before (and right after) a name; the word lists are data (`places.yaml`, `cues`)."""

    def __init__(self, words: dict[str, frozenset[str]]) -> None:
        self.regency, self.city, self.district = words["regency"], words["city"], words["district"]
        self.village, self.office, self.near = words["village"], words["office"], words["near"]
        self.weekday, self.hall, self.heads = words["weekday"], words["hall"], words["head"]

    def of(self, text: Text, start: int, end: int) -> Cue:
        """What the word before words [start, end) says about them."""
        if not start or not text.joined[start - 1]:
            return ""
        before = text.folded[start - 1]
        if before in self.regency or before in self.city:
            return self._regency_or_city(text, start)
        if before in _POLICE or (before == "metro" and start > 1 and text.folded[start - 2] in _POLICE):
            return _police_cue(text, start, end)
        for cue, words in (("district", self.district), ("village", self.village), ("office", self.office)):
            if before in words:
                return cue  # type: ignore[return-value]
        return "near" if before in self.near else ""

    def _regency_or_city(self, text: Text, start: int) -> Cue:
        """ "Kabupaten X", "Kota X"; "Kabupaten dan Kota X", "Kota/Kabupaten X" name both."""
        kind: Cue = "regency" if text.folded[start - 1] in self.regency else "city"
        other = self.city if kind == "regency" else self.regency
        near = text.folded[max(0, start - 3) : start - 1]
        if (near and near[-1] in other) or (
            len(near) == 2 and near[1] in ("dan", "atau", "maupun") and near[0] in other
        ):
            return "both"
        return kind

    def is_title(self, text: Text, start: int) -> bool:
        """ "Bupati X", "Wali Kota X": the name tells who somebody is."""
        if not start or not text.joined[start - 1]:
            return False
        before = text.folded[start - 1]
        return before in self.heads or (
            before == "kota" and start > 1 and text.folded[start - 2] in ("wali", "walikota")
        )

    def is_venue(self, text: Text, hit: Hit[Name]) -> bool:
        """ "… di Gedung X, Jakarta Pusat, Rabu (1/10)": the place of a statement, not of the news."""
        if not all(code.startswith("31") for code in hit.payload.codes):
            return False
        after = text.folded[hit.end : hit.end + 3]
        before = text.folded[max(0, hit.start - 8) : hit.start]
        return any(word in self.weekday for word in after) or any(word in self.hall for word in before)


def _police_cue(text: Text, start: int, end: int) -> Cue:
    """ "Polrestabes X" and "Polres X Kota" are the city's police; other ranks say nothing by themselves."""
    rank = _POLICE.get(text.folded[start - 1], "polres")
    if end < len(text.words) and text.joined[end - 1] and text.folded[end] == "kota":
        return "city"
    return "city" if rank == "polrestabes" else "police"


def _mark_lists(found: Mentions) -> None:
    """Four places or more in one sentence, three of them units, are a list: none of them is what the article is about."""
    units: dict[int, set[str]] = {}
    names: dict[int, set[str]] = {}
    for mention in found.units:
        units.setdefault(mention.sentence, set()).add(mention.name)
    for mention in (*found.units, *found.provinces):
        names.setdefault(mention.sentence, set()).add(
            mention.codes[0][:2] if len(mention.codes[0]) == 2 else mention.name
        )
    for mention in found.units:
        mention.listed = len(units[mention.sentence]) >= 3 and len(names[mention.sentence]) >= 4
