"""Names of the monthly indices: alias `news-YYYY.MM`, index `news-YYYY.MM-g<generation>`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_INDEX = re.compile(r"^(news-\d{4}\.\d{2})-g(\d{1,9})$")


def alias_of(first_seen_at: datetime) -> str:
    """The write alias of a document's month, by `first_seen_at` in UTC."""
    return first_seen_at.astimezone(UTC).strftime("news-%Y.%m")


def index_of(alias: str, generation: int) -> str:
    """The concrete index of a month in a rebuild generation."""
    return f"{alias}-g{generation}"


def parse(index: str) -> tuple[str, int] | None:
    """Concrete index → (alias, generation); None when it is no monthly index of ours."""
    found = _INDEX.match(index)
    return (found[1], int(found[2])) if found else None
