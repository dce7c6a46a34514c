"""Reading what `warta replay` is given: JSONL (plain, gzip, stdin), text, HTML and WARC files, directories. Streams; bounded
memory.

A `.txt` or `.html` file is one article. A page says its own address in rel=canonical or og:url; a file without an absolute
http(s) address is named by its bytes (`urn:sha256:…`), so the same file is always the same document.
"""

from __future__ import annotations

import gzip
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, cast

from lxml import etree
from lxml import html as lxml_html
from w3lib.encoding import html_to_unicode

from producers import warcs
from producers.records import Record, parse_line
from producers.warcs import WARCS
from warta.errors import Invalid, Usage
from warta.identity import canonical_url

#: A longer line is refused whole; only its start is kept as a dead letter.
MAX_LINE = 32 * 1024 * 1024
#: Of one text or HTML file this much is read as the article; the rest is cut with the flag. The hash is of all bytes.
MAX_FILE = 16 * 1024 * 1024

LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
PAGES = (".html", ".htm")
TEXTS = (".txt",)
KNOWN = (*LINES, *PAGES, *TEXTS, *WARCS)

_CHUNK = 1024 * 1024
#: Where a page says its own address.
_OWN_ADDRESS = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
_HTTP = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refused:
    """Bytes that are no record: goes to the dead letters of `publish`."""

    raw: bytes
    reason: str
    detail: str


Found = Record | Refused


def expand(paths: list[str]) -> list[str]:
    """Directories → the files of known kinds in them, recursively and sorted; files and `-` (stdin) stay.

    Raises:
        Usage: a path does not exist, is of an unknown kind, or a directory holds nothing usable.
    """
    files: list[str] = []
    for path in paths:
        files += [path] if path == "-" else _expand_one(Path(path))
    return files


def _expand_one(path: Path) -> list[str]:
    if path.is_dir():
        files = sorted(str(f) for f in path.rglob("*") if f.is_file() and f.name.lower().endswith(KNOWN))
        if not files:
            raise Usage(f"{path} holds no {', '.join(KNOWN)} file")
        return files
    if not path.exists():
        raise Usage(f"there is no {path}")
    if not path.name.lower().endswith(KNOWN):
        raise Usage(f"{path} is none of {', '.join(KNOWN)}; give JSONL on stdin as '-'")
    return [str(path)]


def read(path: str) -> Iterator[Found]:
    """The records of one file, in order. An unreadable rest of a damaged gzip is one refused record.

    Raises:
        Usage: the file cannot be opened.
    """
    name = path.lower()
    if path != "-" and name.endswith((*PAGES, *TEXTS)):
        yield _read_article(Path(path), page=name.endswith(PAGES))
    elif path != "-" and name.endswith(WARCS):
        for found in warcs.read(Path(path)):
            yield found if isinstance(found, Record) else Refused(b"", found.reason, found.detail)
    else:
        yield from _read_lines(path)


def _read_lines(path: str) -> Iterator[Found]:
    name = "<stdin>" if path == "-" else path
    number = 0
    with _opened(path) as stream:
        lines = _lines(stream)
        while True:
            number += 1
            try:
                line = next(lines, None)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                yield Refused(b"", "bad-gzip", f"{name}:{number}: the archive is damaged from here on: {error}")
                return
            if line is None:
                return
            if line.strip():
                yield _parse(line, f"{name}:{number}")


def _parse(line: bytes, where: str) -> Found:
    if len(line) > MAX_LINE:
        return Refused(line, "too-long", f"{where}: the line has more than {MAX_LINE} bytes")
    try:
        return parse_line(line)
    except Invalid as error:
        return Refused(line.rstrip(b"\r\n"), error.reason, f"{where}: {error.detail}")


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines of at most `MAX_LINE` + 1 bytes; what a longer line has beyond is read and forgotten."""
    while line := stream.readline(MAX_LINE + 1):
        yield line
        rest = line
        while rest and len(line) > MAX_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(_CHUNK)


@contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    if path == "-":
        yield sys.stdin.buffer
        return
    with _open(path) as handle:
        yield handle


def _open(path: str) -> IO[bytes]:
    try:
        return cast(IO[bytes], gzip.GzipFile(path)) if path.lower().endswith(".gz") else Path(path).open("rb")
    except OSError as error:
        raise Usage(f"{path} cannot be read: {error.strerror}") from None


def _read_article(path: Path, *, page: bool) -> Found:
    try:
        data, urn = _head_and_urn(path)
    except OSError as error:
        raise Usage(f"{path} cannot be read: {error.strerror}") from None
    body, truncated = data[:MAX_FILE], len(data) > MAX_FILE
    if not page:
        return Record(urn, urn, text=_decode(body), truncated=truncated)
    # Pages that name no charset and are not UTF-8 are read as the web reads them (WHATWG: windows-1252).
    _, html = html_to_unicode(None, body, default_encoding="utf-8", auto_detect_fun=_guess)
    url = own_address(html)
    return Record(url or urn, canonical_url(url) if url else urn, html=html, truncated=truncated)


def _head_and_urn(path: Path) -> tuple[bytes, str]:
    digest, head = sha256(), bytearray()
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
            if len(head) <= MAX_FILE:
                head += chunk
    return bytes(head[: MAX_FILE + 1]), f"urn:sha256:{digest.hexdigest()}"


def _guess(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _decode(data: bytes) -> str:
    """UTF-8 (with or without a mark), else what Windows editors write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")


def own_address(html: str) -> str | None:
    """The address a page gives for itself (rel=canonical, else og:url), if it is an absolute http(s) one that can be used."""
    try:
        tree = lxml_html.document_fromstring(
            html.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
        found = [str(value).strip() for path in _OWN_ADDRESS for value in cast("list[Any]", tree.xpath(path))]
    except (etree.LxmlError, ValueError):
        return None
    for url in found:
        if _HTTP.match(url):
            try:
                canonical_url(url)
            except Invalid:
                continue
            return url
    return None
