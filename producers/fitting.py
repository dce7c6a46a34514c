"""Cutting a raw record to what `warta.raw` takes: flagged, never dropped."""

from __future__ import annotations

import msgspec
import zstandard

from warta import wire
from warta.messages import RawArticle, RawMessage
from warta.topics import MAX_RAW_COMPRESSED, MAX_RAW_JSON

#: Level of zstd's default, which kafka-python uses.
_LEVEL = 3
#: zstd never grows its input by more than this share and a few bytes (zstd.h, ZSTD_COMPRESSBOUND).
_GROWTH = 1 / 256
_SMALL = int(MAX_RAW_COMPRESSED * (1 - _GROWTH)) - 64

_MAX_TITLE = 2_000
_MAX_SOURCE = 200
_MAX_AUTHORS = 50
_MAX_AUTHOR = 200


def fits(value: bytes) -> bool:
    """Whether an encoded record is within both limits; compressed only where that can matter."""
    if len(value) > MAX_RAW_JSON:
        return False
    if len(value) <= _SMALL:
        return True
    return len(zstandard.ZstdCompressor(level=_LEVEL).compress(value)) <= MAX_RAW_COMPRESSED


def fit(message: RawMessage) -> tuple[bytes, bool]:
    """Encode a raw record; if it is too large, its body is cut at the end to the longest prefix that fits.

    Returns the value and whether it was cut. Should the rest alone be too large, annotations go first and title and
    authors are shortened.
    """
    value = wire.encode(message)
    if not isinstance(message, RawArticle) or fits(value):
        return value, False
    message = msgspec.structs.replace(message, truncated=True)
    if not fits(wire.encode(_cut(message, 0))):
        message = _without_extras(message)
    return _longest(message), True


def _cut(article: RawArticle, length: int) -> RawArticle:
    text, html = article.text, article.html
    return msgspec.structs.replace(
        article,
        text=None if text is None else text[:length],
        html=None if html is None else html[:length],
    )


def _without_extras(article: RawArticle) -> RawArticle:
    return msgspec.structs.replace(
        article,
        title=article.title[:_MAX_TITLE],
        source=article.source[:_MAX_SOURCE],
        authors=[name[:_MAX_AUTHOR] for name in article.authors[:_MAX_AUTHORS]],
        annotations={},
    )


def _longest(article: RawArticle) -> bytes:
    """The longest cut that fits, to within one percent of the body's length."""
    low, high = 0, max(len(article.text or ""), len(article.html or ""))
    # No character takes less than a byte, so nothing beyond the JSON limit can fit.
    high = min(high, MAX_RAW_JSON)
    step = max(1, high // 100)
    whole, best = wire.encode(_cut(article, high)), wire.encode(_cut(article, 0))
    if fits(whole):
        return whole
    while high - low > step:
        middle = (low + high) // 2
        value = wire.encode(_cut(article, middle))
        if fits(value):
            low, best = middle, value
        else:
            high = middle
    return best
