"""Do two articles tell one story? The decision on one pair, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from stream_agents.stories import features, model, tokens, weights
from warta.messages import Relation

#: A text whose share found in the other is at least this, while the other's is smaller by `CONTAINED_GAP`, is contained.
CONTAINED_SHARE = 0.7
CONTAINED_GAP = 0.25
#: Words of the one that the other must have in three-word passages for the two to be compared at all. The least of all
#: judged copies is 0.40.
LEAST_COVERAGE = 0.2
#: Equal bodies shorter than this (words) are copies only under equal titles: flashes and stubs repeat.
SHORT = 12
#: Two texts with at least this many distinct numbers each, of which neither finds more than this share in the other, are
#: editions of one template: prices, forecasts and scores change, the sentence around them stays. Of 72 judged
#: copies with so many numbers one is lost by this.
TEMPLATE_NUMBERS = 6
TEMPLATE_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Side:
    """One article as the engine remembers it. `published` is POSIX seconds, None where it is not trusted."""

    codes: tokens.Codes
    body_hash: str
    publisher: str = ""
    owner: str = ""
    published: float | None = None


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
        if a.body_hash == b.body_hash and self._same_stub(a, b):
            return EXACT
        one = reading or features.read(a.codes, a.publisher)
        shares, similarity = _shingle_shares(one.shingles, features.distinct_shingles(b.codes))
        if max(shares) < LEAST_COVERAGE:
            return Verdict(0.0, similarity, *shares, False)
        other = features.read(b.codes, b.publisher)
        if _is_template(one, other):
            return Verdict(0.0, similarity, *shares, False)
        measures = features.measure(one, other, self.words)
        return Verdict(self.model.copy(measures), similarity, *shares, False)

    def measures(self, a: Side, b: Side) -> dict[str, float]:
        """The model's measures of a pair by name: the evidence to show."""
        one, other = features.read(a.codes, a.publisher), features.read(b.codes, b.publisher)
        return dict(zip(features.NAMES, features.measure(one, other, self.words).tolist(), strict=True))

    @staticmethod
    def _same_stub(a: Side, b: Side) -> bool:
        title_a, body = tokens.split(a.codes)
        if len(body) >= SHORT:
            return True
        return np.array_equal(tokens.words(title_a), tokens.words(tokens.split(b.codes)[0]))


def _is_template(a: features.Reading, b: features.Reading) -> bool:
    one, other = np.unique(a.words[a.numbers]), np.unique(b.words[b.numbers])
    if min(len(one), len(other)) < TEMPLATE_NUMBERS:
        return False
    return max(float(b.has[one].mean()), float(a.has[other].mean())) <= TEMPLATE_SHARE


def _shingle_shares(one: features.Words, other: features.Words) -> tuple[tuple[float, float], float]:
    """Of two sorted sets: (share of the one's members in the other, and of the other's in it), Jaccard index."""
    if not len(one) or not len(other):
        return (0.0, 0.0), 0.0
    at = np.searchsorted(one, other)
    at[at == len(one)] = 0
    common = int((one[at] == other).sum())
    return (common / len(one), common / len(other)), common / (len(one) + len(other) - common)
