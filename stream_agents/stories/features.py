"""What tells a copy from a follow-up: measures of a pair of articles, each with its unit and its reason.

A copy says the same news in the same words, however it was shortened, expanded or re-headlined. A follow-up says other
news and repeats old text as background, mostly further down. A template repeats its skeleton with other numbers. The same
event in another newsroom's words shares names, numbers and quotes, and says everything between them in other words. So the
measures ask *what the opening says and whether the other text has it*, whether the other text then *goes on* with the same
sentences, and how many sentences it has only by half, rather than how much is shared in all. All are symmetric in the two
articles.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream_agents.stories import tokens
from stream_agents.stories.calendar import CALENDAR, dates
from stream_agents.stories.compiled import compiled
from stream_agents.stories.passages import covered
from stream_agents.stories.weights import Weights

Words = NDArray[np.int64]
Flags = NDArray[np.bool_]
Measures = NDArray[np.float64]

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
#: … and share from which it is found there as it is; what lies between is said again in other words.
VERBATIM = 0.8
#: Words of a text's middle: behind the opening, before the background.
MIDDLE_START, MIDDLE_END = 80, 160
#: Words within which position is measured.
DEPTH = 300
#: Quoted words below which an article is taken to quote nobody.
QUOTED_WORDS = 8

#: Name → unit and meaning, in the order of the vector.
MEANING: dict[str, str] = {
    "opening": "0-1; weight of sentences found in single sentences of the other, the first sentences counting most; lower side",
    "opening_words": "0-1; weight of words found anywhere in the other, the first hundred counting most; lower side",
    "same_publisher": "0 or 1; newsrooms follow their own stories up and other newsrooms' stories by copying",
    "lead_in_opening": "0-1; weight of the first 40 words found among the other's first 80; higher side",
    "lead_depth": "0-1; how deep in the other the first three sentences are found (1: not at all); higher side",
    "lead_names": "0-1; names of the first 60 words found anywhere in the other; lower side",
    "lead_names_in_opening": "0-1; the same among the other's first 80 words; higher side",
    "title_in_opening": "0-1; weight of title words found in the other's title or first 100 words; lower side",
    "title_numbers_conflict": "0 or 1; each title has a number that the other lacks",
    "numbers": "0-1; distinct numbers found in the other; higher side",
    "dates_conflict": "0 or 1; each states a date that the other does not",
    "quotes": "0-1; quoted words of the shorter inside shared two-word passages; 0.5 where it quotes nobody",
    "new_quotes": "0-1; quoted words outside shared passages, of all words; higher side",
    "length": "log words of the shorter",
    "continuation": "0-1; weight of the second and third sentence found in single sentences of the other; higher side",
    "middle": "0-1; words 80 to 160 inside shared two-word passages, of a shorter text all; higher side",
    "reworded": "0-1; sentences of which single sentences of the other have between 0.35 and 0.8; lower side",
}
NAMES = tuple(MEANING)


#: Where in a text a word stands: anywhere in title or body, in the title or among the first `EARLY_WORDS` of the body, among
#: the first `OPENING` of the body.
ANYWHERE, EARLY, AT_OPENING = 1, 2, 4
EARLY_WORDS = 100

_FADING_WORDS = np.exp(-np.arange(tokens.MAX_WORDS) / 100)
_FADING_SENTENCES = np.exp(-np.arange(MAX_SENTENCES) / DECAY)
_EVEN = np.ones(tokens.MAX_WORDS)


class Bags(NamedTuple):
    """The sentences that are compared, as bags of words: the distinct `words` of one sentence after the other, `edges`
    where each one's begin (and the last one's end), `starts` where each sentence begins in the text and `sizes` how many
    words it has."""

    words: Words
    edges: Words
    starts: Words
    sizes: Words


class Reading(NamedTuple):
    """An article taken apart. `words` are the body's word hashes, `kinds` their kinds, `sentences` the numbers (from 0,
    without gaps) of their sentences; `quoted` marks words inside quotation marks; `title` and `title_kinds` are the
    title's; `where` says by hash where in the text a word stands."""

    words: Words
    kinds: NDArray[np.uint8]
    sentences: Words
    quoted: Flags
    title: Words
    title_kinds: NDArray[np.uint8]
    where: NDArray[np.uint8]


