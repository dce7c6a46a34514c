from __future__ import annotations

import pytest

from stream_agents.sentiment.model import SentimentModel
from stream_agents.sentiment.parties import Party, PartyFinder
from stream_agents.sentiment.scorer import Scorer
from stream_agents.tagging.tagger import Tagger
from stream_agents.tagging.taxonomy import load_taxonomy
from tests.stream_agents.sentiment.conftest import ROOT
from warta.errors import Usage
from warta.messages import Content
from warta.settings import load

CONTENT = Content(
    url="https://a.example/1",
    canonical_url="https://a.example/1",
    title="Longsor di Sumedang tewaskan warga",
    body="Warga Kabupaten Sumedang marah karena korban tewas terus bertambah. Warga memuji PLN yang cepat dan sigap.",
)


def test_the_score_holds_tags_sentiment_and_tone(model: SentimentModel) -> None:
    scorer = Scorer(model, Tagger(load_taxonomy()), PartyFinder([Party("pln", ("PLN",))]))
    score = scorer.score(CONTENT)
    assert (score.main_place, score.main_cases, score.provinces) == ("32.11", ["longsor"], ["32"])
    assert score.location is not None
    assert score.sentiment is not None
    assert (score.sentiment.label, score.sentiment.headline) == ("negative", "negative")
    assert score.sentiment.sentences[0].text.startswith("Warga Kabupaten Sumedang marah")
    assert [(tone.party, tone.label) for tone in score.tone] == [("pln", "positive")]
    assert scorer.score(CONTENT) == score, "a replay gets the same score"


def test_off_leaves_sentiment_and_tone_empty_and_tags_in_place() -> None:
    desk = ROOT / "stream_agents" / "sentiment" / "desk.example.yaml"
    score = Scorer.load(load(sentiment="off", desk=desk)).score(CONTENT)
    assert (score.sentiment, score.tone) == (None, [])
    assert score.main_cases == ["longsor"]


def test_a_wrong_model_stops_the_start() -> None:
    with pytest.raises(Usage, match=r"/nowhere: no such folder"):
        Scorer.load(load(sentiment="/nowhere"))
