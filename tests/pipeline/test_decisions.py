"""What people decide, through the real pipeline: it holds over later fetches, scores anew and replays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.harness import Pipeline, write
from tests.servers import until
from warta import topics
from warta.identity import canonical_url, doc_id

pytestmark = pytest.mark.integration

FIRST, LATER = "2026-11-20T02:00:00+00:00", "2026-11-20T05:00:00+00:00"

CORRECTED = "https://koreksi.putusan.example/jalan-desa"
FORGOTTEN = "https://lupakan.putusan.example/panen"
MERGED = ("https://satu.putusan.example/pasar-ikan", "https://dua.putusan.example/perahu-baru")
SPLIT = tuple(f"https://pisah{number}.putusan.example/lumbung" for number in range(4))
PARTED = tuple(f"https://cerai{number}.putusan.example/sumur" for number in range(4))

_ROAD = (
    "Warga Desa Sukamekar bergotong royong menambal jalan sepanjang 1.400 meter pada Sabtu pagi. Kepala desa menyebut "
    "aspal dibeli dari iuran 212 keluarga. Camat berjanji memasang lampu di tiga belokan sebelum musim hujan."
)
_HARVEST = (
    "Kelompok tani Mekarjaya memanen 37 ton bawang dari lahan sembilan hektare. Ketua kelompok mengatakan hasilnya "
    "dijual ke pedagang di dua kecamatan tetangga. Penyuluh pertanian mencatat serangan ulat turun separuhnya."
)
_MARKET = (
    "Pasar ikan di tepi dermaga kembali dibuka setelah atapnya diperbaiki selama lima pekan. Pedagang menempati 84 lapak "
    "yang diundi pengurus koperasi. Retribusi harian ditetapkan empat ribu rupiah untuk setiap lapak."
)
_BOATS = (
    "Dua belas perahu bermesin diserahkan kepada nelayan yang kapalnya karam akhir tahun lalu. Bantuan itu dibayar dari "
    "tabungan bersama dan sumbangan perantau. Nakhoda tertua mencoba mesinnya sampai ke mulut muara."
)
_BARN = (
    "Lumbung padi milik warga Kampung Cibodas selesai dibangun dengan kayu jati bekas gudang tua. Isinya cukup untuk 65 "
    "keluarga selama empat bulan. Setiap keluarga menyetor dua karung gabah seusai panen raya."
)
_WELL = (
    "Sumur tua di pinggir Kampung Rancasari dibersihkan pemuda karang taruna selama tiga malam berturut-turut. Airnya kembali "
    "jernih dan dipakai 41 rumah di lereng utara. Pompa tangan dipinjam dari balai desa sampai kemarau berakhir."
)


def articles(fetched_at: str, corrected_text: str = _ROAD) -> list[str]:
    """Every article of this file as fetched at one time; the four of the split story carry one text."""
    rows = [
        (CORRECTED, "Warga tambal jalan desa", corrected_text),
        (FORGOTTEN, "Panen bawang 37 ton", _HARVEST),
        (MERGED[0], "Pasar ikan dibuka lagi", _MARKET),
        (MERGED[1], "Nelayan terima dua belas perahu", _BOATS),
        *((url, "Lumbung padi Kampung Cibodas selesai", _BARN) for url in SPLIT),
    ]
    return [
        json.dumps({"url": url, "title": title, "text": text, "fetched_at": fetched_at, "published_at": FIRST})
        for url, title, text in rows
    ]


class Desk:
    """The pipeline as somebody at the desk sees it: documents by address."""

    def __init__(self, pipeline: Pipeline, folder: Path) -> None:
        self.pipeline = pipeline
        self._folder = folder

    def replay(self, fetched_at: str, corrected_text: str = _ROAD) -> None:
        self.publish(articles(fetched_at, corrected_text))

    def publish(self, lines: list[str]) -> None:
        path = write(self._folder / "putusan.jsonl", lines)
        self.pipeline.warta("replay", str(path), "--as-live")
        self.pipeline.wait_idle()

    def look(self, url: str) -> dict[str, Any]:
        self.pipeline.client.indices.refresh(index="news")
        query = {"ids": {"values": [doc_id(canonical_url(url))]}}
        hits = self.pipeline.client.search(index="news", query=query)["hits"]["hits"]
        return dict(hits[0]["_source"]) if hits else {}

    def story(self, url: str) -> str:
        return str(self.look(url).get("story_id"))

    def until(self, condition: Callable[[], bool], what: str) -> None:
        until(condition, what)

    def fetched_again(self, url: str, fetched_at: str) -> None:
        day_and_time = fetched_at.removesuffix("+00:00")
        self.until(lambda: self.look(url)["fetched_at"].startswith(day_and_time), f"{url} fetched again")


@pytest.fixture(scope="module")
def desk(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Every decision of this file made, and the articles fetched again after them."""
    made = Desk(pipeline, tmp_path_factory.mktemp("putusan"))
    made.replay(FIRST)
    assert made.story(MERGED[0]) != made.story(MERGED[1])
    assert len({made.story(url) for url in SPLIT}) == 1
    return made


