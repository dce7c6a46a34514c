"""Which language a text is in: Indonesian, Malay, Javanese, Sundanese, English, or another."""

import re
from functools import lru_cache
from typing import Any

from stream_agents.cleaning.words import words

LANGUAGES = ("id", "ms", "jv", "su", "en")
FLOOR = 0.80
_SAMPLE = 480
# Words one of two close languages uses daily and the other never does (Indonesian / Malay).
_INDONESIAN = words(
    "bahwa karena bisa sudah polisi uang mobil kantor kemarin pukul kabupaten kota "
    "wib wali pria rupiah kecamatan gubernur "
    "bupati provinsi namun sementara terkait senin kamis agustus desember juli maret "
    "jakarta indonesia rp presiden warga usai "
    "soal ujar yakni melansir dilansir dikutip korban petugas perempuan dokter timnas "
    "bandara stasiun menurut begini bakal"
)
_MALAY = words(
    "kerana sahaja ialah polis wang ringgit sekiranya menerusi memaklumkan hospital "
    "membabitkan mangsa kemalangan bahawa minit "
    "isnin khamis jumaat ogos disember julai mac beliau berkenaan lelaki sebanyak-banyaknya pejabatnya semalam tular"
)
_SUNDANESE = words(
    "nu teu jeung anu téh teh mah keur geus ieu éta eta ka ti dina kana urang henteu loba pisan ogé oge nyaéta"
)
_JAVANESE = words("sing ora karo lan iki kuwi wis arep ing kanthi marang uga saka dening ana menawa luwih kanggo yaiku")
_ENGLISH = words("the of and to in is that for was on with as it by at from said")


_SHARED = words("yang dan di dari dengan ini itu untuk pada dalam tidak akan")
_OTHERS = {"su": _SUNDANESE, "jv": _JAVANESE, "en": _ENGLISH}
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return identifier


def identify(title: str, body: str) -> tuple[str, float]:
    """ISO 639-1 code and confidence (0 to 1); below `FLOOR` callers should treat the language as unsure.

    The model (py3langid, Lui and Baldwin 2012) looks at the title and the opening; everyday words then separate the close
    pairs it was never meant to tell apart. An empty text gives ("", 0.0).
    """
    sample = f"{title}\n{body[:_SAMPLE]}".strip()
    if not any(c.isalpha() for c in sample):
        return "", 0.0
    said = _WORD.findall(sample.lower())
    shared = sum(map(_SHARED.__contains__, said))
    indonesian, malay = sum(map(_INDONESIAN.__contains__, said)), sum(map(_MALAY.__contains__, said))
    others = {code: sum(map(own.__contains__, said)) for code, own in _OTHERS.items()}
    most = max(others.values())
    if shared >= 3 and shared + indonesian > 2 * most and (indonesian > 2 * malay or (shared >= 6 and not malay)):
        return "id", round(min(0.99, 0.86 + 0.02 * (shared + indonesian)), 2)
    if shared >= 2 and malay >= 2 and malay > 2 * indonesian:
        return "ms", round(min(0.99, 0.80 + 0.03 * malay), 2)
    best = max(others, key=lambda code: others[code])
    if most >= 4 and most > 2 * (shared + indonesian):
        return best, round(min(0.99, 0.80 + 0.02 * most), 2)
    code, confidence = _identifier().classify(sample)
    return str(code), round(float(confidence), 2)
