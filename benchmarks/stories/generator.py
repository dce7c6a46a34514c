# ruff: noqa: E501 (word lists)
"""Articles and streams of our own making, with the truth known: originals, their copies, template siblings, follow-ups.

Sentences come from a small grammar over words of our own, so that any number of originals differ as news does: in names,
numbers, places and clauses. Copies are then made the way newsrooms make them; see `COPIES`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

ACTORS = [
    "wali kota",
    "bupati",
    "camat",
    "kepala dinas",
    "ketua panitia",
    "juru bicara",
    "direktur",
    "kapolres",
    "rektor",
    "petugas lapangan",
    "koordinator relawan",
    "ketua fraksi",
    "sekretaris daerah",
    "peneliti",
    "kepala sekolah",
    "ketua koperasi",
    "pengawas proyek",
    "manajer stasiun",
]
FIRST = [
    "Asep",
    "Rina",
    "Budi",
    "Sari",
    "Dedi",
    "Wulan",
    "Hendra",
    "Laras",
    "Yusuf",
    "Mega",
    "Tono",
    "Ratna",
    "Galih",
    "Nuri",
    "Eko",
    "Dewi",
    "Raka",
    "Intan",
    "Joko",
    "Maya",
    "Fajar",
    "Lilis",
]
LAST = [
    "Wiranata",
    "Maharani",
    "Prasetya",
    "Kusuma",
    "Hidayat",
    "Permadi",
    "Lestari",
    "Nugraha",
    "Santika",
    "Wibawa",
    "Gunadi",
    "Rahayu",
    "Saputra",
    "Halim",
    "Mulyana",
]
PLACES = [
    "Sumedang",
    "Bogor",
    "Jatigede",
    "Wado",
    "Cimalaka",
    "Tanjungsari",
    "Sukajadi",
    "Parung",
    "Ciwidey",
    "Garut",
    "Lembang",
    "Cianjur",
    "Subang",
    "Tegal",
    "Brebes",
    "Pati",
]
VERBS = [
    "meresmikan",
    "meninjau",
    "menutup",
    "membangun",
    "memperbaiki",
    "menolak",
    "mengusulkan",
    "membahas",
    "memeriksa",
    "menyita",
    "menertibkan",
    "melelang",
    "menunda",
    "mempercepat",
    "mengawasi",
    "mengaudit",
    "memetakan",
    "mengosongkan",
    "membersihkan",
    "menyalurkan",
]
OBJECTS = [
    "jembatan gantung",
    "pasar ikan",
    "saluran irigasi",
    "gudang beras",
    "klinik desa",
    "jalur kereta",
    "lapangan terbang kecil",
    "rumah susun",
    "tempat pembuangan sampah",
    "pabrik tahu",
    "kebun teh",
    "waduk lama",
    "terminal bus",
    "sekolah dasar",
    "perpustakaan keliling",
    "kapal nelayan",
    "menara air",
    "bantuan benih",
    "kolam lele",
    "tanggul sungai",
    "rambu jalan",
    "pos ronda",
    "kios pupuk",
    "arsip tanah",
]
REASONS = [
    "karena anggaran baru turun pekan lalu",
    "setelah warga menyampaikan keluhan berulang kali",
    "agar panen tidak terganggu musim hujan",
    "sebab kontraktor gagal memenuhi tenggat",
    "supaya anak sekolah tidak memutar jauh",
    "menyusul temuan tim teknis dari provinsi",
    "lantaran beban kendaraan melampaui batas",
    "sesudah rapat panjang bersama pemilik lahan",
    "demi mencegah antrean di pintu masuk",
    "mengingat bangunan itu berumur puluhan tahun",
    "berkat sumbangan perantau dari luar pulau",
    "walau cuaca belum bersahabat",
]
DETAILS = [
    "Pekerjaan itu menelan biaya {n} juta rupiah dan menyerap {m} tenaga setempat",
    "Sedikitnya {n} keluarga di {place} merasakan dampaknya sejak {m} hari terakhir",
    "Luas lahan yang dipakai mencapai {n} meter persegi menurut catatan desa {place}",
    "Sebanyak {n} karung logistik dikirim memakai {m} truk kecil lewat {place}",
    "Pengukuran ulang menemukan selisih {n} sentimeter pada sisi timur {object}",
    "Tim mencatat {n} pelanggaran ringan dan {m} pelanggaran berat di sekitar {object}",
    "Volume air naik {n} persen, jauh di atas ambang {m} persen",
    "Ada {n} usulan yang masuk, hanya {m} yang dinilai layak oleh {actor}",
    "Petani {place} berharap {object} rampung sebelum tanggal {m}",
    "Warga bergotong royong mengangkut {n} kubik pasir ke dekat {object}",
]
QUOTES = [
    "Kami tidak mau janji lagi, {object} harus selesai dalam {m} pekan",
    "Soal {object} itu, semua pihak di {place} sudah kami dengar",
    "Hitungan kami {n} juta cukup asal tidak ada perubahan gambar",
    "Tolong beri waktu, orang {place} tahu benar medan di sana",
    "Yang penting keselamatan dulu, urusan {object} menyusul",
    "Data {n} itu kami ambil langsung dari lapangan, bukan perkiraan",
]
SAYING = ["ujar", "kata", "tutur", "ucap", "jelas", "ungkap"]
SYNONYMS = {
    "karena": "sebab",
    "sebab": "lantaran",
    "warga": "penduduk",
    "mencapai": "menyentuh",
    "sedikitnya": "setidaknya",
    "sebanyak": "sejumlah",
    "memakai": "menggunakan",
    "rampung": "selesai",
    "sekitar": "seputar",
    "berharap": "ingin",
    "agar": "supaya",
    "setelah": "sesudah",
    "pekan": "minggu",
    "tidak": "tak",
    "biaya": "dana",
}
BACKGROUND = [
    "Sebagai latar, wilayah ini pernah menerima penghargaan kebersihan tingkat provinsi dua tahun berturut-turut.",
    "Letaknya di kaki bukit membuat kabut turun hampir setiap sore.",
    "Jalur menuju lokasi dapat ditempuh satu jam dari pusat kota.",
    "Pada masa lalu tempat ini dikenal sebagai sentra anyaman bambu.",
    "Sejarah mencatat pemukiman pertama dibuka oleh perantau pesisir.",
]
WRAPPERS = (
    ("{CITY}, KORAN {n} - ", " (red/{n})"),
    ("{CITY} - ", ""),
    ("Lintas{n}.example, {CITY} -- ", " Editor: Redaksi Lintas."),
    ("", " Sumber: kantor berita."),
)
DAYS = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]


@dataclass(frozen=True, slots=True)
class Item:
    """One generated article: the true story, what was done to it, and where in its day it falls (minutes)."""

    story: int
    kind: str
    title: str
    sentences: tuple[str, ...]
    publisher: str
    minute: float = 0.0
    before: str = ""
    after: str = ""
    template: int = -1
    follows: int = -1

    @property
    def body(self) -> str:
        return f"{self.before}{' '.join(self.sentences)}{self.after}"


@dataclass(slots=True)
class Newsroom:
    """Writes and rewrites; everything comes from one seeded source of chance. `severity` says how far rewriting goes: at 1 as
    newsrooms do, at 2 an abridged copy keeps 9 to 36 % instead of 30 to 60 %, twice as many words are misspelt and
    paragraphs dropped, and a follow-up repeats twice as much."""

    seed: int
    severity: float = 1.0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def _fill(self, pattern: str, subject: dict[str, str]) -> str:
        pick = self.chance
        return pattern.format(
            n=pick.randint(11, 4999),
            m=pick.randint(2, 98),
            place=pick.choice((subject["place"], pick.choice(PLACES))),
            object=pick.choice((subject["object"], pick.choice(OBJECTS))),
            actor=pick.choice(ACTORS),
        )

    def _subject(self) -> dict[str, str]:
        pick = self.chance
        return {
            "name": f"{pick.choice(FIRST)} {pick.choice(LAST)}",
            "actor": pick.choice(ACTORS),
            "place": pick.choice(PLACES),
            "object": pick.choice(OBJECTS),
            "verb": pick.choice(VERBS),
        }

    def _sentence(self, subject: dict[str, str]) -> str:
        pick = self.chance
        roll = pick.random()
        if roll < 0.45:
            return self._fill(pick.choice(DETAILS), subject) + f", {pick.choice(REASONS)}."
        if roll < 0.75:
            who = subject["name"].split()[0]
            return f'"{self._fill(pick.choice(QUOTES), subject)}, {pick.choice(REASONS)}," {pick.choice(SAYING)} {who}.'
        other = self._subject()
        verb, thing = pick.choice(VERBS), pick.choice(OBJECTS)
        return f"{other['actor'].capitalize()} {other['name']} juga {verb} {thing} di {other['place']} {pick.choice(REASONS)}."

    def original(self, story: int, length: int | None = None) -> Item:
        """A new story of 8 to 22 sentences."""
        pick, subject = self.chance, self._subject()
        n, day = pick.randint(1, 28), pick.choice(DAYS)
        lead = (
            f"{subject['actor'].capitalize()} {subject['place']}, {subject['name']}, {subject['verb']} {subject['object']} di "
            f"{pick.choice(PLACES)} {pick.choice(REASONS)}, {day} ({n}/11/2026)."
        )
        title = f"{subject['actor'].title()} {subject['name']} {subject['verb'].title()} {subject['object'].title()} {subject['place']}"
        sentences = [lead, *(self._sentence(subject) for _ in range(length or pick.randint(8, 22)))]
        return Item(story, "original", title, tuple(sentences), f"media{pick.randint(1, 60)}")

    # --- copies ------------------------------------------------------------------------------------------------------

    def _elsewhere(self, item: Item, kind: str, sentences: list[str], **changes: str) -> Item:
        pick = self.chance
        before, after = pick.choice(WRAPPERS)
        n, city = pick.randint(1, 99), pick.choice(PLACES).upper()
        return replace(
            item,
            kind=kind,
            sentences=tuple(sentences),
            publisher=f"media{pick.randint(61, 120)}",
            before=before.format(CITY=city, n=n),
            after=after.format(n=n),
            **changes,  # type: ignore[arg-type]
        )

    def wrapped(self, item: Item) -> Item:
        return self._elsewhere(item, "wrapped", list(item.sentences))

    def abridged(self, item: Item) -> Item:
        """30 to 60 % of the sentences, the first always, mostly from the front."""
        share = self.chance.uniform(0.3, 0.6) ** self.severity
        count = min(len(item.sentences), max(3, round(len(item.sentences) * share)))
        if self.chance.random() < 0.7:
            kept = list(item.sentences[:count])
        else:
            rest = sorted(self.chance.sample(range(1, len(item.sentences)), count - 1))
            kept = [item.sentences[0], *(item.sentences[at] for at in rest)]
        return self._elsewhere(item, "abridged", kept)

    def headlined(self, item: Item) -> Item:
        """A rewritten headline and lead; the rest as it was."""
        words = item.sentences[0].rstrip(".").split()
        half = len(words) // 2
        lead = f"{' '.join(words[half:]).capitalize()}, demikian kabar bahwa {' '.join(words[:half])}."
        title = f"{' '.join(item.title.split()[::-1][:5])}, Begini Penjelasannya"
        return self._elsewhere(item, "headlined", [lead, *item.sentences[1:]], title=title)

    def synonyms(self, item: Item) -> Item:
        return self._elsewhere(item, "synonyms", [self._synonymous(sentence) for sentence in item.sentences])

    def _synonymous(self, sentence: str) -> str:
        words = sentence.split()
        return " ".join(
            SYNONYMS.get(word, word) if self.chance.random() < 0.7 * self.severity else word for word in words
        )

    def dropped(self, item: Item) -> Item:
        """A few paragraphs dropped and two of the rest exchanged."""
        kept = [s for at, s in enumerate(item.sentences) if at < 2 or self.chance.random() > 0.2 * self.severity]
        if len(kept) > 4:
            one, other = self.chance.sample(range(2, len(kept)), 2)
            kept[one], kept[other] = kept[other], kept[one]
        return self._elsewhere(item, "dropped", kept)

    def doubled(self, item: Item) -> Item:
        return self._elsewhere(item, "doubled", [*item.sentences, *item.sentences])

    def typography(self, item: Item) -> Item:
        swapped = [s.replace('"', "”").replace(" - ", " – ").replace("'", "’") for s in item.sentences]
        return self._elsewhere(item, "typography", [s.replace(", ", ",  ") for s in swapped])

    def expanded(self, item: Item) -> Item:
        """Background of another newsroom's added at the end."""
        added = self.chance.sample(BACKGROUND, self.chance.randint(2, 4))
        return self._elsewhere(item, "expanded", [*item.sentences, *added])

    def typos(self, item: Item) -> Item:
        return self._elsewhere(item, "typos", [self._misspelt(sentence) for sentence in item.sentences])

    def _misspelt(self, sentence: str) -> str:
        words = sentence.split()
        for at, word in enumerate(words):
            if len(word) > 5 and self.chance.random() < 0.04 * self.severity:
                cut = self.chance.randint(1, len(word) - 3)
                words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
        return " ".join(words)

    # --- what is not a copy ------------------------------------------------------------------------------------------

    def follow_up(self, item: Item, story: int) -> Item:
        """The next day's news, with 20 to 50 % of its text repeated as background at the end."""
        fresh = self.original(story, length=self.chance.randint(6, 12))
        share = min(0.8, self.chance.uniform(0.2, 0.5) * self.severity)
        repeated = max(2, min(len(item.sentences), round(len(fresh.sentences) * share / (1 - share))))
        start = self.chance.randint(0, len(item.sentences) - repeated)
        background = ["Diberitakan sebelumnya, " + item.sentences[start], *item.sentences[start + 1 : start + repeated]]
        return replace(
            fresh,
            kind="follow-up",
            sentences=(*fresh.sentences, *background),
            publisher=item.publisher,
            follows=item.story,
        )

    def template(self, family: int, story: int) -> Item:
        """One edition of a price list, forecast or schedule: the family's skeleton with other data."""
        skeleton, pick = random.Random(f"{self.seed}/{family}"), self.chance
        day, date, place = pick.choice(DAYS), pick.randint(1, 28), skeleton.choice(PLACES)
        goods = skeleton.sample(OBJECTS, 8)
        kind = skeleton.choice(("Harga", "Jadwal", "Daftar", "Prakiraan"))
        opening = skeleton.choice(
            (
                "Berikut {kind} terbaru di {place} pada {day} ({date}/11/2026) yang dihimpun petugas dari beberapa titik.",
                "Pemantauan pada {day} ({date}/11/2026) di {place} menghasilkan {kind} sebagai berikut untuk seluruh kecamatan.",
            )
        ).format(kind=kind.lower(), place=place, day=day, date=date)
        rows = [
            f"Untuk {name} tercatat {pick.randint(1000, 99000)} dengan perubahan {pick.randint(1, 99)} poin."
            for name in goods
        ]
        title = f"{kind} {place} Hari Ini {day} {date} November 2026"
        closing = "Pantau terus perkembangan berikutnya melalui kanal resmi pemerintah daerah."
        return Item(story, "template", title, (opening, *rows, closing), f"media{family}", template=family)


