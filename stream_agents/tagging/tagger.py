"""All tags of an article in one call: places, then cases, on one reading of its words."""

from __future__ import annotations

from typing import NamedTuple

from stream_agents.tagging.cases import CaseTagger, CaseTags
from stream_agents.tagging.places import Places, PlaceTagger
from stream_agents.tagging.taxonomy import Taxonomy, load_taxonomy
from stream_agents.tagging.text import Text
from warta.messages import Content, Score
from warta.settings import Settings


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
    def load(cls, settings: Settings) -> Tagger:
        """With the shipped cases and, on top, the user's file (`WARTA_CASES`).

        Raises:
            Usage: the file cannot be read or is wrong; the message names the case and the field.
        """
        return cls(load_taxonomy(settings.cases))

    def tag(self, content: Content) -> Score:
        """The tags of a cleaned article as section `score`, sentiment and tone still empty."""
        tags = self.tag_text(Text(content.title, content.body), content.dateline, content.region)
        places = tags.places
        return Score(
            main_place=places.main,
            places=places.places,
            place_codes=places.codes,
            provinces=places.provinces,
            location=places.location,
            abroad=places.abroad,
            main_cases=tags.cases.main,
            cases=tags.cases.all,
        )

    def tag_text(self, text: Text, dateline: str = "", region: str = "") -> Tags:
        """Tags of a text whose words were read already.

        `dateline` is the town that cleaning took off the first sentence, `region` the province code of the publisher's
        home; both only help to tell places of one name apart.
        """
        places = self._places.tag(text, dateline, region)
        return Tags(places, self._cases.tag(text, foreign=places.foreign))
