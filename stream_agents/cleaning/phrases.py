"""The families of sentences that belong to a page and not to its article, as rules for `furniture`."""

import re
from dataclasses import dataclass

from stream_agents.cleaning.words import words


@dataclass(frozen=True, slots=True)
class Rule:
    """One family. A sentence is tried when it begins with one of `firsts` or holds one of `triggers` (both lower case);
    `pattern` is searched in it and the cut begins where it matches; `then` matches sentences that go on about the same."""

    kind: str
    firsts: frozenset[str]
    triggers: tuple[str, ...]
    pattern: re.Pattern[str]
    then: re.Pattern[str] | None = None
    longest: int = 420


_ASKS = (
    "ikuti follow like subscribe gabung bergabung bergabunglah dapatkan akses cek "
    "temukan simak baca pantau nikmati download unduh klik update langganan berlangganan "
    "kunjungi tonton saksikan join tambahkan jadikan dengarkan nantikan scan add "
    "pilih ketahui"
)
_ASK_FIRSTS = (
    words(_ASKS)
    | {f"{w}lah" for w in words(_ASKS)}
    | words(
        "yuk ayo mari jangan silakan silahkan dan lalu juga kamu anda sobat sahabat "
        "pembaca tribunners klovers detikers untuk agar supaya ingin mau"
    )
)
_ASK = "|".join(f"{w}(?:lah)?" for w in _ASKS.split())
_ASK_CAPITAL = "|".join(w.capitalize() for w in _ASKS.split())
_CALL = (
    r"(?:(?:yuk|ayo|mari|jangan\s+(?:lupa|ketinggalan|lewatkan)|silakan|silahkan|"
    r"dan|lalu|juga|kamu\s+(?:juga\s+)?bisa|anda\s+(?:juga\s+)?(?:bisa|dapat)|sobat\s?\w*|"
    r"sahabat\s?\w*|pembaca\s?\w*|tribunners|klovers|detikers|untuk\s[^.,;]{3,90},|"
    r"agar\s[^.,;]{3,90},|supaya\s[^.,;]{3,90},|ingin\s[^.?;]{3,90}[?,]|mau\s[^.?;]{3,90}[?,])\W{1,3}){0,3}"
)
_APPS = r"(?:whats?\s?app|telegram|instagram|youtube|facebook|twitter|tiktok|threads|line)"
_CHANNEL = (
    rf"(?:google\s*news|(?:{_APPS}|wa)\s+(?:channel|group|grup|saluran|story)|(?:channel|"
    rf"saluran|kanal|grup|group|chanel|fan\s?page|fanspage|komunitas)\s+(?:\S+\s+){{0,3}}?(?:{_APPS}|"
    r"wa\b)|"
    r"whats?app\.com/channel|t\.me/|news\.google\.com|chat\.whatsapp|linktr\.ee)"
)
_OUTLET = (
    r"(?:kami\b|\S*\.(?:com|co|id|net|tv|news|org)\b|detik\w*|kompas\w*|tribun\w*|"
    r"okezone|sindonews|liputan6|merdeka|republika|antara\w*|kumparan|tempo|suara\w*|"
    r"viva|jpnn|jawapos|medcom|metro\s*tv|cnn\w*|cnbc\w*|\w{3,}news\b|radar\w*|harian\w*)"
)
_NEWS = r"(?:berita|breaking|artikel|update|informasi|info|konten|kabar|liputan|akun|lainnya|kanal|channel)"

FOLLOW = re.compile(rf"\W*(?i:{_CALL})(?i:{_ASK})\b(?i:[^\n]{{0,260}}?{_CHANNEL})")
# The same glued behind a sentence or a dash: there the call must be capitalised.
FOLLOW_INNER = re.compile(
    rf"(?:[\-–•|!?(>:.)]\s?|(?<=[a-z0-9])(?=[A-Z]))(?:{_ASK_CAPITAL})\b(?i:[^\n]{{0,260}}?{_CHANNEL})"
)
FOLLOW_NEWS = re.compile(
    rf"\W*(?i:{_CALL})(?i:{_ASK}|berita|artikel|update|informasi)\b(?i:(?=.*\b(?:{_APPS}|"
    r"aplikasi|newsletter|notifikasi|terkini|terbaru|terupdate|terhangat|pilihan|"
    r"menarik|lainnya|terpopuler|update|google|seputar|setiap\s+hari)\b)"
    rf"(?=.*\b{_NEWS}\b)[^\n]*?\b(?:di|dari|hanya|melalui|lewat|bersama|at|on|@)\s*(?:\S+\s+){{0,4}}?@?(?:{_OUTLET}"
    r"|(?<=hanya\sdi\s)\w+))"
)
FOLLOW_MORE = re.compile(
    rf"^\W*(?i:(?:pastikan|anda|kamu|tribunners)\b.{{0,60}}\b(?:install|instal|unduh|"
    r"download|mengunduh|menginstal)\b|caranya\s+(?:klik|cukup)|(?:lalu|kemudian)\s+(?:join|"
    r"klik|gabung|follow)|"
    r"klik\s+(?:link|tautan|di\s?sini|disini|ini)|(?:jangan\s+lupa|pilih\s+saluran|"
    rf"mari\s+bergabung|pilih)\b|(?:follow|dapatkan|baca|ikuti|cek|simak)\b.{{0,200}}(?:{_APPS}|"
    rf"google|terbaru|terkini|lainnya|{_NEWS})|https?://\S+\s*$|membaca\s+bagi\s+pikiran|"
    r"di\s+sini\W*$)"
)
QUOTED = re.compile(
    r"[\"”][,.]?\s*(?:kata|ujar|ucap|tutur|jelas|imbuh|tambah|ungkap|tegas|pungkas|"
    r"papar|terang|sebut|lanjut|tulis|demikian)\w*\b|\bdikutip\b|\bdilansir\b|\bmenurut\b",
    re.I,
)

