"""Keeping what was fetched: WARC files (ISO 28500:2017, warcio), one record a response, a new file each `MAX_FILE` bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import IO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from producers.agent import TOKEN
from producers.crawling.answer import Answer
from warta import __version__
from warta.errors import Usage

MAX_FILE = 1024 * 1024 * 1024
#: Headers that speak of the bytes on the wire; the body is kept unpacked.
_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "set-cookie"})


class WarcFiles:
    """Writes `warta-<time>-<number>.warc.gz` into a folder. A file that a kill cut short is readable up to there.

    Raises:
        Usage: the folder cannot be made.
    """

    def __init__(self, folder: Path, now: datetime, max_file: int = MAX_FILE) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Usage(f"--warc {folder}: {error.strerror}") from None
        self._folder = folder
        self._stamp = f"{now.astimezone(UTC):%Y%m%d%H%M%S}"
        self._max = max_file
        self._number = 0
        self._file: IO[bytes] | None = None
        self._writer: WARCWriter | None = None

    def keep(self, answer: Answer) -> None:
        """Append one response."""
        if self._file is None or self._writer is None or self._file.tell() >= self._max:
            self._open()
        assert self._file is not None
        assert self._writer is not None
        try:
            phrase = HTTPStatus(answer.status).phrase
        except ValueError:
            phrase = ""
        headers = [(name, value) for name, value in answer.headers.items() if name not in _WIRE]
        headers.append(("content-length", str(len(answer.body))))
        record = self._writer.create_warc_record(
            answer.url,
            "response",
            payload=BytesIO(answer.body),
            length=len(answer.body),
            http_headers=StatusAndHeaders(f"{answer.status} {phrase}", headers, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": f"{answer.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"},
        )
        self._writer.write_record(record)
        self._file.flush()

    def _open(self) -> None:
        self.close()
        self._number += 1
        name = f"warta-{self._stamp}-{self._number:05d}.warc.gz"
        self._file = (self._folder / name).open("xb")
        self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        about = {"software": f"{TOKEN}/{__version__}", "format": "WARC File Format 1.1"}
        self._writer.write_record(self._writer.create_warcinfo_record(name, about))

    def close(self) -> None:
        """Close the file in hand."""
        if self._file is not None:
            self._file.close()
            self._file = self._writer = None
