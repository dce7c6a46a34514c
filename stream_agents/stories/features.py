"""What tells a copy from a follow-up: measures of a pair of articles, each with its unit and its reason.

A copy says the same news in the same words, however it was shortened, expanded or re-headlined. A follow-up says other
news and repeats old text as background, mostly further down. A template repeats its skeleton with other numbers. The same
event in another newsroom's words shares names and numbers, not passages. So the measures ask *what the opening says and
whether the other text has it*, rather than how much is shared in all. All are symmetric in the two articles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories import tokens
from stream_agents.stories.calendar import dates

Words = NDArray[np.int64]
Flags = NDArray[np.bool_]
Weights = NDArray[np.float32]

#: Words of the lead, and of the opening in which the other article may carry the same lead.
LEAD, OPENING = 40, 80
#: Words in which names count as names of the news.
NEWS = 60
#: Sentences compared one by one; beyond them an article no longer says what its news is.
MAX_SENTENCES = 60
#: A sentence shorter than this (words) is no evidence.
SENTENCE_WORDS = 4
#: Sentences after which the weight of the opening has fallen to 1/e.
DECAY = 4.0
#: Share of a sentence's weight found in one sentence of the other from which it counts as found there.
FOUND = 0.35
#: Words within which position is measured.
DEPTH = 300
#: Quoted words below which an article is taken to quote nobody.
QUOTED_WORDS = 8

#: Name → unit and meaning, in the order of the vector.
MEANING: dict[str, str] = {
    "opening": "0-1; weight of sentences found in single sentences of the other, the first sentences counting most; lower side",
    "opening_words": "0-1; weight of words found anywhere in the other, the first hundred counting most; lower side",
    "same_publisher": "0 or 1; newsrooms follow their own stories up and other newsrooms' stories by copying",
    "coverage": "0-1; words inside shared three-word passages; higher side",
    "lead_in_opening": "0-1; weight of the first 40 words found among the other's first 80; higher side",
    "lead_depth": "0-1; how deep in the other the first three sentences are found (1: not at all); higher side",
    "lead_names": "0-1; names of the first 60 words found anywhere in the other; lower side",
    "lead_names_in_opening": "0-1; the same among the other's first 80 words; higher side",
    "title_in_text": "0-1; weight of title words found in the other's title or text; lower side",
    "title_in_opening": "0-1; the same in the other's title or first 100 words; lower side",
    "title_numbers_conflict": "0 or 1; each title has a number that the other lacks",
    "numbers": "0-1; distinct numbers found in the other; higher side",
    "dates_conflict": "0 or 1; each states a date that the other does not",
    "quotes": "0-1; quoted words of the shorter inside shared two-word passages; 0.5 where it quotes nobody",
    "new_quotes": "0-1; quoted words outside shared passages, of all words; higher side",
    "length": "log words of the shorter",
}
NAMES = tuple(MEANING)


@dataclass(frozen=True, slots=True)
class Reading:
    """An article taken apart once, for any number of comparisons. `words` are body word hashes, `sentences` their
    sentence numbers, `title` the title's; `has` flags the hashes of the body, `early` those of its first 100 words;
    `shingles` are the body's distinct three-word shingles, `distinct_numbers` its distinct numbers, both sorted."""

    words: Words
    names: Flags
    numbers: Flags
    quoted: Flags
    sentences: Words
    title: Words
    title_numbers: frozenset[int]
    has: Flags
    early: Flags
    shingles: Words
    distinct_numbers: Words
    publisher: str


def _flags(hashes: Words) -> Flags:
    flags = np.zeros(1 << 14, dtype=np.bool_)
    flags[hashes] = True
    return flags


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Sorted distinct values; `values` itself is sorted in place."""
    values.sort()
    if len(values) < 2:
        return values
    keep = np.empty(len(values), dtype=np.bool_)
    keep[0] = True
    np.not_equal(values[1:], values[:-1], out=keep[1:])
    return values[keep]


def distinct_shingles(body: tokens.Codes) -> Words:
    """A body's distinct three-word shingles, sorted."""
    return distinct(tokens.shingles(tokens.words(body), 3))


