"""Invented articles in our own words: real places, invented persons and outlets. The truth every case is judged by."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

WIB, WITA, WIT = (timezone(timedelta(hours=h)) for h in (7, 8, 9))


@dataclass(frozen=True)
class Story:
    """One article: what must come out (`title`, `author`, `at`, `paragraphs`) and what may stand around it."""

    title: str
    author: str
    at: datetime
    place: str
    paragraphs: tuple[str, ...]
    caption: str
    related: tuple[str, str, str]
    tags: tuple[str, ...]
    initials: str


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(p.split()) for p in text.strip().split("\n\n"))


STORIES: tuple[Story, ...] = (
    Story(
        "Jembatan Gantung di Sumedang Kembali Dibuka Setelah Perbaikan Tiga Bulan",
        "Ratna Wulandari",
        datetime(2026, 3, 12, 9, 40, tzinfo=WIB),
        "SUMEDANG",
        _paragraphs("""Warga Kecamatan Jatinunggal kembali melintasi jembatan gantung yang menghubungkan dua dusun sejak Kamis (12/3/2026) pagi. Jembatan sepanjang 84 meter itu ditutup selama tiga bulan karena papan lantainya lapuk.

        Kepala Dusun Cikadu, Ujang Permana, mengatakan penutupan itu membuat anak sekolah harus memutar sejauh enam kilometer. “Sekarang mereka cukup berjalan sepuluh menit,” kata Ujang.

        Perbaikan menelan biaya Rp 430 juta yang berasal dari anggaran desa dan bantuan kabupaten. Pekerjaan dimulai pada awal Desember dan sempat terhenti ketika debit sungai naik.

        Menurut Ujang, warga ikut bergotong royong mengangkut kayu dari tepi jalan raya. Setiap rukun tetangga mengirim lima orang bergantian setiap akhir pekan.

        Pemerintah kabupaten meminta pengguna sepeda motor tidak menyeberang bersamaan. Beban jembatan dibatasi dua ratus kilogram agar kabel penahan tidak cepat aus.

        Petugas akan memeriksa sambungan kabel setiap tiga bulan dan mencatat hasilnya di balai desa."""),
        "Warga melintasi jembatan gantung di Jatinunggal",
        (
            "Jalan Desa di Wado Ambles, Warga Pasang Rambu Darurat",
            "Pemkab Siapkan Anggaran Perbaikan Dua Belas Jembatan",
            "Siswa SD Menyeberang Sungai dengan Rakit Bambu",
        ),
        ("sumedang", "jembatan gantung", "infrastruktur"),
        "rwn",
    ),
    Story(
        "Harga Cabai Rawit di Pasar Induk Turun Tipis, Pedagang Masih Menahan Stok",
        "Bagas Prakoso",
        datetime(2026, 4, 2, 6, 15, tzinfo=WIB),
        "SURABAYA",
        _paragraphs("""Harga cabai rawit merah di tingkat pedagang besar turun menjadi Rp 62.000 per kilogram pada Kamis pagi. Sepekan sebelumnya harga komoditas itu sempat menyentuh Rp 78.000.

        Pedagang bernama Sulastri menyebut pasokan dari Kediri dan Blitar mulai lancar. Namun, ia belum berani menambah stok karena cuaca masih sering hujan pada sore hari.

        "Kalau basah, dua hari saja sudah rusak separuh," ujar Sulastri ketika ditemui di lapaknya.

        Dinas perdagangan setempat mencatat kedatangan 41 truk cabai dalam tiga hari terakhir. Jumlah itu naik sekitar sepertiga dibanding pekan lalu, tetapi masih di bawah rata-rata bulan Februari.

        Pembeli eceran mengaku belum merasakan penurunan tersebut. Di warung kawasan Rungkut, satu ons cabai masih dijual Rp 9.000.

        Pemerintah kota berencana menggelar pasar murah di lima kelurahan pada akhir bulan ini."""),
        "Pedagang menata cabai rawit di lapak pasar induk",
        (
            "Pasokan Bawang Merah dari Nganjuk Mulai Melimpah",
            "Pasar Murah Digelar di Lima Kelurahan Pekan Depan",
            "Petani Kediri Panen Cabai Lebih Awal",
        ),
        ("harga cabai", "pasar induk", "surabaya"),
        "bgp",
    ),
    Story(
        "Puskesmas Terapung Layani Lima Pulau Kecil di Wakatobi",
        "Siti Mardiana",
        datetime(2026, 5, 20, 14, 5, tzinfo=WITA),
        "WAKATOBI",
        _paragraphs("""Sebuah kapal kayu yang diubah menjadi puskesmas terapung mulai melayani lima pulau kecil di Kabupaten Wakatobi. Kapal itu berangkat setiap Senin dan kembali pada Jumat sore.

        Dokter Hasrul Amin memimpin tim yang terdiri atas dua perawat, satu bidan, dan seorang petugas laboratorium. Mereka membawa alat pemeriksaan gula darah, vaksin, serta obat dasar.

        “Kami datang ke tempat yang dulu hanya dikunjungi dua kali setahun,” kata Hasrul.

        Pada pelayaran pertama, tim memeriksa 312 warga. Keluhan terbanyak adalah tekanan darah tinggi dan infeksi kulit.

        Nelayan bernama La Ode Rifai mengaku terbantu karena biasanya harus menyewa perahu untuk berobat. Biaya sewa perahu pulang pergi mencapai Rp 600.000.

        Pemerintah daerah menargetkan kapal tersebut melayani dua belas pulau pada akhir tahun. Anggaran bahan bakar menjadi tantangan utama karena ombak besar memaksa kapal memutar."""),
        "Tim puskesmas terapung memeriksa warga di dermaga",
        (
            "Nelayan Wakatobi Dapat Pelatihan Pertolongan Pertama",
            "Vaksin Campak Tiba di Pulau Terluar",
            "Kapal Perintis Tambah Jadwal Selama Musim Timur",
        ),
        ("wakatobi", "puskesmas terapung", "kesehatan"),
        "smd",
    ),
    Story(
        "Kebakaran Gudang Plastik di Cikarang Padam Setelah Enam Jam",
        "Yoga Firmansah",
        datetime(2026, 6, 1, 22, 48, tzinfo=WIB),
        "BEKASI",
        _paragraphs("""Petugas pemadam memadamkan kebakaran gudang biji plastik di kawasan Cikarang Barat pada Senin malam. Api terlihat pertama kali sekitar pukul 16.20 WIB.

        Sebanyak 14 unit mobil pemadam dikerahkan ke lokasi. Angin kencang membuat api merambat ke bangunan kosong di sebelah gudang.

        "Kesulitan utama adalah air karena hidran terdekat berjarak satu kilometer," ujar komandan regu pemadam, Darto Wibisono.

        Polisi memastikan tidak ada korban jiwa. Tiga pekerja dirawat karena menghirup asap dan sudah diperbolehkan pulang.

        Penyebab kebakaran masih diselidiki. Penyidik memeriksa enam saksi, termasuk petugas jaga yang pertama kali melihat asap dari ruang panel listrik.

        Pemilik gudang belum menghitung kerugian, tetapi sebagian besar persediaan habis terbakar."""),
        "Petugas menyemprotkan air ke gudang yang terbakar",
        (
            "Hidran di Kawasan Industri Akan Ditambah Tahun Ini",
            "Damkar Bekasi Terima Empat Mobil Baru",
            "Asap Tebal Ganggu Lalu Lintas di Tol",
        ),
        ("kebakaran", "cikarang", "bekasi"),
        "yfs",
    ),
    Story(
        "Perpustakaan Keliling di Kupang Tambah Rute ke Delapan Desa",
        "Maria Nona Tefa",
        datetime(2026, 2, 9, 11, 30, tzinfo=WITA),
        "KUPANG",
        _paragraphs("""Perpustakaan keliling milik Kabupaten Kupang menambah rute kunjungan ke delapan desa mulai pekan ini. Setiap desa dikunjungi dua kali dalam sebulan.

        Mobil berwarna kuning itu membawa 1.200 buku, sebagian besar bacaan anak. Petugas juga menyiapkan tikar, papan tulis, dan pengeras suara untuk mendongeng.

        Guru sekolah dasar di Desa Oeletsala, Yuliana Bani, menyambut baik penambahan tersebut. “Anak-anak menunggu di pinggir jalan sejak pagi,” katanya.

        Pengelola mencatat buku tentang hewan dan cerita rakyat paling sering dipinjam. Rata-rata tiap anak meminjam dua buku dalam sekali kunjungan.

        Kendala yang dihadapi adalah jalan berlubang pada musim hujan. Dua kali dalam bulan Januari mobil terpaksa berbalik arah.

        Dinas perpustakaan berharap desa menyediakan ruang baca kecil agar buku dapat dititipkan lebih lama."""),
        "Anak-anak memilih buku di perpustakaan keliling",
        (
            "Guru di Kupang Berlatih Mendongeng dengan Boneka",
            "Sumbangan Buku dari Alumni Capai Tiga Ribu Judul",
            "Jalan Menuju Oeletsala Mulai Diperbaiki",
        ),
        ("kupang", "perpustakaan", "literasi"),
        "mnt",
    ),
    Story(
        "Tim Bola Voli Putri Jayapura Lolos ke Final Antarprovinsi",
        "Yance Wonda",
        datetime(2026, 7, 18, 20, 10, tzinfo=WIT),
        "JAYAPURA",
        _paragraphs("""Tim bola voli putri Jayapura memastikan tempat di partai final kejuaraan antarprovinsi. Mereka menang 3-1 atas wakil Maluku pada Sabtu malam.

        Set pertama berlangsung ketat dan berakhir 27-25. Kapten tim, Debora Rumbiak, menyumbang sembilan poin pada set tersebut.

        Pelatih Markus Ayomi menilai anak asuhnya sempat kehilangan konsentrasi pada set ketiga. "Kami terlalu cepat puas, untung mereka bangkit lagi," tutur Markus.

        Di final, Jayapura akan menghadapi tim tuan rumah yang belum terkalahkan. Pertandingan dijadwalkan berlangsung Minggu pukul 19.00 WIT.

        Panitia menyiapkan layar besar di halaman gedung karena tiket sudah habis terjual. Penonton diminta datang lebih awal untuk pemeriksaan barang bawaan.

        Kejuaraan tahun ini diikuti sepuluh provinsi dan berlangsung selama dua pekan."""),
        "Pemain Jayapura merayakan kemenangan atas Maluku",
        (
            "Tiket Final Voli Antarprovinsi Habis dalam Dua Jam",
            "Debora Rumbiak Masuk Daftar Pemain Terbaik",
            "Wakil Maluku Pulang dengan Kepala Tegak",
        ),
        ("bola voli", "jayapura", "olahraga"),
        "ywd",
    ),
    Story(
        "Petani Garam di Madura Mulai Panen, Mutu Dinilai Lebih Baik",
        "Akhmad Rofiqi",
        datetime(2026, 8, 25, 8, 0, tzinfo=WIB),
        "SAMPANG",
        _paragraphs("""Petani garam di pesisir Sampang memulai panen raya setelah kemarau berlangsung hampir dua bulan. Hamparan tambak di Kecamatan Pangarengan tampak memutih sejak pekan lalu.

        Ketua kelompok petani, Moh Hasan Basri, memperkirakan hasil tahun ini mencapai 90 ton per hektare. Angka itu lebih tinggi daripada musim sebelumnya yang hanya 70 ton.

        Mutu garam dinilai lebih baik karena petani memakai alas plastik. “Butirnya lebih besar dan bersih,” ucap Hasan.

        Harga di tingkat petani berkisar Rp 1.100 sampai Rp 1.300 per kilogram. Pedagang pengumpul membeli langsung di tambak dan membayar tunai.

        Sebagian petani memilih menyimpan hasil panen di gudang sambil menunggu harga naik. Mereka khawatir harga jatuh ketika panen mencapai puncaknya pada September.

        Dinas perikanan mengimbau petani mencatat produksi harian agar data stok lebih akurat."""),
        "Petani mengumpulkan garam di tambak Pangarengan",
        (
            "Gudang Garam Rakyat Dibangun di Dua Kecamatan",
            "Harga Garam Industri Diprediksi Stabil",
            "Petani Madura Belajar Memakai Alas Plastik",
        ),
        ("garam", "madura", "petani"),
        "arf",
    ),
    Story(
        "Sekolah Dasar di Sleman Terapkan Bank Sampah, Hasilnya untuk Beasiswa",
        "Dian Kusumastuti",
        datetime(2026, 9, 14, 13, 25, tzinfo=WIB),
        "SLEMAN",
        _paragraphs("""Sebuah sekolah dasar negeri di Kecamatan Ngaglik mengelola bank sampah yang hasilnya dipakai untuk beasiswa. Dalam setahun, tabungan dari botol dan kardus mencapai Rp 18 juta.

        Setiap Jumat, siswa membawa sampah kering dari rumah untuk ditimbang. Petugas dari kelas enam mencatatnya dalam buku tabungan kecil.

        Kepala sekolah Endah Lestari menjelaskan bahwa gagasan itu muncul dari rapat orang tua. "Awalnya hanya supaya halaman bersih, ternyata nilainya lumayan," jelas Endah.

        Beasiswa diberikan kepada dua belas siswa untuk membeli seragam dan buku. Penerima dipilih oleh komite sekolah setiap awal semester.

        Warga sekitar kini ikut menitipkan minyak jelantah. Minyak itu dijual kepada pengepul yang mengolahnya menjadi sabun.

        Sekolah lain di kecamatan tersebut berencana meniru cara yang sama mulai tahun depan."""),
        "Siswa menimbang botol plastik di bank sampah sekolah",
        (
            "Komite Sekolah di Ngaglik Bagikan Dua Belas Beasiswa",
            "Minyak Jelantah Diolah Menjadi Sabun Cuci",
            "Sleman Targetkan Seratus Bank Sampah",
        ),
        ("sleman", "bank sampah", "sekolah"),
        "dks",
    ),
)
