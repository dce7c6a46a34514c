"""Records of `warta.documents` as the indexer handles them: decoded, checked, with their position in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from indexer.merge import Position
from warta.errors import Invalid
from warta.messages import Document, DocumentMessage, Patch, Superseded, Tombstone
from warta.wire import Decoder

_decoder = Decoder(DocumentMessage)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: where it stands, what it says, and the Kafka record itself for the dead letters."""

    position: Position
    message: Document | Patch | Superseded | Tombstone
    record: Any


@dataclass(frozen=True, slots=True)
class Cleared:
    """A key whose value was set to null: nothing of it may stay (a forgotten revision)."""

    key: str


def decode(record: Any, generation: int) -> Entry | Cleared:
    """A Kafka record → entry.

    Raises:
        Invalid: the value is not a message of this topic, or a patch does not carry its section.
    """
    if record.value is None:
        return Cleared((record.key or b"").decode("utf-8", "replace"))
    message = _decoder.decode(record.value)
    if not message.doc_id or len(message.doc_id.encode()) > 512:
        raise Invalid("bad-doc-id", f"a doc_id has 1 to 512 bytes, this one {len(message.doc_id.encode())}")
    if isinstance(message, Patch) and message.section != "correction" and getattr(message, message.section) is None:
        raise Invalid("bad-patch", f"a patch of {message.section} carries no {message.section}")
    return Entry(Position(generation, record.offset), message, record)
