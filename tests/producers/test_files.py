"""Reading files: order, names, addresses of pages, damaged archives, and memory bounds."""

from __future__ import annotations

import gzip
import io
from hashlib import sha256
from pathlib import Path

import pytest

from producers import files
from producers.files import Refused, expand, own_address, read
from producers.records import Record
from warta.errors import Usage

LINE = b'{"url": "https://a.id/%d", "text": "x"}\n'


def test_a_directory_is_read_recursively_and_sorted(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.html", "a/c.jsonl", "a/d.jsonl.gz", "note.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = [str(Path(p).relative_to(tmp_path)) for p in expand([str(tmp_path)])]
    assert found == ["a/c.jsonl", "a/d.jsonl.gz", "a/z.html", "b.txt"]


def test_unusable_paths_are_said_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    for path, message in (("none.txt", "there is no"), ("x.pdf", "is none of"), ("empty", "holds no")):
        with pytest.raises(Usage, match=message):
            expand([str(tmp_path / path)])


def test_a_text_is_named_by_its_bytes(tmp_path: Path) -> None:
    data = "Banjir.\nSumedang – ".encode()
    (tmp_path / "a.txt").write_bytes(data)
    (found,) = read(str(tmp_path / "a.txt"))
    assert isinstance(found, Record)
    assert found.url == found.canonical_url == f"urn:sha256:{sha256(data).hexdigest()}"
    assert (found.text, found.html) == ("Banjir.\nSumedang – ", None)


def test_a_text_that_is_not_utf8_is_read_as_windows_writes_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x93Banjir\x94")
    (found,) = read(str(tmp_path / "a.txt"))
    assert isinstance(found, Record)
    assert found.text == "“Banjir”"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (
            '<meta property="og:url" content="https://a.id/og"><link rel="canonical" href="https://a.id/1">',
            "https://a.id/1",
        ),
        ('<link rel="canonical" href="/1"><meta property="og:url" content="https://a.id/og">', "https://a.id/og"),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ('<link rel="canonical" href="https://">', None),
        ("", None),
    ],
)
def test_the_address_a_page_gives_for_itself(tmp_path: Path, head: str, url: str | None) -> None:
    page = f"<html><head>{head}</head><body><p>Isi</p></body></html>"
    assert own_address(page) == url
    (tmp_path / "a.html").write_text(page)
    (found,) = read(str(tmp_path / "a.html"))
    assert isinstance(found, Record)
    assert found.url == (url or f"urn:sha256:{sha256(page.encode()).hexdigest()}")
    assert found.html == page


@pytest.mark.parametrize("page", ["", "   ", "<", "\x00", "<!--", "&#0;"])
def test_no_page_is_too_broken(page: str) -> None:
    assert own_address(page) is None


def test_a_page_is_decoded_as_it_declares(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes('<meta charset="iso-8859-1"><p>caf\xe9</p>'.encode("latin-1"))
    (found,) = read(str(tmp_path / "a.html"))
    assert isinstance(found, Record)
    assert found.html is not None
    assert "café" in found.html


def test_a_bad_line_is_refused_with_its_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINE % 1 + b"\n" + b"oops\r\n" + LINE % 2)
    one, bad, two = read(str(path))
    assert isinstance(one, Record)
    assert isinstance(two, Record)
    assert isinstance(bad, Refused)
    assert (bad.raw, bad.reason) == (b"oops", "bad-json")
    assert bad.detail.startswith(f"{path}:3: ")


def test_a_damaged_gzip_gives_its_good_part(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(b"".join(LINE % n for n in range(20_000)))
    path.write_bytes(whole[: len(whole) // 2])
    *good, last = read(str(path))
    assert len(good) > 100
    assert all(isinstance(one, Record) for one in good)
    assert isinstance(last, Refused)
    assert last.reason == "bad-gzip"


def test_an_endless_line_is_refused_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_LINE", 1000)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * 5000 + b"\n" + LINE % 1)
    bad, good = read(str(path))
    assert isinstance(bad, Refused)
    assert bad.reason == "too-long"
    assert len(bad.raw) == 1001
    assert isinstance(good, Record)


def test_a_large_file_is_cut_but_named_by_all_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE", 10)
    (tmp_path / "a.txt").write_bytes(b"0123456789abc")
    (found,) = read(str(tmp_path / "a.txt"))
    assert isinstance(found, Record)
    assert (found.text, found.truncated) == ("0123456789", True)
    assert found.url.endswith(sha256(b"0123456789abc").hexdigest())


def test_stdin_is_jsonl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LINE % 1 + b"x")))
    good, bad = read("-")
    assert isinstance(good, Record)
    assert isinstance(bad, Refused)
    assert bad.detail.startswith("<stdin>:2: ")
