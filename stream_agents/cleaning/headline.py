"""Telling a headline from a sentence, and finding where a headline stops when nothing but its words says so.

Dumps glue a link's title to the paragraph after it ("… Malaria SeduniaChico menambahkan …"), or part the two by a single
blank. What still tells them apart: Indonesian headlines are written in title case, sentences are not.
"""

import re
from functools import lru_cache
from importlib import resources

from stream_agents.cleaning.words import words

PARTICLES = words(
    "di ke dari yang dan untuk pada dengan dalam atau oleh vs bagi agar usai soal "
    "hingga sampai tak para per se si sang via "
    "demi atas jadi saat bak kian serta karena terkait tentang the of in on and "
    "to for a an at by with from is dr pt cs lewat "
    "pakai sejak akan bisa tapi juga ini itu x &"
)
# Words that open a sentence; inside a headline they are rarely capitalised after the first word.
STARTERS = words(
    "menurut namun selain sementara dalam ia dia adapun sebelumnya diketahui diberitakan "
    "sebab meski walau bahkan mereka "
    "selanjutnya kemudian lalu sebagai berdasarkan dikutip dilansir tetapi jika "
    "apabila padahal sedangkan terkait beberapa "
    "sebanyak pihaknya dijelaskan disebutkan ditambahkan mengenai terpisah akibatnya "
    "awalnya akhirnya nantinya rencananya "
    "sehingga lantas begitu demikian meskipun walaupun kendati pasalnya pada hal hingga ketika melalui menanggapi oleh"
)
# Offices and ranks that often stand before a name at the start of a sentence.
OFFICES = words(
    "presiden wakil menteri ketua bupati wali walikota gubernur kepala direktur "
    "sekretaris kapolres kapolda kapolri kapolsek "
    "kasat kasi juru jaksa hakim pengamat anggota camat lurah komandan panglima "
    "dandim plt pj pjs penjabat pelatih manajer "
    "ustaz kh dr prof ir brigjen irjen kombes komjen akbp akp kompol mayjen letjen "
    "kolonel pria wanita perempuan korban "
    "tersangka terdakwa warga polisi petugas tim pemerintah pemprov pemkab pemkot "
    "dinas badan polres polda polri kementerian "
    "kasus peristiwa kejadian kecelakaan kebakaran banjir gempa pasangan aktor aktris penyanyi"
)
# Words of offices and laws: capitalised in names, so no sign of a headline.
INSTITUTIONS = words(
    "bidang deputi departemen pusat pengawasan pengembangan pembangunan perencanaan "
    "keuangan perekonomian hubungan masyarakat "
    "komunikasi publik informasi sumber daya energi mineral hukum pendidikan kebudayaan pertanian kesehatan pariwisata "
    "perdagangan industri lingkungan kehutanan kelautan perikanan pemuda olahraga "
    "sosial agama dalam negeri luar pertahanan "
    "keamanan operasi penjualan pelayanan jasa modal investasi asisten staf khusus "
    "dosen guru besar fakultas universitas "
    "program studi kelas pukul teknologi riset inovasi koordinator jenderal umum "
    "direktorat kementerian lembaga perlindungan "
    "pemberdayaan perempuan anak pemerintahan daerah nasional republik pengelolaan penerapan baku mutu pengaturan "
    "perizinan sektor aset perusahaan regional tindak pidana ekonomi nomor tahun "
    "undang peraturan surat edaran rencana tata "
    "ruang wilayah upacara peringatan hari pedoman penyelenggaraan media dinas berita "
    "merah meter mereka manajemen pemasaran "
    "pengadilan tinggi mahkamah agung kejaksaan kepolisian resor laut udara darat jaringan laporan wartawan"
)
# Verbs and little words that headlines capitalise and names never hold.
HEADLINE_WORDS = words(
    "ini jadi bakal usai soal tak akan bisa sebut minta ungkap bongkar tewas cabut "
    "kaji puji bikin begini apa siapa kenapa "
    "kapan berapa bagaimana masih sudah belum lagi langsung gegara imbas jelang "
    "versi cuma malah bukan harus diduga tutup buka "
    "gelar raih rilis resmi siap akui bantah tolak desak klaim nilai dorong targetkan "
    "pastikan tegaskan ingatkan ajak larang "
    "izinkan hapus naik turun kalah menang gugat tangkap gagalkan geledah sita periksa "
    "panggil ganti pilih temukan tetapkan "
    "umumkan luncurkan bangun kirim terima jual beli bayar pakai ambil rebut serang "
    "hancurkan bantai tembak tabrak jatuh gempur "
    "korban orang kali cara fakta alasan daftar profil kronologi sosok viral heboh terungkap terbaru paling kembali "
    "makin kian bos eks cs gak nggak enggak banyak semua tanpa mau ingin coba sempat "
    "nyaris hampir justru ikut ngaku semprot "
    "sindir bela ancam rusak tips catat momen sinyal misterius ramai intip simak cek hore duh wow"
)
_VERB = re.compile(r"(?:di|ter|me|ber)[a-z]{4,}")
_CAMEL = words(
    "whatsapp youtube tiktok motogp linkedin paypal goto openai chatgpt deepseek "
    "mediatek oneplus hyperos macbook airpods "
    "playstation beritasatu jawapos sindonews tribunnews mcdonald linkaja shopeepay "
    "gopay grabfood gofood seabank michat "
    "kompastv masterchef nasdem insyaallah pedulilindungi injourney transjakarta transjogja menpan kemenpan kemenpppa "
    "berakhlak github iphone ipad ios ebay facebook coronavac astrazeneca spacex "
    "mypertamina mypertaminaa detiknews detikcom "
    "detikfinance detikhot detiksport detikinet detikoto detikhealth idntimes medcom "
    "metrotv sctv rcti indosiar viu livestream "
    "powerpoint onedrive onlyfans megapro supermoto permenpan surveimeter livin "
    "brimo tokopedia bukalapak kimkardashian "
    "cherrypop lolipop kpop superapp supergrok fifa ubs antaranews"
)
_WORD = re.compile(r"\S+")
_GLUE = re.compile(
    r"(?<=[a-z0-9?!)”’%\"'])(?=[\"“‘(]?[A-Z])(?<![\s(][\"'])"  # Sedunia|Chico
    r"|(?<=[A-Z]{2})(?=[A-Z][a-z]{1,})"  # WIB|Al
)
_BREAK = re.compile(r"[\s,;:()/]")
_BREAK_OR_DOT = re.compile(r"[\s,;:()/.]")


