"""Sitemaps, sitemap indexes and news sitemaps (sitemaps.org protocol 0.9; Google News sitemap 0.9), plain or gzipped.

Streamed: memory is bounded by `MAX_LINKS`, not by the file. No document type, no entities, no network.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import IO, Any, cast
from urllib.parse import urljoin

from lxml import etree

from producers.discovery.found import Discovered, Link
from producers.records import parse_time
from warta.errors import Invalid

#: The protocol's own limits: 50,000 addresses and 50 MiB, uncompressed.
MAX_LINKS = 50_000
MAX_BYTES = 50 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)
_CHUNK = 64 * 1024


def parse(body: bytes, url: str) -> Discovered:
    """A sitemap's bytes → its articles, or the sitemaps it leads to. A file that breaks off gives its good part.

    Raises:
        Invalid: `not-a-sitemap`, or `too-large` when it unpacks to more than 50 MiB.
    """
    if _DOCTYPE.search(body[:_CHUNK]):
        raise Invalid("not-a-sitemap", f"{url} declares a document type: refused, it could expand entities")
    found = Discovered()
    source = _Bounded(_unpacked(body), url)
    try:
        for element in _elements(source):
            _take(element, url, found)
            if len(found.links) + len(found.sitemaps) >= MAX_LINKS:
                break
    except (etree.XMLSyntaxError, zlib.error) as error:
        if not found.links and not found.sitemaps:
            raise Invalid("not-a-sitemap", f"{url}: {str(error)[:200]}") from None
    return found


def _unpacked(body: bytes) -> Iterator[bytes]:
    if not body.startswith(_GZIP):
        yield from (body[at : at + _CHUNK] for at in range(0, len(body), _CHUNK))
        return
    inflate = zlib.decompressobj(wbits=31)
    pending = body
    while pending and not inflate.eof:
        yield inflate.decompress(pending, _CHUNK)
        pending = inflate.unconsumed_tail


class _Bounded(io.RawIOBase):
    """A file over pieces that refuses to give more than the protocol allows."""

    def __init__(self, pieces: Iterator[bytes], url: str) -> None:
        self._pieces = pieces
        self._left = MAX_BYTES
        self._url = url
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            if _DOCTYPE.search(piece):
                raise Invalid("not-a-sitemap", f"{self._url} declares a document type: refused")
            self._rest = piece
        self._left -= len(self._rest)
        if self._left < 0:
            raise Invalid("too-large", f"{self._url} unpacks to more than {MAX_BYTES} bytes")
        given, self._rest = self._rest, b""
        return given


def _elements(source: _Bounded) -> Iterator[Any]:
    events = etree.iterparse(
        cast(IO[bytes], source),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for _, element in events:
        yield element
        element.clear()
        # What was read is cut off the tree, or memory would grow with the file.
        while element.getprevious() is not None:
            parent = element.getparent()
            if parent is None:
                break
            del parent[0]


def _take(element: Any, base: str, found: Discovered) -> None:
    texts: dict[str, str] = {}
    for child in element.iter():
        if isinstance(child.tag, str) and child.text:
            # loc of an image or video comes later than the page's own and must not replace it.
            texts.setdefault(etree.QName(child).localname, child.text.strip())
    if not texts.get("loc"):
        return
    try:
        url = urljoin(base, texts["loc"])
    except ValueError:
        return
    modified = parse_time(texts.get("lastmod"))
    if etree.QName(element).localname == "sitemap":
        found.sitemaps.append(Link(url, modified_at=modified))
    else:
        published = parse_time(texts.get("publication_date"))
        found.links.append(Link(url, texts.get("title", ""), published, modified))
