"""Indexed documents scored anew: what is sent, in which order, and how much at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from stream_agents.sentiment.rescore import behind, event, side_by_side, span
from warta.errors import Usage
from warta.messages import Content, Score

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)


def test_the_scorer_sees_what_live_saw_and_the_envelope_stays_the_documents_own() -> None:
    seen: list[Content] = []

    def score(content: Content) -> Score:
        seen.append(content)
        return Score(abroad=["Seoul"])

    source = {
        "doc_id": "a" * 32,
        "url": "https://kabar.example/a",
        "title": "Judul",
        "body": "Isi.",
        "dateline": "Sumedang",
        "region": "32",
        "origin": "replay",
        "fetched_at": "2026-11-20T01:00:00Z",
        "first_seen_at": "2026-11-19T01:00:00Z",
    }
    sent = event(source, score, NOW)
    assert [(c.title, c.body, c.dateline, c.region) for c in seen] == [("Judul", "Isi.", "Sumedang", "32")]
    assert sent.score.abroad == ["Seoul"]
    assert (sent.doc_id, sent.origin) == ("a" * 32, "replay")
    assert sent.fetched_at == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert sent.first_seen_at == datetime(2026, 11, 19, 1, tzinfo=UTC)


def test_results_keep_their_order_and_the_source_is_not_run_ahead_of() -> None:
    taken = 0

    def source() -> Iterator[int]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield number

    with ThreadPoolExecutor(3) as pool:
        for number, result in enumerate(side_by_side(pool, lambda n: n * n, source(), ahead=6)):
            assert result == number * number
            assert taken <= number + 6
    assert taken == 50


def test_spans() -> None:
    assert [span("90m"), span("12h"), span("7d")] == [timedelta(minutes=90), timedelta(hours=12), timedelta(days=7)]
    for wrong in ("", "d", "7", "-1d", "7w", "999999999d", "1.5h"):
        with pytest.raises(Usage, match="90m, 12h or 7d"):
            span(wrong)


def test_a_rescore_lets_live_news_go_first() -> None:
    answers = iter([True, False, False, True])
    rests: list[float] = []
    sent = behind(lambda: next(answers), ["a", "b"], rest=rests.append)
    assert next(sent) == "a"
    assert rests == []
    assert next(sent) == "b"
    assert len(rests) == 2
