"""Lines that are furniture as a whole: share buttons, counters, credits, tag lists, page numbers, headings of widgets."""

import re

from stream_agents.cleaning.cuts import Draft, Line
from stream_agents.cleaning.headline import common_words
from stream_agents.cleaning.words import words

_LONGEST = 420
_TOKEN = re.compile(r"[^\W_]+")
_NETWORKS = words(
    "facebook fb twitter tweet whatsapp wa telegram line pinterest linkedin email "
    "instagram ig tiktok youtube threads google "
    "messenger copy link salin tautan print cetak share bagikan rss reddit tumblr "
    "pocket viber skype bluesky sebarkan shares mail"
)
_NETWORK_COMPANY = words(
    "x on di ke via this ini artikel berita to save simpan url lainnya more pin it our kami klik app ke the e plus"
)
_COUNTER = (
    r"(?:dibaca|dilihat|views?|post\s+views|hits?|pembaca|viewers?|kali\s+dibaca|"
    r"jumlah\s+pembaca|pengunjung|shares?|komentar|comments?|likes?)"
)
_DAY = (
    r"(?:senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu|ahad|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun)"
)

# First words a line of each kind can begin with: all other lines are passed over without a look.
_COUNTER_FIRST = words(
    "total dibaca dilihat view views post hit hits pembaca viewer viewers kali jumlah "
    "pengunjung share shares komentar comment comments like likes waktu reading "
    "estimasi lama"
)
_PATTERNS: tuple[tuple[str, frozenset[str] | None, re.Pattern[str]], ...] = (
    (
        "counter",
        _COUNTER_FIRST,
        re.compile(
            rf"(?:total\s+)?{_COUNTER}\s*[:\-–]?\s*[\d.,]+\s*(?:k|rb|ribu|kali|x|orang|times?)?|"
            rf"(?:waktu\s+baca|reading\s+time|estimasi\s+baca|lama\s+membaca)\s*:?\s*.{{1,30}}",
            re.I,
        ),
    ),
    (
        "counter",
        None,
        re.compile(
            rf"[\d.,]+\s*(?:k|rb|ribu|x|kali)?\s*{_COUNTER}(?:\s+kali)?|\d+\s*(?:menit|min(?:ute)?s?)\s*(?:baca|"
            r"membaca|read|waktu\s+baca)",
            re.I,
        ),
    ),
    (
        "advert",
        words(
            "advertisement advertisements iklan advertensi sponsored promoted ad ads adsense "
            "powered close skip x pasang sponsor konten recommended space"
        ),
        re.compile(
            r"(?:advertisements?|iklan|advertensi|sponsored(?:\s+content)?|promoted|ads?|"
            r"adsense|ads\s+by\s+\S+|powered\s+by\s+\S+|close\s+ads?|skip\s+ads?|x\s+close|"
            r"pasang\s+iklan(?:\s+\S+)?|sponsor|konten\s+promosi|recommended\s+by\s+\S+|space\s+iklan|"
            r"iklan\s+\S+)[\s\-–—*_=.:]*",
            re.I,
        ),
    ),
    (
        "pages",
        words(
            "hal halaman page selanjutnya berikutnya sebelumnya next prev previous lihat "
            "baca tampilkan show buka ke bersambung"
        ),
        re.compile(
            r"(?:hal(?:aman)?|page)\s*:?\s*\d{1,2}(?:\s*(?:/|dari|of|\||\s)\s*\d{1,2}){0,12}|"
            r"(?:hal(?:aman)?\s+)?(?:selanjutnya|berikutnya|sebelumnya|next|prev(?:ious)?)(?:\s+(?:page|"
            r"halaman|artikel|berita|post))?\s*[:»>←→\-]*|(?:lihat|baca|tampilkan|show|buka)\s+(?:semua|"
            r"all|halaman\s+\S+|selengkapnya|lebih\s+banyak)(?:\s+halaman)?\s*[:»>→\-]*|(?:ke\s+)?halaman\s+(?:berikut"
            r"|selanjut|sebelum)nya.{0,40}|bersambung\s+ke\s+hal\S*\s*\d{1,2}",
            re.I,
        ),
    ),
    (
        "pages",
        None,
        re.compile(
            r"(?:\d{1,2}\s*[|/·.\s]\s*){2,12}(?:selanjutnya|berikutnya|next|»|>|semua|all|"
            r"show\s+all|last|terakhir)?|\d\s+dari\s+\d(?:\s+halaman)?",
            re.I,
        ),
    ),
    (
        "tags",
        words("tag tags topik kata keyword keywords label tagar topics berita"),
        re.compile(
            r"(?:tags?|topik|kata\s+kunci|keywords?|label|tagar|topik\s+terkait|berita\s+terkait|"
            r"tag\s+terkait|tag\s+populer|topics)\s*(?:[:：#|].{0,400})?",
            re.I,
        ),
    ),
    (
        "heading",
        words(
            "berita artikel video foto infografis topik kabar konten tulisan info terkini "
            "terpopuler populer trending most rekomendasi related you lihat selengkapnya "
            "load muat komentar comments comment kirim home beranda news nasional live sumber "
            "tampilkan zoom perbesar perkecil close tutup ok login daftar cari search menu "
            "subscribe follow ikuti bagikan sebarkan share like memuat loading dengarkan "
            "baca copy tautan link font ukuran reaksi apa what navigasi post about tentang "
            "editor leave tulis batal cancel quote"
        ),
        re.compile(
            r"(?:(?:berita|artikel|video|foto|infografis|topik|kabar|konten|tulisan|info)\s+(?:terkait|"
            r"lainnya|lain|populer|terpopuler|terkini|terbaru|pilihan|rekomendasi|utama|sebelumnya|"
            r"menarik(?:\s+lainnya)?|selengkapnya)(?:\s+(?:lainnya|untuk\s+anda))?|terkini|"
            r"terpopuler|populer|trending|most\s+popular|rekomendasi(?:\s+untuk\s+(?:anda|"
            r"mu))?|related\s+(?:posts?|articles?|news)|you\s+may\s+also\s+like|lihat\s+semua|"
            r"lihat\s+lainnya|selengkapnya|load\s+more|muat\s+lainnya|komentar(?:\s+\(\d+\))?|"
            r"comments?|kirim(?:\s+komentar)?|home|beranda|news|nasional|video|foto|live|"
            r"sumber\s+foto|lihat\s+foto|tampilkan\s+foto|zoom|perbesar|perkecil|close|tutup|"
            r"ok|login|daftar|cari|search|menu|subscribe|follow\s+us|ikuti\s+kami(?:\s+di)?|"
            r"(?:bagikan|sebarkan)\s+(?:ini|artikel|berita).{0,20}|share\s+this.{0,20}|like\s+this|"
            r"like\s+loading|memuat|loading|dengarkan(?:\s+(?:berita|artikel))?|baca\s+juga|"
            r"copy|(?:tautan|link)\s+(?:telah\s+)?(?:disalin|tersalin|copied)|(?:font|ukuran)\s+(?:size|"
            r"ukuran|font|huruf).{0,20}|reaksi\s+anda.{0,20}|apa\s+reaksi.{0,20}|what'?s\s+your\s+reaction.{0,20}|"
            r"navigasi\s+pos|post\s+navigation|about\s+(?:the\s+)?author|tentang\s+penulis|"
            r"editor'?s\s+pick|leave\s+a\s+(?:reply|comment)|tulis\s+komentar.{0,20}|batal|"
            r"cancel\s+reply|quote|infografis)[\s:.…»>|!?]*",
            re.I,
        ),
    ),
    (
        "date",
        words(
            "tayang terbit diterbitkan published dipublikasikan diperbarui update updated "
            "last publish posted diunggah dibuat pukul rilis post tanggal pada senin selasa "
            "rabu kamis jumat jum sabtu minggu ahad monday tuesday wednesday thursday friday "
            "saturday sunday mon tue wed thu fri sat sun"
        ),
        re.compile(
            r"(?:(?:tayang|terbit|diterbitkan|published|dipublikasikan|diperbarui|updated?|"
            r"last\s+update|publish(?:ed)?\s+(?:on|at)|posted\s+(?:on|at)|diunggah|dibuat|"
            rf"rilis|post\s+date|tanggal)\s*:?\s*)?(?:pada\s+)?(?:{_DAY}\s*[,/|]?\s*)?\(?\d{{1,2}}[\s/\-.]+(?:\d{{1,2}}|"
            rf"[a-z]{{3,9}})[\s/\-.,]+\d{{4}}\)?(?:\s*[|,\-–•·/@]?\s*(?:pukul|jam|at)?\s*\d{{1,2}}[.:]\d{{2}}(?:[.:]\d{{2}})"
            rf"?\s*(?:wib|wita|wit|gmt|utc|am|pm)?(?:\s*\+\d{{1,2}})?)?[\s|.,]*(?:(?:dibaca|"
            r"views?|hits)\s*:?\s*[\d.,]+)?",
            re.I,
        ),
    ),
    (
        "date",
        None,
        re.compile(
            r"\(?\d{1,2}[\s/\-.]+(?:\d{1,2}|[a-z]{3,9})[\s/\-.,]+\d{4}\)?(?:\s*[|,\-–•·/@]?\s*(?:pukul|"
            r"jam|at)?\s*\d{1,2}[.:]\d{2}(?:[.:]\d{2})?\s*(?:wib|wita|wit|gmt|utc|am|pm)?)?[\s|"
            r".,]*|\d+\s+(?:detik|menit|jam|hari|minggu|bulan)\s+(?:yang\s+)?lalu",
            re.I,
        ),
    ),
    ("link", words("http https www link"), re.compile(r"(?:link\s*:?\s*)?(?:https?://|www\.)\S+", re.I)),
    (
        "follow-us",
        words("ikuti follow subscribe gabung join cek baca dapatkan download unduh akses google app get available"),
        re.compile(
            r"(?:(?:ikuti|follow|subscribe|gabung|join|cek|baca|dapatkan|download|unduh|akses)\b.{0,160}\b(?:google\s*"
            r"news|whats?app|telegram|instagram|facebook|twitter|tiktok|youtube|channel|saluran|"
            r"app\s*store|play\s*store|google\s+play|newsletter)\b.{0,80}|google\s+news|cek\s+berita\s+dan\s+artikel\b.{"
            r"0,80}|app\s+store|google\s+play|get\s+it\s+on.{0,30}|available\s+on.{0,30})[\s.:!]*",
            re.I,
        ),
    ),
    (
        "caption",
        words(
            "keterangan ket caption teks foto gambar ilustrasi sumber photo image grafis "
            "infografik kredit credit dok dokumen dokumentasi lihat"
        ),
        re.compile(
            r"(?:(?:keterangan|ket\.?|caption|teks)\s*(?:foto|gambar)|foto|gambar|ilustrasi|"
            r"sumber\s+(?:foto|gambar|ilustrasi)|photo|image|grafis|infografik|kredit\s+foto|"
            r"photo\s+by|foto\s+oleh|credit|dok(?:umen(?:tasi)?)?)\s*[:：|].{1,300}|lihat\s+foto\s+\S.{1,300}",
            re.I,
        ),
    ),
)
_ROLES = words(
    "pewarta reporter penulis editor redaktur kontributor wartawan jurnalis fotografer "
    "uploader penyunting penerjemah translator laporan oleh by author naskah sumber "
    "rep red teks peliput koresponden publisher penanggung pemimpin source asisten "
    "content writer produser videografer desain desainer grafis ditulis diedit disunting "
    "dilaporkan diterbitkan dipublikasikan diunggah dibuat tim"
)
_CREDIT = re.compile(
    r"(?:pewarta|reporter|penulis|editor|redaktur|kontributor|wartawan|jurnalis|fotografer|"
    r"uploader|penyunting|penerjemah|translator|laporan(?:\s+wartawan)?|oleh|by|author|"
    r"naskah|sumber(?:\s+(?:berita|artikel))?|rep|red|teks|peliput|koresponden|publisher|"
    r"penanggung\s+jawab|pemimpin\s+redaksi|source|asisten\s+redaktur|(?:content\s+)?writer|"
    r"produser|videografer|desain(?:er)?|grafis)(?:\s*/\s*\w+)?\s*[:：|](?P<who>.{0,150})"
    r"|(?:ditulis|diedit|disunting|dilaporkan|diterbitkan|dipublikasikan|diunggah|"
    r"dibuat)\s+oleh\s*:?(?P<who2>.{2,80})|(?:pewarta|reporter|penulis|editor|redaktur|"
    r"rep|red|sumber)|tim\s+(?:redaksi|liputan)",
    re.I,
)
_RULE = re.compile(r"[\W_]+")
_TWEET = re.compile(r"[—–-]+\s?.{2,80}\(@\w{1,20}\)\s?(?:[A-Za-z]+\s\d{1,2},\s\d{4}|\d{1,2}\s[A-Za-z]+\s\d{4})")


