"""Keys and sketches: what an excerpt shares with its source, and that languages never meet."""

from __future__ import annotations

import numpy as np
import pytest

from stream_agents.stories.keys import BANDS, SKETCH, WIDTH, containment, lookup
from stream_agents.stories.tokens import Codes

CHANCE = np.random.default_rng(7)


def body(words: int) -> Codes:
    return (CHANCE.integers(8, 1 << 14, words) << 2).astype(np.uint16)


def sketch(text: Codes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    return lookup(text, "hash", "id").keys[None, BANDS : BANDS + SKETCH]


@pytest.mark.parametrize("words", [200, 400])
def test_an_excerpt_is_contained_from_either_side(words: int) -> None:
    source = body(600)
    excerpt = source[100 : 100 + words]
    assert containment(lookup(source, "a", "id").passages, sketch(excerpt))[0] == 1.0
    assert containment(lookup(excerpt, "b", "id").passages, sketch(source))[0] >= 0.9


def test_half_a_text_is_contained_by_about_half() -> None:
    estimates = []
    for _ in range(40):
        common = body(200)
        one, other = np.concatenate((common, body(200))), np.concatenate((body(200), common))
        estimates.append(containment(lookup(one, "a", "id").passages, sketch(other))[0])
    assert 0.42 < float(np.mean(estimates)) < 0.58


def test_strangers_and_empty_texts_have_nothing_in_common() -> None:
    assert containment(lookup(body(300), "a", "id").passages, sketch(body(300)))[0] == 0.0
    assert containment(lookup(body(2), "a", "id").passages, sketch(body(300)))[0] == 0.0


def test_languages_never_meet_but_neighbours_are_one() -> None:
    text = body(300)
    indonesian, malay, english = (lookup(text, "a", language).keys for language in ("id", "ms", "en"))
    assert np.array_equal(indonesian, malay)
    assert not np.intersect1d(indonesian, english).size


def test_every_text_has_all_its_keys() -> None:
    assert {len(lookup(body(words), "a", "id").keys) for words in (0, 1, 5, 30, 500)} == {WIDTH}
