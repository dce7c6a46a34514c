"""Keys under which an article is remembered and looked up: equal keys make two articles candidates, nothing more.

Two families, because copies come in two shapes. *Bands* of a MinHash signature (Broder 1997; LSH banding as in Rajaraman
& Ullman, Mining of Massive Datasets, 3.4) find texts that are alike as a whole. The *bottom sketch*, the smallest hashes
of the four-word passages (Broder's bottom-k), finds a text inside a longer one: an excerpt that keeps a share c of a
text's passages holds about c of its sketch, where the chance of an equal band falls with the fourth power of Jaccard.
`benchmarks/stories/tuning.py` computes and measures what the numbers below find: of texts of like length that share three
tenths all but 1 in 300, of excerpts a quarter as long as their source 19 in 20.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from stream_agents.stories import tokens
from stream_agents.stories.compiled import compiled

PERMUTATIONS = 128
ROWS = 4
BANDS = PERMUTATIONS // ROWS
SKETCH = 23
#: Keys of one article: bands, sketch, and one for the body as a whole.
WIDTH = BANDS + SKETCH + 1
_SEED = 42

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_BAND_FACTORS = (np.arange(1, ROWS + 1, dtype=np.uint64) * _GOLDEN) | np.uint64(1)
_BAND_SALT = np.arange(1, BANDS + 1, dtype=np.uint64) * _MIX1
_FILL = np.arange(1, WIDTH + 1, dtype=np.uint64) * _MIX2

Hashes = NDArray[np.uint64]


@compiled
def _mixed(values: Any) -> Any:
    """SplitMix64's finaliser (Steele, Lea & Flood 2014): spreads every bit of the input over all of the output."""
    values = (values ^ (values >> np.uint64(30))) * _MIX1
    values = (values ^ (values >> np.uint64(27))) * _MIX2
    return values ^ (values >> np.uint64(31))


@compiled
def _passages(body: tokens.Codes, salt: np.uint64) -> tuple[Hashes, Hashes]:
    """Hashes of all three-word and all four-word passages of a body, in reading order."""
    threes, fours = np.empty(len(body), dtype=np.uint64), np.empty(len(body), dtype=np.uint64)
    count, run = 0, np.uint64(0)
    for code in body:
        if code & 3 != tokens.MARK:
            run = run << np.uint64(14) | np.uint64(code >> 2)
            threes[max(0, count - 2)] = _mixed(run & np.uint64((1 << 42) - 1) ^ salt)
            fours[max(0, count - 3)] = _mixed((run & np.uint64((1 << 56) - 1)) * _GOLDEN ^ salt)
            count += 1
    return threes[: max(0, count - 2)], fours[: max(0, count - 3)]


@compiled
def _distinct(ranked: Hashes) -> Hashes:
    """Sorted values, each once."""
    result, count = np.empty(len(ranked), dtype=np.uint64), 0
    for at in range(len(ranked)):
        if at == 0 or ranked[at] != ranked[at - 1]:
            result[count] = ranked[at]
            count += 1
    return result[:count]


def _bands(shingles: Hashes) -> Hashes:
    offsets = np.array([0, len(shingles)], dtype=np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(shingles, offsets, PERMUTATIONS, _SEED)
    signature = np.array(matrix.to_rows()[0], dtype=np.uint64).reshape(BANDS, ROWS)
    bands: Hashes = _mixed(signature @ _BAND_FACTORS + _BAND_SALT)
    return bands


Keys = NDArray[np.uint32]


class Lookup(NamedTuple):
    """What an article is looked up by: its `WIDTH` keys, and the hashes of all its four-word passages, sorted (the first
    `SKETCH` of them are its sketch)."""

    keys: Keys
    passages: Keys


#: Languages that identifiers of language take for one another in news from Indonesia: one namespace.
_NUSANTARA = frozenset({"", "id", "ms", "jv", "su", "und"})


def namespace(language: str) -> str:
    """The languages among which copies are looked for."""
    return "id" if language in _NUSANTARA else language


def lookup(body: tokens.Codes, body_hash: str, language: str) -> Lookup:
    """Keys and passages of an article's body; languages never meet. Slots that a short text cannot fill hold values of
    its own that no other text looks up on purpose."""
    language = namespace(language)
    salt = np.uint64(crc32(language.encode()) << 24 | 1)
    whole = np.uint64(crc32(f"{language} {body_hash}".encode()) << 16)
    result = _mixed(_FILL ^ whole)
    threes, fours = _passages(body, salt)
    if len(threes):
        result[:BANDS] = _bands(threes)
    fours.sort()
    passages = _distinct(fours)
    result[BANDS : BANDS + min(SKETCH, len(passages))] = passages[:SKETCH]
    return Lookup((result >> np.uint64(32)).astype(np.uint32), (passages >> np.uint64(32)).astype(np.uint32))


@compiled
def containment(passages: Keys, sketches: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Estimated share of passages in common, of the side that has more of them in the other (0 … 1), between a text
    with all its sorted `passages` and the owners of full `sketches` (n × `SKETCH`).

    A sketch holds all its owner's passages up to its highest hash, so below that hash both sides are known exactly: what
    they share there, over the smaller of the two counts there, estimates the containment of the smaller text."""
    estimates = np.zeros(len(sketches))
    for row in range(len(sketches) if len(passages) else 0):
        common, size = 0, sketches.shape[1]
        for key in sketches[row]:
            at = np.searchsorted(passages, key)
            common += at < len(passages) and passages[at] == key
        below = np.searchsorted(passages, sketches[row, size - 1], side="right")
        estimates[row] = common / min(max(below, 1), size)
    return estimates
