"""Boilerplate from the stream: paragraphs that one publisher puts under story after story, whatever the story is about.

Three steps, each cheap enough for the step before it. *Recent*: 32-bit sums of the last paragraphs of a publisher's last
`RECENT` documents. *Candidate*: a paragraph met in two stories among them. *Rule*: a candidate with `WITNESSES` stories
that have nothing to do with one another nor with the paragraph, and in at least `SHARE` of the publisher's documents since
it was first met. That a paragraph recurs is not enough: a running case repeats its background in twenty follow-ups, and a
price list its fixed sentences every day. Their titles share words, and background names what the title and lead name; a
publisher's own boilerplate stands under anything.

What cleaning cuts no longer arrives in a body. So a rule lives on what the cuts of arriving documents say, and is dropped
only when `FORGET_DAYS` have passed without a cut or a sighting while the publisher goes on publishing.

Everything is a function of the remembered records (`DocumentRecord.recurring`, `PublisherRecord`), so a restarted engine
learns on as if it had not stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from stream_agents.cleaning.boilerplate import KIND, SHORTEST, paragraph_key
from stream_agents.stories import tokens, weights
from stream_agents.stories.record import Candidate, PublisherRecord, Recurring, Rule, Witness
from warta.messages import SCHEMA, Content, PublisherRules, RuleParagraph

#: Documents of one publisher among which a paragraph must come twice to be noticed at all.
RECENT = 32
#: Paragraphs looked at from the end of a body, never its first. A longer block of boilerplate is learnt from its end: what
#: has become a rule is cut, and the paragraphs before it come last.
PARAGRAPHS = 4
SLOT = 4 * PARAGRAPHS  # bytes
#: Characters up to which a paragraph is looked at (and `SHORTEST` from which): a cut keeps its text only so far, and without
#: it a rule would not hear of its success.
LONGEST = 500
#: Unrelated stories that make a rule, and least share of the publisher's documents since the first of them.
WITNESSES = 5
SHARE = 0.05
#: Documents of the publisher after which a candidate that is not met again is dropped.
PATIENCE = 64
#: Days of the watermark after which a rule that is neither cut nor met is dropped.
FORGET_DAYS = 30
#: Bounds of one publisher, and of all.
MAX_CANDIDATES, MAX_RULES, MAX_PUBLISHERS = 24, 64, 4096
#: Words of a title that say what a story is about, and words of its beginning in which background is recognised.
TOPIC_WORDS, BEGINNING = 24, 60
#: Paragraphs whose words are kept (a pure function's cache).
MAX_TEXTS = 512
#: Words by which a paragraph is found again in a document that has it.
FIRST_WORDS = 6
#: Weight (`weights.TIERS`, twentieths) from which a word says anything about a topic.
TELLING = 8
#: Share of a paragraph's telling words found in a story's title and beginning from which it belongs to that story; one of
#: its names is enough.
BELONGS = 0.25


class _Place(NamedTuple):
    """A document among its publisher's recent ones; `sums` as in `Recurring`."""

    publisher: str
    number: int
    sums: bytes


