"""Dirt in our own words, as lines and as sentences: what the forms and themes put around and into the articles."""

FOLLOW = (
    "Ikuti Kabar Nusa di Google News dan WhatsApp Channel kami.",
    "Dapatkan berita terbaru setiap hari dari kabarnusa.id. Pastikan kamu sudah install aplikasi WhatsApp ya.",
    "Baca berita kabarnusa.id lainnya di Google News.",
    "Yuk, gabung channel Telegram kabarnusa.id! Caranya klik link https://t.me/kabarnusa, kemudian join.",
)
TAYANG = "Artikel ini telah tayang di kabarnusa.id dengan judul Kabar Pilihan Hari Ini"
COPYRIGHT = "Copyright © Kabar Nusa 2026. Dilarang mengutip isi situs tanpa izin tertulis dari redaksi."
SHARE = "Bagikan: Facebook Twitter WhatsApp Telegram Salin Tautan"
COUNTER = "Dibaca : 1.284 kali"
SIDE = (
    (
        "Lomba Perahu Naga di Muara Digelar Pekan Depan",
        "Panitia menyiapkan dua puluh perahu untuk lomba yang diikuti peserta dari empat kabupaten dan disaksikan warga di tepi sungai.",
    ),
    (
        "Kereta Wisata Tambah Jadwal Akhir Pekan",
        "Kereta wisata menambah dua perjalanan pada akhir pekan karena tiket selalu habis sejak bulan lalu menurut pengelola stasiun.",
    ),
    (
        "Kopi Pegunungan Tembus Pasar Ekspor",
        "Koperasi petani mengirim dua kontainer kopi ke luar negeri setelah menunggu hasil uji mutu selama tiga pekan.",
    ),
)
