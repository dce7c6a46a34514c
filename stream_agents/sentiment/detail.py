"""What stands behind a label: its sentences, headline against body, and the tone towards watched parties.

Every sentence is one more run of the model (about a fifth of an article's), so the stage bounds how many it looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stream_agents.cleaning.sentences import Sentences
from stream_agents.sentiment.folder import LABELS
from stream_agents.sentiment.model import Probabilities, SentimentModel
from stream_agents.sentiment.text import model_input
from warta.messages import Label, Sentiment, TellingSentence

#: Sentences scored of one article. The label itself rests on its first 192 tokens, about eight sentences.
MAX_SENTENCES = 12
#: Sentences stored with a negative document: what fits a lock screen and is read before the article.
TELLING = 3
#: A sentence of fewer words ("Begini ceritanya.") has no tone of its own.
SHORTEST = 5
#: A sentence longer than this is cut where it is stored.
LONGEST = 400
#: Headline and body contradict each other only when both are this sure.
SURE = 0.6


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence and its calibrated probabilities (negative, neutral, positive)."""

    text: str
    probabilities: Probabilities

    @property
    def label(self) -> Label:
        return LABELS[max(range(3), key=self.probabilities.__getitem__)]


def sentences_of(body: str, limit: int = MAX_SENTENCES) -> list[str]:
    """The first sentences of a body that are long enough to have a tone."""
    found: list[str] = []
    for sentence in _split(body[: 2_000 * limit]):
        if len(sentence.split()) >= SHORTEST:
            found.append(sentence)
            if len(found) == limit:
                break
    return found


def score_sentences(model: SentimentModel, sentences: Iterable[str]) -> list[ScoredSentence]:
    """Each sentence by itself."""
    return [ScoredSentence(sentence, model.probabilities(sentence)) for sentence in sentences]


def telling(scored: list[ScoredSentence], label: Label, count: int = TELLING) -> list[TellingSentence]:
    """The sentences that carry `label` most, the surest first; one that leans to the opposite label never does.

    A sentence need not have the label itself: short sober sentences ("Tiga orang tewas") lean to neutral, and still it is
    they that make the article negative.
    """
    at = LABELS.index(label)
    opposite = 2 - at
    carrying = [item for item in scored if at == opposite or item.probabilities[at] > item.probabilities[opposite]]
    carrying.sort(key=lambda item: -item.probabilities[at])
    return [
        TellingSentence(text=item.text[:LONGEST], label=label, score=round(item.probabilities[at], 4))
        for item in carrying[:count]
    ]


def detailed(model: SentimentModel, title: str, body: str) -> Sentiment | None:
    """Sentiment with the labels of headline and body apart, their gap, and a negative document's telling sentences."""
    sentiment = model.score(title, body)
    if sentiment is None or not title.strip() or not body.strip():
        return sentiment
    headline = model.probabilities(model_input(title, ""))
    text = model.probabilities(model_input("", body))
    sentiment.headline, sentiment.text = _label(headline), _label(text)
    sentiment.gap = contradict(headline, text)
    if sentiment.label == "negative":
        sentiment.sentences = telling(score_sentences(model, sentences_of(body)), "negative")
    return sentiment


def contradict(headline: Probabilities, text: Probabilities) -> bool:
    """Whether one is surely negative and the other surely positive; neutral against either is everyday."""
    pair = {_label(headline), _label(text)}
    return pair == {"negative", "positive"} and max(headline) >= SURE and max(text) >= SURE


def _label(probabilities: Probabilities) -> Label:
    return LABELS[max(range(3), key=probabilities.__getitem__)]


def _split(body: str) -> Iterator[str]:
    start = 0
    for end in Sentences(body).ends:
        sentence = " ".join(body[start:end].split())
        start = end
        if sentence:
            yield sentence