def is_lower(word: str) -> bool:
    """A word that title case would have capitalised but that is not."""
    w = word.strip("\"'“”‘’(),.:;!?-–—[]")
    return bool(w) and w[0].islower() and w not in PARTICLES


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Words that running Indonesian news text writes small (counted over some thousand articles, offices left out)."""
    text = resources.files("stream_agents.cleaning").joinpath("common_words.txt").read_text(encoding="utf-8")
    return words(text) - OFFICES - INSTITUTIONS


def small_words_capitalised(text: str) -> int:
    """How many words after the first are capitalised although running text would write them small; 0 without a verb among
    them (a name of an office has none)."""
    small, count, verbs = common_words(), 0, 0
    for word in text.split()[1:]:
        if word[:1].isupper():
            bare = _bare(word).lower()
            known = bare in small
            count += known
            verbs += bare in HEADLINE_WORDS or (known and _VERB.fullmatch(bare) is not None)
    return count if verbs else 0


def is_headline(text: str, *, shortest: int = 3) -> bool:
    """Does a piece of text look like a headline: title case, no sentence's end, 3 to 28 words?"""
    spoken = text.split()
    if not shortest <= len(spoken) <= 28 or len(text) > 220 or text[-1] in ".;,":
        return False
    lowered = sum(map(is_lower, spoken))
    return lowered * 5 <= len(spoken) and text.lstrip("\"'“‘(")[:1] != "" and not text.lstrip("\"'“‘(")[0].islower()


