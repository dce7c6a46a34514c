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
_SPELLINGS = (
    "Antara",
    "ANTARA",
    "AFP",
    "Reuters",
    "REUTERS",
    "Xinhua",
    "XINHUA",
    "Bernama",
    "Anadolu",
    "Kyodo",
    "Yonhap",
    "TASS",
    "Sputnik",
    "dpa",
    "DPA",
    "EFE",
    "WAFA",
    "Wafa",
    "Bloomberg",
    "InfoPublik",
    "UPI",
    "RIA Novosti",
    "Associated Press",
    " AP ",
    " AP,",
)


def agency(text: str, tail: str = "") -> str:
    """The agency an article is attributed to ("" if none): in its sentences, or in what was cut off as its source line."""
    for spelling in _SPELLINGS:
        at = text.find(spelling)
        while at >= 0:
            if m := _SAID.search(text, max(0, at - 60), at + 30):
                return _AGENCIES[m["name"].lower()]
            at = text.find(spelling, at + 200)
    if tail and (m := _SOURCE.search(tail)):
        return _AGENCIES[m["name"].lower()]
    return ""
