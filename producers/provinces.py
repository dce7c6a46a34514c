"""The 38 provinces by their codes at the Ministry of Home Affairs (Kepmendagri 300.2.2-2138 of 2025), as people call them."""

from __future__ import annotations

import re

from warta.errors import Usage

PROVINCES = {
    "11": "Aceh",
    "12": "Sumatera Utara",
    "13": "Sumatera Barat",
    "14": "Riau",
    "15": "Jambi",
    "16": "Sumatera Selatan",
    "17": "Bengkulu",
    "18": "Lampung",
    "19": "Kepulauan Bangka Belitung",
    "21": "Kepulauan Riau",
    "31": "DKI Jakarta",
    "32": "Jawa Barat",
    "33": "Jawa Tengah",
    "34": "DI Yogyakarta",
    "35": "Jawa Timur",
    "36": "Banten",
    "51": "Bali",
    "52": "Nusa Tenggara Barat",
    "53": "Nusa Tenggara Timur",
    "61": "Kalimantan Barat",
    "62": "Kalimantan Tengah",
    "63": "Kalimantan Selatan",
    "64": "Kalimantan Timur",
    "65": "Kalimantan Utara",
    "71": "Sulawesi Utara",
    "72": "Sulawesi Tengah",
    "73": "Sulawesi Selatan",
    "74": "Sulawesi Tenggara",
    "75": "Gorontalo",
    "76": "Sulawesi Barat",
    "81": "Maluku",
    "82": "Maluku Utara",
    "91": "Papua",
    "92": "Papua Barat",
    "93": "Papua Selatan",
    "94": "Papua Tengah",
    "95": "Papua Pegunungan",
    "96": "Papua Barat Daya",
}


def code(wanted: str) -> str:
    """A code (`32`, `32.11`) as it is, or the code of the province of this name, whatever its case and spaces.

    Raises:
        Usage: neither; the message lists names that begin alike, else all of them.
    """
    if re.fullmatch(r"\d\d(?:\.\d\d)?", wanted) and wanted[:2] in PROVINCES:
        return wanted
    slugs = {_slug(name): number for number, name in PROVINCES.items()}
    if found := slugs.get(_slug(wanted)):
        return found
    near = [name for name in PROVINCES.values() if _slug(name).startswith(_slug(wanted)[:3])]
    raise Usage(f"'{wanted}' is no province; write its code (32) or its name: {', '.join(near or PROVINCES.values())}")


def name(region: str) -> str:
    """The province of a region's code; empty for none."""
    return PROVINCES.get(region[:2], "")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.casefold())