def strip_lines(draft: Draft) -> None:
    """Drop every line that is furniture from end to end."""
    before: Line | None = None
    for line in draft.due:
        if not line.bare:
            continue
        kind = whole_line_kind(line.bare)
        if kind:
            draft.drop(line, kind)
            if kind == "embed" and before is not None and ("#" in before.bare or "@" in before.bare):
                draft.drop(before, kind)
        before = line


def whole_line_kind(text: str) -> str | None:
    """Which furniture a line is as a whole, or None."""
    if len(text) > _LONGEST:
        return None
    m = _TOKEN.search(text)
    if m is None:
        return "rule"
    first = m[0].lower() if m[0].isascii() else ""
    at = m.start() if m.start() < 4 else 0
    if text[0] in "—–-" and _TWEET.fullmatch(text):
        return "embed"
    if text[0] == "#" and all(w[0] == "#" or len(text) < 60 for w in text.split()):
        return "tags"
    if first in _ROLES and _is_credit(text):
        return "credit"
    if first in _NETWORKS or first in _NETWORK_COMPANY or first.isdigit():
        kind = "share" if len(text) <= 140 and _is_share(text) else None
        if kind:
            return kind
    for kind, firsts, pattern in _PATTERNS:
        if (first in firsts if firsts is not None else first[:1].isdigit()) and pattern.fullmatch(text, at):
            return kind
    return None


def _is_share(text: str) -> bool:
    tokens = [t.lower() for t in _TOKEN.findall(text)]
    known = sum(t in _NETWORKS for t in tokens)
    return (
        len(tokens) <= 24 and known > 0 and all(t in _NETWORKS or t in _NETWORK_COMPANY or t.isdigit() for t in tokens)
    )


def _is_credit(text: str) -> bool:
    """A role and names: few words, and hardly one that running text would write small."""
    m = _CREDIT.fullmatch(text.strip("()[] "))
    if m is None:
        return False
    who = (m["who"] or m["who2"] or "").split()
    small = sum(w in common_words() for w in who)
    return len(who) <= 18 and small <= 1 + len(who) // 6