@compiled
def read(codes: tokens.Codes) -> Reading:
    """Take a fingerprint apart."""
    size = len(codes)
    words, kinds = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.uint8)
    sentences, quoted = np.empty(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    where = np.zeros(1 << 14, dtype=np.uint8)
    count = titled = open_quotes = 0
    sentence, ended = -1, True
    for code in codes:
        kind = code & 3
        if code == tokens.END_TITLE:
            titled, open_quotes, ended = count, 0, True
        elif code == tokens.SENTENCE:
            ended = True
        elif kind == tokens.MARK:
            open_quotes += 1 if code == tokens.QUOTE else -1
        else:
            sentence += ended
            ended = False
            words[count], kinds[count], sentences[count], quoted[count] = code >> 2, kind, sentence, open_quotes > 0
            count += 1
    for at in range(count):
        place = at - titled
        opening = AT_OPENING if 0 <= place < OPENING else 0
        where[words[at]] |= ANYWHERE | opening | (EARLY if place < EARLY_WORDS else 0)
    first = sentences[titled] if count > titled else 0
    for at in range(titled, count):
        sentences[at] -= first
    return Reading(
        words[titled:count],
        kinds[titled:count],
        sentences[titled:count],
        quoted[titled:count],
        words[:titled],
        kinds[:titled],
        where,
    )


@compiled
def _share(a: Reading, kind: int, size: int, b: Reading, place: int) -> float:
    """Of the distinct words of a kind among the first `size` of a body, the share that stands at that place of the other
    text; 1 where there are none."""
    met, distinct, found = np.zeros(1 << 14, dtype=np.bool_), 0, 0
    for at in range(min(size, len(a.words))):
        word = a.words[at]
        if a.kinds[at] == kind and not met[word]:
            met[word] = True
            distinct += 1
            found += (b.where[word] & place) > 0
    return found / distinct if distinct else 1.0


@compiled
def _weight(
    words: Words, fading: Measures, weights: Weights, where: NDArray[np.uint8], place: int, empty: float
) -> float:
    """Of the words' weight, by their position, the share that stands at that place of the other text."""
    total = found = 0.0
    for at in range(len(words)):
        weight = fading[at] * weights[words[at]]
        total += weight
        if where[words[at]] & place:
            found += weight
    return found / total if total > 0 else empty


@compiled
def _bags(reading: Reading) -> Bags:
    """The first `MAX_SENTENCES` sentences."""
    met = np.full(1 << 14, -1, dtype=np.int8)
    bags, edges = np.empty(len(reading.words), dtype=np.int64), np.zeros(MAX_SENTENCES + 1, dtype=np.int64)
    starts, sizes = np.zeros(MAX_SENTENCES, dtype=np.int64), np.zeros(MAX_SENTENCES, dtype=np.int64)
    count = number = 0
    for at in range(len(reading.words)):
        word, sentence = reading.words[at], reading.sentences[at]
        if sentence >= MAX_SENTENCES:
            break
        if sizes[sentence] == 0:
            starts[sentence], edges[sentence], number = at, count, sentence + 1
        sizes[sentence] += 1
        if met[word] != sentence:
            met[word] = sentence
            bags[count] = word
            count += 1
    edges[number] = count
    return Bags(bags, edges[: number + 1], starts[:number], sizes[:number])


class Found(NamedTuple):
    """How a text's sentences are found in another's: the measures of one side that are named so."""

    opening: float
    lead_depth: float
    continuation: float
    reworded: float


@compiled
def _best(bags: Bags, words: Words, met: NDArray[np.int8], one: int, weights: Weights) -> tuple[int, int, int]:
    """Of one sentence with these words: its weight, the most of it that any single sentence of `bags` has, and where that
    one starts. `met` is marked with the number of the sentence."""
    own = best = start = 0
    for word in words:
        met[word] = one
        own += weights[word]
    for other in range(len(bags.sizes)):
        common = 0
        for at in range(bags.edges[other], bags.edges[other + 1]):
            if met[bags.words[at]] == one:
                common += weights[bags.words[at]]
        if common > best:
            best, start = common, bags.starts[other]
    return own, best, start


@compiled
def _sentences(a: Bags, b: Bags, weights: Weights, fading: Measures) -> Found:
    """Compare sentence by sentence, as bags of weighted words (re-ordering inside a sentence costs nothing), the sentences of
    the side `a`. Weights are whole numbers, so equal sentences are exactly equal."""
    met = np.full(1 << 14, -1, dtype=np.int8)
    total = found = depth = depths = going_on = 0.0
    kept, halves, long = 0, 0, False
    for size in a.sizes:
        long |= size >= SENTENCE_WORDS
    for one in range(len(a.sizes)):
        if long and a.sizes[one] < SENTENCE_WORDS:
            continue
        own, best, start = _best(b, a.words[a.edges[one] : a.edges[one + 1]], met, one, weights)
        share, size = best / own, fading[kept] * a.sizes[one]
        total += size
        found += share * size
        halves += FOUND <= share < VERBATIM
        if kept < 3:
            weight = 1.0 if kept == 0 else 0.7 if kept == 1 else 0.5
            depths += weight
            depth += weight * (min(start, DEPTH) / DEPTH if share >= FOUND else 1.0)
            going_on += share if kept else 0.0
        kept += 1
    if not kept:
        return Found(0.0, 1.0, 0.5, 0.0)
    return Found(found / total, depth / depths, going_on / min(kept - 1, 2) if kept > 1 else 0.5, halves / kept)


@compiled
def _lacking(a: Reading, b: Reading) -> bool:
    """Whether a number of the title of `a` is missing in the title of `b`."""
    for at in range(len(a.title)):
        if a.title_kinds[at] == tokens.NUMBER:
            found = False
            for other in range(len(b.title)):
                found |= b.title_kinds[other] == tokens.NUMBER and b.title[other] == a.title[at]
            if not found:
                return True
    return False


@compiled
def _quotes(reading: Reading, shared: Flags) -> tuple[float, float]:
    """`quotes` and `new_quotes` of one side, whose words inside shared passages are given."""
    quoted, old = 0, 0
    for at in range(len(shared)):
        quoted += reading.quoted[at]
        old += reading.quoted[at] and shared[at]
    return old / quoted if quoted >= QUOTED_WORDS else 0.5, (quoted - old) / max(1, len(shared))


@compiled
def _part(flags: Flags) -> float:
    count = 0
    for flag in flags:
        count += flag
    return count / max(1, len(flags))


@compiled
def _middle(flags: Flags) -> Flags:
    """The part of a text's words that `middle` looks at."""
    return flags[MIDDLE_START:MIDDLE_END] if len(flags) > MIDDLE_START else flags


@compiled
def _date_missing(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> bool:
    """Whether `a` states a date that `b` does not."""
    missing = False
    for month in range(len(a)):
        missing |= (a[month] & ~b[month]) != 0
    return missing


@compiled
def _one_sided(a: Reading, b: Reading, weights: Weights, even: Measures, fading: Measures) -> Measures:
    """What is measured of one side against the other, before the two are put together."""
    values = np.empty(6)
    values[0] = _weight(a.words, fading, weights, b.where, ANYWHERE, 0.0)
    values[1] = _weight(a.words[:LEAD], even, weights, b.where, AT_OPENING, 0.0)
    values[2] = _share(a, tokens.NAME, NEWS, b, ANYWHERE)
    values[3] = _share(a, tokens.NAME, NEWS, b, AT_OPENING)
    values[4] = _weight(a.title, even, weights, b.where, EARLY, 1.0)
    values[5] = _share(a, tokens.NUMBER, len(a.words), b, ANYWHERE)
    return values


@compiled
def _measure(
    codes_a: tokens.Codes,
    codes_b: tokens.Codes,
    same_publisher: bool,
    weights: Weights,
    even: Measures,
    fading_words: Measures,
    fading_sentences: Measures,
    calendar: NDArray[np.int16],
) -> Measures:
    a, b = read(codes_a), read(codes_b)
    one, other = _one_sided(a, b, weights, even, fading_words), _one_sided(b, a, weights, even, fading_words)
    bags_a, bags_b = _bags(a), _bags(b)
    found_a, found_b = (
        _sentences(bags_a, bags_b, weights, fading_sentences),
        _sentences(bags_b, bags_a, weights, fading_sentences),
    )
    shared_a, shared_b = covered(a.words, b.words, 2), covered(b.words, a.words, 2)
    quotes_a, new_a = _quotes(a, shared_a)
    quotes_b, new_b = _quotes(b, shared_b)
    days_a, days_b = dates(a.words, a.kinds, calendar), dates(b.words, b.kinds, calendar)
    values = np.empty(17)
    values[0] = min(found_a.opening, found_b.opening)
    values[1] = min(one[0], other[0])
    values[2] = same_publisher
    values[3] = max(one[1], other[1])
    values[4] = max(found_a.lead_depth, found_b.lead_depth)
    values[5] = min(one[2], other[2])
    values[6] = max(one[3], other[3])
    values[7] = min(one[4], other[4])
    values[8] = _lacking(a, b) and _lacking(b, a)
    values[9] = max(one[5], other[5])
    values[10] = _date_missing(days_a, days_b) and _date_missing(days_b, days_a)
    values[11] = quotes_a if len(a.words) <= len(b.words) else quotes_b
    values[12] = max(new_a, new_b)
    values[13] = np.log1p(min(len(a.words), len(b.words)))
    values[14] = max(found_a.continuation, found_b.continuation)
    values[15] = max(_part(_middle(shared_a)), _part(_middle(shared_b)))
    values[16] = min(found_a.reworded, found_b.reworded)
    return values


def measure(a: tokens.Codes, b: tokens.Codes, same_publisher: bool, weights: Weights) -> Measures:
    """The vector of `NAMES` for two fingerprints; the same with the two exchanged."""
    return _measure(a, b, same_publisher, weights, _EVEN, _FADING_WORDS, _FADING_SENTENCES, CALENDAR)
