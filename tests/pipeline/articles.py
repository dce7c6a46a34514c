"""Articles for kill and outage tests: many, short (so that scoring does not set the pace), with copies and revisions."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta

_TOWNS = ("Demak", "Garut", "Blitar", "Kendari", "Manado", "Kupang", "Jember", "Sragen", "Bima", "Palopo")
_HAPPENED = (
    "banjir merendam",
    "kebakaran melanda",
    "pasar murah dibuka di",
    "jalan baru diresmikan di",
    "panen raya di",
)
_PEOPLE = ("camat", "kepala desa", "juru bicara polres", "ketua RT", "kepala puskesmas", "pedagang", "petugas BPBD")
_WORDS = re.findall(
    r"\w+",
    """air warga rumah jalan malam pagi petugas bantuan tenda beras kapal hujan sungai lereng sekolah murid guru pasar
harga kabel listrik padam menyala jembatan truk solar petani sawah panen bibit pupuk nelayan ombak perahu dermaga kelurahan
posyandu bidan obat dokter antre tiket kereta stasiun terminal bus sopir ongkos retribusi izin bangunan gedung lantai""",
)


def articles(count: int, seed: int = 7) -> list[str]:
    """`count` JSONL lines in time order. Of five articles one is an exact copy of another outlet's, and of twenty one a
    later text of an earlier address."""
    rng = random.Random(seed)
    at = datetime(2026, 11, 19, 1, 0, tzinfo=UTC)
    lines: list[str] = []
    known: list[dict[str, str]] = []
    for number in range(count):
        at += timedelta(seconds=rng.randint(1, 20))
        draw = rng.random()
        if known and draw < 0.2:
            record = {**rng.choice(known), "url": f"https://salin{number % 7}.test/{seed}/berita/{number}"}
        elif known and draw < 0.25:
            record = dict(rng.choice(known))
            record["text"] += f" Jumlahnya kini {rng.randint(100, 999)} menurut catatan pukul {number % 24}.00."
        else:
            record = _original(rng, seed, number)
            known.append(record)
        lines.append(
            json.dumps({**record, "fetched_at": at.isoformat(), "published_at": at.isoformat()}, ensure_ascii=False)
        )
    return lines


def _original(rng: random.Random, seed: int, number: int) -> dict[str, str]:
    town, what = rng.choice(_TOWNS), rng.choice(_HAPPENED)
    sentences = [f"Kejadian nomor {seed}-{number}: {what} {town} pada hari ke-{number % 30 + 1}."]
    for _ in range(4):
        words = " ".join(rng.choices(_WORDS, k=9))
        sentences.append(f"Menurut {rng.choice(_PEOPLE)} {town}, {words} sebanyak {rng.randint(2, 400)}.")
    return {
        "url": f"https://kabar{number % 11}.test/{seed}/{town.lower()}/{number}",
        "title": f"{what.capitalize()} {town} ({number})",
        "text": " ".join(sentences),
    }
