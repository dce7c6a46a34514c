"""What a page says about itself in ld+json (schema.org): lists, `@graph`, nesting, and the damage publishers leave in it."""

import json
import re
from collections.abc import Iterator
from typing import Any

_ARTICLE_TYPES = (
    "newsarticle",
    "reportagenewsarticle",
    "analysisnewsarticle",
    "opinionnewsarticle",
    "backgroundnewsarticle",
    "reviewnewsarticle",
    "liveblogposting",
    "article",
    "blogposting",
    "advertisercontentarticle",
    "satiricalarticle",
    "videoobject",
    "webpage",
)
_LARGEST = 400_000
_MOST_NODES = 2000
_WRAPPING = re.compile(
    r"^\s*(?:<!--|/\*|//)?\s*(?:<!\[CDATA\[)?\s*(?:\*/)?|(?:/\*|//)?\s*(?:\]\]>)?\s*(?:\*/|"
    r"-->)?\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",\s{0,40}([}\]])")
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|articleSection|isAccessibleForFree)"\s{0,9}:\s{0,9}"?([^"\n}]{1,40'
    r'0})"?'
)


def article_data(scripts: list[str]) -> dict[str, Any]:
    """The article's node among a page's ld+json scripts, or {}; the most specific type wins, then the one with most fields."""
    best: dict[str, Any] = {}
    best_rank = (len(_ARTICLE_TYPES), 0)
    for script in scripts[:30]:
        for node in _nodes(_load(script)):
            rank = (_rank(node), -len(node))
            if rank < best_rank:
                best, best_rank = node, rank
    return best


def _load(script: str) -> Any:
    text = _WRAPPING.sub("", script[:_LARGEST].strip())
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    # Broken beyond JSON: read the few fields that matter one by one.
    fields = {m[1]: m[2] for m in _FIELD.finditer(text)}
    return {"@type": "NewsArticle", **fields} if "datePublished" in fields else None


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    queue, seen = [data], 0
    while queue and seen < _MOST_NODES:
        node = queue.pop(0)
        seen += 1
        if isinstance(node, list):
            queue += node[:200]
        elif isinstance(node, dict):
            if "@type" in node:
                yield node
            queue += [
                node[k]
                for k in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart")
                if k in node and not isinstance(node[k], str)
            ]


def _rank(node: dict[str, Any]) -> int:
    types = node.get("@type")
    names = [str(t).lower().rsplit("/", 1)[-1] for t in (types if isinstance(types, list) else [types])]
    ranks = [_ARTICLE_TYPES.index(n) for n in names if n in _ARTICLE_TYPES]
    if not ranks:
        return len(_ARTICLE_TYPES)
    return 0 if min(ranks) < 7 else min(ranks)


def texts(value: Any) -> list[str]:
    """The strings in a field that may be a string, an object with a name or URL, or a list of those."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, dict):
        return texts(value.get("name") or value.get("url") or value.get("@value") or value.get("contentUrl"))
    if isinstance(value, list):
        return [t for v in value[:50] for t in texts(v)]
    return []


def first(value: Any) -> str:
    """The first string in such a field, or ""."""
    return next(iter(texts(value)), "")
