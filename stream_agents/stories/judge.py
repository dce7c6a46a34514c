"""Do two articles tell one story? The decision on one pair, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stream_agents.stories import tokens
from warta.messages import Relation

#: A text whose share found in the other is at least this, while the other's is smaller by `CONTAINED_GAP`, is contained.
CONTAINED_SHARE = 0.7
CONTAINED_GAP = 0.25


@dataclass(frozen=True, slots=True)
class Side:
    """One article as the engine remembers it. Times are POSIX seconds; `published` is None where it is not trusted."""

    codes: tokens.Codes
    body_hash: str
    publisher: str = ""
    owner: str = ""
    published: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two articles compare. `probability` that they are one story; `similarity` is the Jaccard index of their
    three-word shingles, `share_a` and `share_b` the part of each one's shingles that the other has."""

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


def judge(a: Side, b: Side) -> Verdict:
    """Compare two articles."""
    if a.body_hash == b.body_hash:
        return Verdict(1.0, 1.0, 1.0, 1.0, True)
    one, other = (np.unique(tokens.shingles(tokens.words(tokens.split(side.codes)[1]), 3)) for side in (a, b))
    common = len(np.intersect1d(one, other, assume_unique=True))
    if not common:
        return Verdict(0.0, 0.0, 0.0, 0.0, False)
    share_a, share_b = common / len(one), common / len(other)
    return Verdict(max(share_a, share_b), common / (len(one) + len(other) - common), share_a, share_b, False)
