"""Which language a text is in: Indonesian, Malay, Javanese, Sundanese, English, or another."""

from functools import lru_cache
from typing import Any

from stream_agents.cleaning.words import words

LANGUAGES = ("id", "ms", "jv", "su", "en")
FLOOR = 0.80
_SAMPLE = 480
# Words one of two close languages uses daily and the other never does (Indonesian / Malay).
_INDONESIAN = words(
    "bahwa karena bisa sudah menyebutkan tersebut kepada mengatakan polisi pemerintah "
    "uang mobil rumah sakit kantor kemarin pukul sekitar serta kabupaten kota"
)
_MALAY = words(
    "beliau ialah kerana boleh sahaja pejabat polis kereta berkenaan mengenai hospital "
    "semalam jam kerajaan negeri wang bagi daripada telah ujar"
)
_SUNDANESE = words(
    "nu teu jeung anu téh teh mah keur geus ieu éta eta ka ti dina kana urang henteu loba pisan ogé oge nyaéta"
)
_JAVANESE = words("sing ora karo lan iki kuwi wis arep ing kanthi marang uga saka dening ana menawa luwih kanggo yaiku")
_ENGLISH = words("the of and to in is that for was on with as it by at from said")


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
    said = [w.strip(".,:;!?\"'“”()").lower() for w in sample.split()]
    counts = {
        "id": sum(w in _INDONESIAN for w in said)
        + sum(w in ("yang", "dan", "di", "dari", "dengan", "ini", "itu", "untuk") for w in said),
        "ms": sum(w in _MALAY for w in said) * 2
        + sum(w in ("yang", "dan", "di", "dari", "dengan", "ini", "itu", "untuk") for w in said),
        "su": sum(w in _SUNDANESE for w in said) * 2,
        "jv": sum(w in _JAVANESE for w in said) * 2,
        "en": sum(w in _ENGLISH for w in said) * 2,
    }
    best = max(counts, key=lambda code: counts[code])
    second = max(n for code, n in counts.items() if code != best)
    if counts[best] >= 5 and counts[best] - second >= 3 + second // 3:
        return best, round(min(0.99, 0.9 + 0.01 * (counts[best] - second)), 2)
    code, confidence = _identifier().classify(sample)
    return str(code), round(float(confidence), 2)