def _other_label(label: str) -> str:
    return "negative" if label != "negative" else "positive"


def test_a_correction_wins_over_a_later_fetch_and_a_later_score(pipeline: Pipeline, desk: Desk) -> None:
    model_says = desk.look(CORRECTED)["sentiment"]["label"]
    label = _other_label(model_says)
    pipeline.warta("correct", CORRECTED, label, "--by", "meja", "--note", "dibaca ulang")
    desk.until(lambda: desk.look(CORRECTED)["label"] == label, "the corrected label shows")
    shown = desk.look(CORRECTED)["correction"]
    assert (shown["label"], shown["by"], shown["note"]) == (label, "meja", "dibaca ulang")

    desk.replay(LATER, _ROAD + " Pekerjaan dilanjutkan pekan depan dengan 18 drum aspal.")
    desk.fetched_again(CORRECTED, LATER)
    assert desk.look(CORRECTED)["label"] == label

    before = desk.look(CORRECTED)["applied"]["score"]["offset"]
    told = json.loads(pipeline.warta("rescore", "--since", "9999d", "--query", "tambal", "--json").stdout)
    assert told["rescored"] >= 1
    desk.until(lambda: desk.look(CORRECTED)["applied"]["score"]["offset"] > before, "the new score is applied")
    found = desk.look(CORRECTED)
    assert found["label"] == label
    assert found["sentiment"]["label"] == model_says or found["sentiment"]["model"]

    pipeline.warta("correct", CORRECTED, "--undo")
    desk.until(lambda: "correction" not in desk.look(CORRECTED), "the correction is taken back")
    assert desk.look(CORRECTED)["label"] == found["sentiment"]["label"]


def test_merged_stories_stay_one(pipeline: Pipeline, desk: Desk) -> None:
    pipeline.warta("merge", desk.story(MERGED[0]), MERGED[1])
    desk.until(lambda: desk.story(MERGED[0]) == desk.story(MERGED[1]), "one story")
    desk.replay("2026-11-20T06:00:00+00:00")
    desk.fetched_again(MERGED[1], "2026-11-20T06:00:00+00:00")
    assert desk.story(MERGED[0]) == desk.story(MERGED[1])
    again = pipeline.warta("merge", *MERGED, check=False)
    assert again.returncode == 2
    assert "one story already" in again.stderr


def test_split_articles_stay_apart_and_a_merge_undoes_it(pipeline: Pipeline, desk: Desk) -> None:
    def parts() -> list[set[str]]:
        return [{desk.story(url) for url in pair} for pair in (SPLIT[:2], SPLIT[2:])]

    pipeline.warta("split", SPLIT[0], *SPLIT[2:])
    desk.until(lambda: desk.story(SPLIT[3]) == desk.story(SPLIT[2]) != desk.story(SPLIT[0]), "two stories")
    desk.replay("2026-11-20T07:00:00+00:00")
    desk.fetched_again(SPLIT[3], "2026-11-20T07:00:00+00:00")
    staying, going = parts()
    assert len(staying) == len(going) == 1
    assert staying != going

    pipeline.warta("merge", SPLIT[0], SPLIT[3])
    desk.until(lambda: len({desk.story(url) for url in SPLIT}) == 1, "one story again")


