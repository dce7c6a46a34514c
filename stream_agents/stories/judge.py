"""Do two articles tell one story? The decision on one pair, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from stream_agents.stories import features, model, tokens, weights
from warta.messages import Relation

#: A text whose share found in the other is at least this, while the other's is smaller by `CONTAINED_GAP`, is contained.
CONTAINED_SHARE = 0.7
CONTAINED_GAP = 0.25
#: Words of the one that the other must have in three-word passages for the two to be compared at all. The least of all
#: judged copies is 0.29.
LEAST_COVERAGE = 0.25
#: Equal bodies shorter than this (words) are copies only under equal titles: flashes and stubs repeat.
SHORT = 12
#: Two texts with at least this many distinct numbers each, of which neither finds more than this share in the other, are
#: editions of one template: prices, forecasts and scores change, the sentence around them stays. Of 72 judged
#: copies with so many numbers one is lost by this.
TEMPLATE_NUMBERS = 6
TEMPLATE_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Side:
    """One article as the engine remembers it."""

    codes: tokens.Codes
    body_hash: str
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two articles compare. `probability` that they are one story (from 0.5: they are); `similarity` is the Jaccard
    index of their three-word shingles, `share_a` and `share_b` the part of each one's shingles that the other has."""

    probability: float
    similarity: float
    share_a: float
    share_b: float
    exact: bool

    @property
    def relation(self) -> Relation:
        """The relation of either to the other, when they are one story and neither is the original."""
        if self.exact:
            return "exact"
        low, high = sorted((self.share_a, self.share_b))
        return "contained" if high >= CONTAINED_SHARE and high - low >= CONTAINED_GAP else "near"


FOREIGN = Verdict(0.0, 0.0, 0.0, 0.0, False)
EXACT = Verdict(1.0, 1.0, 1.0, 1.0, True)


@dataclass(slots=True)
class Judge:
    """Compares under one set of word weights (those of a generation)."""

    words: features.Weights = field(default_factory=weights.prior)
    model: model.Model = field(default_factory=model.shipped)

    def judge(self, a: Side, b: Side, reading: features.Reading | None = None) -> Verdict:
        """Compare two articles; `reading` saves taking `a` apart again."""
        if self.exact(a, b):
            return EXACT
        one = reading or features.read(a.codes, a.publisher)
        standing = self.standing(one.shingles, b)
        return replace(standing, probability=self.probability(one, b))

    def probability(self, one: features.Reading, b: Side) -> float:
        """Probability that an article and another, whose bodies differ, are one story: the cheapest reasons against it
        are looked for first, and only where there is none the model is asked."""
        body = tokens.split(b.codes)[1]
        if _is_template(one, body, b.codes):
            return 0.0
        shingles = features.distinct_shingles(body)
        if max(_shingle_shares(one.shingles, shingles)[0]) < LEAST_COVERAGE:
            return 0.0
        other = features.read(b.codes, b.publisher, shingles)
        return self.model.copy(features.measure(one, other, self.words))

    @staticmethod
    def standing(shingles: features.Words, b: Side) -> Verdict:
        """What texts that differ share: a verdict without its probability. `shingles` are the other article's."""
        shares, similarity = _shingle_shares(shingles, features.distinct_shingles(tokens.split(b.codes)[1]))
        return Verdict(0.0, similarity, *shares, False)

    def measures(self, a: Side, b: Side) -> dict[str, float]:
        """The model's measures of a pair by name: the evidence to show."""
        one, other = features.read(a.codes, a.publisher), features.read(b.codes, b.publisher)
        return dict(zip(features.NAMES, features.measure(one, other, self.words).tolist(), strict=True))

    @staticmethod
    def exact(a: Side, b: Side) -> bool:
        """Whether two articles have the same body (and, where that is a mere stub, the same title)."""
        if a.body_hash != b.body_hash:
            return False
        title_a, body = tokens.split(a.codes)
        if len(body) >= SHORT:
            return True
        return np.array_equal(tokens.words(title_a), tokens.words(tokens.split(b.codes)[0]))


def _is_template(a: features.Reading, body: tokens.Codes, codes: tokens.Codes) -> bool:
    """Whether an article and another, of which `body` and all its `codes` are given, are editions of one template."""
    if len(a.distinct_numbers) < TEMPLATE_NUMBERS:
        return False
    other = features.distinct(body[(body & 3) == tokens.NUMBER] >> 2)
    if len(other) < TEMPLATE_NUMBERS or np.count_nonzero(a.has[other]) > TEMPLATE_SHARE * len(other):
        return False
    has = np.zeros(1 << 14, dtype=np.bool_)
    has[codes[(codes & 3) != tokens.MARK] >> 2] = True
    return bool(np.count_nonzero(has[a.distinct_numbers]) <= TEMPLATE_SHARE * len(a.distinct_numbers))


def _shingle_shares(one: features.Words, other: features.Words) -> tuple[tuple[float, float], float]:
    """Of two sorted sets: (share of the one's members in the other, and of the other's in it), Jaccard index."""
    if not len(one) or not len(other):
        return (0.0, 0.0), 0.0
    at = np.searchsorted(one, other)
    at[at == len(one)] = 0
    common = int((one[at] == other).sum())
    return (common / len(one), common / len(other)), common / (len(one) + len(other) - common)
