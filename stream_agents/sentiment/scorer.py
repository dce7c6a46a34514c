"""The whole score of an article: tags, sentiment with what stands behind it, tone towards watched parties."""

from __future__ import annotations

from stream_agents.sentiment.detail import detailed
from stream_agents.sentiment.model import SentimentModel, load_sentiment
from stream_agents.sentiment.parties import PartyFinder, load_parties, tone_towards
from stream_agents.tagging.tagger import Tagger
from stream_agents.tagging.text import Text
from warta.messages import Content, Score
from warta.settings import Settings


class Scorer:
    """Cleaned content in, section `score` out; depends on the text (and its dateline and home region) alone.

    Safe to call from several threads. Without a model (`WARTA_SENTIMENT=off`) sentiment and tone stay empty.
    """

    def __init__(self, model: SentimentModel | None, tagger: Tagger, finder: PartyFinder | None = None) -> None:
        self._model = model
        self._tagger = tagger
        self._finder = finder

    @classmethod
    def load(cls, settings: Settings) -> Scorer:
        """As the settings want it.

        Raises:
            Usage: the model, the cases or the desk file cannot be used; the message names it and the remedy.
        """
        parties = load_parties(settings.desk)
        return cls(load_sentiment(settings), Tagger.load(settings), PartyFinder(parties) if parties else None)

    @property
    def model(self) -> SentimentModel | None:
        return self._model

    def score(self, content: Content) -> Score:
        """Section `score` of one article."""
        score = self._tagger.tag(content)
        if self._model is None:
            return score
        score.sentiment = detailed(self._model, content.title, content.body)
        if self._finder is not None:
            score.tone = tone_towards(self._model, self._finder, Text(content.title, content.body))
        return score
