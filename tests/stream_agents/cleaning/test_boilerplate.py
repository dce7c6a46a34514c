"""Publisher rules: learnt from distinct stories, cut with their version, never a whole body."""

from datetime import UTC, datetime

from stream_agents.cleaning.boilerplate import KIND, BoilerplateRules, learn, paragraph_key
from stream_agents.cleaning.clean import Cleaner, clean_text
from tests.corpus.cleaning.articles import STORIES
from tests.stream_agents.cleaning.test_limits import _raw

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOUSE = "Koran Nusa terbit setiap pagi dan dapat dibaca di kedai kopi langganan warga kota."


def test_paragraph_under_enough_stories_is_learnt() -> None:
    articles = [("nusa", str(i), "\n".join([*s.paragraphs, HOUSE])) for i, s in enumerate(STORIES)]
    assert [(x.publisher, x.example, x.stories) for x in learn(articles, 5)] == [("nusa", HOUSE, len(STORIES))]
    assert not learn([("nusa", "same story", body) for _, _, body in articles], 5), "copies of one story prove nothing"


def test_rule_cuts_with_its_version_and_keeps_the_unruled_body() -> None:
    rules = BoilerplateRules({"nusa": frozenset({paragraph_key(HOUSE)})}, {"nusa": 7})
    raw = _raw(text="\n".join([*STORIES[0].paragraphs, HOUSE.upper()]), title=STORIES[0].title, source="nusa")
    cleaned = Cleaner(rules).clean(raw, NOW)
    assert HOUSE.upper() not in cleaned.body
    assert HOUSE.upper() in cleaned.body_before_rules
    assert cleaned.rules_version == 7
    assert KIND in {cut.kind for cut in cleaned.cuts}


def test_rules_never_cut_a_whole_body() -> None:
    keys = frozenset(paragraph_key(p) for p in STORIES[0].paragraphs)
    assert clean_text("\n".join(STORIES[0].paragraphs), NOW, rules=keys).body
