"""What an alarm says, from the scored article to the alarm: stories, sentences, names, and whether our data is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from stream_agents.alerting.words import CaseWords, Words
from stream_agents.stories.effects import TELLING, TELLING_CHARS
from tests.stream_agents.agents.test_alerts import BURST, DAYS, Message, alarms, of_place, quarter, run
from tests.stream_agents.alerting.news import burst, ordinary, signal
from tests.stream_agents.stories import build
from warta.alarms import Alarm
from warta.messages import Label, Signal, TellingSentence

WORDS = Words(
    places={"32.11": "Kab. Sumedang", "32": "Jawa Barat"},
    cases={
        "banjir": CaseWords("Banjir", "Flood", ("BPBD",)),
        "kdrt": CaseWords("KDRT", "Domestic violence", ("DP3A",), sensitive=True),
    },
    owners={"o1": "Grup Satu"},
)
SERIES = ["all", "place:32.11", "case:banjir"]


def scored_signals(label: Label, sentences: int = 5) -> list[Signal]:
    """Signals that the story engine sends of one article whose score has telling sentences."""
    event = build.scored("banjir", build.FLOOD, title="Banjir", source="media.example", owner="kg")
    assert event.score.sentiment
    event.score.sentiment.label = label
    event.score.sentiment.sentences = [
        TellingSentence(text="kalimat " * 100, label=label, score=0.9 - i / 10) for i in range(sentences)
    ]
    return [each for each in build.engine().apply(event, 0).signals if isinstance(each, Signal)]


def test_a_signal_carries_the_surest_sentences_of_a_negative_text_in_bounded_size() -> None:
    (found,) = scored_signals("negative")
    assert len(found.sentences) == TELLING
    assert {len(sentence) for sentence in found.sentences} == {TELLING_CHARS}
    assert (found.source, found.url) == ("media.example", "https://media.example.example/banjir")
    (neutral,) = scored_signals("neutral")
    assert neutral.sentences == []


async def ring(series: Sequence[str] = SERIES, extra: Sequence[Message] = (), **fields: object) -> Alarm:
    """The first alarm of the place, of a burst whose stories have links and sentences."""
    stories = [
        msgspec.structs.replace(
            story,
            series=list(series),
            title=f"Judul {story.doc_id}",
            url=f"https://media.example/{story.doc_id}",
            source=f"{story.owner}.example",
            sentences=["Tiga rumah hanyut.", "Warga mengungsi."],
            **fields,
        )
        for story in burst(BURST, 14, minutes=1)
    ]
    messages = sorted([*ordinary(DAYS), *stories, *extra, *quarter()], key=lambda m: m.fetched_at)  # type: ignore[union-attr]
    return of_place(await run(messages, words=WORDS))[0]


async def test_an_alarm_shows_its_stories_with_links_and_sentences_and_says_why() -> None:
    copies = [
        signal(
            f"c{i}",
            BURST + timedelta(minutes=2 + i),
            story_id="s-b3",
            is_story_head=False,
            owner=f"w{i}",
            source=f"w{i}.example",
            series=SERIES,
        )
        for i in range(3)
    ]
    found = await ring(extra=copies)
    top = found.stories[0]
    assert (top.story_id, top.title, top.url) == ("s-b3", "Judul b3", "https://media.example/b3")
    assert (top.copies, top.publishers, top.owners) == (4, 4, 4)
    assert top.sentences == ["Tiga rumah hanyut.", "Warga mengungsi."]
    assert found.name.id == "Kab. Sumedang"
    assert f"{found.observed} dari {found.observed} berita tentang Banjir sejak 07.00" in found.why.id
    assert found.publishers == 7
    assert len(found.stories) == 5
    assert set(found.story_ids) >= {story.story_id for story in found.stories}


async def test_a_sensitive_case_shows_no_sentence() -> None:
    found = await ring(["all", "place:32.11", "case:kdrt"])
    assert found.stories
    assert not any(story.sentences for story in found.stories)


async def test_a_signal_without_a_score_keeps_the_sentences_that_are_known() -> None:
    again = signal("b1", BURST + timedelta(minutes=14), series=SERIES, owner="o1")
    found = await ring(extra=[again])
    assert next(story.sentences for story in found.stories if story.story_id == "s-b1") == [
        "Tiga rumah hanyut.",
        "Warga mengungsi.",
    ]


async def test_a_later_text_is_told_with_its_time() -> None:
    later = signal("b0", BURST + timedelta(minutes=13), series=SERIES, owner="o0", revision=2, title="Judul baru")
    again = msgspec.structs.replace(later, fetched_at=BURST + timedelta(minutes=14))
    found = await ring(extra=[later, again])
    revised = next(story for story in found.stories if story.story_id == "s-b0")
    assert (revised.title, revised.revised_at) == ("Judul baru", BURST + timedelta(minutes=13))
    assert "“Judul baru” diperbarui pukul 07.13" in found.why.id


@pytest.mark.parametrize(("silent", "heard"), [(False, 2), (True, 1)])
async def test_media_groups_that_fell_silent_are_told(silent: bool, heard: int) -> None:
    until = BURST - timedelta(days=1) if silent else BURST + timedelta(hours=1)
    start = BURST - timedelta(days=DAYS)
    steady: list[Message] = []
    for hours in range(DAYS * 24):
        at = start + timedelta(hours=hours)
        for owner, end in (("kg", BURST), ("mnc", until)):
            if at < end:
                doc = f"{owner}-{hours}"
                steady.append(signal(doc, at, owner=owner, label="neutral", series=["all", f"owner:{owner}"]))
    found = await ring(extra=steady)
    assert (found.groups, found.groups_heard) == (2, heard)
    assert found.complete is not silent


async def test_a_document_that_leaves_takes_its_copy_and_its_voice_along() -> None:
    copy = signal("c", BURST + timedelta(minutes=1), story_id="s-b0", is_story_head=False, owner="w", series=SERIES)
    away = msgspec.structs.replace(
        copy, fetched_at=BURST + timedelta(minutes=2), story_id="s-c", previous_story_id="s-b0", is_story_head=True
    )
    found = await ring(extra=[copy, away])
    first = next(story for story in found.stories if story.story_id == "s-b0")
    assert (first.copies, first.owners) == (1, 1)


async def test_every_alarm_of_a_look_is_ranked() -> None:
    messages = sorted([*ordinary(DAYS), *burst(BURST, 14), *quarter()], key=lambda message: message.fetched_at)
    found = [alarm for alarm in alarms(await run(messages)) if alarm.fired_at == alarm.updated_at]
    assert len(found) >= 2
    assert all(alarm.p <= alarm.q <= 1 for alarm in found)
