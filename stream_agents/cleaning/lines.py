"""Lines that are furniture as a whole: share buttons, counters, credits, tag lists, page numbers, headings of widgets."""

import re

from stream_agents.cleaning.cuts import Draft, Line

_NAME = r"[\w.'’\-/&@ ]{2,60}"
_COUNTER = (
    r"(?:dibaca|dilihat|views?|post\s+views|hits?|pembaca|viewers?|kali\s+dibaca|"
    r"jumlah\s+pembaca|pengunjung|shares?|komentar|comments?|likes?)"
)
_NETWORK = (
    r"(?:facebook|fb|twitter|tweet|x|whats\s?app|wa|telegram|line|pinterest|linkedin|"
    r"email|e-mail|instagram|ig|tiktok|youtube|threads|google\s*\+?|messenger|copy\s+link|"
    r"salin\s+(?:tautan|link)|link|print|cetak|share|bagikan|rss|pin\s+it|reddit|"
    r"tumblr|more|lainnya|share\s+on|share\s+to|on|di|ke|via|this|ini|artikel|berita|"
    r"tweet|save|simpan|copy|url|pocket|viber|skype|\+1|\d+)"
)

_WHOLE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("share", re.compile(rf"(?:{_NETWORK}[\s:|,·•/.\-–]*){{1,14}}", re.I)),
    (
        "counter",
        re.compile(
            rf"(?:total\s+)?{_COUNTER}\s*[:\-–]?\s*[\d.,]+\s*(?:k|rb|ribu|kali|x|orang|times?)?|"
            rf"[\d.,]+\s*(?:k|rb|ribu|x|kali)?\s*{_COUNTER}(?:\s+kali)?|(?:waktu\s+baca|reading\s+time|"
            rf"estimasi\s+baca|lama\s+membaca)\s*:?\s*.{{1,30}}|\d+\s*(?:menit|min(?:ute)?s?)\s*(?:baca|"
            r"membaca|read|waktu\s+baca)",
            re.I,
        ),
    ),
    (
        "advert",
        re.compile(
            r"[\s\-–—*_=]*(?:advertisement|advertisements|iklan|advertensi|sponsored|promoted|"
            r"ads?|adsense|ads\s+by\s+\S+|powered\s+by\s+\S+|close\s+ads?|skip\s+ads?|x\s+close|"
            r"pasang\s+iklan(?:\s+\S+)?|sponsor|sponsored\s+content|konten\s+promosi|recommended\s+by\s+\S+|"
            r"space\s+iklan|iklan\s+\S+)[\s\-–—*_=.:]*",
            re.I,
        ),
    ),
    (
        "pages",
        re.compile(
            r"(?:hal(?:aman)?\s*:?\s*)?(?:\d{1,2}\s*[|/·.\s]\s*){2,12}(?:selanjutnya|berikutnya|"
            r"next|»|>|semua|all|show\s+all|last|terakhir)*|(?:hal(?:aman)?|page)\s*:?\s*\d{1,2}\s*(?:/|"
            r"dari|of)\s*\d{1,2}|(?:hal(?:aman)?\s+)?(?:selanjutnya|berikutnya|sebelumnya|"
            r"next|prev(?:ious)?)(?:\s+(?:page|halaman|artikel|berita|post))?\s*(?:[:»>←→]+\s*)?|"
            r"(?:lihat|baca|tampilkan|show|buka)\s+(?:semua|all|halaman\s+\S+|selengkapnya|"
            r"lebih\s+banyak)(?:\s+halaman)?|\d\s+dari\s+\d(?:\s+halaman)?|(?:ke\s+)?halaman\s+(?:berikut|"
            r"selanjut|sebelum)nya.{0,40}|\(?(?:bersambung\s+ke\s+)?hal(?:aman)?\.?\s*\d{1,2}\)?",
            re.I,
        ),
    ),
    (
        "tags",
        re.compile(
            r"(?:tags?|topik|kata\s+kunci|keywords?|label|tagar|topik\s+terkait|berita\s+terkait|"
            r"tag\s+terkait|tag\s+populer|topics)\s*[:：#|].{0,400}|(?:#\s?[\w\-]+[\s,|.]*){1,30}|"
            r"(?:tags?|topik|kata\s+kunci|label)\s*",
            re.I,
        ),
    ),
    (
        "heading",
        re.compile(
            r"(?:(?:berita|artikel|video|foto|infografis|topik|kabar|konten|tulisan|info)\s+(?:terkait|"
            r"lainnya|lain|populer|terpopuler|terkini|terbaru|pilihan|rekomendasi|utama|sebelumnya|"
            r"menarik(?:\s+lainnya)?|selengkapnya)(?:\s+(?:lainnya|untuk\s+anda))?|terkini|"
            r"terpopuler|populer|trending|most\s+popular|rekomendasi(?:\s+untuk\s+(?:anda|"
            r"mu))?|related\s+(?:posts?|articles?|news)|you\s+may\s+also\s+like|lihat\s+semua|"
            r"lihat\s+lainnya|selengkapnya|load\s+more|muat\s+lainnya|komentar(?:\s+\(\d+\))?|"
            r"\d+\s+komentar|comments?|kirim(?:\s+komentar)?|home|beranda|news|nasional|video|"
            r"foto|live|sumber\s+foto|lihat\s+foto|tampilkan\s+foto|zoom|perbesar|perkecil|"
            r"close|tutup|ok|login|daftar|cari|search|menu|subscribe|follow\s+us|ikuti\s+kami|"
            r"ikuti\s+kami\s+di|bagikan\s+(?:ini|artikel|berita).{0,20}|sebarkan\s+(?:ini|"
            r"artikel|berita).{0,20}|share\s+this.{0,20}|like\s+this|like\s+loading|memuat|"
            r"loading|dengarkan(?:\s+(?:berita|artikel))?|baca\s+juga|copy|tautan\s+(?:telah\s+)?(?:disalin|"
            r"tersalin)|link\s+(?:telah\s+)?(?:disalin|copied)|a[\s\-+]*a[\s\-+]*a?|font\s+(?:size|"
            r"ukuran).{0,20}|ukuran\s+(?:font|huruf).{0,20}|reaksi\s+anda.{0,20}|apa\s+reaksi.{0,20}|"
            r"what'?s\s+your\s+reaction.{0,20}|navigasi\s+pos|post\s+navigation|about\s+(?:the\s+)?author|"
            r"tentang\s+penulis|editor'?s\s+pick|leave\s+a\s+(?:reply|comment)|tulis\s+komentar.{0,20}|"
            r"batal|cancel\s+reply|quote|infografis)[\s:.…»>|!?]*",
            re.I,
        ),
    ),
    (
        "credit",
        re.compile(
            r"(?:pewarta|reporter|penulis|editor|redaktur|kontributor|wartawan|jurnalis|fotografer|"
            r"uploader|penyunting|penerjemah|translator|laporan(?:\s+wartawan)?|oleh|by|author|"
            r"naskah|sumber\s+berita|sumber\s+artikel|rep|red|teks|peliput|koresponden|publisher|"
            r"penanggung\s+jawab|pemimpin\s+redaksi|sumber|source|asisten\s+redaktur|content\s+writer|"
            rf"writer|produser|videografer|desain(?:er)?|grafis)\s*(?:/\s*\w+\s*)?[:：|]\s*{_NAME}(?:[,|"
            r";·•\-–]\s*(?:(?:editor|penulis|pewarta|redaktur|reporter|sumber|foto|rep|red|"
            rf"publisher|uploader|penyunting)\s*[:：]?)?\s*{_NAME}){{0,5}}[.\s]*|(?:pewarta|"
            rf"reporter|penulis|editor|redaktur|rep|red|pewarta|sumber)\s*[:：]?|dibuat\s+oleh\s*:?\s*{_NAME}|"
            rf"(?:ditulis|diedit|disunting|dilaporkan|diterbitkan|dipublikasikan|diunggah)\s+oleh\s*:?\s*{_NAME}|"
            rf"baca\s+di\s+aplikasi|ai\s+generated.{{0,40}}|\(?tim\s+(?:redaksi|liputan)\)?",
            re.I,
        ),
    ),
    (
        "date",
        re.compile(
            r"(?:(?:tayang|terbit|diterbitkan|published|dipublikasikan|diperbarui|update[d]?|"
            r"last\s+update|publish(?:ed)?\s+(?:on|at)|posted\s+(?:on|at)|diunggah|dibuat|"
            r"pukul|rilis|kamis|post\s+date|tanggal)\s*:?\s*)?(?:pada\s+)?(?:(?:senin|selasa|"
            r"rabu|kamis|jum'?at|jumat|sabtu|minggu|ahad|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|"
            r"sat\w*|sun\w*)\s*[,/|]?\s*)?\(?\d{1,2}[\s/\-.]+(?:\d{1,2}|[A-Za-z]{3,9})[\s/\-.,]+\d{4}\)?(?:\s*[|"
            r",\-–•·/@]?\s*(?:pukul|jam|at)?\s*\d{1,2}[.:]\d{2}(?:[.:]\d{2})?\s*(?:wib|wita|"
            r"wit|gmt|utc|am|pm)?(?:\s*\+\d{1,2})?)?[\s|.,]*(?:(?:dibaca|views?|hits)\s*:?\s*[\d.,]+)?|"
            r"\d+\s+(?:detik|menit|jam|hari|minggu|bulan)\s+(?:yang\s+)?lalu",
            re.I,
        ),
    ),
    ("rule", re.compile(r"[\W_]+")),
    ("link", re.compile(r"(?:link\s*:?\s*)?(?:https?://|www\.)\S+", re.I)),
    (
        "follow-us",
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
        re.compile(
            r"(?:(?:keterangan|ket\.?|caption|teks)\s*(?:foto|gambar)?|foto|gambar|ilustrasi|"
            r"sumber\s+(?:foto|gambar)|photo|image|grafis|infografik|video|kredit\s+foto|"
            r"photo\s+by|foto\s+oleh|sumber\s+ilustrasi|credit|dok(?:umen(?:tasi)?)?)\s*[:：|"
            r"].{1,300}",
            re.I,
        ),
    ),
)
_HERE_ONLY = frozenset({"heading", "rule", "share", "credit"})


def strip_lines(draft: Draft) -> None:
    """Drop every line that is furniture from end to end."""
    for line in list(draft.alive()):
        kind = whole_line_kind(line)
        if kind:
            draft.drop(line, kind)


def whole_line_kind(line: Line) -> str | None:
    """Which furniture a line is as a whole, or None."""
    text = line.bare
    if len(text) > 420:
        return None
    for kind, pattern in _WHOLE:
        if pattern.fullmatch(text):
            return kind
    return None
