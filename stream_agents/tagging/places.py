"""Which places an article is about, and which it only mentions.

A mention's cue decides between regency and city ("Kab.", "Pemkot", "Polresta …", a kecamatan of one of them); a name without
any cue is left at the level that is certain, its province. A dateline helps to choose between candidates and is never a
place by itself.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from stream_agents.tagging.gazetteer import Gazetteer, fold, gazetteer
from stream_agents.tagging.mentions import Finder, Mention, Mentions
from stream_agents.tagging.text import Text
from warta.messages import Location, Place, Strength

_STRONG = frozenset(["regency", "city", "both", "police"])


@dataclass(slots=True)
class Places:
    """What was found: the main place's code, all places (main first), foreign names, and whether the news is foreign."""

    main: str | None = None
    places: list[Place] = field(default_factory=list)
    provinces: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    location: Location | None = None
    abroad: list[str] = field(default_factory=list)
    foreign: bool = False


@dataclass(slots=True)
class _Evidence:
    """Sentences in which one place counts towards being main, and those in which it merely stands."""

    counted: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    cues: int = 0
    titles: int = 0
    mentions: int = 0
    first: int = 1_000_000

    def add(self, mention: Mention) -> None:
        self.seen.add(mention.sentence)
        self.first = min(self.first, mention.start)
        self.cues += mention.cue in _STRONG
        self.titles += mention.head
        self.mentions += 1
        if not mention.venue and not (mention.listed and mention.sentence > 0):
            self.counted.add(mention.sentence)

    def score(self) -> float:
        """Title 4, first sentence 3, second 1, and a little for every further sentence and cue."""
        lead = 4.0 * (0 in self.counted) + 3.0 * (1 in self.counted) + 1.0 * (2 in self.counted)
        return lead + 0.6 * min(len(self.counted), 8) + 0.2 * min(self.cues, 5)

    def is_main(self, sentences: int) -> bool:
        """In the title, in the first sentence, or in three sentences that are a good part of the article.

        A place that is named once, in somebody's title ("Wali Kota X"), is that person's, not the article's.
        """
        if self.titles == self.mentions == 1:
            return False
        if self.counted & {0, 1}:
            return True
        return len(self.counted) >= 3 and len(self.counted) * 4 >= sentences