class _Publisher:
    """What is remembered of one publisher. `number` counts its documents; document n is in slot n mod `RECENT` of `docs` and
    of `sums`, `PARAGRAPHS` sums of 4 bytes each."""

    __slots__ = ("candidates", "docs", "number", "rules", "sums", "version")

    def __init__(self) -> None:
        self.number = 0
        self.docs: list[str | None] = [None] * RECENT
        self.sums = bytearray(RECENT * SLOT)
        self.candidates: dict[int, Candidate] = {}
        self.rules: dict[int, Rule] = {}
        self.version = 0

    def place(self, doc_id: str | None, number: int, sums: bytes) -> str | None:
        """Put a document (or nobody) into its slot; returns the one that it pushes out."""
        slot = number % RECENT
        before, self.docs[slot] = self.docs[slot], doc_id
        self.sums[slot * SLOT : (slot + 1) * SLOT] = sums.ljust(SLOT, b"\0")
        return before

    def met(self, value: int) -> list[tuple[int, str]]:
        """The recent documents (number, id) that have a paragraph with this sum, the earliest first."""
        wanted, found = value.to_bytes(4, "little"), []
        at = self.sums.find(wanted)
        while at >= 0:
            doc_id = self.docs[at // SLOT] if at % 4 == 0 else None
            if doc_id is not None:
                found.append((self.number - 1 - (self.number - 1 - at // SLOT) % RECENT, doc_id))
            at = self.sums.find(wanted, at + 1)
        return sorted(found)

    @property
    def empty(self) -> bool:
        return not (self.candidates or self.rules or any(self.docs))


class _Told(NamedTuple):
    """An article as a witness: its story, the words that say what its title is about, and those of title and beginning."""

    story_id: str
    topic: frozenset[int]
    beginning: frozenset[int]


class _Words(NamedTuple):
    """The telling words of a paragraph, the names among them, and its first words in order."""

    all: frozenset[int]
    names: frozenset[int]
    first: NDArray[np.int64]


Recall = Callable[[str], tuple[str, tokens.Codes]]


class BoilerplateLearner:
    """Learns from new live documents. `recall(doc_id)` gives story id and fingerprint of a remembered document."""

    def __init__(self, recall: Recall) -> None:
        self._recall = recall
        self._publishers: dict[str, _Publisher] = {}
        self._places: dict[str, _Place] = {}
        self._changed: set[str] = set()
        self._telling = _telling()
        self._texts: dict[str, _Words] = {}

    # --- records -----------------------------------------------------------------------------------------------------

    def restore_publisher(self, record: PublisherRecord) -> None:
        publisher = self._publishers.setdefault(record.publisher, _Publisher())
        publisher.number = max(publisher.number, record.number)
        publisher.version = record.rules_version
        publisher.candidates = {candidate.sum: candidate for candidate in record.candidates}
        publisher.rules = {rule.sum: rule for rule in record.rules}

    def restore_document(self, doc_id: str, name: str, recurring: Recurring) -> None:
        """Take a document back among its publisher's recent ones, in any order; of two for one slot the later stays."""
        publisher = self._publishers.setdefault(name, _Publisher())
        publisher.number = max(publisher.number, recurring.number)
        there = self._places.get(publisher.docs[recurring.number % RECENT] or "")
        if there is None or there.number < recurring.number:
            pushed_out = publisher.place(doc_id, recurring.number, recurring.sums)
            if pushed_out is not None:
                self._places.pop(pushed_out, None)
            self._places[doc_id] = _Place(name, recurring.number, recurring.sums)

    def settle(self) -> None:
        """After the last restored record: documents that are not recent any more go."""
        for doc_id, place in list(self._places.items()):
            publisher = self._publishers[place.publisher]
            if place.number <= publisher.number - RECENT:
                del self._places[doc_id]
                slot = place.number % RECENT
                publisher.docs[slot] = None
                publisher.sums[slot] = 0

    def recurring_of(self, doc_id: str, publisher: str) -> Recurring | None:
        """The part of a document's record that this learner needs again after a restart."""
        place = self._places.get(doc_id)
        if place is None:
            return None
        if place.publisher != publisher:
            self.leave(doc_id)  # a revision under another name
            return None
        return Recurring(place.number, place.sums)

    def take_changed(self) -> list[tuple[str, PublisherRecord | None]]:
        """Publishers whose records are out of date, once, by name; None where nothing is left to remember."""
        if not self._changed:
            return []
        changed, self._changed = sorted(self._changed), set()
        return [(name, self._record_of(name)) for name in changed]

    def _record_of(self, name: str) -> PublisherRecord | None:
        publisher = self._publishers.get(name)
        if publisher is None:
            return None
        return PublisherRecord(
            publisher=name,
            number=publisher.number,
            rules_version=publisher.version,
            candidates=[replace(c, witnesses=list(c.witnesses)) for c in publisher.candidates.values()],
            rules=[replace(rule) for rule in publisher.rules.values()],
        )

    def leave(self, doc_id: str) -> None:
        """A document is forgotten: what it taught stays, its paragraphs go."""
        place = self._places.pop(doc_id, None)
        if place is None:
            return
        publisher = self._publishers[place.publisher]
        publisher.place(None, place.number, b"")
        if place.number == publisher.number or publisher.empty:
            # Its record no longer says how many documents there were.
            self._changed.add(place.publisher)
        if publisher.empty:
            del self._publishers[place.publisher]

    # --- learning ----------------------------------------------------------------------------------------------------

    def learn(self, doc_id: str, content: Content, day: int) -> PublisherRules | None:
        """Take a new document in, `day` being the watermark's; returns the publisher's rules where they changed."""
        name = content.source
        publisher = self._publishers.get(name)
        if publisher is None:
            if not name or len(self._publishers) >= MAX_PUBLISHERS:
                return None
            publisher = self._publishers[name] = _Publisher()
        sums = _sums(content.body)
        publisher.number += 1
        changed = bool(publisher.rules) and self._keep(name, publisher, content, sums, day)
        for value in sums:
            if value in publisher.candidates or publisher.met(value):
                changed |= self._meet(name, publisher, doc_id, content, value, day)
        packed = b"".join([value.to_bytes(4, "little") for value in sums])
        pushed_out = publisher.place(doc_id, publisher.number, packed)
        if pushed_out is not None:
            self._places.pop(pushed_out, None)
        self._places[doc_id] = _Place(name, publisher.number, packed)
        if publisher.candidates:
            self._tire(name, publisher)
        return self._published(name, publisher) if changed else None

    def _published(self, name: str, publisher: _Publisher) -> PublisherRules:
        publisher.version += 1
        self._changed.add(name)
        paragraphs = [RuleParagraph(key=r.key, example=r.example, stories=r.stories) for r in publisher.rules.values()]
        paragraphs.sort(key=lambda paragraph: paragraph.key)
        return PublisherRules(schema=SCHEMA, publisher=name, version=publisher.version, paragraphs=paragraphs)

    def _keep(self, name: str, publisher: _Publisher, content: Content, sums: list[int], day: int) -> bool:
        """Note which rules still have something to cut, once a day each; returns whether one was dropped."""
        waiting = [rule for rule in publisher.rules.values() if rule.seen < day]
        if not waiting:
            return False
        cut = {paragraph_key(cut.text) for cut in content.cuts if cut.kind == KIND and cut.text}
        for rule in waiting:
            if rule.key in cut or rule.sum in sums:
                rule.seen = day
                self._changed.add(name)
        starved = [rule.sum for rule in waiting if rule.seen < day - FORGET_DAYS]
        for value in starved:
            del publisher.rules[value]
        return bool(starved)

    def _meet(self, name: str, publisher: _Publisher, doc_id: str, content: Content, value: int, day: int) -> bool:
        """A document has a paragraph that was met before; returns whether that makes it a rule."""
        if value in publisher.rules:
            return False
        text = next(line for line in reversed(content.body.split("\n")) if _sum(line) == value)
        candidate = publisher.candidates.get(value) or self._noticed(publisher, doc_id, content, value, text)
        if candidate is None or candidate.key != paragraph_key(text):
            return False
        candidate.met += 1
        candidate.last = publisher.number
        if len(candidate.witnesses) < WITNESSES:
            words = self._read(text)
            _bear_witness(candidate, words, self._told(doc_id, words))
        self._changed.add(name)
        since = publisher.number - candidate.first + 1
        if len(candidate.witnesses) < WITNESSES or candidate.met < SHARE * since or len(publisher.rules) >= MAX_RULES:
            return False
        del publisher.candidates[value]
        publisher.rules[value] = Rule(value, candidate.key, text, candidate.met, day)
        return True

    def _noticed(self, publisher: _Publisher, doc_id: str, content: Content, value: int, text: str) -> Candidate | None:
        """A new candidate, unless the paragraph is most of the text or has been met in this very story only."""
        if len(text) * 2 >= len(content.body):
            return None
        story_id = self._recall(doc_id)[0]
        others = [number for number, other in publisher.met(value) if self._recall(other)[0] != story_id]
        if not others:
            return None
        if len(publisher.candidates) >= MAX_CANDIDATES:
            candidates = publisher.candidates.values()
            weakest = min(candidates, key=lambda other: (len(other.witnesses), other.last, other.sum))
            del publisher.candidates[weakest.sum]
        candidate = Candidate(value, paragraph_key(text), others[0], others[-1], len(others), [])
        publisher.candidates[value] = candidate
        return candidate

    def _tire(self, name: str, publisher: _Publisher) -> None:
        tired = [c.sum for c in publisher.candidates.values() if c.last < publisher.number - PATIENCE]
        for value in tired:
            del publisher.candidates[value]
        if tired:
            self._changed.add(name)

    def _told(self, doc_id: str, paragraph: _Words) -> _Told:
        """A document as a witness for a paragraph; its beginning ends where the paragraph starts."""
        story_id, codes = self._recall(doc_id)
        title, body = tokens.split(codes)
        topic = self._words(tokens.words(title))
        words = tokens.words(body[: 2 * BEGINNING])
        beginning = words[: min(BEGINNING, _start(words, paragraph.first))]
        return _Told(story_id, topic, topic | self._words(beginning))

    def _read(self, paragraph: str) -> _Words:
        """The words of a paragraph; what repeats is taken apart once."""
        known = self._texts.get(paragraph)
        if known is None:
            if len(self._texts) >= MAX_TEXTS:
                self._texts.clear()
            known = self._texts[paragraph] = self._taken_apart(paragraph)
        return known

    def _taken_apart(self, paragraph: str) -> _Words:
        codes = tokens.encode("", paragraph)
        names = (codes[(codes & 3) == tokens.NAME] >> 2).astype(np.int64)
        words = tokens.words(codes)
        return _Words(self._words(words), self._words(names), words[:FIRST_WORDS])

    def _words(self, hashes: NDArray[np.int64]) -> frozenset[int]:
        """The telling words among some."""
        return frozenset(hashes[self._telling[hashes]].tolist())


def _start(words: NDArray[np.int64], first: NDArray[np.int64]) -> int:
    """Where in `words` a paragraph that begins with `first` starts; their number where it does not."""
    text, start = words.astype(np.uint16).tobytes(), first.astype(np.uint16).tobytes()
    at = text.find(start)
    while at % 2 == 1 and at >= 0:
        at = text.find(start, at + 1)
    return at // 2 if at >= 0 else len(words)


def _telling() -> NDArray[np.bool_]:
    """By word hash: whether a word is rare enough to say what a text is about."""
    telling = np.ones(weights.SIZE, dtype=np.bool_)
    for weight, words in weights.TIERS:
        if weight < TELLING:
            telling[[tokens.word_hash(word) for word in words.split()]] = False
    return telling


def _bear_witness(candidate: Candidate, words: _Words, told: _Told) -> None:
    """Count a story for a candidate, where the paragraph is foreign to it and it is foreign to those counted before. A
    story without a telling title, or with a title of other witnesses' words, says nothing."""
    if not told.topic:
        return
    shared = words.all & told.beginning
    if not words.names.isdisjoint(shared) or len(shared) >= BELONGS * max(1, len(words.all)):
        return
    if any(known.story_id == told.story_id or not told.topic.isdisjoint(known.topic) for known in candidate.witnesses):
        return
    candidate.witnesses.append(Witness(told.story_id, sorted(told.topic)[:TOPIC_WORDS]))


def _sums(body: str) -> list[int]:
    """Cheap identities of the last paragraphs of a body that may be boilerplate, in order; the first is never looked at.
    Numbers count: a sentence that comes every day with other numbers is a list of data, whatever its words."""
    last = body.rsplit("\n", PARAGRAPHS)[1:]
    return list(dict.fromkeys([_sum(text) for text in last if SHORTEST <= len(text) <= LONGEST]))


def _sum(paragraph: str) -> int:
    return crc32(paragraph.encode("utf-8", "replace")) or 1
