"""Furniture of a news page that ends up in its text: follow us, share, adverts, players, disclaimers, "telah tayang di".

Each pattern is tried only on sentences (or lines) that hold its trigger, so a clean article pays for a few substring
searches and nothing more.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.sentences import Sentences


@dataclass(frozen=True, slots=True)
class Rule:
    """One family of dirt: `triggers` are lower-case substrings, `pattern` must match inside the sentence (or the line)."""

    kind: str
    triggers: tuple[str, ...]
    pattern: re.Pattern[str]
    then: re.Pattern[str] | None = None
    longest: int = 420


_ASK = (
    r"(?:ikuti|follow|like|subscribe|gabung|bergabung(?:lah)?|mari|yuk|ayo|dapatkan|"
    r"akses|cek|temukan|simak|baca|pantau|nikmati|"
    r"download|unduh|klik|update|jangan|langganan|berlangganan|kunjungi|tonton|saksikan|"
    r"lihat|nantikan|sahabat|untuk|join|"
    r"pilih|add|tambahkan|jadikan|kini|scan|dengarkan|ingin|mau|anda|kamu|berita|artikel|informasi|get|selengkapnya|"
    r"lebih|(?:ini|jangan)\s+lupa|hubungi|kirim|bagi|sobat|pembaca|tribunners|biar|supaya|agar)"
)
_CHANNEL = (
    r"(?:google\s*news|googlenews|(?:whats?\s?app|wa|telegram|instagram|youtube)\s+(?:channel|group|grup|saluran)|"
    r"(?:channel|saluran|kanal|grup|group|akun|chanel|fan\s?page|fanspage|page|media\s+sosial|"
    r"medsos|sosial\s+media)\s+(?:\S+\s+){0,3}?(?:whats?\s?app|wa\b|telegram|youtube|"
    r"instagram|facebook|tiktok|twitter|x\b)|"
    r"whats?app\.com/channel|t\.me/|news\.google\.com|chat\.whatsapp|bit\.ly/|s\.id/|linktr\.ee)"
)
_INSTALL = re.compile(
    r"^\W*(?:pastikan\s+\S+\s+(?:sudah|telah)\s+(?:meng)?(?:install|instal|unduh|"
    r"download)|(?:pastikan|anda|kamu|tribunners)\b.{0,60}\b(?:install|instal|unduh|"
    r"download|mengunduh)\b|"
    r"caranya\s+(?:klik|cukup)|(?:lalu|kemudian)\s+(?:join|klik|gabung|follow)|klik\s+(?:link|"
    r"tautan|di\s?sini|disini)|(?:jangan\s+lupa|pilih\s+saluran|mari\s+bergabung|"
    r"pilih)\b|follow\b|https?://\S+\s*$)",
    re.I,
)
_OUTLET = (
    r"(?:kami|\S*\.(?:com|co|id|net|tv|news|org)\b|detik\w*|kompas\w*|tribun\w*|okezone|"
    r"sindonews|liputan6|merdeka|republika|antara\w*|kumparan|tempo|suara|viva|jpnn|"
    r"jawapos|medcom|metro\s*tv|cnn|cnbc|berita\w*|\S+news|radar\w*|harian\w*)"
)

SENTENCE_RULES: tuple[Rule, ...] = (
    Rule(
        "follow-us",
        (
            "google news",
            "googlenews",
            "channel",
            "chanel",
            "saluran",
            "kanal",
            "grup ",
            "group",
            "akun ",
            "t.me/",
            "whatsapp.com",
            "bit.ly",
            "s.id/",
            "news.google",
            "media sosial",
            "medsos",
            "linktr.ee",
            "fanpage",
            "page ",
        ),
        re.compile(rf"^\W*(?:\w\S*\s+){{0,6}}?{_ASK}\b.*{_CHANNEL}", re.I | re.S),
        _INSTALL,
    ),
    Rule(
        "follow-us",
        (
            "instagram",
            "facebook",
            "twitter",
            "youtube",
            "tiktok",
            "telegram",
            "whatsapp",
            "aplikasi",
            "newsletter",
            "notifikasi",
            "update",
            "terupdate",
            "terkini",
            "terbaru",
            "lainnya",
            "google",
        ),
        re.compile(
            r"^\W*(?:ikuti|follow|like|subscribe|gabung|dapatkan|akses|cek|temukan|simak|"
            r"baca|pantau|nikmati|download|unduh|update|jangan\s+lupa|jangan\s+ketinggalan|"
            r"langganan|berlangganan|kunjungi|tonton|saksikan|artikel|berita|informasi|untuk\s+(?:mendapatkan|"
            r"membaca|mengikuti))\b"
            r"(?=.*\b(?:instagram|facebook|twitter|youtube|tiktok|telegram|whatsapp|aplikasi|"
            r"newsletter|notifikasi|terkini|terbaru|terupdate|terhangat|pilihan|menarik|lainnya|"
            r"terpopuler|update|google|seputar)\b)"
            r"(?=.*\b(?:berita|breaking|artikel|update|informasi|info|konten|kabar|liputan|"
            rf"akun|lainnya)\b).*{_OUTLET}",
            re.I | re.S,
        ),
        _INSTALL,
        320,
    ),
    Rule(
        "follow-us",
        (
            "install aplikasi",
            "instal aplikasi",
            "caranya klik link",
            "kemudian join",
            "whatsapp channel",
            "channel whatsapp",
            "saluran whatsapp",
        ),
        re.compile(
            r"^\W*(?:anda\s+harus|pastikan|caranya\s+klik|klik|dapatkan|whatsapp\s+channel|"
            r"channel\s+whatsapp|saluran\s+whatsapp)\b",
            re.I,
        ),
        _INSTALL,
    ),
    Rule(
        "syndicated",
        (
            "telah tayang",
            "sudah tayang",
            "pernah tayang",
            "ini tayang",
            "telah terbit",
            "pertama kali tayang",
            "dimuat di",
            "telah dimuat",
            "tayang di",
            "terbit di",
            "judul ",
        ),
        re.compile(
            r"^\W*(?:(?:sebagian\s+)?(?:artikel|berita|tulisan|konten|naskah|video|opini)(?:\s+(?:ini|"
            r"berikut))?\s+(?:ini\s+)?(?:sudah|telah|pernah|pertama\s+kali|sebelumnya)\s*(?:telah\s+|"
            r"sudah\s+|di)*(?:tayang|ditayangkan|terbit|diterbitkan|dimuat|dipublikasikan|"
            r"publish)|telah\s+tayang\s+di|artikel\s+asli|sumber\s+artikel)\b",
            re.I,
        ),
    ),
    Rule(
        "copyright",
        ("copyright", "hak cipta", "all right", "©", "dilarang", "tanpa izin"),
        re.compile(
            r"(?:copyright\s*(?:©|\(c\)|\d{4})|©\s*(?:\d{4}|copyright)|all\s+rights?\s+reserved|"
            r"hak\s+cipta\s+(?:©|dilindungi|\d{4})|^\W*dilarang\s+(?:keras\s+)?(?:meng|mem|"
            r"menyalin|memperbanyak|mereproduksi|mengutip|mengcopy)\S*.*(?:izin|konten|situs|"
            r"tulisan|artikel|isi)|tanpa\s+izin\s+tertulis\s+dari)",
            re.I | re.S,
        ),
    ),
    Rule(
        "disclaimer",
        (
            "disclaimer",
            "tanggung jawab pembaca",
            "bertanggung jawab atas",
            "di tangan pembaca",
            "tanggung jawab penulis",
            "rekomendasi membeli",
        ),
        re.compile(
            r"^\W*(?:disclaimer|\S+(?:\s\S+){0,3}\s+tidak\s+bertanggung\s+jawab\s+atas\s+(?:segala|"
            r"keuntungan|kerugian|setiap|isi|keputusan)|(?:setiap\s+|segala\s+)?keputusan\s+investasi|"
            r"(?:isi\s+)?(?:artikel|tulisan|konten)\s+(?:ini\s+)?(?:sepenuhnya\s+)?(?:adalah\s+|"
            r"merupakan\s+|menjadi\s+)?tanggung\s+jawab|"
            r"(?:artikel|berita|konten)\s+ini\s+(?:bukan|tidak\s+(?:bertujuan|dimaksudkan))\b)",
            re.I,
        ),
        re.compile(
            r"^\W*(?:pelajari\s+dan\s+analisis|\S+\s+tidak\s+bertanggung|segala\s+(?:keputusan|"
            r"risiko|kerugian)|keputusan\s+investasi|setiap\s+keputusan|redaksi\s+tidak|lakukan\s+(?:riset|"
            r"analisis))",
            re.I,
        ),
    ),
    Rule(
        "credit",
        (
            "laporan wartawan",
            "laporan reporter",
            "laporan kontributor",
            "laporan jurnalis",
            "liputan wartawan",
            "penulis adalah",
            "laporan:",
        ),
        re.compile(
            r"^\W*(?:laporan|liputan)\s*(?:wartawan|reporter|kontributor|jurnalis|koresponden)?\s*:?\s*(?:\S+\s+){0,9}"
            r"\S+$",
            re.I,
        ),
        None,
        110,
    ),
    Rule(
        "contact",
        ("redaksi@", "kirim ke", "kirimkan tulisan", "hotline redaksi", "punya informasi", "kirim artikel"),
        re.compile(r"^\W*(?:kirim|hubungi|punya|ingin|kami\s+menerima|silakan)\b", re.I),
    ),
    Rule(
        "player",
        (
            "browser does not support",
            "browser anda tidak mendukung",
            "javascript",
            "your browser",
            "tidak mendukung video",
            "video element",
        ),
        re.compile(
            r"(?:browser|peramban).{0,60}(?:support|mendukung)|(?:enable|aktifkan|nyalakan|"
            r"please)\s.{0,40}javascript|javascript\s.{0,30}(?:disabled|tidak\s+aktif)",
            re.I,
        ),
    ),
    Rule(
        "cookies",
        ("cookie",),
        re.compile(
            r"(?:kami|situs|website|we|this\s+site|site|web)\b.{0,60}(?:menggunakan|memakai|"
            r"uses?)\s.{0,20}cookies?|cookies?.{0,80}(?:setuju|menyetujui|consent|accept|"
            r"persetujuan|kebijakan\s+privasi|pengalaman)",
            re.I | re.S,
        ),
    ),
    Rule(
        "comments",
        (
            "your email address",
            "email anda tidak akan",
            "alamat email anda",
            "tinggalkan balasan",
            "tinggalkan komentar",
            "leave a reply",
            "tulis komentar",
            "silakan login",
            "login untuk",
            "ruas yang wajib",
        ),
        re.compile(
            r"^\W*(?:your\s+email|(?:alamat\s+)?email\s+anda|tinggalkan\s+(?:balasan|komentar)|"
            r"leave\s+a|tulis\s+komentar|silakan\s+login|login\s+untuk|ruas\s+yang)\b",
            re.I,
        ),
    ),
    Rule(
        "player",
        (
            "saksikan",
            "tonton",
            "live streaming",
            "video pilihan",
            "simak video",
            "lihat video",
            "video terkait",
            "video di bawah",
        ),
        re.compile(
            r"^\W*(?:(?:jangan\s+lewatkan|yuk|mari),?\s+)?(?:(?:saksikan|tonton|simak|lihat)(?:lah)?\s+(?:juga\s+)?(?:"
            r"video|live|siaran|tayangan)\b.{0,120}(?:di\s*bawah|berikut|ini|pilihan|streaming|"
            r"selengkapnya|youtube|detik\w*|di\s+sini)|video\s+pilihan\b)",
            re.I | re.S,
        ),
        None,
        220,
    ),
)

MARKERS = re.compile(
    r"\[\s*(?:gambas|gallery|galeri|video|embed|foto|image|gambar|instagram|youtube|"
    r"twitter|tweet|caption|audio|opinary|polling|widget|iklan|ads?|quote|infografis|"
    r"slideshow)\b[^\[\]]{0,120}\]"
    r"|\[/?(?:caption|gallery|embed|audio|video|su_\w+|vc_\w+|et_\w+|youtube|ad|quads|"
    r"wp_\w+|button|adrotate)(?:[ =:][^\[\]]{0,300})?\]"
    r"|(?:advertisement|iklan)?\s*scroll\s+(?:to|untuk|ke\s+bawah|down|for)\s+(?:continue|"
    r"resume|melanjutkan|lanjut|untuk|lanjutkan|more)(?:\s+(?:with\s+content|content|"
    r"reading|membaca|melanjutkan|konten|artikel|berita))*"
    r"|gulir\s+(?:ke\s+bawah\s+)?untuk\s+(?:lanjut|melanjutkan|terus)\s*(?:mem)?baca|"
    r"continue\s+reading\s+below|story\s+continues\s+below(?:\s+(?:this\s+)?ad\w*)?"
    r"|lanjut(?:kan)?\s+membaca\s+(?:di\s+bawah|setelah)\s*(?:ini|iklan)?|artikel\s+berlanjut\s+(?:setelah|"
    r"di\s+bawah)\s+(?:iklan|ini)(?:\s+ini)?",
    re.I,
)
_MARKER_TRIGGERS = ("[", "scroll", "gulir", "continue", "lanjut")
_UPPER_MARKERS = re.compile(
    r"(?:(?<=[a-z.!?\"”)\s])|^)(?:ADVERTISEMENT|Advertisement|ADVERTORIAL CONTENT|"
    r"SCROLL TO RESUME CONTENT)(?=[A-Z\"“\s]|$)"
)


def strip_furniture(draft: Draft) -> None:
    """Cut the furniture out of every line of the draft."""
    whole = "\n".join(line.lower for line in draft.alive())
    if any(t in whole for t in _MARKER_TRIGGERS):
        _each(draft, MARKERS, "marker")
    if "advertisement" in whole:
        _each(draft, _UPPER_MARKERS, "advert")
    for rule in SENTENCE_RULES:
        if any(t in whole for t in rule.triggers):
            for line in list(draft.alive()):
                _apply(draft, line, rule)


def _each(draft: Draft, pattern: re.Pattern[str], kind: str) -> None:
    for line in list(draft.alive()):
        spans = [m.span() for m in pattern.finditer(line.text)]
        if spans:
            draft.cut(line, spans, kind, breaks=True)


def _apply(draft: Draft, line: Line, rule: Rule) -> None:
    hits = sorted({at for t in rule.triggers for at in _finds(line.lower, t)})
    if not hits:
        return
    sentences = Sentences(line.text)
    spans: list[tuple[int, int]] = []
    for at in hits:
        a, b = sentences.around(at)
        if (spans and a < spans[-1][1]) or b - a > rule.longest:
            continue
        if rule.pattern.search(line.text[a:b].strip()):
            spans.append((a, _through(line.text, sentences, b, rule)))
    if spans:
        draft.cut(line, spans, rule.kind, breaks=True)


def _through(text: str, sentences: Sentences, end: int, rule: Rule) -> int:
    """Where the cut ends: the sentences that only go on about the same thing go too."""
    for _ in range(4):
        following = sentences.after(end) if rule.then else None
        if following is None or rule.then is None or not rule.then.search(text[following[0] : following[1]]):
            break
        end = following[1]
    return end


def _finds(text: str, word: str) -> list[int]:
    found, at = [], text.find(word)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + len(word))
    return found


Step = Callable[[Draft], None]
