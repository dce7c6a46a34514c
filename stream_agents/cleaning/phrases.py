"""The families of sentences that belong to a page and not to its article, as rules for `furniture`."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One family: `triggers` are lower-case substrings that must stand in the sentence, `pattern` is searched in it and the
    cut begins where it matches; `then` matches following sentences that go on about the same thing."""

    kind: str
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

FOLLOW = re.compile(
    rf"(?:^\W*(?i:{_CALL})(?i:{_ASK})|(?:(?<=[\-–•|!?(>:.)])\s?|(?<=[a-z0-9]))(?:{_ASK_CAPITAL}))\b(?i:[^\n]{{0,26"
    rf"0}}?{_CHANNEL})"
)
FOLLOW_NEWS = re.compile(
    rf"^\W*(?i:{_CALL})(?i:{_ASK}|berita|artikel|update|informasi)\b(?i:(?=.*\b(?:{_APPS}|"
    r"aplikasi|newsletter|notifikasi|terkini|terbaru|terupdate|terhangat|pilihan|"
    r"menarik|lainnya|terpopuler|update|google|seputar|setiap\s+hari)\b)"
    rf"(?=.*\b{_NEWS}\b)[^\n]*?\b(?:di|dari|hanya|melalui|lewat|bersama|at|on|@)\s*(?:\S+\s+){{0,4}}?@?(?:{_OUTLET}|(?<=hanya\sdi\s)\w+))"
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
    r"^\W*(?:(?:sebagian\s+(?:isi\s+)?)?(?:artikel|berita|tulisan|konten|naskah|video|"
    r"opini|informasi)(?:\s+ini)?\s+(?:ini\s+)?(?:(?:sudah|telah|pernah|pertama\s+kali|"
    r"sebelumnya|juga)\s+){1,3}"
    r"(?:tayang|ditayangkan|terbit|diterbitkan|dimuat|dipublikasikan|dipublish|publish|"
    r"dirilis|diunggah)|artikel\s+(?:ini\s+)?(?:merupakan\s+)?(?:hasil\s+)?(?:kerja\s?sama|"
    r"sindikasi|asli|terjemahan)|(?:telah|sudah)\s+tayang\s+di|sumber\s+artikel|artikel\s+asli|"
    r"(?:artikel|berita|tulisan)\s+ini\s+(?:ditulis|dibuat|disusun|diolah|dihasilkan|"
    r"diproses|disadur|dikutip|diterjemahkan|diambil)\b)"
)

RULES: tuple[Rule, ...] = (
    Rule(
        "follow-us",
        (
            "google news",
            "googlenews",
            "channel",
            "chanel",
            "saluran",
            "kanal",
            "grup",
            "group",
            "t.me/",
            "whatsapp.com",
            "news.google",
            "linktr.ee",
            "fanpage",
            "komunitas wa",
        ),
        FOLLOW,
        FOLLOW_MORE,
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
        FOLLOW_NEWS,
        FOLLOW_MORE,
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
            "ikuti kami di",
            "follow us",
        ),
        re.compile(
            r"^\W*(?:anda\s+harus|pastikan|caranya\s+klik|klik|dapatkan|whatsapp\s+channel|"
            r"channel\s+whatsapp|saluran\s+whatsapp|ikuti\s+kami\s+di|follow\s+us)\b",
            re.I,
        ),
        FOLLOW_MORE,
        200,
    ),
    Rule(
        "syndicated",
        (
            "tayang",
            "terbit",
            "dimuat",
            "publi",
            "sindikasi",
            "kerja sama",
            "kerjasama",
            "artikel ini",
            "berita ini",
            "tulisan ini",
            "diunggah",
        ),
        re.compile(_TELLING_OF_PUBLICATION, re.I),
        re.compile(r"^\W*(?:dengan\s+judul|judul\s*:|baca\s+selengkapnya|link\s*:|penulis\s*:)", re.I),
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
            "keputusan investasi",
            "catatan redaksi",
            "catatan:",
        ),
        re.compile(
            r"^\W*(?:disclaimer|catatan\s+redaksi|\S+(?:\s\S+){0,3}\s+tidak\s+bertanggung\s+jawab\s+atas\s+(?:segala|"
            r"keuntungan|kerugian|setiap|isi|keputusan)|(?:setiap\s+|segala\s+)?keputusan\s+investasi|"
            r"(?:isi\s+)?(?:artikel|tulisan|konten)\s+(?:ini\s+)?(?:sepenuhnya\s+)?(?:adalah\s+|"
            r"merupakan\s+|menjadi\s+)?tanggung\s+jawab|(?:artikel|berita|konten)\s+ini\s+(?:bukan|"
            r"tidak\s+(?:bertujuan|dimaksudkan))\b)",
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
        ("bunuh diri", "depresi", "konseling", "kekerasan"),
        re.compile(
            r"^\W*(?:(?:berita|artikel|informasi|konten|tulisan)\s+(?:ini|di\s+atas|berikut)\s+.{0,40}(?:tidak\s+(?:be"
            r"rtujuan|dimaksudkan|untuk)|jangan\s+ditiru)|(?:anda|jika|bila|apabila|bagi)\s+.{0,80}(?:depresi|"
            r"bunuh\s+diri).{0,200}(?:hubungi|konsultasi|psikolog|psikiater|layanan|bantuan))",
            re.I | re.S,
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
            "laporan:",
            "berkontribusi dalam",
        ),
        re.compile(
            r"(?:^\W*(?:laporan|liputan)\s*(?:wartawan|reporter|kontributor|jurnalis|koresponden)?\s*:?\s*(?:\S+\s+){0"
            r",9}\S+$|^\W*(?:\S+\s+){1,9}berkontribusi\s+dalam\s+(?:penulisan|artikel|laporan))",
            re.I,
        ),
        None,
        130,
    ),
    Rule(
        "contact",
        (
            "redaksi@",
            "kirim ke",
            "kirimkan tulisan",
            "hotline redaksi",
            "punya informasi",
            "kirim artikel",
            "citizen6",
            "cek fakta liputan6",
        ),
        re.compile(
            r"^\W*(?:kirim|hubungi\s+redaksi|punya|kami\s+menerima|silakan\s+kirim|ingin\s+bertanya|"
            r"cek\s+fakta\s+liputan6)\b",
            re.I,
        ),
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
            "required fields",
        ),
        re.compile(
            r"^\W*(?:your\s+email|(?:alamat\s+)?email\s+anda|tinggalkan\s+(?:balasan|komentar)|"
            r"leave\s+a|tulis\s+komentar|silakan\s+login|login\s+untuk|ruas\s+yang|required\s+fields)",
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
            "simak juga video",
            "lihat juga video",
            "video berikut",
        ),
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
