"""Text that stands in an article more than once: the whole body twice, repeated paragraphs, a page's overlap with the next.

Legitimate repetition stays: short lines (a chorus, list items) and a single sentence said twice inside longer paragraphs.
"""

import re
from dataclasses import dataclass

from stream_agents.cleaning.cuts import Draft, Line

KIND = "repeat"
_NOT_WORD = re.compile(r"[\W_]+")
_PROBE = 36
_SHORTEST = 24
_PARAGRAPH = 90
_RUN = 150
_OPENING = 50
_TOO_LONG = 400_000


@dataclass(slots=True)
class _Unit:
    line: Line
    start: int
    end: int
    key: str
    repeated: bool = False
    opens: bool = False


def strip_repeats(draft: Draft) -> None:
    """Drop the later copies of whatever the article says twice."""
    lines = list(draft.alive())
    if not _suspicious(lines):
        return
    units = [u for line in lines for u in _units(line)]
    seen: dict[str, bool] = {}
    head = {id(line) for line in lines[:3]}
    for unit in units:
        opening = id(unit.line) in head and not unit.line.text[: unit.start].strip()
        unit.repeated = len(unit.key) >= _SHORTEST and unit.key in seen
        unit.opens = unit.repeated and opening and seen[unit.key]
        seen.setdefault(unit.key, opening)
    _mark_light_differences(units)
    for run in _runs(units):
        _cut_run(draft, run)


def _suspicious(lines: list[Line]) -> bool:
    """Does any paragraph's opening stand in the article again? Two substring searches a line tell."""
    total = sum(len(line.lower) for line in lines)
    if total > _TOO_LONG:
        return len({line.lower.strip()[:_PROBE] for line in lines}) < len(lines)
    whole = "\n".join(line.lower for line in lines)
    probes = [line.lower.strip()[:_PROBE] for line in lines if len(line.bare) >= _SHORTEST]
    if len(probes) > 400:
        return len(set(probes)) < len(probes)
    return any(whole.find(p, whole.find(p) + 1) >= 0 for p in probes)


def _units(line: Line) -> list[_Unit]:
    start, units = 0, []
    for end in line.sentences.ends:
        key = _NOT_WORD.sub("", line.lower[start:end])
        if key:
            units.append(_Unit(line, start, end, key))
        start = end
    return units


def _mark_light_differences(units: list[_Unit]) -> None:
    """Inside a body that stands twice, a sentence that differs by a few words from its first copy is a copy too."""
    first = next((i for i, u in enumerate(units) if u.repeated), None)
    if first is None:
        return
    tail = units[first:]
    chars = sum(len(u.key) for u in tail)
    if chars < 200 or sum(len(u.key) for u in tail if u.repeated) < 0.7 * chars:
        return
    grams = {g for u in units[:first] for g in _grams(u.line.lower[u.start : u.end])}
    for unit in tail:
        own = _grams(unit.line.lower[unit.start : unit.end])
        if not unit.repeated and own and sum(g in grams for g in own) >= 0.7 * len(own):
            unit.repeated = True


def _grams(text: str) -> list[tuple[str, str, str]]:
    words = [w for w in (_NOT_WORD.sub("", x) for x in text.split()) if w]
    return list(zip(words, words[1:], words[2:], strict=False))


def _runs(units: list[_Unit]) -> list[list[_Unit]]:
    runs: list[list[_Unit]] = []
    previous = False
    for unit in units:
        if unit.repeated:
            if previous:
                runs[-1].append(unit)
            else:
                runs.append([unit])
        previous = unit.repeated
    return runs


def _cut_run(draft: Draft, run: list[_Unit]) -> None:
    """A run goes when it is long, or line by line where it makes up whole paragraphs."""
    chars = sum(len(u.key) for u in run)
    by_line: dict[int, list[_Unit]] = {}
    for unit in run:
        by_line.setdefault(id(unit.line), []).append(unit)
    for group in by_line.values():
        line = group[0].line
        whole = len(line.text[: group[0].start].strip()) + len(line.text[group[-1].end :].strip()) == 0
        size = sum(len(u.key) for u in group)
        # Two paragraphs that open with the same long sentence: a summary and the lead it was taken from.
        opens = group[0].opens and size >= _OPENING
        if (chars >= _RUN and len(run) >= 2) or (whole and size >= _PARAGRAPH) or opens:
            draft.cut(line, [(group[0].start, group[-1].end)], KIND)
