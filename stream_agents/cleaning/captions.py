"""Photo captions and credits that stand in the text as lines or at a paragraph's start."""

import re

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.headline import is_lower

KIND = "caption"
_OUTLET = (
    r"(?:[\w\-]+\.(?:com|co\.id|co|id|net|news|tv|org)|ANTARA(?:\s+FOTO)?|AFP|REUTERS|"
    r"AP|Reuters|Antara|Getty\s?Images?|GETTY\s?IMAGES?|shutterstock|Shutterstock|"
    r"SHUTTERSTOCK|unsplash|Unsplash|pexels|Pexels|pixabay|Pixabay|freepik|Freepik|"
    r"istimewa|Istimewa|ISTIMEWA|IST|Ist|ist|detik\w*|Tribun\w*|TRIBUN\w*|Kompas\w*|"
    r"KOMPAS\w*|Dok\.?|DOK\.?|dok\.?|dokumentasi|Dokumentasi|Humas|HUMAS|EPA|Xinhua|"
    r"XINHUA|Biro\s+Pers|BPMI)"
)
# A credit before the caption: "KOMPAS.com/ADITYO MAULANAHarley …", "ANTARA FOTO/Nama/foc.", "Dok.Kemenperin …".
_CREDIT_FIRST = re.compile(
    r"(?:[A-Za-z\-]+\.(?:com|co\.id|id)\s?/\s?[A-Za-z][\w.'’\-]*(?=\s)|(?:ANTARA(?:\s+FOTO)?|AFP|REUTERS|"
    r"AP(?:\s+Photo)?|Getty\s?Images|Republika|Antara(?:\s+Foto)?|TEMPO|Tribun\w*|"
    r"TRIBUN\w*|Kompas\w*|detik\w+|Liputan6|Dok|BPMI(?:\s+Setpres)?|EPA|Reuters|Kontan|"
    r"MI|Warta\s?Kota|SERAMBI\w*)\s?/\s?[A-Z(]|(?:Dok|DOK|dok|Foto|FOTO|Ist|IST)\s?[.:]\s?(?:[A-Z]))"
)
# A credit in brackets at the end: "(Foto: Humas)", "(ANTARA/HO-Polda)", "(Nama/detikcom)", "(ist)", "[Suara.com/Nama]".
_CREDIT_LAST = re.compile(
    r"[(\[]\s*(?:(?:foto|photo|image|gambar|sumber|dok|doc|ilustrasi|source|credit|"
    rf"kredit|tangkapan\s+layar|screenshot|repro|ss|via)\b[^()\[\]]{{0,100}}|(?:[^()\[\]/]{{0,60}}/\s?)?{_OUTLET}"
    rf"(?:\s?[/.\-:|][^()\[\]]{{0,80}})?|[^()\[\]]{{1,50}}/\s?(?:[\w.]+\s?){{1,4}}|"
    rf"[^()\[\]]{{0,60}}(?:istimewa|dok\s?\.|screenshot|tangkapan\s+layar|instagram|"
    rf"youtube|tiktok|facebook|twitter|wikipedia|wikimedia)[^()\[\]]{{0,60}})\s*[)\]]?\s*\.?$",
    re.I,
)
_TAIL = re.compile(
    r"(?:[.|\-–/]\s*|\s)(?:\|\s*)?(?:sumber\s+)?(?:foto|photo|dok|doc|sumber\s+foto|"
    r"ilustrasi|image|credit)\b\.?\s*(?:[:：/|]|oleh|by|istimewa|ist\b)\s*[\w ./\-()@'&]{0,80}$"
    r"|[.]\s?(?:dok|doc)\.\s?[\w .]{2,50}$"
    r"|\s(?:ANTARA(?:\s+FOTO)?|AFP|REUTERS|AP|EPA|XINHUA|Antara\s+Foto)\s?/\s?(?:[A-Z][\w.]*[\s/]?){1,4}$",
    re.I,
)
# Inside a flattened line: a credit in brackets, or "Foto: Nama/detikOto"; the caption is the sentence before it.
_INLINE = re.compile(
    r"\((?:foto|credit|kredit|dok|doc|sumber\s+foto|photo|ilustrasi|source)\b[^()]{0,90}\)|"
    r"(?:(?<=[.\s])|(?<=[a-z]))Foto:\s?(?:\(?[A-Z][\w.' ]{1,40}/\s?[\w.']+\)?|[Dd]o[kc]\.?\s[A-Z]\w+|[Ii]stimewa)"
    r"|©\s?[A-Za-z]+\.com(?:/[A-Z]\w+(?:\s[A-Z]\w+)?)?",
    re.I,
)
_ILLUSTRATION = re.compile(
    r"^(?:ilustrasi|foto\s+ilustrasi|gambar\s+ilustrasi|infografis|tangkapan\s+layar)\b|"
    r"\(?\bilustrasi\)?\.?$",
    re.I,
)
_VERB_OF_SPEECH = re.compile(
    r"\b(?:kata|ujar|ucap|tutur|jelas|imbuh|tambah|ungkap|tegas|pungkas|papar|terang|"
    r"sebut|lanjut)(?:nya)?\b"
)
_LONGEST = 330
_TRIGGERS = (
    "foto",
    "photo",
    "dok",
    "ilustrasi",
    "tangkapan",
    "infografis",
    "istimewa",
    "image",
    "credit",
    "(ist",
    "ist.",
)
_INLINE_TRIGGERS = (
    "(foto",
    "(credit",
    "(kredit",
    "(dok",
    "(doc",
    "(sumber foto",
    "(photo",
    "(ilustrasi",
    "(source",
    "foto:",
    "©",
)


