"""Names of authors from credit lines ("Penulis: …", "Laporan wartawan …"); editors and sources are not authors."""

import re

from stream_agents.cleaning.words import words

_ROLE = re.compile(
    r"(?:^|\n|[|;,.)”\"]\s*|\s)(?:pewarta|reporter|penulis|kontributor|wartawan|jurnalis|"
    r"oleh|by|author|writer|content\s+writer|ditulis\s+oleh|dilaporkan\s+oleh|rep|"
    r"laporan)\s*[:：|]\s*(?P<name>[A-Z][\w.'’\- ]{1,60})"
    r"|laporan\s+(?:wartawan|reporter|jurnalis|kontributor)\s+(?:[\w\-]+\.(?:com|"
    r"co\.id|id|net)\s*,?\s*)?(?P<reporter>[A-Z][\w.'’\-]*(?:\s[A-Z][\w.'’\-]*){0,3})",
    re.I,
)
_STOP = re.compile(
    r"\s*(?:\||;|,|/|\b(?:editor|redaktur|sumber|foto|copyright|penulis|pewarta|reporter|"
    r"red|rep|publisher)\b|\s-\s|\s–\s).*$",
    re.I | re.S,
)
_SPLIT = re.compile(r"\s*(?:,|;|/|\||\s&\s|\s+dan\s+)\s*")
_NOT_NAMES = words(
    "admin redaksi administrator editor tim redaktur web webmaster author penulis "
    "humas superadmin user root desk news newsroom jurnalis wartawan reporter kontributor details"
)


def authors_in(text: str) -> list[str]:
    """Author names in credit lines, in order, each once."""
    names: list[str] = []
    for m in _ROLE.finditer(text):
        add_author(names, _STOP.sub("", m["name"] or m["reporter"] or ""))
    return names


def add_author(names: list[str], value: str) -> None:
    """Add the names in a value ("A, B dan C") to a list, each once; addresses of profiles are not names."""
    for part in _SPLIT.split(value[:200]):
        name = " ".join(part.split()).strip(" .,-–:|()")
        if (
            2 <= len(name) <= 60
            and "http" not in name
            and "@" not in name
            and not name.isdigit()
            and name.lower() not in (n.lower() for n in names)
        ):
            names.append(name)


def is_person(name: str) -> bool:
    """Not the name of a desk or an account ("Admin", "Redaksi")."""
    return name.lower() not in _NOT_NAMES
