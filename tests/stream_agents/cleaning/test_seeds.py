"""The five real articles with the field's dirt: title, author, time, place line, the sentences once, none of the dirt."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from stream_agents.cleaning.clean import Cleaned, clean_text

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
NOW = datetime(2026, 11, 24, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="the shared seeds lie beside the repository only where it is developed"
)


def _seed(number: str) -> Cleaned:
    return clean_text(next(SEEDS.glob(f"{number}_*")).read_text(encoding="utf-8"), NOW)


def test_dashboard_record_with_inline_links() -> None:
    seed = _seed("000")
    assert seed.title.startswith("Walikota Eunpyeong-gu")
    assert seed.upstream["Kasus"] == ["stunting"]
    assert seed.upstream["Sentimen"] == {"label": "positif", "percent": 99.8}
    assert "stunting" not in seed.body.lower()
    assert "Baca Juga" not in seed.body
    assert "(*)" not in seed.body
    assert len(seed.body.split("\n")) == 11


def test_header_caption_and_hashtag() -> None:
    seed = _seed("001")
    assert seed.title == "Tangsel dapat kunjungan Wali Kota Daejon Korsel"
    assert seed.authors == ("Putri Rahmawati",)
    assert seed.published_at == datetime(2015, 9, 9, 14, 28, tzinfo=timezone(timedelta(hours=7)))
    assert seed.dateline == "TANGERANG SELATAN"
    for dirt in ("Dibaca", "#Kota", "TangerangNews", "Daejon Korsel. ("):
        assert dirt not in seed.body


def test_link_block_and_agency() -> None:
    seed = _seed("002")
    assert seed.dateline == "PURWAKARTA, TEROPONGMEDIA.ID"
    assert seed.wire == "Antara"
    assert "seperti dilansir Antara" in seed.body
    assert "Banjir" not in seed.body
    assert not seed.body.endswith("(Aak)")
    assert seed.date_suspect, "20 March 2025 was no Sunday"


def test_whole_text_twice() -> None:
    seed = _seed("003")
    assert seed.dateline == "medcom.id, Bogor"
    assert seed.body.count("Kedua pihak berharap") == 1
    assert "Google News" not in seed.body
    assert {"repeat", "follow-us", "sign-off"} <= {cut.kind for cut in seed.cuts}


def test_trailing_stars() -> None:
    seed = _seed("004")
    assert seed.dateline == "SUMEDANG, Simaknews.id"
    assert seed.body.endswith("katanya.")
