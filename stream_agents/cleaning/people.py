"""Who wrote an article, as its page says: ld+json and meta first, then what stands in the by-line."""

import re
from typing import Any

from lxml import html

from stream_agents.cleaning import linked_data
from stream_agents.cleaning.authors import add_author, is_person
from stream_agents.cleaning.typography import normalise

_BYLINE = re.compile(
    r"(?:^|[\s_\-])(?:author|authors|penulis|reporter|byline|by-line|writer|pewarta|"
    r"wartawan|jurnalis|namerep|createdby|editor-name|"
    r"credit-title-name|post-author|entry-author|vcard|meta-info|post-meta|entry-meta|article-info)(?:$|[\s_\-])",
    re.I,
)
_PREFIX = re.compile(
    r"^(?:(?:di(?:posting|tulis|terbitkan|buat|publikasikan|unggah)|posted|written|"
    r"published)\s+(?:oleh|by)|oleh|by|penulis|reporter|pewarta|"
    r"author|details)\s*:?\s+",
    re.I,
)
_SPLIT = re.compile(r"\s*(?:\||,|;|•|·|/|\n|\s-\s|\s–\s|\s—\s)\s*")
_NOT_LETTER = re.compile(r"[\W_]+")
_MOST = 8


def page_authors(root: html.HtmlElement, data: dict[str, Any], stated: list[str], site: str) -> list[str]:
    """Names of persons, in order, each once; desks, accounts and the publisher itself are left out."""
    names: list[str] = []
    for value in [*_persons(data.get("author")), *stated]:
        if "http" not in value and "www." not in value:
            add_author(names, " ".join(normalise(value).split()))
    names = [n for n in names if is_author(n, site)]
    return (names or _byline(root, site))[:_MOST]


def _persons(value: Any) -> list[str]:
    if isinstance(value, dict) and str(value.get("@type", "")).lower() in ("organization", "newsmediaorganization"):
        return []
    if isinstance(value, list):
        return [name for v in value[:20] for name in _persons(v)]
    return linked_data.texts(value)


def _byline(root: html.HtmlElement, site: str) -> list[str]:
    """The first element named like a by-line that holds a person's name."""
    for element in root.iter("div", "span", "a", "p", "strong", "li", "address", "h5", "h6", "dd", "b"):
        named = element.get("rel") == "author" or element.get("itemprop") == "author"
        if named or _BYLINE.search(f"{element.get('class', '')} {element.get('id', '')}"):
            text = " ".join(normalise(element.text_content()[:200]).split())
            said = _PREFIX.search(text) is not None or named or len(element) == 0
            for piece in _SPLIT.split(text)[:3]:
                name = _PREFIX.sub("", piece).strip()
                if is_name(name) and is_author(name, site) and (said or len(_SPLIT.split(text)) > 1 or name == text):
                    return [name]
    return []


def is_name(text: str) -> bool:
    """Two to five capitalised words without digits."""
    parts = text.split()
    return (
        2 <= len(parts) <= 5
        and len(text) <= 48
        and all(w[0].isupper() or w in ("bin", "binti", "al", "van", "de") for w in parts)
    )


def is_author(name: str, site: str) -> bool:
    """A person's name, not a desk's, an account's or the publisher's own."""
    bare, owner = _NOT_LETTER.sub("", name).lower(), _NOT_LETTER.sub("", site).lower()
    if not bare or bare == owner or not is_person(name) or any(c.isdigit() for c in name):
        return False
    return re.search(r"\.(?:com|co\.id|id|net)\b|\b(?:media|redaksi|newsroom|tim|admin)\b", name.lower()) is None
