"""Builders of events for the tests of stories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stream_agents.stories.engine import StoryEngine
from warta.clock import ManualClock
from warta.hashing import blake2b_128, body_hash, content_hash
from warta.messages import Content, Correction, Decision, Origin, Score, ScoredArticle, Sentiment, Trace
from warta.wire import envelope

START = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
FUTURE = START + timedelta(days=400)


def engine(**options: int) -> StoryEngine:
    """An engine whose clock never caps the watermark."""
    return StoryEngine(ManualClock(FUTURE), **options)


def doc_id(name: str) -> str:
    return blake2b_128(name.encode())


def scored(
    name: str,
    body: str,
    *,
    title: str = "",
    minute: float = 0,
    source: str = "",
    owner: str = "",
    wire: str = "",
    origin: Origin = "live",
    published_minute: float | None = None,
) -> ScoredArticle:
    """A scored article called `name`, fetched `minute` minutes after `START`."""
    fetched = START + timedelta(minutes=minute)
    published = None if published_minute is None else START + timedelta(minutes=published_minute)
    return ScoredArticle(
        **envelope(doc_id=doc_id(name), fetched_at=fetched, origin=origin, trace=Trace(id=name)),
        content=Content(
            url=f"https://{source or 'media'}.example/{name}",
            canonical_url=f"https://{source or 'media'}.example/{name}",
            title=title,
            body=body,
            source=source or f"media-{name}",
            owner=owner,
            wire=wire,
            language="id",
            published_at=published,
        ),
        score=Score(
            sentiment=Sentiment(label="neutral", negative=0.1, neutral=0.8, positive=0.1, confidence=0.8, model="test")
        ),
        content_hash=content_hash(title, body),
        body_hash=body_hash(body),
    )


def decision(action: str, one: str, other: str | None = None, *, minute: float = 0) -> Decision:
    """A person's decision about the documents called `one` and `other`."""
    at = START + timedelta(minutes=minute)
    ends = sorted(doc_id(name) for name in (one, other) if name)
    return Decision(
        **envelope(doc_id=doc_id(one), fetched_at=at, origin="live", trace=Trace(id=f"{action}-{one}")),
        decision_id=f"{action}/{'/'.join(ends)}",
        action=action,  # type: ignore[arg-type]
        by="penguji",
        at=at,
        other_id=doc_id(other) if other else None,
        correction=Correction(label="negative", by="penguji", at=at) if action == "correct" else None,
    )


FLOOD = """Hujan deras sejak Senin sore membuat Sungai Cimanuk meluap dan merendam tiga desa di Kecamatan Jatigede. Kepala BPBD
Kabupaten Sumedang, Asep Wiranata, mengatakan sedikitnya 214 rumah terendam dengan ketinggian air antara 40 dan 120 sentimeter.
"Warga kami ungsikan ke balai desa dan dua sekolah, semuanya dalam keadaan selamat," kata Asep. Pemerintah daerah mengirim
empat perahu karet, 300 paket makanan, dan obat-obatan. Jalan penghubung Jatigede menuju Wado terputus karena longsor
sepanjang 30 meter menutup badan jalan. Alat berat didatangkan dari Situraja dan diperkirakan selesai bekerja besok siang."""

SCHOOL = """Dinas Pendidikan Kota Bogor memulai penerimaan siswa baru dengan sistem zonasi yang diperbarui. Sebanyak 12.450
kursi disediakan di 20 sekolah menengah pertama negeri. Kepala dinas, Rina Maharani, menjelaskan pendaftaran dibuka selama
sepekan dan seluruh tahapan dapat dipantau orang tua melalui laman resmi. Pihaknya membuka 15 posko bantuan bagi keluarga
yang kesulitan mengunggah dokumen kependudukan. Tahun lalu ratusan pendaftar gagal karena alamat pada kartu keluarga tidak
sesuai, sehingga pemeriksaan kini dilakukan lebih awal bersama petugas kelurahan."""