def read(codes: tokens.Codes, publisher: str, shingles: Words | None = None) -> Reading:
    """Take a fingerprint apart; `shingles` saves computing them again."""
    title, body = tokens.split(codes)
    kind = body & 3
    word = kind != tokens.MARK
    open_quotes = np.cumsum((body == tokens.QUOTE).astype(np.int64) - (body == tokens.END_QUOTE))
    words = (body[word] >> 2).astype(np.int64)
    numbers = (kind == tokens.NUMBER)[word]
    title_words = tokens.words(title)
    title_numbers = title[(title & 3) == tokens.NUMBER] >> 2
    has = _flags(words)
    has[title_words] = True
    early = _flags(words[:100])
    early[title_words] = True
    return Reading(
        words=words,
        names=(kind == tokens.NAME)[word],
        numbers=numbers,
        quoted=open_quotes[word] > 0,
        sentences=np.cumsum(body == tokens.SENTENCE)[word],
        title=title_words,
        title_numbers=frozenset(title_numbers.tolist()),
        has=has,
        early=early,
        shingles=distinct_shingles(body) if shingles is None else shingles,
        distinct_numbers=distinct(words[numbers]),
        publisher=publisher,
    )


@dataclass(frozen=True, slots=True)
class Common:
    """Which words of each side lie inside runs of `size` words that both have."""

    a: Flags
    b: Flags


def passages(a: Words, b: Words, size: int) -> Common:
    """Mark the shared passages of two texts."""
    one, other = tokens.shingles(a, size), tokens.shingles(b, size)
    return Common(
        _spread(_found(one, np.sort(other)), len(a), size),
        _spread(_found(other, np.sort(one)), len(b), size),
    )


def _found(keys: Words, ranked: Words) -> Flags:
    """Which keys are among the `ranked` (sorted) ones."""
    if not len(ranked):
        return np.zeros(len(keys), dtype=np.bool_)
    found: Flags = ranked[np.minimum(np.searchsorted(ranked, keys), len(ranked) - 1)] == keys
    return found


def _spread(hits: Flags, words: int, size: int) -> Flags:
    covered = np.zeros(words, dtype=np.bool_)
    for step in range(size if len(hits) else 0):
        covered[step : step + len(hits)] |= hits
    return covered


def _mean(values: NDArray[Any], weights: NDArray[Any], empty: float = 0.0) -> float:
    total = float(weights.sum())
    return float((values * weights).sum()) / total if total > 0 else empty


def _part(flags: Flags) -> float:
    return np.count_nonzero(flags) / len(flags) if len(flags) else 0.0


def _share(hashes: Words, flags: Flags, empty: float) -> float:
    once = distinct(hashes.copy())
    return np.count_nonzero(flags[once]) / len(once) if len(once) else empty


@dataclass(frozen=True, slots=True)
class _Sentences:
    """One article's sentences: how much of each one's weight the other's single best sentence has, where that sentence
    starts (words), and the sentence's own length (words)."""

    found: NDArray[np.float32]
    start: Words
    size: Words


def _sentences(a: Reading, b: Reading, weights: Weights) -> tuple[_Sentences, _Sentences]:
    """Compare sentence by sentence, as bags of weighted words: re-ordering inside a sentence costs nothing."""
    sides = [_first_sentences(a), _first_sentences(b)]
    vocabulary = np.flatnonzero(a.has | b.has)
    column = np.zeros(len(a.has), dtype=np.int64)
    column[vocabulary] = np.arange(len(vocabulary))
    bags = []
    for words, numbers in sides:
        bag = np.zeros((int(numbers[-1]) + 1 if len(numbers) else 0, len(vocabulary)), dtype=np.float32)
        bag[numbers, column[words]] = 1
        bags.append(bag)
    scale = weights[vocabulary]
    common = (bags[0] * scale) @ bags[1].T
    sizes = [np.bincount(numbers, minlength=len(bag)) for (_, numbers), bag in zip(sides, bags, strict=True)]
    starts = [np.cumsum(size) - size for size in sizes]
    result = []
    for this, that, shared in ((0, 1, common), (1, 0, common.T)):
        own = np.maximum(bags[this] @ scale, 1e-6)
        best = shared.argmax(axis=1) if shared.size else np.zeros(len(own), dtype=np.int64)
        found = shared[np.arange(len(own)), best] / own if shared.size else np.zeros(len(own), dtype=np.float32)
        start = starts[that][best] if len(starts[that]) else np.zeros(len(own), dtype=np.int64)
        long = sizes[this] >= SENTENCE_WORDS
        keep = long if long.any() else np.ones(len(own), dtype=np.bool_)
        result.append(_Sentences(found[keep], start[keep], sizes[this][keep]))
    return result[0], result[1]


