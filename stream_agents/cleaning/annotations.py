"""Annotations that came with a record: "Kab/Kota: …", "Kasus: …", "Jenis Media: News", "Sentimen: positif (99.8%)".

They are somebody else's inference: parsed into `upstream`, taken out of the text, never mixed with ours.
"""

import re

from stream_agents.cleaning.cuts import Draft, Line

KIND = "annotation"
_KNOWN = (
    r"(?:kab(?:upaten)?\s?/\s?kota|kasus|jenis\s+media|sentimen|bumn|tokoh(?:\s+terkait|"
    r"\s+publik)?|grup\s+musik|provinsi|kecamatan|instansi|lembaga|partai(?:\s+politik)?|"
    r"perusahaan|organisasi|negara|topik\s+utama|isu|kategori\s+media|nama\s+media|"
    r"kementerian(?:/lembaga)?|klub(?:\s+bola)?|brand|merek|produk|narasumber|influencer|"
    r"tier\s+media|pr\s+value|ad\s+value|tone|universitas|bank|pejabat|artis)"
)
_MARKERS = ("jenis media", "sentimen", "informasi tambahan", "kab/kota", "kab / kota")
_HEADING = re.compile(r"(?:sentimen|informasi\s+tambahan|informasi\s+lain(?:nya)?|metadata|anotasi)\s*:?", re.I)
_PAIR = re.compile(r"(?P<name>[A-Z][\w/ .&\-]{1,40}?)\s*:\s*(?P<value>\S[^\n]{0,300})")
_KNOWN_PAIR = re.compile(rf"(?P<name>{_KNOWN})\s*:\s*(?P<value>\S[^\n]{{0,300}})", re.I)
_SENTIMENT = re.compile(
    r"sentimen\s*:\s*(?P<label>positif|negatif|netral)\s*(?:\(\s*(?P<share>[\d.,]{1,8})\s*%\s*\))?", re.I
)
_MEDIA = re.compile(r"(?P<outlet>\S[^\n:]{0,60}?)\s+jenis\s+media\s*:\s*(?P<media>[^\n]{1,60})", re.I)
_NUMBER_ONLY = re.compile(r"\d+(?:[.,]\d+)?")


def take_annotations(draft: Draft) -> dict[str, object]:
    """Cut the annotations of a dashboard record out of the draft and return them by name as written."""
    lines = list(draft.alive())
    edges = lines[:14] + lines[-8:] if len(lines) > 22 else lines
    if not any(marker in line.lower for line in edges for marker in _MARKERS):
        return {}
    upstream: dict[str, object] = {}
    found = False
    for line in edges:
        if len(line.bare) > 360:
            continue
        found = _take(draft, line, upstream, in_block=found) or found
    return upstream


def _take(draft: Draft, line: Line, upstream: dict[str, object], *, in_block: bool) -> bool:
    text = line.bare
    if _HEADING.fullmatch(text):
        draft.drop(line, KIND)
        return True
    if m := _SENTIMENT.fullmatch(text):
        upstream["Sentimen"] = _sentiment(m)
    elif m := _MEDIA.fullmatch(text):
        upstream["Media"], upstream["Jenis Media"] = m["outlet"].strip(), m["media"].strip()
    elif (m := _KNOWN_PAIR.fullmatch(text)) or (in_block and (m := _PAIR.fullmatch(text)) and _is_listing(m["value"])):
        upstream[m["name"].strip()] = _values(m["value"])
    else:
        return False
    draft.drop(line, KIND)
    return True


def _sentiment(m: re.Match[str]) -> dict[str, object]:
    share = m["share"]
    number = float(share.replace(",", ".")) if share and _NUMBER_ONLY.fullmatch(share) else None
    return {"label": m["label"].lower(), "percent": number}


def _values(text: str) -> list[str]:
    return [v.strip() for v in text.split(",") if v.strip()]


def _is_listing(value: str) -> bool:
    """Names and terms, not a sentence: short pieces, no full stop at the end."""
    return not value.rstrip().endswith((".", "!", "?", "”", '"')) and all(len(v.split()) <= 5 for v in value.split(","))