class Names:
    """What an article calls by name: words and pairs of words it uses more than once. Looks no further than its opening."""

    _LOOKED_AT = 20_000

    def __init__(self, article: str = "") -> None:
        self._article = article[: self._LOOKED_AT]
        self._known: dict[str, bool] = {}

    def __contains__(self, name: str) -> bool:
        if name not in self._known:
            self._known[name] = self._article.count(name) > 1
        return self._known[name]


NO_NAMES = Names()


def glue_points(text: str, known: Names = NO_NAMES) -> list[int]:
    """Where two words stand together that were never one: "SeduniaChico" at "C"; `known` are names to leave whole."""
    points = []
    for m in _GLUE.finditer(text):
        at = m.start()
        left = text[max(0, at - 24) : at]
        right = text[at : at + 24]
        head, tail = _BREAK.split(left)[-1], _BREAK_OR_DOT.split(right)[0]
        word = (head + tail).strip("\"'“”‘’")
        if word.lower() in _CAMEL or not _is_glue(head, tail):
            continue
        if word in known and head[-1:].islower():
            continue
        points.append(at)
    return points


def _is_glue(head: str, tail: str) -> bool:
    # A domain (Detik.com), a short camel head (iPhone, McDonald, "e-KTP") or initials are one word.
    bare = head.strip("\"'“”‘’(")
    if not bare:
        return False
    if bare[-1].islower() and len(bare) < 3 and not bare[0].isupper():
        return bare in ("di", "ke")
    if bare[-1].isupper():
        return len(bare) >= 2 and len(tail) >= 2 and tail[1:].islower()
    return len(bare) >= 2 or bare[-1].isdigit() or not bare[-1].isalnum()


def case_switch(text: str, known: Names = NO_NAMES) -> int | None:
    """Offset at which a title-case headline passes into a sentence, or None if it does not.

    "Ini Perintah Prabowo Bahlil pun menghentikan" → the offset of "Bahlil".
    """
    tokens = [(m.start(), m[0]) for m in _WORD.finditer(text[:400])]
    for i in range(3, len(tokens)):
        if (
            i + 1 < len(tokens)
            and tokens[i][1].lower() in STARTERS
            and tokens[i][1][0].isupper()
            and tokens[i + 1][1][0].islower()
        ):
            return tokens[i][0]
        if not is_lower(tokens[i][1]) and tokens[i][1].lower() != "pun":
            continue
        if i > 3 and tokens[i][1].isalpha() and tokens[i][1] in common_words():
            return _sentence_start(tokens, i, known)
        following = [w for _, w in tokens[i + 1 : i + 5]]
        if sum(w[:1].islower() for w in following) * 2 < len(following) or len(following) < 2:
            continue
        return _sentence_start(tokens, i, known)
    return None


def _sentence_start(tokens: list[tuple[int, str]], lowered: int, known: Names) -> int:
    first = lowered - 1
    while first > 1 and tokens[first][1][:1].islower():
        first -= 1
    for back in range(first, max(1, first - 8), -1):
        word = _bare(tokens[back][1]).lower()
        if tokens[back - 1][1][-1] in "?!" or (tokens[back][1][0] in '"“' and back > first - 4):
            return tokens[back][0]
        if word in STARTERS and back > first - 3:
            return tokens[back][0]
        if word in OFFICES:
            return tokens[_outermost_office(tokens, back)][0]
        if word in common_words() or word in HEADLINE_WORDS:
            break
    while (
        first > 2
        and f"{_bare(tokens[first - 1][1])} {_bare(tokens[first][1])}" in known
        and tokens[first - 1][1][-1].isalnum()
    ):
        first -= 1
    return tokens[first][0]


def _outermost_office(tokens: list[tuple[int, str]], at: int) -> int:
    """The first office of a chain of them ("Direktur Reserse Narkoba Polda Sumut Kombes …")."""
    back, found = at, at
    while back > 2 and found - back < 6:
        back -= 1
        word = _bare(tokens[back][1]).lower()
        if word in OFFICES:
            found = back
        elif word in HEADLINE_WORDS or word in common_words() or tokens[back][1][-1] in ",:?!":
            break
    return found


def _bare(word: str) -> str:
    return word.strip("\"'“”‘’(),.:;!?-–—[]")
