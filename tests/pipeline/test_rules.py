"""Boilerplate is cut from a publisher's next article, with the rule's version on the cut: as a person had it learnt, and as
stories learn it from the stream."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from tests.pipeline.harness import Pipeline, write
from tests.servers import until
from warta import topics
from warta.messages import Document, DocumentMessage, PublisherRules
from warta.wire import Decoder

pytestmark = pytest.mark.integration

SLOGAN = "Harian Uji menyapa pembaca setiap pagi dari tepian Bengawan dengan semangat warga."


def record(number: int) -> str:
    text = (
        f"Warga RW {number} Kelurahan Uji menanam {number * 17} bibit mangga di tepi saluran irigasi.\n\n"
        f"Ketua RW {number} mengatakan panen pertama ditunggu {number + 2} tahun lagi oleh seluruh warga.\n\n{SLOGAN}"
    )
    return json.dumps({"url": f"https://harianuji.test/{number}", "title": f"RW {number} Menanam Mangga", "text": text})


def test_learnt_boilerplate_is_cut_and_the_cut_is_stamped(pipeline: Pipeline, tmp_path: Path) -> None:
    learnt_from = write(tmp_path / "before.jsonl", [record(number) for number in range(10, 18)])
    said = pipeline.warta("boilerplate", "learn", str(learnt_from), "--publish")
    assert "1 publishers' rules changed" in said.stderr

    numbers = itertools.count(100)

    def is_cut() -> bool:
        # The cleaner follows the topic beside its work, so the very next record may still be ahead of the rule.
        number = next(numbers)
        pipeline.warta("replay", str(write(tmp_path / "next.jsonl", [record(number)])), "--as-live")
        pipeline.wait_idle()
        (found,) = (d for d in pipeline.documents() if d["url"] == f"https://harianuji.test/{number}")
        assert "bibit mangga" in found["body"]
        return SLOGAN not in found["body"]

    until(is_cut, "the rule is in force")
    # The index keeps a cut's kind and length; the log keeps its text and the version of the rule that asked for it.
    decoder = Decoder(DocumentMessage)
    messages = [decoder.decode(value) for value in pipeline.values(topics.DOCUMENTS)]
    cuts = [cut for m in messages if isinstance(m, Document) and "harianuji" in m.content.url for cut in m.content.cuts]
    assert ("boilerplate", SLOGAN, 1) in {(cut.kind, cut.text, cut.rule) for cut in cuts}
    again = pipeline.warta("boilerplate", "learn", str(learnt_from), "--publish")
    assert "0 publishers' rules changed" in again.stderr

    listed = pipeline.warta("boilerplate", "list", "harianuji.test", "--json")
    (one,) = (one for one in map(json.loads, listed.stdout.splitlines()) if one["example"] == SLOGAN)
    assert "person" in one["said_by"]
    assert "1 paragraphs are kept" in pipeline.warta("boilerplate", "veto", "harianuji.test", one["key"][:8]).stderr
    until(lambda: not is_cut(), "the veto is in force")


CLOSING = "Redaksi Warta Uji menerima foto dan cerita pembaca lewat surel, balasan dikirim dalam sepekan kerja."
#: Stories that have nothing in common but their publisher's closing paragraph.
STORIES = (
    ("Panen Bawang Melimpah", "Petani di tepi waduk memanen 37 ton bawang", "Harga di pasar induk turun separuh"),
    ("Gerhana Terlihat Jelas", "Pengamat bintang memasang lima teleskop di bukit", "Langit cerah sampai fajar tiba"),
    ("Kereta Barang Anjlok", "Tiga gerbong keluar rel dekat gudang semen", "Masinis selamat tanpa luka berat"),
    ("Perpustakaan Keliling Diresmikan", "Kapal kayu membawa 4.000 buku ke pulau terluar", "Murid boleh meminjam dua judul"),
    ("Atlet Dayung Berlatih", "Delapan pedayung menempuh 14 kilometer setiap subuh", "Pelatih memajukan jadwal seleksi"),
    ("Museum Batik Ditutup", "Atap ruang pamer bocor sejak musim hujan", "Kurator memindahkan 212 kain tua"),
    ("Penyu Hijau Menetas", "Ratusan tukik dilepas penjaga pantai selatan", "Sarang dijaga bergiliran semalam suntuk"),
)  # fmt: skip


def told(number: int, story: tuple[str, str, str]) -> str:
    title, happened, said = story
    first = f"{happened} pada hari ke-{number}, menurut catatan setempat."
    text = f"{first}\n\n{said}, kata panitia nomor {number * 7}.\n\n{CLOSING}"
    return json.dumps({"url": f"https://wartauji.test/{number}", "title": f"{title} ({number})", "text": text})


def test_the_stream_teaches_a_publishers_boilerplate(pipeline: Pipeline, tmp_path: Path) -> None:
    """Six unrelated stories end alike; the rule appears, and the next article arrives without their ending."""
    for number, story in enumerate(STORIES[:6]):
        pipeline.warta("replay", str(write(tmp_path / "one.jsonl", [told(number, story)])), "--as-live")
    pipeline.wait_idle()
    decoder = Decoder(PublisherRules)
    learnt = [
        rules for rules in map(decoder.decode, pipeline.values(topics.RULES)) if rules.publisher == "wartauji.test"
    ]
    assert learnt
    assert all((rules.version, [p.example for p in rules.paragraphs]) == (1, [CLOSING]) for rules in learnt)

    numbers = itertools.count(100)

    def is_cut() -> bool:
        number = next(numbers)
        pipeline.warta("replay", str(write(tmp_path / "next.jsonl", [told(number, STORIES[6])])), "--as-live")
        pipeline.wait_idle()
        (found,) = (d for d in pipeline.documents() if d["url"] == f"https://wartauji.test/{number}")
        assert "tukik" in found["body"]
        return CLOSING not in found["body"]

    until(is_cut, "the rule is in force")
    messages = map(Decoder(DocumentMessage).decode, pipeline.values(topics.DOCUMENTS))
    cuts = [cut for m in messages if isinstance(m, Document) and "wartauji" in m.content.url for cut in m.content.cuts]
    assert ("boilerplate", CLOSING, 1) in {(cut.kind, cut.text, cut.rule) for cut in cuts}
