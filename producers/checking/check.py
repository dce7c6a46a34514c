"""`warta sources check`: is a source still where the catalogue says, how new is its news, and what must be corrected."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from producers.catalogue import Source
from producers.checking import discover
from producers.checking.looking import look
from producers.checking.points import Examined
from producers.checking.web import Visit
from producers.crawling.answer import NoAnswer
from producers.seen_rows import Kind

_FIELDS: dict[Kind, str] = {"feed": "feeds", "sitemap": "sitemaps", "index": "indexes"}


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found. `fixed` is the entry as it should be (`verified` among it), `changes` what differs, in words."""

    source: Source
    fixed: Source
    robots: str
    points: Sequence[Examined]
    newest: datetime | None = None
    changes: Sequence[str] = field(default=())

    @property
    def works(self) -> bool:
        """Whether articles can be found."""
        return any(point.works for point in self.points)

    @property
    def problems(self) -> list[str]:
        """Points that do not work, with the reason."""
        return [f"{point.got.asked}: {point.problem}" for point in self.points if point.problem]

    def count(self, kind: Kind) -> tuple[int, int]:
        """Points of a kind: how many work, how many there are."""
        alike = [point for point in self.points if point.kind == kind]
        return sum(point.works for point in alike), len(alike)


async def check(visit: Visit, source: Source, now: datetime, taken: Collection[str] = ()) -> Report:
    """Look at every point of a source, and for others where its feeds and sitemaps do not work. Addresses `taken` by other
    sources are not looked at for this one."""
    points = [await look(visit, kind, url, now, source.articles) for kind, url in known(source)]
    if not any(point.works for point in points if point.kind != "index"):
        points += await _others(visit, source, points, now, taken)
    fixed, changes = correct(source, points, now)
    dates = [point.newest for point in points if point.newest is not None]
    return Report(source, fixed, await _robots(visit, source), points, max(dates, default=None), changes)


def known(source: Source) -> Iterator[tuple[Kind, str]]:
    """The points of an entry."""
    for kind, name in _FIELDS.items():
        for url in getattr(source, name):
            yield kind, url


async def _others(
    visit: Visit, source: Source, points: Sequence[Examined], now: datetime, taken: Collection[str]
) -> list[Examined]:
    tried = {point.got.asked for point in points} | set(taken)
    home = next((p for p in points if p.kind == "index" and p.got.answer and not p.got.problem), None)
    base = home.got.url if home else f"https://{source.hosts[-1]}{source.paths[0] if source.paths else '/'}"
    page = home.got if home else await visit.get(base)
    found = await discover.feeds_of(visit, page, now, tried, guess=False)
    # robots.txt speaks for the whole host: a source that is a part of it has no claim to its sitemaps.
    found += [] if source.paths else await discover.sitemaps_of(visit, page.url, now, tried, guess=False)
    return [point for point in found if discover.is_of(point, source.paths)]


async def _robots(visit: Visit, source: Source) -> str:
    try:
        rules = await visit.rules(next((url for _, url in known(source)), f"https://{source.hosts[0]}/"))
    except NoAnswer:
        return "unreachable"
    return rules.state


def correct(source: Source, points: Sequence[Examined], now: datetime) -> tuple[Source, list[str]]:
    """The entry as it should be after what was seen, and what changed. Addresses go only if something else works."""
    given, changes = {url for _, url in known(source)}, list[str]()
    kept: dict[Kind, list[str]] = {"feed": [], "sitemap": [], "index": []}
    working = any(point.works for point in points)
    for point in points:
        url, added = point.got.asked, point.got.asked not in given
        if added and not point.works:
            continue
        if point.dead and working:
            changes.append(f"- {url} ({point.problem})")
            continue
        if point.works and point.got.permanent:
            changes.append(f"{'+' if added else '~'} {url} -> {point.got.url}")
            url = point.got.url
        elif added:
            changes.append(f"+ {url}")
        if url not in kept[point.kind]:
            kept[point.kind].append(url)
    update = {name: tuple(kept[kind]) for kind, name in _FIELDS.items()}
    verified = {"verified": now.date()} if any(point.works and point.links for point in points) else {}
    return source.model_copy(update=update | verified), changes