class PlaceTagger:
    """Finds places in Indonesian news; holds no state between articles and may be shared by threads."""

    def __init__(self, regions: Gazetteer | None = None) -> None:
        self._regions = regions or gazetteer()
        self._finder = Finder(self._regions)

    def tag(self, text: Text, dateline: str = "", region: str = "") -> Places:
        """Places of one article.

        `dateline` is the town before the first sentence, `region` the province code of the publisher's home; both only
        help to choose between places of one name.
        """
        mentions = self._finder.find(text)
        hints = self._hints(mentions, dateline, region)
        evidence = self._resolve(mentions, hints)
        found = self._decide(mentions, evidence, text.sentences)
        found.foreign = _is_foreign(mentions, evidence, any(town in self._regions.abroad for town in _towns(dateline)))
        return found

    def _hints(self, mentions: Mentions, dateline: str, region: str) -> list[set[str]]:
        """Sets of units and provinces to prefer, the closest first."""
        cued = {code for mention in mentions.units if len(self._by_cue(mention)) == 1 for code in self._by_cue(mention)}
        named = {code for mention in mentions.units if not cued & set(mention.codes) for code in mention.codes} | cued
        provinces = {code for mention in mentions.provinces for code in mention.codes}
        home = {code for town in _towns(dateline) for code in self._regions.units.get(town, ())}
        home |= {self._regions.provinces.get(town, "") for town in _towns(dateline)}
        certain = {code for mention in mentions.units if len(mention.codes) == 1 for code in mention.codes}
        return [named, provinces, home | {code[:2] for code in home}, {code[:2] for code in certain}, {region}]

    def _resolve(self, mentions: Mentions, hints: list[set[str]]) -> dict[str, _Evidence]:
        evidence: defaultdict[str, _Evidence] = defaultdict(_Evidence)
        for mention in mentions.districts:
            code = self._district(mention, hints)
            if code is not None:
                evidence[code].add(mention)
                evidence[code[:5]].add(mention)
        by_name: defaultdict[str, list[Mention]] = defaultdict(list)
        for mention in mentions.units:
            by_name[mention.name].append(mention)
        for name, group in by_name.items():
            self._resolve_name(name, group, mentions, hints, evidence)
        for mention in mentions.provinces:
            evidence[mention.codes[0]].add(mention)
        for mention in mentions.inside:
            for code in mention.codes:
                if code in evidence:
                    evidence[code].add(mention)
        return evidence

    def _district(self, mention: Mention, hints: list[set[str]]) -> str | None:
        codes = set(mention.codes)
        for hint in hints:
            narrowed = {code for code in codes if code[:5] in hint or code[:2] in hint}
            codes = narrowed or codes
        return codes.pop() if len({code[:5] for code in codes}) == 1 else None

    def _resolve_name(
        self,
        name: str,
        group: list[Mention],
        mentions: Mentions,
        hints: list[set[str]],
        evidence: dict[str, _Evidence],
    ) -> None:
        if not self._believable(name, group, mentions, evidence):
            return
        is_province = self._regions.provinces.get(name)
        chosen = self._choose(name, group, mentions, hints, evidence)
        for mention in group:
            codes = self._by_cue(mention)
            if len(codes) > 1 and mention.cue != "both":
                codes = (chosen,) if chosen else ()
            elif is_province and mention.cue not in _STRONG:
                codes = ()
            for code in codes or self._certain_level(mention.codes, is_province):
                evidence[code].add(mention)

    def _believable(self, name: str, group: list[Mention], mentions: Mentions, evidence: dict[str, _Evidence]) -> bool:
        """Whether a name that is also a word or a person means the place here: one good cue vouches for all."""
        regions = self._regions
        if name not in regions.common:
            return True
        if all(self._inside_another(mention, mentions) for mention in group):
            return False
        codes = {code for mention in group for code in mention.codes}
        if any(mention.cue in _STRONG for mention in group) or any(code in evidence for code in codes):
            return True
        if name in regions.cue_only:
            return self._followed_by_province(group, mentions)
        if any(mention.cue in ("near", "office") for mention in group):
            return True
        return self._followed_by_province(group, mentions) or self._beside_another(group, mentions)

    def _followed_by_province(self, group: list[Mention], mentions: Mentions) -> bool:
        """ "Demak, Jawa Tengah": its own province stands right behind the name."""
        after = {mention.start: mention.codes[0] for mention in mentions.provinces}
        return any(after.get(mention.end) == code[:2] for mention in group for code in mention.codes)

    def _inside_another(self, mention: Mention, mentions: Mentions) -> bool:
        """ "di Bangka Jaksel", "Kuningan, Jakarta Selatan": a quarter of the unit named right behind it, elsewhere.

        Behind a comma only known quarters of Jakarta count; other commas part the items of a list.
        """
        if mention.cue in _STRONG:
            return False
        provinces = {code[:2] for code in mention.codes}
        return any(
            other.start == mention.end
            and not provinces & {code[:2] for code in other.codes}
            and (mention.runs_on or (mention.name in self._regions.cues["quarter"] and other.codes[0].startswith("31")))
            for other in (*mentions.units, *mentions.provinces)
        )

    def _beside_another(self, group: list[Mention], mentions: Mentions) -> bool:
        """ "Semarang, Solo, Malang", "Cilacap dan Batang": a place whose name is nothing else stands next to it."""
        plain = [mention for mention in mentions.units if mention.name not in self._regions.common]
        edges = {(mention.sentence, edge) for mention in plain for edge in (mention.start - 1, mention.end)}
        edges |= {(mention.sentence, edge) for mention in plain for edge in (mention.start, mention.end + 1)}
        return any(
            (mention.sentence, mention.start) in edges or (mention.sentence, mention.end) in edges for mention in group
        )

    def _by_cue(self, mention: Mention) -> tuple[str, ...]:
        if len(mention.codes) == 1 or mention.cue not in ("regency", "city", "police"):
            return mention.codes
        # "Polres X" beside a city of that name is the regency's police (table `police` holds the exceptions).
        wanted = "city" if mention.cue == "city" else "regency"
        fitting = tuple(code for code in mention.codes if self._regions.regions[code].level == wanted)
        return fitting or mention.codes

    def _choose(
        self,
        name: str,
        group: list[Mention],
        mentions: Mentions,
        hints: list[set[str]],
        evidence: dict[str, _Evidence],
    ) -> str | None:
        """The unit that mentions without a cue mean, if the rest of the article says so."""
        candidates = group[0].codes
        if len(candidates) == 1:
            return candidates[0]
        votes: Counter[str] = Counter()
        for mention in group:
            codes = self._by_cue(mention)
            if len(codes) == 1:
                votes[codes[0]] += 2
        for code in candidates:
            votes[code] += 3 * len(evidence[code].seen) if code in evidence else 0
            votes[code] += mentions.inner.get((name, code), 0)
            votes[code] += sum(code in mention.codes for mention in mentions.inside)
        # Two regions apart (Banjar in Jawa Barat or Kalimantan Selatan): the province named, the dateline, the home.
        if len({code[:2] for code in candidates}) > 1:
            for hint in hints[1:]:
                inside = [code for code in candidates if code[:2] in hint]
                if len(inside) == 1:
                    votes[inside[0]] += 1
        best, second = [*votes.most_common(2), ("", 0), ("", 0)][:2]
        return best[0] if best[1] > second[1] else None

    @staticmethod
    def _certain_level(codes: tuple[str, ...], province: str | None) -> tuple[str, ...]:
        """The province all candidates share, or nothing."""
        shared = {code[:2] for code in codes}
        return (province,) if province else tuple(shared) if len(shared) == 1 else ()

    def _decide(self, mentions: Mentions, evidence: dict[str, _Evidence], sentences: int) -> Places:
        found = Places()
        for mention in mentions.abroad:
            if mention.codes[0] not in found.abroad:
                found.abroad.append(mention.codes[0])
        found.main = self._main(evidence, sentences)
        ranked = sorted(evidence, key=lambda code: (code != found.main, -evidence[code].score(), evidence[code].first))
        for code in ranked:
            region = self._regions.regions[code]
            strength: Strength = "main" if code == found.main else "mention"
            found.places.append(
                Place(code=code, name=region.name, level=region.level, province=region.province, strength=strength)
            )
        found.provinces = _unique(code[:2] for code in ranked)
        found.codes = _unique([*ranked, *found.provinces])
        point = self._regions.location(found.main) if found.main else None
        found.location = Location(lat=point[0], lon=point[1]) if point else None
        return found

    def _main(self, evidence: dict[str, _Evidence], sentences: int) -> str | None:
        """The unit that carries the article; a province only where no unit does."""
        for sizes in ((5,), (2,)):
            able = [code for code in evidence if len(code) in sizes and evidence[code].is_main(sentences)]
            if not able and sizes == (5,):
                able = self._only_one_near_the_top(evidence)
            if able:
                best = max(able, key=lambda code: (evidence[code].score(), -evidence[code].first))
                return best[:2] if self._is_whole_province(best, evidence) else best
        return None

    @staticmethod
    def _only_one_near_the_top(evidence: dict[str, _Evidence]) -> list[str]:
        """A unit in the second sentence, when the whole article counts no other: features set the scene first."""
        counted = [code for code in evidence if len(code) == 5 and evidence[code].counted]
        found = evidence[counted[0]] if len(counted) == 1 else None
        return counted if found and 2 in found.counted and found.titles < found.mentions else []

    @staticmethod
    def _is_whole_province(best: str, evidence: dict[str, _Evidence]) -> bool:
        """The title names the province and no unit, and the text several of its units ("Cuaca Jakarta hari ini")."""
        if best[:2] not in evidence or 0 not in evidence[best[:2]].counted or 0 in evidence[best].counted:
            return False
        return sum(len(code) == 5 and code[:2] == best[:2] for code in evidence) > 1


def _is_foreign(mentions: Mentions, evidence: dict[str, _Evidence], dateline_abroad: bool) -> bool:
    """Whether the news happens abroad: a foreign place leads it, and this country appears late and seldom or not at all."""
    foreign = {mention.sentence for mention in mentions.abroad} | ({1} if dateline_abroad else set())
    if not foreign & {0, 1}:
        return False
    home = {sentence for item in evidence.values() for sentence in item.seen} | mentions.domestic
    return not home & {0, 1, 2} and len(home) <= len(foreign)


def _towns(dateline: str) -> list[str]:
    """The parts of a dateline as names: "SUMEDANG, Simaknews.id" holds a town and an outlet."""
    return [fold(part) for part in re.split(r"[,|/(]", dateline)]


def _unique(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))
