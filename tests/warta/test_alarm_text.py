"""The texts of alarms, word for word, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.indexer.notifier.alarm import NOON, alarm
from warta.alarm_text import first_line, kibana_link, text
from warta.alarms import AlarmStory, Bilingual, Change

WHOLE = """\
🟠 WASPADA · Kab. Sumedang · Keracunan makanan: 7 berita negatif (biasanya 0–1)
Jum 20 Nov, 10.00–12.00 WIB · 31 tayangan, 22 media, 5 grup · 7 dari 8 berita negatif (biasanya 3 dari 10), jadi bukan \
sekadar ramai. Secara kebetulan terjadi ± 1× dalam 5 bulan.
Kenapa sekarang: 6 dari 7 berita di Kab. Sumedang sejak 06.41.
1) “Siswa mual setelah makan siang” – Media A, 06.41, pertama terpantau, diperbarui 07.48, 14 salinan https://a.example/1
   “Puluhan siswa dilarikan ke puskesmas.”
2) “Dapur ditutup sementara” – Media B, 12.00
Data lengkap: 46 dari 48 grup media · Terkait: Dinkes, Disdik
Lihat peristiwa: https://warta.example/alerts/A-1043 · Saya tangani: warta alerts ack A-1043 · #A-1043"""

WHOLE_EN = """\
🟠 WARNING · Kab. Sumedang · Food poisoning: 7 negative stories (usually 0–1)
Fri 20 Nov, 10.00–12.00 WIB · 31 articles, 22 outlets, 5 groups · 7 of 8 stories negative (usually 3 of 10), so not just \
more news. Chance does this about once in 5 months.
Why now: 6 of 7 stories in Kab. Sumedang since 06.41.
1) “Siswa mual setelah makan siang” – Media A, 06.41, seen first, updated 07.48, 14 copies https://a.example/1
   “Puluhan siswa dilarikan ke puskesmas.”
2) “Dapur ditutup sementara” – Media B, 12.00
Data complete: 46 of 48 media groups · In charge: Dinkes, Disdik
See it: https://warta.example/alerts/A-1043 · Take it on: warta alerts ack A-1043 · #A-1043"""

SPREAD = """\
🟡 PANTAU · MELUAS: 1 berita negatif di 8 grup media (biasanya 1) · “Penangkapan kepala dinas”
Jum 20 Nov, 10.00–12.00 WIB · 40 tayangan, 31 media, 8 grup. Secara kebetulan terjadi ± 1× dalam 3 minggu.
Kenapa sekarang: Pertama terpantau di Media A pukul 10.00; 8 grup media memuatnya dalam 2 jam.
1) “Penangkapan kepala dinas” – Media A, 10.00, 40 salinan
⚠ Data kami tidak lengkap: 20 dari 48 grup media · Pemanasan: data pembanding belum genap dua minggu
Ditangani Rina · #A-7"""

OVER = """\
🟢 MEREDA · Diralat · Kab. Sumedang · Keracunan makanan: 7 berita negatif (biasanya 0–1)
Jum 20 Nov, 10.00–12.00 WIB · 31 tayangan, 22 media, 5 grup · 7 dari 8 berita negatif (biasanya 3 dari 10), jadi bukan \
sekadar ramai. Secara kebetulan terjadi ± 1× dalam 5 bulan.
Diralat 13.20: “Dapur ditutup sementara” bukan negatif lagi; kini 6, sebelumnya 7 berita.
Kenapa sekarang: 6 dari 7 berita di Kab. Sumedang sejak 06.41.
Data lengkap: 46 dari 48 grup media
Catatan: tim sudah di lokasi
#A-1043"""


def test_a_spike_in_both_languages() -> None:
    assert text(alarm(), console="https://warta.example/") == WHOLE
    assert text(alarm(), "en", "https://warta.example/") == WHOLE_EN


def test_a_spread_in_warm_up_with_data_missing() -> None:
    story = AlarmStory(
        story_id="s-7",
        title="Penangkapan kepala dinas",
        source="Media A",
        first_seen_at=NOON - timedelta(hours=2),
        copies=40,
    )
    why = Bilingual(id="Pertama terpantau di Media A pukul 10.00; 8 grup media memuatnya dalam 2 jam.")
    found = alarm(
        alarm_id="A-7",
        what="spread",
        level="pantau",
        expected=1.0,
        observed=8,
        documents=40,
        publishers=31,
        owners=8,
        every_hours=504.0,
        why=why,
        stories=[story],
        offices=[],
        warming=True,
        complete=False,
        groups_heard=20,
        acknowledged_by="Rina",
    )
    assert text(found) == SPREAD


def test_an_end_with_a_change_and_a_note() -> None:
    at = NOON + timedelta(minutes=80)
    found = alarm(
        state="resolved",
        resolved_at=NOON,
        updated_at=at,
        changes=[Change(at=at, kind="correction", story_id="s-2", title="Dapur ditutup sementara", was=7, now=6)],
        notes=["tim sudah di lokasi"],
        stories=[],
        offices=[],
    )
    assert text(found) == OVER


@pytest.mark.parametrize(
    ("fields", "indonesian", "english"),
    [
        (
            {"level": "kritis", "updated_at": NOON + timedelta(hours=1)},
            "🔴 KRITIS · Meningkat · ",
            "CRITICAL · Rising · ",
        ),
        ({"observed": 1234}, "1.234 berita", "1,234 negative"),
        ({"expected": 3.02}, "(biasanya 3)", "(usually 3)"),
        ({"expected": 2.4}, "(biasanya 2–3)", "(usually 2–3)"),
        ({"name": Bilingual()}, "place:32.11+case:keracunan_pangan: 7", "place:32.11+case:keracunan_pangan: 7"),
    ],
)
def test_first_lines(fields: dict[str, Any], indonesian: str, english: str) -> None:
    assert indonesian in first_line(alarm(**fields))
    assert english in first_line(alarm(**fields), "en")


@pytest.mark.parametrize(
    ("hours", "indonesian", "english"),
    [
        (0.2, "± 1× dalam 1 jam", "once in 1 hour."),
        (80, "± 1× dalam 3 hari", "once in 3 days"),
        (1700, "± 1× dalam 2 bulan", "once in 2 months"),
        (40_000, "± 1× dalam 5 tahun", "once in 5 years"),
        (1e9, "lebih jarang dari 1× dalam 10 tahun", "less than once in 10 years"),
    ],
)
def test_how_often_chance_does_this(hours: float, indonesian: str, english: str) -> None:
    assert indonesian in text(alarm(every_hours=hours))
    assert english in text(alarm(every_hours=hours), "en")


def test_hostile_titles_make_no_line_and_no_control_character() -> None:
    rude = alarm(stories=[AlarmStory(story_id="s", title="a\r\nb\x00\x1b[31m", source="x\ny")])
    lines = text(rude).splitlines()
    assert len(lines) == 6
    assert all(char.isprintable() for line in lines for char in line)


def test_the_kibana_link_is_of_the_series_and_the_day_around() -> None:
    link = kibana_link(alarm(series="place:32.11"), "https://kibana.example/")
    assert link == (
        "https://kibana.example/app/dashboards#/view/news-alerts?_g=%28time%3A%28from%3A%272026-11-19T03%3A00%3A00Z%27%2Cto"
        "%3A%272026-11-20T11%3A00%3A00Z%27%29%29&_a=%28query%3A%28language%3Akuery%2Cquery%3A%27series%20%3A%20%22place"
        "%3A32.11%22%27%29%29"
    )
