"""Invented Indonesian news: any number of articles from a seed, each with facts, persons and wording of its own.

Places are real, all else is made up. `write` is a pure function of its key, so a page is made when somebody asks for it.
"""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass


def _list(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(","))


_PLACES = _list(
    """Demak, Garut, Blitar, Kendari, Manado, Kupang, Jember, Sragen, Bima, Palopo, Sumedang, Purwakarta, Banyuwangi, Lahat,
    Tegal, Sampit, Tarakan, Ternate, Sorong, Nabire, Poso, Gianyar, Dompu, Sambas, Bengkalis, Muara Enim, Pringsewu, Lebak,
    Wonogiri, Kulon Progo, Bondowoso, Toraja Utara, Bau-Bau, Wakatobi, Ende, Karangasem, Ketapang, Barito Kuala, Pidie, Karo"""
)
_GIVEN = _list(
    "Sari, Dimas, Retno, Yusuf, Maria, Agus, Wulan, Hendra, Laila, Bayu, Ningsih, Rudi, Fatma, Joko, Melati, Ucok, Dewi, Anwar"
)
_FAMILY = _list(
    "Prakoso, Siregar, Wibowo, Lestari, Tanjung, Rahman, Hutapea, Sutrisno, Kaban, Manuputty, Ginting, Halim, Saputra, Noor"
)
_ROLES = (
    "camat",
    "kepala desa",
    "juru bicara pemerintah daerah",
    "ketua RT",
    "kepala puskesmas",
    "pedagang",
    "kepala dinas",
    "guru",
    "ketua kelompok tani",
    "petugas lapangan",
    "anggota DPRD",
)


@dataclass(frozen=True, slots=True)
class _Theme:
    """One kind of story: its section, titles and sentences; `{…}` are filled from `_facts`."""

    section: str
    titles: tuple[str, ...]
    openings: tuple[str, ...]
    middles: tuple[str, ...]


_THEMES = (
    _Theme(
        "daerah",
        ("Hujan Deras, {n} Rumah di {tempat} Tergenang", "Sungai Meluap, Warga {tempat} Mengungsi ke Balai Desa"),
        (
            "Hujan yang turun sejak {waktu} membuat {n} rumah di {tempat} tergenang setinggi {cm} sentimeter.",
            "Warga di {m} dusun di {tempat} memilih mengungsi setelah sungai di tepi kampung meluap pada {waktu}.",
        ),
        (
            "Perahu karet dan dapur umum sudah disiapkan di {m} titik.",
            "Ketinggian air mulai turun, tetapi lumpur masih menutup jalan kampung sepanjang {km} kilometer.",
            "Sebanyak {m2} keluarga bermalam di aula sekolah dasar.",
            "Pompa air tambahan didatangkan dari kabupaten tetangga.",
        ),
    ),
    _Theme(
        "ekonomi",
        ("Harga Cabai di Pasar {tempat} Naik Jadi Rp{n}00 per Kilogram", "Pedagang {tempat} Keluhkan Pasokan Bawang"),
        (
            "Harga cabai rawit di pasar induk {tempat} naik dalam {m} hari terakhir karena pasokan berkurang.",
            "Para pedagang sayur di {tempat} mengeluhkan pasokan yang tersendat sejak {waktu}.",
        ),
        (
            "Satu kios kini menjual paling banyak {cm} kilogram sehari.",
            "Pemerintah daerah menyiapkan pasar murah di {m} kelurahan.",
            "Pembeli mengurangi belanjaan dan memilih cabai kering.",
            "Kiriman dari sentra produksi terlambat {m} hari karena jalan rusak.",
        ),
    ),
    _Theme(
        "pendidikan",
        ("Siswa {tempat} Belajar di Tenda, {n} Bangku Baru Dijanjikan", "{n} Guru di {tempat} Ikuti Pelatihan Membaca"),
        (
            "Sebanyak {n} siswa di {tempat} belajar di tenda karena atap {m} ruang kelas lapuk.",
            "Pelatihan membaca untuk {n} guru sekolah dasar dibuka di {tempat} pada {waktu}.",
        ),
        (
            "Perbaikan dijadwalkan selesai dalam {m} pekan.",
            "Orang tua murid bergotong royong memindahkan meja dan lemari buku.",
            "Anggaran yang tersedia baru cukup untuk {m} ruang.",
            "Perpustakaan keliling akan singgah dua kali sepekan.",
        ),
    ),
    _Theme(
        "hukum",
        ("Polisi Tangkap Pencuri {m} Sepeda Motor di {tempat}", "Kasus Penipuan Arisan di {tempat}, {n} Warga Melapor"),
        (
            "Polisi menangkap seorang pria yang diduga mencuri {m} sepeda motor di {tempat} pada {waktu}.",
            "Sebanyak {n} warga {tempat} melapor karena uang arisan mereka tidak kembali.",
        ),
        (
            "Penyidik memeriksa {m} saksi dan menyita sejumlah barang bukti.",
            "Kerugian ditaksir mencapai Rp{cm} juta.",
            "Warga diminta mengunci ganda kendaraan di halaman rumah.",
            "Berkas perkara dilimpahkan ke kejaksaan pekan depan.",
        ),
    ),
    _Theme(
        "kesehatan",
        ("Posyandu {tempat} Timbang {n} Balita dalam Sehari", "Puskesmas {tempat} Tambah Jam Layanan Malam"),
        (
            "Sebanyak {n} balita ditimbang serentak di {m} posyandu di {tempat} pada {waktu}.",
            "Puskesmas di {tempat} menambah jam layanan malam karena antrean pasien mencapai {n} orang.",
        ),
        (
            "Bidan mencatat {m} anak memerlukan makanan tambahan.",
            "Obat batuk dan penurun panas tersedia untuk {cm} hari.",
            "Kader mendatangi rumah warga yang tidak sempat hadir.",
            "Dua dokter muda akan ditempatkan mulai bulan depan.",
        ),
    ),
    _Theme(
        "wisata",
        ("Festival Perahu {tempat} Dihadiri {n} Tamu", "Jalur Pendakian di {tempat} Dibuka Lagi Setelah {m} Bulan"),
        (
            "Festival perahu hias di {tempat} dihadiri {n} tamu dan berlangsung sampai {waktu}.",
            "Jalur pendakian di {tempat} dibuka lagi setelah {m} bulan ditutup untuk perbaikan.",
        ),
        (
            "Penginapan di sekitar lokasi terisi {cm} persen.",
            "Panitia menyiapkan {m} perahu pengaman dan pos kesehatan.",
            "Pengunjung diminta membawa pulang sampahnya sendiri.",
            "Perajin tenun membuka {m2} lapak di tepi dermaga.",
        ),
    ),
)
_QUOTES = (
    "“{Janji},” kata {nama}, {peran} setempat, {hari}.",
    "{nama}, {peran} di {tempat}, menyebut {lc_janji}.",
    "Menurut {nama} yang juga {peran}, {lc_janji}.",
)
_PROMISES = (
    "kami mencatat {n2} keluarga yang paling membutuhkan",
    "pekerjaan ini harus rampung sebelum {waktu} berikutnya",
    "warga sudah dua kali menyampaikan keluhan kepada kabupaten",
    "jumlah itu dihitung petugas dari rumah ke rumah",
    "anggaran tambahan sebesar Rp{cm} juta sedang diajukan",
    "semua pihak sepakat bertemu lagi {m} hari mendatang",
)
_CLOSINGS = (
    "Pemerintah daerah berjanji menyampaikan perkembangan setiap {m} jam melalui papan pengumuman kelurahan.",
    "Hingga berita ini ditulis, petugas masih mendata lokasi lain di {tempat} yang mengalami hal serupa.",
    "Catatan tahun lalu menunjukkan kejadian seperti ini terjadi {m} kali di wilayah yang sama.",
    "Rapat lanjutan digelar di kantor kecamatan dan terbuka bagi warga {tempat}.",
)
_TIMES = ("Senin malam", "Selasa pagi", "Rabu dini hari", "Kamis sore", "Jumat siang", "Sabtu pagi", "Minggu petang")


