"""The rules in force: what a person published and what the stream taught stand side by side, but for a person's veto."""

from __future__ import annotations

import pytest

from stream_agents.agents.stories import outputs
from stream_agents.rules_reader import learnt_key, merged, standing, veto, veto_key
from stream_agents.stories.effects import Effects
from warta import topics
from warta.errors import Usage
from warta.messages import SCHEMA, PublisherRules, RuleParagraph
from warta.wire import Decoder


def rules(version: int, *keys: str, publisher: str = "harian") -> PublisherRules:
    paragraphs = [RuleParagraph(key=key, example=key, stories=5) for key in keys]
    return PublisherRules(schema=SCHEMA, publisher=publisher, version=version, paragraphs=paragraphs)


def test_a_persons_rules_and_the_streams_are_cut_together() -> None:
    in_force = merged(
        {
            b"harian": rules(2, "a", "b"),
            learnt_key("harian"): rules(3, "b", "c"),
            b"kabar": rules(1, "d", publisher="kabar"),
        }
    )
    assert in_force.of("harian") == frozenset("abc")
    assert in_force.version("harian") == 5
    assert (in_force.of("kabar"), in_force.version("kabar")) == (frozenset("d"), 1)


def test_what_stories_publishes_does_not_take_a_persons_place() -> None:
    (output,) = outputs(Effects(rules=[rules(1, "a")]))
    assert (output.topic, output.key) == (topics.RULES, learnt_key("harian"))
    assert output.value is not None
    assert Decoder(PublisherRules).decode(output.value).publisher == "harian"
    stands = {b"harian": rules(1, "b"), output.key: Decoder(PublisherRules).decode(output.value)}
    assert merged(stands).of("harian") == frozenset("ab")  # type: ignore[arg-type]


def test_a_veto_holds_against_the_stream_and_against_people_and_can_be_taken_back() -> None:
    stands = {b"harian": rules(2, "aa1", "bb"), learnt_key("harian"): rules(3, "aa2", "bb")}
    stands[veto_key("harian")] = veto(stands, "harian", ["bb", "aa2"])
    assert merged(stands).of("harian") == frozenset({"aa1"})
    assert merged(stands).version("harian") == 6, "a veto is a change of the rules, too"
    stands[learnt_key("harian")] = rules(4, "aa2", "bb", "cc")
    assert merged(stands).of("harian") == frozenset({"aa1", "cc"}), "a veto outlives what the stream says later"
    stands[veto_key("harian")] = veto(stands, "harian", ["b"], undo=True)
    assert merged(stands).of("harian") == frozenset({"aa1", "bb", "cc"})
    assert merged(stands).version("harian") == 8


def test_a_veto_is_of_one_publisher() -> None:
    stands = {b"harian": rules(1, "aa"), b"kabar": rules(1, "aa", publisher="kabar")}
    stands[veto_key("kabar")] = veto(stands, "kabar", ["aa"])
    assert (merged(stands).of("harian"), merged(stands).of("kabar")) == (frozenset({"aa"}), frozenset())


@pytest.mark.parametrize(
    ("start", "undo", "said"), [("a", False, "fits 2"), ("z", False, "none"), ("aa1", True, "none")]
)
def test_a_key_that_names_no_single_paragraph_is_refused(start: str, undo: bool, said: str) -> None:
    with pytest.raises(Usage, match=said):
        veto({b"harian": rules(1, "aa1", "aa2")}, "harian", [start], undo)


def test_the_list_says_who_says_so() -> None:
    stands = {b"harian": rules(2, "a", "b"), learnt_key("harian"): rules(3, "b"), veto_key("harian"): rules(1, "a")}
    stands[b"kabar"] = rules(1, "d", publisher="kabar")
    assert [(one.key, one.said_by) for one in standing(stands, "harian")] == [
        ("a", ["person", "veto"]),
        ("b", ["person", "stream"]),
    ]
    assert [one.publisher for one in standing(stands)] == ["harian", "harian", "kabar"]
