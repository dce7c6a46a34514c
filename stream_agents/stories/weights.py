"""How much a word says: little for function words, much for names, numbers and whatever is rare.

A weight is an inverse document frequency scaled to 0 … 20, 20 log(N / df) / log(N) (Spärck Jones 1972): words of the tiers
below have the weight of their usual share of Indonesian news articles, all others `RARE`. Whole numbers, so that sums of
them are exact in any order. The weights are constants, so
that the model fitted with them, and every answer, means the same in every generation and after every restart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories import tokens

Weights = NDArray[np.int64]

SIZE = 1 << 14
RARE = 16

#: (weight in twentieths, words): in at least half, a quarter, an eighth, a sixteenth of Indonesian news articles.
TIERS: tuple[tuple[int, str], ...] = (
    (
        1,
        "ada akan dalam dan dari dengan di ini itu juga ke oleh pada saat tersebut tidak untuk yang kata",
    ),
    (
        3,
        "adalah atas atau bagi bahwa banyak baru beberapa bisa dapat dia hal hanya hari harus hingga ia kami karena "
        "kepada kita lain lalu lebih masih melakukan mengatakan menjadi mereka merupakan namun orang para sama satu "
        "sebagai sebelumnya secara selain selama sementara seperti serta setelah sudah tahun tak telah terhadap terkait "
        "termasuk terus indonesia jakarta",
    ),
    (
        5,
        "agar anak antara apa awal bagian bahkan belum berada berbagai berdasarkan bersama besar bukan bulan daerah "
        "depan dua dilakukan ingin jadi jelas jika kali katanya kembali kemudian kepala keterangan ketika ketua kini "
        "kota lagi lainnya langsung lanjut luar masa masuk masyarakat maupun melalui memang memastikan memberikan "
        "membuat memiliki meminta mencapai mendapatkan menegaskan mengenai menggunakan menjelaskan menurut menyatakan "
        "menyebut mulai negara nomor pemerintah pertama pihak proses pukul pun rumah saja sampai sangat saya sebelum "
        "sebuah sedang segera sehingga sejak sejumlah sekitar seluruh semakin semua sendiri sesuai setiap soal tanpa "
        "tapi tempat tengah tentang terakhir terjadi tetap tetapi tiga tim ujar ujarnya umum utama waktu warga wib "
        "wilayah ya yakni senin selasa rabu kamis jumat sabtu minggu ahad baik selasa dikutip",
    ),
    (
        8,
        "acara adanya adapun akhir akhirnya akibat antaranya apakah begitu benar berharap berikut bidang biasa cara "
        "cukup dekat demikian digelar diketahui dilansir dimulai direktur diri disampaikan disebut empat hampir hasil "
        "ikut informasi jalan jam jauh jelasnya jumlah juta kabupaten kan kantor kecamatan kegiatan kejadian khusus "
        "khususnya kondisi kurang lama lewat lima lokasi malam maka mampu mana masalah masing mau melihat membantu "
        "membuka menambahkan menerima mengaku mengalami mengungkapkan menilai menteri menuju menurutnya menyampaikan "
        "meski meskipun miliar muncul mungkin nama nanti paling pagi pekan penting penuh per perlu pernah pernyataan "
        "persen pihaknya posisi presiden provinsi publik punya rencana resmi rp sana sebab sebagian sebanyak sebesar "
        "sekali sekaligus sekarang selalu selanjutnya sempat seorang siang siap sini sore tahu tambahnya tanggal tegas "
        "tentu terdapat terlihat tertulis terutama tujuan turut tutur ucap ungkap upaya usai wakil wartawan wita wit "
        "yaitu imbuh imbuhnya pungkas pungkasnya lanjutnya papar terang",
    ),
)


def prior() -> Weights:
    """Weights by word hash, in twentieths, before anything is known of the stream."""
    weights = np.full(SIZE, RARE, dtype=np.int64)
    for weight, words in reversed(TIERS):
        for word in words.split():
            weights[tokens.word_hash(word)] = weight
    return weights
