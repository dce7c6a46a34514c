"""WARC out and in again: the same pages, in files that rotate."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from producers import files, warcs
from producers.crawling.answer import Answer
from producers.crawling.warc import WarcFiles
from producers.files import Refused
from producers.records import Record
from warta.errors import Invalid, Usage
from warta.identity import canonical_url

NOW = datetime(2026, 11, 24, 3, 0, 0, 123456, tzinfo=UTC)


def answer(number: int, **headers: str) -> Answer:
    body = f"<title>Ke-{number}</title><link rel=canonical href='/b/{number}'><p>kafé {number}</p>".encode()
    kind = {"content-type": "text/html; charset=utf-8", "content-encoding": "br", **headers}
    return Answer(f"https://www.contoh.id/b/{number}?utm_source=x", 200, kind, body, NOW)


def test_what_is_kept_comes_back_as_it_was_fetched(tmp_path: Path) -> None:
    kept = WarcFiles(tmp_path / "warc", NOW, max_file=2_000)
    for number in range(30):
        kept.keep(answer(number, **({"x-robots-tag": "noai"} if number == 7 else {})))
    kept.close()
    paths = files.expand([str(tmp_path / "warc")])
    assert len(paths) > 1
    found = [one for path in paths for one in files.read(path)]
    records = [one for one in found if isinstance(one, Record)]
    assert len(records) == len(found) == 30
    assert [record.canonical_url for record in records] == [f"https://contoh.id/b/{n}" for n in range(30)]
    assert {record.fetched_at for record in records} == {NOW}
    assert records[3].html == answer(3).body.decode()
    assert records[7].robots.ai_training is False
    assert records[8].robots.ai_training is None
    assert records[3].to_raw(NOW, "replay").robots.allowed


def test_the_rest_of_a_damaged_file_is_one_refused_record(tmp_path: Path) -> None:
    kept = WarcFiles(tmp_path, NOW)
    for number in range(3):
        kept.keep(answer(number))
    kept.close()
    (path,) = tmp_path.glob("*.warc.gz")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - 150] + b"damaged" + data[-100:])
    found = list(files.read(str(path)))
    assert [type(one) for one in found[:2]] == [Record, Record]
    assert all(isinstance(one, Refused) and one.reason == "bad-warc" for one in found[2:])


def test_only_pages_are_articles(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as handle:
        writer = WARCWriter(handle, gzip=True)
        for status, kind in (("200 OK", "image/png"), ("404 Not Found", "text/html"), ("200 OK", "text/html")):
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                "https://contoh.id/berita", "response", payload=BytesIO(b"<p>isi</p>"), length=10, http_headers=headers
            )
            writer.write_record(record)
            writer.write_record(
                writer.create_warc_record("https://contoh.id/", "resource", payload=BytesIO(b"x"), length=1)
            )
    (found,) = warcs.read(path)
    assert isinstance(found, Record)
    assert found.canonical_url == canonical_url("https://contoh.id/berita")


def test_an_address_that_is_none_is_refused_and_the_next_read(tmp_path: Path) -> None:
    kept = WarcFiles(tmp_path, NOW)
    kept.keep(Answer("https://contoh.id/" + "a" * 3000, 200, {"content-type": "text/html"}, b"<p>isi</p>", NOW))
    kept.keep(answer(1))
    kept.close()
    bad, good = warcs.read(next(tmp_path.glob("*.warc.gz")))
    assert isinstance(bad, Invalid)
    assert bad.reason == "bad-url"
    assert isinstance(good, Record)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="cannot be read"):
        list(warcs.read(tmp_path / "none.warc.gz"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(Usage, match="--warc"):
        WarcFiles(tmp_path / "file" / "folder", NOW)
