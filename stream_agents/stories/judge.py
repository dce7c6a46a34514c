"""Do two articles tell one story? The decision on one pair, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories import features, model, tokens, weights
from stream_agents.stories.compiled import compiled
from stream_agents.stories.passages import in_common
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
#: Of texts of fewer codes (about 150 words) so many numbers are enough: flashes of two quakes share all but their numbers. Of
#: 13 judged copies so short none is lost by this, of 47 up to half as long again neither.
FLASH_CODES = 200
FLASH_NUMBERS = 2


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
    """Compares under one set of word weights."""

    words: weights.Weights = field(default_factory=weights.prior)
    model: model.Model = field(default_factory=model.shipped)

    def judge(self, a: Side, b: Side) -> Verdict:
        """Compare two articles."""
        return EXACT if self.exact(a, b) else replace(self.standing(a, b), probability=self.probability(a, b))

    def probability(self, a: Side, b: Side) -> float:
        """Probability that two articles, whose bodies differ, are one story: the cheapest reasons against it are looked for
        first, and only where there is none the model is asked."""
        if _are_templates(a.codes, b.codes):
            return 0.0
        common, ours, theirs = in_common(a.codes, b.codes, 3)
        if common < LEAST_COVERAGE * min(ours, theirs) or not common:
            return 0.0
        return self.model.copy(self._measure(a, b))

    @staticmethod
    def standing(a: Side, b: Side) -> Verdict:
        """What texts that differ share: a verdict without its probability."""
        common, ours, theirs = in_common(a.codes, b.codes, 3)
        if not common:
            return FOREIGN
        return Verdict(0.0, common / (ours + theirs - common), common / ours, common / theirs, False)

    def measures(self, a: Side, b: Side) -> dict[str, float]:
        """The model's measures of a pair by name: the evidence to show."""
        return dict(zip(features.NAMES, self._measure(a, b).tolist(), strict=True))

    def _measure(self, a: Side, b: Side) -> features.Measures:
        return features.measure(a.codes, b.codes, bool(a.publisher) and a.publisher == b.publisher, self.words)

    @staticmethod
    def exact(a: Side, b: Side) -> bool:
        """Whether two articles have the same body (and, where that is a mere stub, the same title)."""
        if a.body_hash != b.body_hash:
            return False
        title_a, body = tokens.split(a.codes)
        if len(body) >= SHORT:
            return True
        return np.array_equal(tokens.words(title_a), tokens.words(tokens.split(b.codes)[0]))


@compiled
def _numbers_and_words(codes: tokens.Codes) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The distinct numbers of a body, and by hash the words of the whole article."""
    numbers, has = np.empty(len(codes), dtype=np.int64), np.zeros(1 << 14, dtype=np.bool_)
    met, count, titled = np.zeros(1 << 14, dtype=np.bool_), 0, True
    for code in codes:
        if code == tokens.END_TITLE:
            titled = False
        if code & 3 != tokens.MARK:
            has[code >> 2] = True
        if code & 3 == tokens.NUMBER and not titled and not met[code >> 2]:
            met[code >> 2] = True
            numbers[count] = code >> 2
            count += 1
    return numbers[:count], has


@compiled
def _found(numbers: NDArray[np.int64], has: NDArray[np.bool_]) -> int:
    found = 0
    for number in numbers:
        found += has[number]
    return found


@compiled
def _are_templates(a: tokens.Codes, b: tokens.Codes) -> bool:
    """Whether two articles are editions of one template."""
    enough = FLASH_NUMBERS if max(len(a), len(b)) < FLASH_CODES else TEMPLATE_NUMBERS
    ours, has = _numbers_and_words(a)
    if len(ours) < enough:
        return False
    theirs, other_has = _numbers_and_words(b)
    if len(theirs) < enough or _found(theirs, has) > TEMPLATE_SHARE * len(theirs):
        return False
    return _found(ours, other_has) <= TEMPLATE_SHARE * len(ours)
