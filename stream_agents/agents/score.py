"""The score agent: a cleaned article in, the same with its score out. Depends on the text alone."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from stream_agents.outbox import Output
from stream_agents.sentiment.model import SentimentModel
from stream_agents.stage import Handled, Record
from stream_agents.tagging.tagger import Tagger
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

    def __init__(self, model: SentimentModel | None, tagger: Tagger, clock: Clock, workers: int) -> None:
        self._model = model
        self._tagger = tagger
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
        message.trace = passed(message.trace, self.name, self._clock.now())
        return Handled([Output(topics.SCORED, message.doc_id.encode(), encode(_scored(message, score)))])

    def _score(self, content: Content) -> Score:
        score = self._tagger.tag(content)
        if self._model is not None:
            score.sentiment = self._model.score(content.title, content.body)
        return score


def _scored(article: Article, score: Score) -> ScoredArticle:
    return ScoredArticle(
        **envelope_of(article),
        content=article.content,
        score=score,
        content_hash=article.content_hash,
        body_hash=article.body_hash,
        hidden=article.hidden,
    )


def build(settings: Settings, clock: Clock) -> ScoreStage:
    """The stage as the settings want it.

    Raises:
        Usage: the model or a case file cannot be used; the message names it and the remedy.
    """
    model = None
    if settings.sentiment != "off":
        model = SentimentModel.load(
            settings.model_path(),
            threads=settings.sentiment_threads,
            floor=settings.uncertain_below,
            cache_size=settings.sentiment_cache,
        )
    return ScoreStage(model, Tagger.load(settings), clock, settings.sentiment_sessions)
