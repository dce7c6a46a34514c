"""Why now: which case, place or media group, and which story, carry the stories of an alarm. Plain sentences from counts.

A driver is a series, other than the alarm's own, that holds a good part of its stories, and far more of them than the share
of that series in all news would bring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from stream_agents.alerting.ledger import Story
from stream_agents.alerting.words import Words
from warta.alarms import Bilingual
from warta.dates import Language, clock, moment, since

#: Least part of an alarm's stories that a driver holds, and least number.
PART = 0.4
LEAST = 2
#: Part of all documents from which one story is worth a word, and least number of its copies.
STORY_PART = 0.4
STORY_COPIES = 3
_WORDS: dict[Language, dict[str, str]] = {
    "id": {"place": "di {place}", "case": "tentang {case}", "owner": "dari {owner}"},
    "en": {"place": "in {place}", "case": "about {case}", "owner": "from the {owner}"},
}


class Driver(NamedTuple):
    """A series that carries part of an alarm: how many of its stories, and when the first of these was seen (POSIX)."""

    series: str
    stories: int
    first: float


def drivers(
    stories: Sequence[Story], own: str, names: Sequence[str], share: Callable[[int], float], usual: float
) -> list[Driver]:
    """At most two drivers, the strongest first, that speak of different things.

    Args:
        stories: the alarm's stories; `own` its series; `usual` how many it usually has.
        names: series by row; `share` the usual part of all negative news that a row holds (0 to 1).
    """
    found: dict[int, list[float]] = {}
    for story in stories:
        for row in story.rows:
            found.setdefault(row, []).append(story.seen)
    candidates = []
    for row, seen in found.items():
        kinds = _kinds(names[row])
        enough = len(seen) >= max(LEAST, PART * len(stories))
        excess = len(seen) - usual * share(row)
        if enough and kinds and excess > len(seen) / 2 and not _implied(names[row], own):
            candidates.append(((round(excess), len(kinds), names[row]), Driver(names[row], len(seen), min(seen))))
    candidates.sort(key=lambda item: (-item[0][0], -item[0][1], -_depth(item[0][2]), item[0][2]))
    chosen: list[Driver] = []
    for _, driver in candidates:
        if len(chosen) < 2 and not any(_kinds(driver.series) & _kinds(other.series) for other in chosen):
            chosen.append(driver)
    return chosen


def _kinds(series: str) -> frozenset[str]:
    """`place`, `case`, `owner`: what a series speaks of; nothing for `all` and names of other kinds."""
    kinds = frozenset(part.split(":")[0] for part in series.split("+"))
    return kinds if kinds <= {"place", "case", "owner"} else frozenset()


def _depth(series: str) -> int:
    """A unit says more than its province, a place or case more than a media group."""
    return 0 if series.startswith("owner:") else 1 + series.split("+")[0].count(".")


def _implied(series: str, own: str) -> bool:
    """Whether every story of `own` is in `series` by its name alone, or it speaks of nothing new."""
    parts = own.split("+")
    if any(part in parts for part in series.split("+")):
        return True
    place = next((part for part in parts if part.startswith("place:")), "")
    here = series.split("+")[0]
    return bool(place) and here.startswith("place:") and (place.startswith(f"{here}.") or "+" in series)


def sentences(found: Iterable[Driver], stories: Sequence[Story], documents: int, words: Words, now: float) -> Bilingual:
    """The drivers, and a story that stands out, as one sentence or two in each language."""
    found = list(found)
    return Bilingual(
        id=_indonesian(found, stories, documents, words, now), en=_english(found, stories, documents, words, now)
    )


def _indonesian(found: list[Driver], stories: Sequence[Story], documents: int, words: Words, now: float) -> str:
    parts = [
        f"{driver.stories} dari {len(stories)} {'berita ' if place == 0 else ''}{_about(driver.series, words, 'id')}"
        + (f" sejak {when}" if (when := _since(found, place, now, "id")) else "")
        for place, driver in enumerate(found)
    ] or ["tidak ada satu isu, wilayah, atau grup media yang menonjol"]
    if outstanding := _outstanding(stories, documents):
        parts.append(f"satu berita sendiri {outstanding.copies} dari {documents} tayangan")
    if revised := _revised(stories):
        parts.append(f"“{_cut(revised.title)}” diperbarui pukul {clock(moment(revised.revised))}")
    return _sentence(parts)


def _english(found: list[Driver], stories: Sequence[Story], documents: int, words: Words, now: float) -> str:
    parts = [
        f"{driver.stories} of {len(stories)} {'stories ' if place == 0 else ''}{_about(driver.series, words, 'en')}"
        + (f" since {when}" if (when := _since(found, place, now, "en")) else "")
        for place, driver in enumerate(found)
    ] or ["no single case, place or media group stands out"]
    if outstanding := _outstanding(stories, documents):
        parts.append(f"one story alone is {outstanding.copies} of {documents} articles")
    if revised := _revised(stories):
        parts.append(f"“{_cut(revised.title)}” was updated at {clock(moment(revised.revised))}")
    return _sentence(parts)


def of_spread(story: Story, owners: int, words: Words, now: float) -> Bilingual:
    """Why a story is an alarm by itself: who had it first, and how fast it went around."""
    minutes = max(1, round((now - story.seen) / 60))
    first = words.owner(story.source or story.owner) or "?"
    at = clock(moment(story.seen))
    within = {"id": f"{minutes} menit", "en": f"{minutes} minutes"}
    if minutes >= 90:
        within = {"id": f"{round(minutes / 60)} jam", "en": f"{round(minutes / 60)} hours"}
    return Bilingual(
        id=f"Pertama terpantau di {first} pukul {at}; {owners} grup media memuatnya dalam {within['id']}.",
        en=f"First seen at {first} at {at}; {owners} media groups carried it within {within['en']}.",
    )


def of_build_up(began: datetime, now: datetime, more: Bilingual) -> Bilingual:
    """A slow rise: since when, before what carries it."""
    return Bilingual(
        id=f"Naik perlahan sejak {since(began, now, 'id')}. {more.id}",
        en=f"Rising slowly since {since(began, now, 'en')}. {more.en}",
    )


def _about(series: str, words: Words, language: Language) -> str:
    """`tentang Keracunan makanan di Jawa Barat`."""
    said = []
    for part in sorted(series.split("+"), key=lambda part: part.startswith("place:")):
        kind = part.split(":")[0]
        name = words.part(part)
        said.append(_WORDS[language][kind].format(**{kind: name.id if language == "id" else name.en}))
    return " ".join(said)


def _outstanding(stories: Sequence[Story], documents: int) -> Story | None:
    top = max(stories, key=lambda story: story.copies, default=None)
    if top is None or len(stories) < 2 or top.copies < STORY_COPIES or top.copies < STORY_PART * documents:
        return None
    return top


def _revised(stories: Sequence[Story]) -> Story | None:
    """The story whose head was rewritten last."""
    found = [story for story in stories if story.revised]
    return max(found, key=lambda story: (story.revised, story.story_id), default=None)


def _since(found: list[Driver], place: int, now: float, language: Language) -> str:
    """When a driver began; two that began together say it once, at the end."""
    began = [since(moment(driver.first), moment(now), language) for driver in found]
    return "" if place + 1 < len(began) and began[place] == began[place + 1] else began[place]


def _sentence(parts: list[str]) -> str:
    text = ", ".join(parts) + "."
    return text[0].upper() + text[1:]


def _cut(title: str, most: int = 60) -> str:
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"
