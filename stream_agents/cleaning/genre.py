"""What kind of text an article is: news, service, roundup, opinion, factcheck, advertorial, schedule.

Judged by form and words of the title first; only news is counted in series, so a doubtful text stays news.
"""

import re

from warta.messages import Genre

_TITLE: tuple[tuple[Genre, re.Pattern[str]], ...] = (
    ("advertorial", re.compile(r"\(\s*adv(?:ertorial)?\s*\)|\badvertorial\b|\bpariwara\b|\[adv\]|\binforial\b", re.I)),
    (
        "factcheck",
        re.compile(
            r"^\W*(?:cek\s+fakta|hoaks|hoax|\[?\s*(?:salah|hoaks|hoax|disinformasi|misinformasi|"
            r"keliru|klarifikasi)\s*\]|benarkah\b.*\?\s*(?:ini|cek|begini)\s+fakta)|\bcek\s+fakta\b|"
            r"\bturn\s?back\s?hoax\b",
            re.I,
        ),
    ),
    (
        "opinion",
        re.compile(
            r"^\W*(?:opini|kolom|editorial|tajuk(?:\s+rencana)?|catatan|esai|surat\s+pembaca|"
            r"refleksi)\s*[:|\-–]|\b(?:opini|tajuk\s+rencana)\b\s*[:|]",
            re.I,
        ),
    ),
    (
        "roundup",
        re.compile(
            r"^\W*(?:\[?populer\]?|terpopuler|berita\s+(?:terpopuler|populer)|top\s*\d+|\d+\s+(?:berita|"
            r"artikel|fakta)\s+(?:terpopuler|populer|terheboh)|rangkuman|kaleidoskop|sepekan|"
            r"peristiwa\s+sepekan|most\s+popular|kilas)\b|\b(?:terpopuler|berita\s+populer|"
            r"sepekan\s+terakhir|pilihan\s+sepekan)\b\s*(?:[:|]|$)|^\[?populer",
            re.I,
        ),
    ),
    (
        "schedule",
        re.compile(
            r"\b(?:jadwal|prakiraan\s+cuaca|ramalan\s+(?:zodiak|cuaca|shio)|zodiak|harga\s+(?:emas|"
            r"bbm|cabai|beras|sembako|pangan|tbs|ayam|daging|minyak\s+goreng)\b.*\b(?:hari\s+ini|"
            r"terbaru|\d{4})|kurs\s+(?:rupiah|dolar)|nilai\s+tukar\b.*hari\s+ini|ihsg\s+hari\s+ini|"
            r"klasemen|live\s+streaming|link\s+(?:live|nonton)|susunan\s+pemain|imsakiyah|"
            r"waktu\s+(?:salat|sholat)|lokasi\s+sim\s+keliling|sim\s+keliling)\b",
            re.I,
        ),
    ),
    (
        "service",
        re.compile(
            r"^\W*(?:cara|begini\s+cara|ini\s+cara|simak\s+cara|tips?|\d+\s+(?:cara|tips?|"
            r"langkah|rekomendasi|manfaat|resep|tempat|wisata|ide|doa|contoh)|panduan|syarat|"
            r"link|cek\s+(?:bansos|penerima|pengumuman|nik)|resep|doa|niat|apa\s+itu|arti|"
            r"daftar|contoh|kode\s+redeem|kunci\s+jawaban|rekomendasi|spesifikasi|link\s+download)\b|"
            r"\b(?:cara\s+(?:cek|daftar|membuat|mengurus|mudah|melihat|mendapatkan|klaim)|"
            r"cek\s+bansos|kunci\s+jawaban|kode\s+redeem|berikut\s+caranya|ini\s+caranya|"
            r"begini\s+caranya|syarat\s+dan\s+cara|simak\s+caranya)\b",
            re.I,
        ),
    ),
)
_BODY_ADV = re.compile(
    r"\((?:adv|advertorial|pariwara|inforial)(?:\s*/[^()]{0,30})?\)\s*$|^\s*(?:advertorial|"
    r"pariwara|inforial)\b",
    re.I,
)
_BODY_OPINION = re.compile(r"\bpenulis\s+adalah\b|^\s*oleh\s*:\s*[A-Z]", re.I | re.M)
_SECTIONS: dict[str, Genre] = {
    "opini": "opinion",
    "kolom": "opinion",
    "editorial": "opinion",
    "tajuk": "opinion",
    "cek fakta": "factcheck",
    "cekfakta": "factcheck",
    "advertorial": "advertorial",
    "pariwara": "advertorial",
    "inforial": "advertorial",
    "press release": "advertorial",
    "tips": "service",
    "prakiraan cuaca": "schedule",
}


def genre(title: str, body: str, section: str = "", cut: str = "") -> Genre:
    """The genre of an article from its title, section and body, and from what was cut off its ends."""
    by_section = _SECTIONS.get(section.strip().lower())
    if by_section:
        return by_section
    for name, pattern in _TITLE:
        if pattern.search(title[:300]):
            return name
    ends = f"{body[:80]}\n{cut[-200:]}"
    if _BODY_ADV.search(body[-160:].strip()) or _BODY_ADV.search(ends.strip()):
        return "advertorial"
    if _BODY_OPINION.search(f"{cut}\n{body[-400:]}"):
        return "opinion"
    return "news"
