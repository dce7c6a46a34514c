"""The clean agent: a raw record in, the article and nothing but the article out."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from stream_agents.cleaning.clean import Cleaner
from stream_agents.outbox import Output
from stream_agents.stage import Handled, Record
from warta import topics
from warta.clock import Clock
from warta.messages import Article, RawArticle, RawMessage, Removed
from warta.settings import Settings
from warta.wire import Decoder, check_fetched_at, encode, envelope_of, passed


class CleanStage:
    """Stateless; the work runs in one thread beside the event loop, so that heartbeats and /metrics go on."""

    name = "clean"
    source = topics.RAW
    state_topic = None

    def __init__(self, cleaner: Cleaner, clock: Clock) -> None:
        self._cleaner = cleaner
        self._clock = clock
        self._decoder = Decoder(RawMessage)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="clean")

    def restore(self, key: bytes, value: bytes) -> None:
        """Stateless."""

    def ready(self) -> None:
        """Stateless."""

    async def handle(self, record: Record) -> Handled:
        message = self._decoder.decode(record.value)
        check_fetched_at(message.fetched_at, self._clock.now())
        if isinstance(message, Removed):
            return Handled([Output(topics.ARTICLES, message.doc_id.encode(), record.value)], outcome="removed")
        article = await asyncio.get_running_loop().run_in_executor(self._pool, self._clean, message)
        return Handled([Output(topics.ARTICLES, article.body_hash.encode(), encode(article))])

    def _clean(self, raw: RawArticle) -> Article:
        return clean_message(self._cleaner, raw, self._clock)


def clean_message(cleaner: Cleaner, raw: RawArticle, clock: Clock) -> Article:
    """One raw article → one cleaned article, stamped.

    Raises:
        Invalid: `no-text`.
    """
    cleaned = cleaner.clean(raw)
    raw.trace = passed(raw.trace, "clean", clock.now())
    return Article(
        **envelope_of(raw),
        content=cleaned.content,
        content_hash=cleaned.content_hash,
        body_hash=cleaned.body_hash,
        hidden=raw.hidden,
    )


def build(settings: Settings, clock: Clock) -> CleanStage:
    """The stage as the settings want it."""
    return CleanStage(Cleaner(), clock)
