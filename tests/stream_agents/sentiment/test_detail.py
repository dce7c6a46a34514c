from __future__ import annotations

import pytest

from stream_agents.sentiment.detail import (
    ScoredSentence,
    contradict,
    detailed,
    score_sentences,
    sentences_of,
    telling,
)
from stream_agents.sentiment.model import SentimentModel

BODY = (
    "Tiga warga tewas tertimbun longsor di lereng bukit itu, Senin malam. Jenazah korban dievakuasi dengan susah payah. "
    "Begini ceritanya. Bupati meresmikan taman baru yang indah dan warga bersyukur atas bantuan itu. "
    "Keluarga korban menangis histeris dan kehilangan seluruh rumahnya."
)


def test_short_sentences_have_no_tone_and_long_articles_a_limit() -> None:
    assert len(sentences_of(BODY)) == 4
    assert len(sentences_of("Kalimat nomor ini cukup panjang juga. " * 400)) == 12
    assert sentences_of("kata " * 300_000) != []


def test_a_negative_article_keeps_its_three_most_telling_sentences(model: SentimentModel) -> None:
    sentiment = detailed(model, "Longsor tewaskan tiga warga", BODY)
    assert sentiment is not None
    assert sentiment.label == "negative"
    texts = [sentence.text for sentence in sentiment.sentences]
    assert 1 <= len(texts) <= 3
    assert all(text in BODY for text in texts)
    assert not any("meresmikan taman" in text for text in texts), "that sentence says the opposite"
    scores = [sentence.score for sentence in sentiment.sentences]
    assert scores == sorted(scores, reverse=True)


def test_a_positive_article_stores_no_sentences(model: SentimentModel) -> None:
    sentiment = detailed(
        model, "Warga bersyukur jembatan selesai", "Bupati meresmikan jembatan yang indah, warga senang."
    )
    assert sentiment is not None
    assert (sentiment.label, sentiment.sentences, sentiment.gap) == ("positive", [], False)


def test_a_headline_against_its_body_is_flagged(model: SentimentModel) -> None:
    body = "Bupati meraih penghargaan nasional. Warga bersyukur, bangga dan senang atas prestasi gemilang daerahnya."
    sentiment = detailed(model, "Warga marah, pelaku pembunuhan sadis kabur dan korban tewas mengenaskan", body)
    assert sentiment is not None
    assert (sentiment.headline, sentiment.text, sentiment.gap) == ("negative", "positive", True)


@pytest.mark.parametrize(
    ("headline", "text", "gap"),
    [
        ((0.9, 0.05, 0.05), (0.05, 0.05, 0.9), True),
        ((0.9, 0.05, 0.05), (0.05, 0.9, 0.05), False),
        ((0.5, 0.1, 0.4), (0.05, 0.05, 0.9), False),
        ((0.9, 0.05, 0.05), (0.9, 0.05, 0.05), False),
    ],
)
def test_only_sure_opposites_are_a_gap(
    headline: tuple[float, float, float], text: tuple[float, float, float], gap: bool
) -> None:
    assert contradict(headline, text) is gap


def test_telling_sentences_say_what_the_label_says() -> None:
    scored = [ScoredSentence(f"kalimat {n}", (p, 0.0, 1 - p)) for n, p in enumerate((0.6, 0.2, 0.9, 0.7, 0.8))]
    assert [(item.text, item.score) for item in telling(scored, "negative")] == [
        ("kalimat 2", 0.9),
        ("kalimat 4", 0.8),
        ("kalimat 3", 0.7),
    ]
    assert telling(scored[1:2], "negative") == [], "a sentence that leans to the opposite does not carry the label"


def test_sentences_are_scored_like_texts_of_their_own(model: SentimentModel) -> None:
    (scored,) = score_sentences(model, ["Warga bersyukur atas bantuan itu."])
    assert scored.probabilities == model.probabilities("Warga bersyukur atas bantuan itu.")