def well(url: str, fetched_at: str) -> str:
    """One of the copies of one text, as fetched at a time."""
    row = {"url": url, "title": "Sumur tua dibersihkan pemuda", "text": _WELL, "published_at": FIRST}
    return json.dumps({**row, "fetched_at": fetched_at})


def test_a_later_copy_joins_one_part_of_a_split_story_and_ties_none_together(pipeline: Pipeline, desk: Desk) -> None:
    desk.publish([well(url, FIRST) for url in PARTED[:2]])
    assert desk.story(PARTED[0]) == desk.story(PARTED[1])
    pipeline.warta("split", PARTED[0], PARTED[1])
    desk.until(lambda: desk.story(PARTED[0]) != desk.story(PARTED[1]), "two stories")

    desk.publish([well(url, LATER) for url in PARTED])
    desk.fetched_again(PARTED[3], LATER)
    parts = {desk.story(url) for url in PARTED[:2]}
    assert len(parts) == 2
    assert {desk.story(url) for url in PARTED[2:]} < parts
    counters = [desk.look(url)["story"]["copies"] for url in PARTED if desk.look(url)["is_story_head"]]
    assert sum(counters) == len(PARTED)


def test_what_was_decided_holds_when_the_log_is_read_anew(pipeline: Pipeline, desk: Desk, tmp_path: Path) -> None:
    """The stories of the index are those of the plain engine over the dumped log, decisions in their places."""
    scored = tmp_path / "scored.jsonl"
    scored.write_bytes(b"\n".join(pipeline.values(topics.SCORED)) + b"\n")
    out = tmp_path / "stories.jsonl"
    pipeline.warta("stories", str(scored), "--scored", "--out", str(out), check=False)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    told = {line["url"]: line["story_id"] for line in lines if "story_id" in line}
    urls = [*MERGED, *SPLIT, *PARTED]
    assert {url: told[url] for url in urls} == {url: desk.story(url) for url in urls}


def test_a_forgotten_article_is_emptied_and_stays_so(pipeline: Pipeline, desk: Desk) -> None:
    pipeline.warta("forget", FORGOTTEN, "--by", "hukum")
    desk.until(lambda: "body" not in desk.look(FORGOTTEN), "the text is gone")
    desk.replay("2026-11-20T08:00:00+00:00")
    desk.fetched_again(MERGED[0], "2026-11-20T08:00:00+00:00")
    found = desk.look(FORGOTTEN)
    assert found["removed"]
    assert found["hidden"]
    assert not {"title", "body", "url", "sentiment", "story_id"} & set(found)


def test_a_story_is_shown_with_its_evidence(pipeline: Pipeline, desk: Desk) -> None:
    told = json.loads(pipeline.warta("story", MERGED[0], "--diff", MERGED[0], "--json").stdout)
    members = {member["doc_id"]: member for member in told["members"]}
    assert doc_id(canonical_url(MERGED[0])) in members
    for member in members.values():
        assert (member["evidence"] is None) == member["is_story_head"]
    head = next(member for member in members.values() if member["is_story_head"])
    assert head["story"]["copies"] == len(members)
    assert "Pertama terpantau" in pipeline.warta("story", told["story_id"]).stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("correct", "https://tak-ada.putusan.example/x", "negative"), "warta trace"),
        (("correct", CORRECTED, "buruk"), "negative, neutral or positive"),
        (("correct", CORRECTED), "--undo"),
        (("story", "s-" + "0" * 32), "no such story"),
        (("split", MERGED[0], "https://tak-ada.putusan.example/x"), "not in this story"),
        (("rescore", "--since", "soon"), "write 90m"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_remedy(
    pipeline: Pipeline, desk: Desk, arguments: tuple[str, ...], says: str
) -> None:
    refused = pipeline.warta(*arguments, check=False)
    assert refused.returncode == 2
    assert says in " ".join(refused.stderr.split())
