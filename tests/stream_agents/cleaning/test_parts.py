"""Single steps on samples of their own: times, datelines, links, sign-offs, languages, genres, agencies, what must stay."""

from datetime import UTC, datetime, timedelta

import pytest

from stream_agents.cleaning.clean import clean_text
from stream_agents.cleaning.dates import WIB, WIT, WITA, contradicts_weekday, parse_machine, parse_visible
from stream_agents.cleaning.genre import genre
from stream_agents.cleaning.language import identify
from stream_agents.cleaning.lines import whole_line_kind
from stream_agents.cleaning.typography import plain_text
from stream_agents.cleaning.wire import agency
from tests.corpus.cleaning.articles import STORIES

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
BODY = "\n".join(STORIES[0].paragraphs)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Jum'at, 20 Nov 2026 | 10.15 WIB", datetime(2026, 11, 20, 10, 15, tzinfo=WIB)),
        ("Selasa, 3 Pebruari 2026 - 07:05 WITA", datetime(2026, 2, 3, 7, 5, tzinfo=WITA)),
        ("12/08/2026, 21:30 WIT", datetime(2026, 8, 12, 21, 30, tzinfo=WIT)),
        ("Agustus 17, 2026", datetime(2026, 8, 17, tzinfo=WIB)),
        ("2 jam yang lalu", NOW - timedelta(hours=2)),
        ("31 Februari 2026", None),
    ],
)
def test_visible_times(text: str, when: datetime | None) -> None:
    assert parse_visible(text, NOW) == when


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-11-20T10:15:00+07:00", datetime(2026, 11, 20, 10, 15, tzinfo=WIB)),
        ("2026-11-20 10:15:00", datetime(2026, 11, 20, 10, 15, tzinfo=WIB)),
        ("2026-11-20T03:15:00.000Z", datetime(2026, 11, 20, 3, 15, tzinfo=UTC)),
        ("2026-11-20T11:15+0800", datetime(2026, 11, 20, 11, 15, tzinfo=WITA)),
        ("Fri, 20 Nov 2026 10:15:00 +0700", datetime(2026, 11, 20, 10, 15, tzinfo=WIB)),
        ("kemarin", None),
    ],
)
def test_machine_times(text: str, when: datetime | None) -> None:
    assert parse_machine(text) == when


def test_weekday_that_contradicts_its_date() -> None:
    assert contradicts_weekday("pada Minggu (20 Maret 2025)")
    assert not contradicts_weekday("pada Kamis (20 Maret 2025) dan Rabu (9/9)")


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("TEMPO.CO, Jakarta - ", "TEMPO.CO, Jakarta"),
        ("JAKARTA, KOMPAS.com – ", "JAKARTA, KOMPAS.com"),
        ("Kabarnusa.id, BANDUNG —", "Kabarnusa.id, BANDUNG"),
        ("BANDUNG – ", "BANDUNG"),
        ("Jakarta, CNN Indonesia -- ", "Jakarta, CNN Indonesia"),
        ("Jakarta (KN) - ", "Jakarta (KN)"),
        ("", ""),
    ],
)
def test_dateline(line: str, place: str) -> None:
    cleaned = clean_text(line + BODY, NOW, title="x")
    assert cleaned.dateline.rstrip(")") == place.rstrip(")")
    assert cleaned.body == BODY


@pytest.mark.parametrize(
    "dirt",
    [
        "Baca juga: Jalan Desa di Wado Ambles, Warga Pasang Rambu",
        "BACA JUGA:\nJalan Desa di Wado Ambles, Warga Pasang Rambu\nPemkab Siapkan Anggaran Perbaikan Jembatan",
        "Lihat Juga : Siswa Menyeberang Sungai dengan Rakit",
        "Simak juga Video 'Kabar Pilihan':",
        "Artikel Terkait:\nJalan Desa di Wado Ambles, Warga Pasang Rambu",
        "[Gambas:Video 20detik]",
        "(UWA)",
        "(lir/gbr)",
        "(Ant)",
        "**",
        "1 2 3 Selanjutnya",
        "Halaman 1 dari 3",
        "#sumedang #jembatan",
        "Editor: Dua Nama | Penulis: Tiga Nama",
        "Copyright © Kabar Nusa 2026",
        "Facebook Twitter WhatsApp Telegram",
        "Situs ini menggunakan cookies untuk meningkatkan pengalaman Anda.",
        "Sumber: Antara",
        "Artikel ini telah tayang di kabarnusa.id dengan judul Kabar",
        "Ikuti kami di Google News: klik di sini",
        "Post Views: 1.024",
        "- Advertisement -",
        "https://kabarnusa.id/a",
    ],
)
def test_dirt_behind_the_text_goes(dirt: str) -> None:
    cleaned = clean_text(f"{BODY}\n{dirt}", NOW, title="x")
    assert cleaned.body == BODY
    assert cleaned.cuts