def _first_sentences(reading: Reading) -> tuple[Words, Words]:
    """Words and sentence numbers (from 0, without gaps) of the sentences that are compared."""
    numbers = reading.sentences
    if not len(numbers):
        return reading.words, numbers
    dense = np.concatenate(([0], np.cumsum(np.diff(numbers) > 0)))
    kept = int(np.searchsorted(dense, MAX_SENTENCES))
    return reading.words[:kept], dense[:kept]


def _opening(sentences: _Sentences) -> float:
    order = np.exp(-np.arange(len(sentences.found)) / DECAY)
    return _mean(sentences.found, order * sentences.size)


def _depth(sentences: _Sentences) -> float:
    found, start = sentences.found[:3], sentences.start[:3]
    depth = np.where(found >= FOUND, np.minimum(start, DEPTH) / DEPTH, 1.0)
    return _mean(depth, np.array([1.0, 0.7, 0.5])[: len(found)], empty=1.0)


def _words_opening(a: Reading, b: Reading, weights: Weights) -> float:
    scale = np.exp(-np.arange(len(a.words)) / 100) * weights[a.words]
    return _mean(b.has[a.words], scale)


def _lead(a: Reading, b: Reading, opening_of_b: Flags, weights: Weights) -> float:
    lead = a.words[:LEAD]
    return _mean(opening_of_b[lead], weights[lead])


def _new_quotes(a: Reading, shared: Flags) -> float:
    return float((a.quoted & ~shared).sum()) / max(1, len(a.words))


def _quotes(shorter: Reading, shared: Flags) -> float:
    return float(shared[shorter.quoted].mean()) if shorter.quoted.sum() >= QUOTED_WORDS else 0.5


def measure(a: Reading, b: Reading, weights: Weights) -> NDArray[np.float64]:
    """The vector of `NAMES` for a pair."""
    pairs = ((a, b), (b, a))
    one, other = _sentences(a, b, weights)
    twos, threes = passages(a.words, b.words, 2), passages(a.words, b.words, 3)
    shared = (twos.a, twos.b)
    openings = [_flags(y.words[:OPENING]) for _, y in pairs]
    news = [x.words[:NEWS][x.names[:NEWS]] for x, _ in pairs]
    titles = [(weights[x.title], x.title, y) for x, y in pairs]
    shorter = 0 if len(a.words) <= len(b.words) else 1
    days = dates(a.words, a.numbers), dates(b.words, b.numbers)
    values = {
        "opening": min(_opening(one), _opening(other)),
        "opening_words": min(_words_opening(x, y, weights) for x, y in pairs),
        "same_publisher": float(bool(a.publisher) and a.publisher == b.publisher),
        "coverage": max(_part(threes.a), _part(threes.b)),
        "lead_in_opening": max(_lead(x, y, o, weights) for (x, y), o in zip(pairs, openings, strict=True)),
        "lead_depth": max(_depth(one), _depth(other)),
        "lead_names": min(_share(n, y.has, 1.0) for n, (_, y) in zip(news, pairs, strict=True)),
        "lead_names_in_opening": max(_share(n, o, 1.0) for n, o in zip(news, openings, strict=True)),
        "title_in_text": min(_mean(y.has[t], w, empty=1.0) for w, t, y in titles),
        "title_in_opening": min(_mean(y.early[t], w, empty=1.0) for w, t, y in titles),
        "title_numbers_conflict": float(
            bool(a.title_numbers - b.title_numbers) and bool(b.title_numbers - a.title_numbers)
        ),
        "numbers": max(_share(x.words[x.numbers], y.has, 1.0) for x, y in pairs),
        "dates_conflict": float(bool(days[0] - days[1]) and bool(days[1] - days[0])),
        "quotes": _quotes(pairs[shorter][0], shared[shorter]),
        "new_quotes": max(_new_quotes(x, s) for (x, _), s in zip(pairs, shared, strict=True)),
        "length": float(np.log1p(min(len(a.words), len(b.words)))),
    }
    return np.array([values[name] for name in NAMES])