_TELLING_OF_PUBLICATION = (
    r"\W*(?:(?:artikel|berita|tulisan|konten)\s+(?:ini\s+)?(?:juga\s+)?(?:tayang|terbit|dimuat)\s+(?:di|pada|dalam)\b|"
    r"(?:sebagian\s+(?:isi\s+)?)?(?:artikel|berita|tulisan|konten|naskah|video|"
    r"opini|informasi)(?:\s+ini)?\s+(?:ini\s+)?(?:(?:sudah|telah|pernah|pertama\s+kali|"
    r"sebelumnya|juga)\s+){1,3}"
    r"(?:tayang|ditayangkan|terbit|diterbitkan|dimuat|dipublikasikan|dipublish|publish|"
    r"dirilis|diunggah)|artikel\s+(?:ini\s+)?(?:merupakan\s+)?(?:hasil\s+)?(?:kerja\s?sama|"
    r"sindikasi|asli|terjemahan)|(?:telah|sudah)\s+tayang\s+di|sumber\s+artikel|artikel\s+asli|"
    r"(?:artikel|berita|tulisan)\s+ini\s+(?:ditulis|dibuat|disusun|diolah|dihasilkan|"
    r"diproses|disadur|dikutip|diterjemahkan|diambil)\b)"
)

_PIECES = words("artikel berita tulisan konten naskah video opini informasi sebagian telah sudah sumber isi")

