"""One pair of articles, decided and explained: what a two-line file through `warta stories` decides, and why."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from stream_agents.stories import tokens
from stream_agents.stories.judge import Judge, Side, Verdict
from stream_agents.stories.resolve import SAME
from warta.hashing import body_hash


@dataclass(frozen=True, slots=True)
class Article:
    """A cleaned article, as far as a comparison needs it."""

    title: str
    body: str
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The decision, the verdict behind it, and the model's measures by name."""

    same_story: bool
    verdict: Verdict
    measures: dict[str, float]


def _side(article: Article) -> Side:
    return Side(tokens.encode(article.title, article.body), body_hash(article.body), article.publisher)


def compare(a: Article, b: Article, judge: Judge | None = None) -> Comparison:
    """Decide whether two cleaned articles are one story."""
    judge = judge or Judge()
    one, other = _side(a), _side(b)
    verdict = judge.judge(one, other)
    return Comparison(verdict.probability >= SAME, verdict, judge.measures(one, other))


def differing(a: str, b: str) -> list[tuple[str, str]]:
    """Passages in which two bodies differ, in reading order: (what only `a` says, what only `b` says there)."""
    one, other = a.split(), b.split()
    matcher = SequenceMatcher(None, [w.casefold() for w in one], [w.casefold() for w in other], autojunk=False)
    return [
        (" ".join(one[i1:i2]), " ".join(other[j1:j2]))
        for operation, i1, i2, j1, j2 in matcher.get_opcodes()
        if operation != "equal"
    ]
