"""Stories as sets of documents: an equivalence by construction, for every document is in exactly one.

A story of one remembered document that never had another needs no object: its id is `s-` + the document's.
"""

from __future__ import annotations

from dataclasses import dataclass, field


def own_story(doc_id: str) -> str:
    """The id of the story that `doc_id` begins."""
    return f"s-{doc_id}"


def own_document(story_id: str) -> str:
    """The document that began the story `story_id`."""
    return story_id[2:]


@dataclass(slots=True)
class Group:
    """A story with a past: its remembered members (a set), and totals over all it ever had.

    `carrier` is the member whose record holds the totals. Times are POSIX seconds."""

    story_id: str
    original_id: str
    members: dict[str, None] = field(default_factory=dict)
    copies: int = 0
    publishers: set[int] = field(default_factory=set)
    owners: set[int] = field(default_factory=set)
    first_seen: float = 0.0
    last_seen: float = 0.0
    summary_offset: int = -1
    carrier: str = ""

    def count(self, publisher: int, owner: int, first_seen: float) -> None:
        """Take a new copy into the totals."""
        self.first_seen = min(self.first_seen, first_seen) if self.copies else first_seen
        self.last_seen = max(self.last_seen, first_seen) if self.copies else first_seen
        self.copies += 1
        self.publishers.add(publisher)
        self.owners.add(owner)


class Groups:
    """Which story each document with company is in."""

    def __init__(self) -> None:
        self.by_story: dict[str, Group] = {}
        self.by_doc: dict[str, Group] = {}
        #: Originals that age has taken from a story that lives on, with that story's id.
        self.lost: dict[str, str] = {}

    def of(self, doc_id: str) -> Group | None:
        return self.by_doc.get(doc_id)

    def story_id(self, doc_id: str) -> str:
        group = self.by_doc.get(doc_id)
        return group.story_id if group else own_story(doc_id)

    def members(self, doc_id: str) -> list[str]:
        """Remembered documents of the story of `doc_id`, itself included, in no particular order."""
        group = self.by_doc.get(doc_id)
        return list(group.members) if group else [doc_id]

    def original_id(self, doc_id: str) -> str:
        group = self.by_doc.get(doc_id)
        return group.original_id if group else doc_id

    def create(self, story_id: str, original_id: str) -> Group:
        group = self.by_story[story_id] = Group(story_id, original_id)
        return group

    def put(self, group: Group, doc_id: str) -> None:
        """Make `doc_id` a member of `group` and of no other."""
        self.take(doc_id)
        group.members[doc_id] = None
        self.by_doc[doc_id] = group

    def take(self, doc_id: str) -> Group | None:
        """Take `doc_id` out of its story; a story without remembered members is forgotten."""
        group = self.by_doc.pop(doc_id, None)
        if group is not None:
            del group.members[doc_id]
            if not group.members:
                self._drop(group)
        return group

    def _drop(self, group: Group) -> None:
        self.by_story.pop(group.story_id, None)
        if self.lost.get(group.original_id) == group.story_id:
            del self.lost[group.original_id]