RULES: tuple[Rule, ...] = (
    Rule("follow-us", _ASK_FIRSTS, (), FOLLOW, FOLLOW_MORE),
    Rule(
        "follow-us",
        frozenset(),
        ("google news", "googlenews", "channel", "saluran", "t.me/", "whatsapp"),
        FOLLOW_INNER,
        FOLLOW_MORE,
    ),
    Rule("follow-us", _ASK_FIRSTS | words("berita artikel update informasi"), (), FOLLOW_NEWS, FOLLOW_MORE, 320),
    Rule(
        "follow-us",
        words("anda pastikan caranya klik dapatkan whatsapp channel saluran ikuti follow"),
        (),
        re.compile(
            r"^\W*(?:(?:anda\s+harus|pastikan|caranya\s+klik|klik|dapatkan)\b.*\b(?:install|"
            r"instal|link|join|whatsapp)|whatsapp\s+channel|channel\s+whatsapp|saluran\s+whatsapp|"
            r"ikuti\s+kami\s+di|follow\s+us)\b",
            re.I,
        ),
        FOLLOW_MORE,
        200,
    ),
    Rule(
        "syndicated",
        _PIECES,
        (),
        re.compile(_TELLING_OF_PUBLICATION, re.I),
        re.compile(r"^\W*(?:dengan\s+judul|judul\s*:|baca\s+selengkapnya|link\s*:|penulis\s*:)", re.I),
    ),
    Rule(
        "copyright",
        words("dilarang copyright"),
        ("copyright", "hak cipta", "all right", "©", "tanpa izin"),
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
        words("disclaimer catatan setiap segala keputusan isi artikel tulisan konten berita"),
        ("bertanggung jawab atas",),
        re.compile(
            r"^\W*(?:disclaimer|catatan\s+redaksi|\S+(?:\s\S+){0,3}\s+tidak\s+bertanggung\s+jawab\s+atas\s+(?:segala|"
            r"keuntungan|kerugian|setiap|isi|keputusan)|(?:setiap\s+|segala\s+)?keputusan\s+investasi\s+(?:ada|"
            r"sepenuhnya|di\s+tangan|merupakan|adalah|menjadi)|(?:isi\s+)?(?:artikel|tulisan|"
            r"konten)\s+(?:ini\s+)?(?:sepenuhnya\s+)?(?:adalah\s+|merupakan\s+|menjadi\s+)?tanggung\s+jawab|"
            r"(?:artikel|berita|konten)\s+ini\s+(?:bukan|tidak\s+(?:bertujuan|dimaksudkan))\b)",
            re.I,
        ),
        re.compile(
            r"^\W*(?:pelajari\s+dan\s+analisis|\S+\s+tidak\s+bertanggung|segala\s+(?:keputusan|"
            r"risiko|kerugian)|keputusan\s+investasi|setiap\s+keputusan|redaksi\s+tidak|lakukan\s+(?:riset|"
            r"analisis)|(?:isi\s+)?(?:artikel|berita|konten|informasi)\s+(?:ini\s+)?(?:bukan|"
            r"tidak|hanya|dibuat|disusun))",
            re.I,
        ),
    ),
    Rule(
        "disclaimer",
        words("berita artikel informasi konten tulisan anda jika bila apabila bagi kontak"),
        (),
        re.compile(
            r"^\W*(?:(?:berita|artikel|informasi|konten|tulisan)\s+(?:ini|di\s+atas|berikut)\s+.{0,40}(?:tidak\s+(?:be"
            r"rtujuan|dimaksudkan)|jangan\s+ditiru)|(?:kontak\s+bantuan|(?:anda|jika|bila|"
            r"apabila|bagi)\s+.{0,80}(?:depresi|bunuh\s+diri|putus\s+asa).{0,200}(?:hubungi|"
            r"konsultasi|psikolog|psikiater|layanan|bantuan)))",
            re.I | re.S,
        ),
    ),
    Rule(
        "credit",
        words("laporan liputan"),
        ("berkontribusi dalam",),
        re.compile(
            r"(?:^\W*(?:laporan|liputan)\s*(?:wartawan|reporter|kontributor|jurnalis|koresponden|"
            r":)\s*:?\s*(?:\S+\s+){0,9}\S+$|^\W*(?:\S+\s+){1,9}berkontribusi\s+dalam\s+(?:penulisan|"
            r"artikel|laporan))",
            re.I,
        ),
        None,
        130,
    ),
    Rule(
        "contact",
        words("kirim hubungi punya kami silakan ingin cek"),
        (),
        re.compile(
            r"^\W*(?:(?:kirim|silakan\s+kirim)\w*\s.{0,60}(?:artikel|tulisan|opini|redaksi@|"
            r"berita\s+anda|foto)|hubungi\s+redaksi|punya\s+(?:informasi|berita|cerita|kisah).{0,80}(?:redaksi|"
            r"kirim|bagikan)|kami\s+menerima\s+(?:tulisan|artikel|kiriman)|ingin\s+bertanya.{0,80}(?:redaksi|"
            r"cek\s+fakta)|cek\s+fakta\s+liputan6)\b",
            re.I,
        ),
    ),
    Rule("caption", words("lihat"), (), re.compile(r"\W*(?:Lihat|LIHAT)\s(?:Foto|FOTO)\s[A-Z]"), None, 300),
    Rule(
        "player",
        frozenset(),
        ("javascript", "your browser", "tidak mendukung video", "video element"),
        re.compile(
            r"(?:browser|peramban).{0,60}(?:support|mendukung)|(?:enable|aktifkan|nyalakan|"
            r"please)\s.{0,40}javascript|javascript\s.{0,30}(?:disabled|tidak\s+aktif)",
            re.I,
        ),
    ),
    Rule(
        "cookies",
        frozenset(),
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
        words("your alamat email tinggalkan leave tulis silakan login ruas required"),
        (),
        re.compile(
            r"^\W*(?:your\s+email\s+address|(?:alamat\s+)?email\s+anda\s+tidak\s+akan|tinggalkan\s+(?:balasan|"
            r"komentar)|leave\s+a\s+(?:reply|comment)|tulis\s+komentar|silakan\s+login|login\s+untuk\s+(?:ber)?komenta"
            r"r|ruas\s+yang\s+wajib|required\s+fields)",
            re.I,
        ),
    ),
    Rule(
        "player",
        words("jangan yuk mari saksikan tonton simak lihat video saksikanlah"),
        (),
        re.compile(
            r"^\W*(?:(?:jangan\s+lewatkan|yuk|mari),?\s+)?(?:(?:saksikan|tonton|simak|lihat)(?:lah)?\s+(?:juga\s+)?(?:"
            r"video|live|siaran|tayangan)\b.{0,120}(?:di\s*bawah|berikut|ini|pilihan|streaming|"
            r"selengkapnya|youtube|detik\w*|di\s+sini)|video\s+pilihan\b|(?:saksikan|tonton)\s+live\b)",
            re.I | re.S,
        ),
        None,
        220,
    ),
)
BY_FIRST: dict[str, tuple[Rule, ...]] = {}
for _rule in RULES:
    for _word in _rule.firsts:
        BY_FIRST[_word] = (*BY_FIRST.get(_word, ()), _rule)
BY_TRIGGER: tuple[tuple[str, Rule], ...] = tuple((trigger, rule) for rule in RULES for trigger in rule.triggers)