def strip_captions(draft: Draft) -> None:
    """Drop captions: what the page marked as one, and lines that carry a photo credit."""
    for line in [line for line in draft.due if line.bare]:
        if line.tag == "caption" or _is_caption(line):
            draft.drop(line, KIND)
        elif any(t in line.lower for t in _INLINE_TRIGGERS):
            _cut_inline(draft, line)


def _cut_inline(draft: Draft, line: Line) -> None:
    """Cut a credit inside a paragraph together with the caption before it."""
    spans: list[tuple[int, int]] = []
    for m in _INLINE.finditer(line.text):
        sentences = line.sentences
        start, _ = sentences.around(m.start())
        if start == m.start() or not line.text[start : m.start()].strip():
            start, _ = sentences.around(max(0, start - 2))
        if (
            m.end() - start > 260
            or _VERB_OF_SPEECH.search(line.text[start : m.start()])
            or (spans and start < spans[-1][1])
        ):
            start = m.start()
        spans.append((start, m.end()))
    if spans:
        draft.cut(line, spans, KIND, breaks=True)


def _is_caption(line: Line) -> bool:
    text, low = line.bare, line.lower
    if len(text) > _LONGEST or not ("/" in text or text[-1] in ")]" or any(t in low for t in _TRIGGERS)):
        return False
    credited = (
        bool(_CREDIT_FIRST.match(text))
        or _ends_in_credit(text)
        or (len(text) < 160 and text[-1] not in "?!" and bool(_ILLUSTRATION.search(text)))
        or (len(text) < 260 and text[-1] not in '.”"' and bool(_TAIL.search(text)))
    )
    return credited and not _VERB_OF_SPEECH.search(low)


def _ends_in_credit(text: str) -> bool:
    """A bracket at the end that names a photographer or a source; "(8/9)" and initials are none."""
    at = max(text.rfind("("), text.rfind("["))
    if at <= 8 or len(text) > 260 or text[-1] not in ")].":
        return False
    m = _CREDIT_LAST.match(text, at)
    return m is not None and _names_a_credit(m[0].strip("()[]. "))


def _names_a_credit(inside: str) -> bool:
    low = inside.lower()
    if re.match(
        r"(?:foto|photo|image|gambar|sumber|dok|doc|ilustrasi|source|credit|kredit|tangkapan|"
        r"screenshot|repro|ss\b|via)",
        low,
    ):
        return True
    if re.fullmatch(_OUTLET, inside):
        return low not in ("humas",)
    if re.search(r"istimewa|dok\s?\.|instagram|youtube|tiktok|facebook|twitter|wikimedia|screenshot", low):
        return True
    head, slash, _ = inside.partition("/")
    return (
        bool(slash)
        and not any(c.isdigit() for c in head)
        and len(inside) > 6
        and not is_lower(head)
        and any(c.isupper() for c in inside)
    )