@pytest.mark.parametrize(
    "text",
    [
        "Ia mengajak warga membaca juga buku lain yang tersedia di balai desa itu.",
        "Pasal itu diatur dalam Undang-Undang Nomor 6 Tahun 2014 tentang Desa (UU Desa).",
        "“Jangan lupa ikuti kegiatan ini di grup WhatsApp warga,” kata Ujang.",
        "Menteri Koordinator Bidang Perekonomian Sadikin Mulia mengatakan anggaran sudah cair.",
        "Pendaftaran dibuka melalui aplikasi Cek Bansos di Play Store mulai pekan ini.",
        "Pertandingan berakhir 3-1 (1-0).",
        "Komisi Pemilihan Umum (KPU) menetapkan lima calon.",
        "1. Siapkan kartu keluarga\n2. Isi formulir di kantor desa\n3. Tunggu jawaban petugas",
        "Bila mentari datang\nBila mentari pulang\nBila mentari datang\nKami tetap bernyanyi",
    ],
)
def test_text_that_only_looks_like_dirt_stays(text: str) -> None:
    assert clean_text(f"{BODY}\n{text}\n{BODY[-60:]} Begitu pula esok.", NOW, title="x").body.find(text) > 0


def test_sentence_quoted_twice_stays() -> None:
    again = f"{BODY}\nUjang mengulang ucapannya. “Sekarang mereka cukup berjalan sepuluh menit,” kata Ujang."
    assert clean_text(again, NOW, title="x").body == again


def test_second_copy_with_light_differences_goes() -> None:
    copy = BODY.replace("mengangkut kayu", "mengangkat kayu")
    assert clean_text(f"{BODY}\nLaporan: Redaksi Dua\n{copy}", NOW, title="x").body == BODY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BODY, "id"),
        (
            "The government said on Friday that the bridge was opened to the public after "
            "it had been closed for three months, and that it is safe.",
            "en",
        ),
        (
            "Polis memaklumkan mangsa kemalangan itu dihantar ke hospital kerana cedera "
            "parah dan pihak polis sedang menyiasat kejadian itu untuk tindakan.",
            "ms",
        ),
        (
            "Warga desa iku wis padha ngumpul ing bale kanggo rembugan bab jembatan sing "
            "rusak lan bakal didandani dening pamarentah, nanging durung ana dhuwite.",
            "jv",
        ),
        (
            "Warga di lembur éta geus lila ngadagoan jambatan anu anyar, sabab jambatan "
            "nu heubeul téh geus ruksak jeung teu bisa dipaké deui ku barudak sakola.",
            "su",
        ),
    ],
)
def test_languages_are_told_apart(text: str, code: str) -> None:
    assert identify("", text)[0] == code


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Cara Cek Bansos lewat Ponsel, Siapkan NIK", "service"),
        ("[POPULER] Jembatan Gantung Dibuka hingga Harga Cabai", "roundup"),
        ("Hasil Panen Raya di Sampang (ADV)", "advertorial"),
        ("[HOAKS] Video Jembatan Runtuh di Sumedang", "factcheck"),
        ("Opini: Membaca Ulang Anggaran Desa", "opinion"),
        ("Jadwal Imsakiyah Surabaya Hari Ini", "schedule"),
        (STORIES[0].title, "news"),
    ],
)
def test_genre(title: str, kind: str) -> None:
    assert genre(title, BODY) == kind


def test_agency_is_recorded_and_stays_in_the_text() -> None:
    text = BODY + " Demikian seperti dilansir Antara."
    cleaned = clean_text(text, NOW, title="x")
    assert cleaned.wire == "Antara"
    assert cleaned.body.endswith("dilansir Antara.")
    assert agency("antara lain karena hujan") == ""


def test_typography() -> None:
    assert (
        plain_text("Kata\u00a0yang\u200b pe\u00adnuh &amp;quot;tanda&amp;quot; â€œkutipâ€\u009d")
        == 'Kata yang penuh "tanda" “kutip”'
    )
    assert plain_text("pem-\nbangunan anak-\nanak") == "pembangunan anak-anak"
    assert whole_line_kind("Warga menunggu di pinggir jalan sejak pagi.") is None