@dataclass(frozen=True, slots=True)
class Text:
    """One article: `paragraphs` without markup, `slug` for its address."""

    title: str
    section: str
    place: str
    author: str
    paragraphs: tuple[str, ...]

    @property
    def slug(self) -> str:
        plain = unicodedata.normalize("NFKD", self.title).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def write(key: str, version: int = 1) -> Text:
    """The article of a key; a later `version` tells the same with newer figures and one paragraph more."""
    rng = random.Random(key)
    theme = rng.choice(_THEMES)
    facts = _facts(rng)
    title = rng.choice(theme.titles).format(**facts)
    paragraphs = [rng.choice(theme.openings).format(**facts)]
    for sentence in rng.sample(theme.middles, 3):
        # The figures of each paragraph are its own; place and title's numbers stay.
        paragraphs.append(f"{sentence.format(**facts)} {_quote(rng, facts)}")
    paragraphs.append(f"Nomor catatan peristiwa {facts['nomor']}. {rng.choice(_CLOSINGS).format(**facts)}")
    for number in range(2, version + 1):
        added = random.Random(f"{key}/{number}")
        paragraphs.append(f"Pembaruan ke-{number - 1}: {_quote(added, {**facts, **_figures(added)})}")
    return Text(title, theme.section, str(facts["tempat"]), _name(rng), tuple(paragraphs))


def _facts(rng: random.Random) -> dict[str, object]:
    return {"tempat": rng.choice(_PLACES), "nomor": f"{rng.randrange(10**7):07d}", **_figures(rng)}


def _figures(rng: random.Random) -> dict[str, object]:
    return {
        "n": rng.randint(120, 940),
        "n2": rng.randint(15, 110),
        "m": rng.randint(2, 14),
        "m2": rng.randint(16, 60),
        "cm": rng.randint(20, 95),
        "km": rng.randint(2, 9),
        "waktu": rng.choice(_TIMES),
        "hari": rng.choice(_TIMES).split()[0],
    }


def _quote(rng: random.Random, facts: dict[str, object]) -> str:
    promise = rng.choice(_PROMISES).format(**{**facts, **_figures(rng)})
    return rng.choice(_QUOTES).format(
        **facts,
        Janji=promise[0].upper() + promise[1:],
        lc_janji=promise,
        nama=_name(rng),
        peran=rng.choice(_ROLES),
    )


def _name(rng: random.Random) -> str:
    return f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
