"""Keys under which an article is remembered and looked up: equal keys make two articles candidates, nothing more.

Two families, because copies come in two shapes. *Bands* of a MinHash signature (Broder 1997; LSH banding as in Rajaraman
& Ullman, Mining of Massive Datasets, 3.4) find texts that are alike as a whole. The *bottom sketch*, the smallest hashes
of the four-word passages (Broder's bottom-k), finds a text inside a longer one: an excerpt that keeps a share c of a
text's passages holds about c of its sketch, whatever the two lengths, where Jaccard and with it MinHash fall with them.
`benchmarks/stories/tuning.py` computes the curves from which the numbers below were taken.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from stream_agents.stories import tokens

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


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea & Flood 2014): spreads every bit of the input over all of the output."""
    values = (values ^ (values >> np.uint64(30))) * _MIX1
    values = (values ^ (values >> np.uint64(27))) * _MIX2
    return values ^ (values >> np.uint64(31))


def _bands(shingles: NDArray[np.uint64]) -> NDArray[np.uint64]:
    offsets = np.array([0, len(shingles)], dtype=np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(shingles, offsets, PERMUTATIONS, _SEED)
    signature = np.array(matrix.to_rows()[0], dtype=np.uint64).reshape(BANDS, ROWS)
    return _mixed(signature @ _BAND_FACTORS + _BAND_SALT)


def _sketch(shingles: NDArray[np.uint64]) -> NDArray[np.uint64]:
    hashed = np.unique(_mixed(shingles))
    return hashed[:SKETCH]


Keys = NDArray[np.uint32]


#: Languages that identifiers of language take for one another in news from Indonesia: one namespace.
_NUSANTARA = frozenset({"", "id", "ms", "jv", "su", "und"})


def namespace(language: str) -> str:
    """The languages among which copies are looked for."""
    return "id" if language in _NUSANTARA else language


def keys(body: tokens.Codes, body_hash: str, language: str) -> NDArray[np.uint32]:
    """The `WIDTH` keys of an article's body; languages never meet. Slots that a short text cannot fill hold values of
    its own that no other text looks up on purpose."""
    hashes, language = tokens.words(body), namespace(language)
    salt = np.uint64(crc32(language.encode()) << 24 | 1)
    whole = np.uint64(crc32(f"{language} {body_hash}".encode()) << 16)
    result = _mixed(_FILL ^ whole)
    threes = tokens.shingles(hashes, 3).astype(np.uint64)
    if len(threes):
        result[:BANDS] = _bands(_mixed(threes ^ salt))
    sketch = _sketch(tokens.shingles(hashes, 4).astype(np.uint64) * _GOLDEN ^ salt)
    result[BANDS : BANDS + len(sketch)] = sketch
    return (result >> np.uint64(32)).astype(np.uint32)