COPIES: dict[str, Callable[[Newsroom, Item], Item]] = {
    "wrapped": Newsroom.wrapped,
    "abridged": Newsroom.abridged,
    "headlined": Newsroom.headlined,
    "synonyms": Newsroom.synonyms,
    "dropped": Newsroom.dropped,
    "doubled": Newsroom.doubled,
    "typography": Newsroom.typography,
    "expanded": Newsroom.expanded,
    "typos": Newsroom.typos,
}


def stream(stories: int, seed: int = 1, severity: float = 1.0) -> Iterator[Item]:
    """A stream in time order: originals with 0 to 6 copies within hours, siblings of templates, next-day follow-ups."""
    room = Newsroom(seed, severity)
    items: list[Item] = []
    following = stories
    for story in range(stories):
        minute = room.chance.uniform(0, 2 * 1440)
        if room.chance.random() < 0.15:
            items.append(replace(room.template(room.chance.randint(1, max(2, stories // 40)), story), minute=minute))
            continue
        original = replace(room.original(story), minute=minute)
        items.append(original)
        for _ in range(room.chance.choice((0, 0, 0, 1, 1, 2, 3, 6))):
            make = COPIES[room.chance.choice(list(COPIES))]
            items.append(replace(make(room, original), minute=minute + room.chance.uniform(5, 600)))
        if room.chance.random() < 0.2:
            items.append(replace(room.follow_up(original, following), minute=minute + 1440))
            following += 1
    yield from sorted(items, key=lambda item: item.minute)
