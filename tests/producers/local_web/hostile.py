"""Bodies that do harm: without end, without progress, or far larger than they look. Endless ones until the reader hangs up."""

from __future__ import annotations

import asyncio
import gzip
import io
from collections.abc import AsyncIterator
from functools import cache

_DRIP_EVERY = 0.5
_UNPACKED = 256 << 20


async def drip() -> AsyncIterator[bytes]:
    """A byte now and then: every idle timer is kept happy."""
    yield b"<!DOCTYPE html><html><head><title>Sebentar lagi</title></head><body><p>"
    while True:
        await asyncio.sleep(_DRIP_EVERY)
        yield b"a"


async def endless() -> AsyncIterator[bytes]:
    """A page that grows faster than it can be kept."""
    yield b"<!DOCTYPE html><html><head><title>Tak berujung</title></head><body>"
    piece = b"<p>Baris ini diulang tanpa akhir supaya pembaca kehabisan tempat.</p>" * 1000
    while True:
        yield piece
        await asyncio.sleep(0)


@cache
def gzip_bomb() -> bytes:
    """About a megabyte that unpacks to 256 MiB of blanks."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as file:
        piece = b" " * (1 << 20)
        for _ in range(_UNPACKED // len(piece)):
            file.write(piece)
    return packed.getvalue()
