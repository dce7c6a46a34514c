"""An article as numbered words and sentences: what every tagger reads, made once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from stream_agents.cleaning.sentences import Sentences

_WORD = re.compile(r"[^\W_]+")

#: After these a full stop is part of the word: "Kab. Bogor" is one phrase.
_ABBREVIATIONS = frozenset(
    [
        "kab",
        "kec",
        "kel",
        "prov",
        "kep",
        "jl",
        "jln",
        "jend",
        "st",
        "gg",
        "no",
        "ds",
        "pj",
        "plt",
        "dr",
        "h",
        "hj",
        "ir",
    ]
)
_JOINTS = frozenset((" ", "-", "–", " - ", "\u00a0"))

#: Words read of one article; what comes later cannot make a tag (a 1 MB page of one word must not stall the stage).
MAX_WORDS = 20_000
MAX_CHARS = 200_000


class Text:
    """Title and body as one run of words; the title is sentence 0, the body's sentences count from 1.

    `words` are as written, `folded` case-folded, `starts`/`ends` their offsets in `source`, `sentence` the number of each
    word's sentence, and `joined[i]` says that only a space or hyphen stands between word i and word i + 1.
    """

    __slots__ = ("body_at", "ends", "folded", "joined", "sentence", "sentences", "source", "starts", "words")

    def __init__(self, title: str, body: str) -> None:
        title, body = title[:2_000], body[:MAX_CHARS]
        self.source = source = f"{title}\n{body}"
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        for match in _WORD.finditer(source):
            self.words.append(match[0])
            self.starts.append(match.start())
            self.ends.append(match.end())
            if len(self.words) >= MAX_WORDS:
                break
        self.folded = [word.casefold() for word in self.words]
        self.joined = self._joints()
        self.sentence, self.sentences = self._number(len(title) + 1, body)
        self.body_at = bisect_right(self.starts, len(title))

    def _joints(self) -> list[bool]:
        source, ends, starts, folded = self.source, self.ends, self.starts, self.folded
        joined = []
        for index in range(len(starts) - 1):
            gap = source[ends[index] : starts[index + 1]]
            joined.append(gap in _JOINTS or (gap in (". ", ".") and folded[index] in _ABBREVIATIONS))
        joined.append(False)
        return joined

    def _number(self, offset: int, body: str) -> tuple[list[int], int]:
        """The sentence of every word, and how many sentences there are, the title included."""
        bounds = [offset, *(offset + end for end in Sentences(body).ends)]
        numbers = []
        current = 0
        for start in self.starts:
            while current < len(bounds) and start >= bounds[current]:
                current += 1
            numbers.append(current)
        return numbers, (numbers[-1] + 1 if numbers else 1)

    def sentence_text(self, number: int) -> str:
        """The sentence with this number, white space collapsed; it ends before the next one's first word."""
        first = bisect_left(self.sentence, number)
        last = bisect_right(self.sentence, number)
        end = self.starts[last] if last < len(self.starts) else len(self.source)
        return " ".join(self.source[self.starts[first] : end].split())

    def capitalised(self, start: int, end: int) -> bool:
        """Whether each word of the range begins with a capital or a digit (small words like "dan" excepted)."""
        return all(word[0].isupper() or word[0].isdigit() or word == "dan" for word in self.words[start:end])
