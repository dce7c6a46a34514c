"""Which news agency a report names as its source; the attribution itself stays in the text."""

import re

_AGENCIES = {
    "antara": "Antara",
    "antaranews": "Antara",
    "antara news": "Antara",
    "ant": "Antara",
    "afp": "AFP",
    "reuters": "Reuters",
    "ap": "AP",
    "associated press": "AP",
    "xinhua": "Xinhua",
    "bernama": "Bernama",
    "anadolu": "Anadolu",
    "anadolu agency": "Anadolu",
    "kyodo": "Kyodo",
    "yonhap": "Yonhap",
    "tass": "TASS",
    "sputnik": "Sputnik",
    "dpa": "dpa",
    "efe": "EFE",
    "wafa": "WAFA",
    "bloomberg": "Bloomberg",
    "infopublik": "InfoPublik",
    "upi": "UPI",
    "ria novosti": "RIA Novosti",
}
_NAMES = "|".join(sorted((re.escape(n) for n in _AGENCIES if n != "ant"), key=len, reverse=True))
_SAID = re.compile(
    r"\b(?:dilansir|melansir|dikutip|mengutip|dilaporkan|melaporkan|menurut|diwartakan|"
    r"mewartakan|lansir|laporan|sebagaimana|kata|kepada)\b(?:\s+(?:dari|oleh|laman|"
    rf"kantor|berita|situs|media|laporan)){{0,4}}\s*(?P<name>{_NAMES})\b",
    re.I,
)
_SOURCE = re.compile(
    rf"(?:^|\n|\()\s*(?:sumber|source|rep|laporan)?\s*:?\s*\(?(?P<name>{_NAMES}|ant)\b(?:\s*/[^()\n]{{0,30}})?\)?"
    r"\s*(?:\)|$|\n)",
    re.I,
)
_TRIGGERS = tuple(n for n in _AGENCIES if n != "ap")


def agency(text: str, tail: str = "") -> str:
    """The agency an article is attributed to ("" if none): in its sentences, or in what was cut off as its source line."""
    low = text.lower()
    if any(t in low for t in _TRIGGERS) and (m := _SAID.search(text)):
        return _AGENCIES[m["name"].lower()]
    if tail and (m := _SOURCE.search(tail)):
        return _AGENCIES[m["name"].lower()]
    return ""
