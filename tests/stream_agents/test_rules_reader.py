"""The rules in force: what a person published and what the stream taught stand side by side."""

from __future__ import annotations

from stream_agents.agents.stories import outputs
from stream_agents.rules_reader import learnt_key, merged
from stream_agents.stories.effects import Effects
from warta import topics
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
