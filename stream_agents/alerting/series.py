"""Names of series and what is asked of each: which test decides, and how many voices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path

import yaml

from stream_agents.alerting.detector import Mode
from warta.errors import Usage

#: Kind of case → what decides. By nature most coverage of a risk is negative, so its share says nothing (reference desk).
MODE_OF_KIND = {
    "risiko": Mode.COUNT,
    "layanan": Mode.SHARE,
    "program": Mode.SHARE,
    "politik": Mode.SHARE,
    "capaian": Mode.NONE,
}


@lru_cache(maxsize=1)
def shipped_kinds() -> Mapping[str, str]:
    """Case id → kind, of the shipped taxonomy."""
    text = resources.files("stream_agents.tagging").joinpath("cases.yaml").read_text("utf-8")
    return {str(case["id"]): str(case["kind"]) for case in yaml.safe_load(text)["cases"]}


def kinds(own: Path | None) -> Mapping[str, str]:
    """Case id → kind: the shipped cases with a desk's own on top.

    Raises:
        Usage: the desk's file is not a mapping with a list of `cases`.
    """
    if own is None:
        return shipped_kinds()
    try:
        cases = (yaml.safe_load(own.read_text("utf-8")) or {}).get("cases") or []
        return {**shipped_kinds(), **{str(case["id"]): str(case.get("kind", "risiko")) for case in cases}}
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise Usage(
            f"{own}: not a file of cases ({error}); see stream_agents/tagging/cases.yaml for the form"
        ) from None


def mode_of(series: str, kind_of_case: Mapping[str, str]) -> Mode:
    """What must be out of the ordinary in a series; unknown names are tested by count and share."""
    for part in series.split("+"):
        if part.startswith("case:"):
            return MODE_OF_KIND.get(kind_of_case.get(part[5:], ""), Mode.BOTH)
    return Mode.BOTH


def voices_needed(series: str) -> int:
    """A publisher's own series has one voice by nature; any other needs two independent ones."""
    return 1 if series.startswith("owner:") else 2


def with_provinces(series: list[str], own_places: frozenset[str]) -> list[str]:
    """Add the province of each place, and keep place × case only for provinces and the desk's own places."""
    found: dict[str, None] = {}
    for name in series:
        place, _, case = name.partition("+") if name.startswith("place:") else ("", "", "")
        if not place:
            found[name] = None
            continue
        province = f"place:{place[6:].split('.')[0]}"
        if not case:
            found[name] = found[province] = None
            continue
        if place == province or place[6:] in own_places:
            found[name] = None
        found[f"{province}+{case}"] = None
    return list(found)


def own_places(desk: Path | None) -> frozenset[str]:
    """`own_places` of desk.yaml: Kemendagri codes whose place × case is counted.

    Raises:
        Usage: the file cannot be read, or they are no list of codes.
    """
    if desk is None:
        return frozenset()
    try:
        found = (yaml.safe_load(desk.read_text("utf-8")) or {}).get("own_places") or []
        return frozenset(str(code) for code in found)
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise Usage(f"{desk}: own_places must be a list of codes such as ['32.11'] ({error})") from None
