"""Which cases an article is about: `main` counts in series, alerts and briefs, `mention` is only searchable.

Main is a hit in the title, in the first sentence or in three sentences; measured on 6,836 articles, this rule is worth more
than any tuning of terms (see the foot of `cases.yaml`). News from abroad never has a main case.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Literal, NamedTuple

from stream_agents.tagging.phrases import Hit, Phrases
from stream_agents.tagging.taxonomy import Taxonomy
from stream_agents.tagging.text import Text

#: Sentences with a hit that make a case main even when title and first sentence are silent.
MAIN_SENTENCES = 3


class _Role(NamedTuple):
    """What a phrase does for a case: a term, a weak term or a context of weak term `weak`, an exclusion."""

    role: Literal["term", "weak", "context", "exclude"]
    case: str
    weak: int = -1


class CaseTags(NamedTuple):
    """Case ids in the order of the taxonomy; `main` is a part of `all`."""

    main: list[str]
    all: list[str]


class CaseTagger:
    """Matches a taxonomy; holds no state between articles and may be shared by threads."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._phrases: Phrases[_Role] = Phrases()
        for case in taxonomy.cases.values():
            for term in case.terms:
                self._phrases.add(term, _Role("term", case.id))
            for number, (term, contexts) in enumerate(case.weak):
                self._phrases.add(term, _Role("weak", case.id, number))
                for word in contexts:
                    self._phrases.add(word, _Role("context", case.id, number))
            for phrase in case.exclude:
                self._phrases.add(phrase, _Role("exclude", case.id))
        for phrase in taxonomy.institutions:
            self._phrases.add(phrase, _Role("exclude", ""))

    def tag(self, text: Text, *, foreign: bool = False) -> CaseTags:
        """Cases of one article; with `foreign` none of them is main."""
        sentences = self._sentences(text)
        found = [case for case in self._taxonomy.cases if case in sentences]
        main = [] if foreign else [case for case in found if _is_main(sentences[case])]
        return CaseTags(main, found)

    def _sentences(self, text: Text) -> dict[str, set[int]]:
        """Case → the sentences with a hit."""
        hits: defaultdict[str, list[Hit[_Role]]] = defaultdict(list)
        blanked: defaultdict[str, set[int]] = defaultdict(set)
        contexts: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
        for hit in self._phrases.find(text):
            role = hit.payload
            if role.role == "exclude":
                blanked[role.case].update(range(hit.start, hit.end))
            elif role.role == "context":
                contexts[role.case, role.weak].add(text.sentence[hit.start])
            else:
                hits[role.case].append(hit)
        found: defaultdict[str, set[int]] = defaultdict(set)
        for case, listed in hits.items():
            for hit in listed:
                sentence = text.sentence[hit.start]
                if hit.payload.role == "weak" and sentence not in contexts[case, hit.payload.weak]:
                    continue
                if not any(at in blanked[case] or at in blanked[""] for at in range(hit.start, hit.end)):
                    found[case].add(sentence)
        return found


def _is_main(sentences: set[int]) -> bool:
    return 0 in sentences or 1 in sentences or len(sentences) >= MAIN_SENTENCES
