"""Reading WARC files (ISO 28500:2017, warcio): each answer that is a web page with status 200 is one article.

What else an archive holds (requests, feeds, images, robots.txt, revisits) is passed over. The document is the same as if the
page had been fetched live: its address by the same rules, `fetched_at` from WARC-Date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from producers import robots
from producers.agent import TOKEN
from producers.crawling import pages
from producers.crawling.answer import MAX_BYTES, Answer
from producers.records import Record
from producers.robots import Rules
from warta.errors import Invalid, Usage
from warta.messages import Robots

WARCS = (".warc", ".warc.gz")


def read(path: Path) -> Iterator[Record | Invalid]:
    """The pages of an archive, in order. A page that cannot be expressed is an `Invalid`; so is the rest of a damaged file,
    which ends the reading (`bad-warc`).

    Raises:
        Usage: the file cannot be opened.
    """
    try:
        handle = path.open("rb")
    except OSError as error:
        raise Usage(f"{path} cannot be read: {error.strerror}") from None
    with handle:
        records = iter(ArchiveIterator(handle))
        while True:
            try:
                record = next(records, None)
                found = _page(record) if record is not None else None
            except Invalid as error:
                yield Invalid(error.reason, f"{path}: {error.detail}")
                continue
            except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
                yield Invalid("bad-warc", f"{path}: the archive is damaged from here on: {str(error)[:200]}")
                return
            if record is None:
                return
            if found is not None:
                yield found


def _page(record: Any) -> Record | None:
    """A record → article; None if it is nothing of the kind."""
    if record.rec_type != "response" or record.http_headers is None:
        return None
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    headers = {name.lower(): value for name, value in record.http_headers.headers}
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if record.http_headers.get_statuscode() != "200" or kind not in pages.HTML_TYPES:
        return None
    body = record.content_stream().read(MAX_BYTES + 1)
    at = _date(record.rec_headers.get_header("WARC-Date"))
    return _record(Answer(url, 200, headers, body[:MAX_BYTES], at), truncated=len(body) > MAX_BYTES)


def _record(answer: Answer, *, truncated: bool) -> Record:
    html = pages.decode(answer)
    said, noindex = robots.of_page(Rules(answer.at, "none", TOKEN), answer.url, answer.headers, html)
    return Record(
        answer.url,
        pages.own_address(html, answer.url),
        html=html,
        fetched_at=answer.at,
        truncated=truncated,
        # robots.txt is not in the archive: what is left is what the page itself says.
        robots=Robots(allowed=not noindex, ai_training=said.ai_training),
    )


def _date(value: str | None) -> datetime:
    try:
        when = datetime.fromisoformat(value or "")
    except ValueError:
        raise Invalid("bad-fetched-at", f"WARC-Date {(value or '')[:60]!r} is no time") from None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
