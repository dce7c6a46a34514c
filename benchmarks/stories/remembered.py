"""Durable records of any number of synthetic articles: what a long-running engine remembers, without the hours of a run.

An article is the text of one of a few hundred generated originals with the words of its body in an order of its own, so that
every text has real words, numbers, names, marks and length, and shares no passage with another.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import numpy as np
import zstandard

from benchmarks.stories.generator import Item, Newsroom
from stream_agents.stories import record, tokens
from stream_agents.stories.record import DocumentRecord, Facts, Membership
from stream_agents.stories.store import DAY_S
from warta.hashing import blake2b_128
from warta.messages import Content

#: Days over which the remembered articles are spread: all of them inside the horizon.
DAYS = 13
POOL = 400


def original(room: Newsroom, story: int) -> Item:
    """An article of 250 to 350 words or so, as Indonesian news has."""
    return room.original(story, length=room.chance.randint(13, 20))


class _Text:
    """One text of the pool, its body's words ready to be re-ordered."""

    def __init__(self, item: Item) -> None:
        self.title = item.title
        self.codes = tokens.encode(item.title, item.body)
        start = int((self.codes == tokens.END_TITLE).argmax()) + 1
        self.words = start + np.flatnonzero((self.codes[start:] & 3) != tokens.MARK)
        url = f"https://www.{item.publisher}.example/nasional/2026/11/02/pembangunan-daerah-yang-dibahas-bersama"
        content = Content(url=url, canonical_url=url, title=item.title, body=item.body, source=item.publisher)
        self.content = zstandard.ZstdCompressor(level=1).compress(msgspec.msgpack.encode(content))
        self.url = url


def values(count: int, start: datetime, seed: int = 7) -> Iterator[tuple[bytes, bytes]]:
    """(key, value) of `count` records of `warta.state.stories`, in the order of the log."""
    room, chance = Newsroom(seed), np.random.default_rng(seed)
    pool = [_Text(original(room, number)) for number in range(POOL)]
    pick = random.Random(seed)
    for number in range(count):
        text = pool[number % POOL]
        codes = text.codes.copy()
        codes[text.words] = chance.permutation(codes[text.words])
        name = blake2b_128(number.to_bytes(8, "little"))
        seen = start + timedelta(days=DAYS * number / count)
        publisher = f"media{number % 300}"
        yield (
            name.encode(),
            record.encode(
                DocumentRecord(
                    doc_id=name,
                    offset=number,
                    last=number,
                    generation=int(seen.timestamp() // DAY_S),
                    origin="live",
                    language="id",
                    owner=publisher,
                    publisher=publisher,
                    wire="",
                    first_seen_at=seen,
                    fetched_at=seen,
                    published_at=seen,
                    watermark=seen.timestamp(),
                    content_hash=f"{pick.getrandbits(128):032x}",
                    body_hash=f"{pick.getrandbits(128):032x}",
                    revision=1,
                    codes=codes.tobytes(),
                    facts=Facts(
                        title=text.title,
                        url=f"{text.url}-{number}",
                        source=publisher,
                        network="",
                        media_type="online",
                        genre="news",
                        label="neutral",
                        correction=None,
                        series=["all", "place:32.11", f"owner:{publisher}"],
                        trace_id=name,
                    ),
                    membership=Membership(story_id=f"s-{name}", original_id=name, relation="original", similarity=1.0),
                    content=text.content,
                )
            ),
        )
