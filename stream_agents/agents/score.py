"""The score agent: a cleaned article in, the same with its score out. Depends on the text alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from stream_agents.outbox import Output
from stream_agents.sentiment.scorer import Scorer
from stream_agents.sentiment.watch import Watch
from stream_agents.stage import Handled, Record, Stage
from warta import topics
from warta.clock import Clock
from warta.messages import Article, ArticleMessage, Content, Removed, Score, ScoredArticle
from warta.settings import Settings
from warta.wire import Decoder, encode, envelope_of, passed


class ScoreStage:
    """Sentiment and tags, computed beside the event loop in `workers` threads (the model releases the GIL)."""

    name = "score"
    source = topics.ARTICLES
    state_topic = None

    def __init__(self, score: Callable[[Content], Score], watch: Watch, clock: Clock, workers: int) -> None:
        self._score = score
        self._watch = watch
        self._clock = clock
        self._decoder = Decoder(ArticleMessage)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="score")
        # A text takes a tenth of a second: a larger batch would keep finished ones from the reader.
        self.batch = 4 * workers

    def restore(self, key: bytes, value: bytes) -> None:
        """Stateless."""

    def ready(self) -> None:
        """Stateless."""

    async def handle(self, record: Record) -> Handled:
        message = self._decoder.decode(record.value)
        if isinstance(message, Removed):
            return Handled([Output(topics.SCORED, message.doc_id.encode(), record.value)], outcome="removed")
        score = await asyncio.get_running_loop().run_in_executor(self._pool, self._score, message.content)
        self._watch.observe(message, score)
        message.trace = passed(message.trace, self.name, self._clock.now())
        return Handled([Output(topics.SCORED, message.doc_id.encode(), encode(_scored(message, score)))])


def _scored(article: Article, score: Score) -> ScoredArticle:
    return ScoredArticle(
        **envelope_of(article),
        content=article.content,
        score=score,
        content_hash=article.content_hash,
        body_hash=article.body_hash,
        hidden=article.hidden,
    )


def build(settings: Settings, clock: Clock) -> Stage:
    """The stage as the settings want it.

    Raises:
        Usage: the model, a case file or the desk file cannot be used; the message names it and the remedy.
    """
    return ScoreStage(Scorer.load(settings).score, Watch.load(settings), clock, settings.sentiment_sessions)
