"""Lines of a back-test's input: a document of a story as it was seen, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from warta.errors import Usage


class Line(msgspec.Struct):
    """One line of input: a document of a story as it was seen. `publisher_group` is the owner."""

    time: str
    series: list[str]
    story_id: str
    publisher_group: str = ""
    label: str = ""


def read(lines: Iterable[bytes], name: str) -> Iterator[tuple[float, Line]]:
    """Lines with their POSIX time; blank ones are skipped.

    Raises:
        Usage: a line is not of the form, or earlier than the one before; it names the line.
    """
    decoder = msgspec.json.Decoder(Line)
    before = float("-inf")
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = decoder.decode(text)
            moment = datetime.fromisoformat(line.time)
        except (msgspec.MsgspecError, ValueError) as error:
            raise Usage(f"{name}, line {number}: {error}. A line is {_FORM}") from None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if seconds < before:
            raise Usage(f"{name}, line {number}: {line.time} is earlier than the line before; sort the file by time")
        before = seconds
        yield seconds, line


_FORM = (
    '{"time": "2026-11-20T06:41:00+07:00", "series": ["all", "place:32.11"], "story_id": "s1", "publisher_group": '
    '"kompas_gramedia", "label": "negative"}'
)
