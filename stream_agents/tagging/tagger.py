"""All tags of an article in one call: places, then cases, on one reading of its words."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from stream_agents.tagging.cases import CaseTagger, CaseTags
from stream_agents.tagging.places import Places, PlaceTagger
from stream_agents.tagging.taxonomy import Taxonomy, load_taxonomy
from stream_agents.tagging.text import Text


class Tags(NamedTuple):
    """What an article is about and what it mentions."""

    places: Places
    cases: CaseTags


class Tagger:
    """Places and cases of articles; built once (about 0.5 s), shared by threads, without state between articles."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._places = PlaceTagger()
        self._cases = CaseTagger(taxonomy)

    @classmethod
    def load(cls, own_cases: Path | None = None) -> Tagger:
        """With the shipped cases and, on top, the user's file (`WARTA_CASES`).

        Raises:
            Usage: the file cannot be read or is wrong; the message names the case and the field.
        """
        return cls(load_taxonomy(own_cases))

    def tag(self, title: str, body: str, dateline: str = "", region: str = "") -> Tags:
        """Tags of one cleaned article.

        `dateline` is the town that cleaning took off the first sentence, `region` the province code of the publisher's
        home; both only help to tell places of one name apart.
        """
        return self.tag_text(Text(title, body), dateline, region)

    def tag_text(self, text: Text, dateline: str = "", region: str = "") -> Tags:
        """The same on words that were read already."""
        places = self._places.tag(text, dateline, region)
        return Tags(places, self._cases.tag(text, foreign=places.foreign))
