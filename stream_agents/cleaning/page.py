"""Finding the article in a page: prune what is never text, weigh the containers, take the one that holds the report.

The weighing follows Readability (Arc90, 2009: a paragraph's worth goes to its parent and half of it to the grandparent),
with two anchors news pages offer: the page's own description, which nearly always opens the article, and the names and
roles publishers give the container of the text. Where no container stands out, trafilatura is asked.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree, html

from stream_agents.cleaning.words import words

MOST_TAGS = 30_000  # real pages hold a tenth of it
LARGEST = 4_000_000  # characters of markup that are looked at
_NEVER = words(
    "script style noscript template iframe object embed svg canvas form button select "
    "textarea input nav footer link meta audio video source "
    "map area dialog ins applet head ads amp-ad amp-embed amp-social-share amp-sidebar "
    "amp-iframe amp-analytics label menu progress"
)
_BLOCK = words(
    "p div section article main aside header h1 h2 h3 h4 h5 h6 ul ol li dl dt dd "
    "table thead tbody tfoot tr td th blockquote pre figure "
    "figcaption center address details summary fieldset hr body html font_block"
)
# Names that say what a box is; the second list only hints at it and spares a box that holds paragraphs.
_BAD_NAME = re.compile(
    r"(?:^|[\s_\-])(?:related|relat|terkait|baca-?juga|bacajuga|read-?also|also-?read|"
    r"more-?(?:news|articles?|stories)|share|sharing|sharedaddy|social|sosmed|medsos|"
    r"comments?|komentar|disqus|respond|breadcrumbs?|sidebar|side-?bar|widget|popular|"
    r"populer|terpopuler|trending|terkini|terbaru|latest|recent|recommend\w*|rekomendasi|"
    r"newsletter|subscribe|pagination|paging|pager|page-?links|post-?navigation|"
    r"author-?box|authorbox|about-?author|copyright|footer|nav|navbar|navigation|"
    r"jp-relatedposts|jnews_inline_related_post|"
    r"jeg_ad|code-block|taboola|outbrain|mgid|dable|gpt|dfp|adsbygoogle|googlead\w*|"
    r"inline-?ad|parallax|googlenews|google-?news|whatsapp|wa-?channel|followus|follow-?us|"
    r"screen-reader-text|sr-only|"
    r"skip-?link|print-?only|gallery-?thumbs?|playlist|ticker)(?:$|[\s_\-\d])",
    re.I,
)
_DOUBTFUL_NAME = re.compile(
    r"(?:^|[\s_\-])(?:advert\w*|ads?|adv|iklan|banner|sponsor\w*|promo\w*|tags?|tag-?list|"
    r"tagcloud|topics?|topik|foot|menu|modal|popup|cookie\w*|toolbar|rating|reactions?|"
    r"hide|hidden|d-none|visually-hidden|lightbox|video-?player|infografis|polling|"
    r"quiz|carousel|slider|swiper|breaking|video|list-berita|meta)(?:$|[\s_\-\d])",
    re.I,
)
_GOOD_NAME = re.compile(
    r"(?:article|artikel|post|entry|news|berita|read|detail|story|content|isi|single|"
    r"txt|text|tdb|td|jeg|main)[\w]*[-_ ]{0,2}(?:body|content|text|txt|detail|isi|"
    r"article|artikel|paragraph|entry|berita|inner|read)|"
    r"content-inner|itp_bodycontent|bodytext|paragraph|post-?body|isi-?berita|isiberita|"
    r"teks-?berita|detail__?body|entry-content|side-article|body-?content|newscontent|"
    r"text_detail|div-read|dtlnews|detailtext",
    re.I,
)
_CAPTION_NAME = re.compile(
    r"caption|credit|foto-?ket|keterangan|photo-?desc|img-?desc|pic_artikel|detail-?foto|"
    r"image-?source|photo__|fotoket",
    re.I,
)
_PRUNABLE = frozenset(
    (
        "div",
        "section",
        "aside",
        "ul",
        "ol",
        "p",
        "span",
        "table",
        "header",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "a",
        "figure",
        "blockquote",
        "dl",
        "amp-carousel",
        "strong",
        "em",
        "td",
    )
)
_NOT_LETTER = re.compile(r"[\W_]+")
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Block:
    """One line of the page's text: what it says, its kind of element, the spans inside hyperlinks."""

    text: str
    tag: str
    links: list[tuple[int, int]] = field(default_factory=list)


def parse(markup: str | bytes) -> html.HtmlElement | None:
    """The page's tree, or None if there is nothing in it. Nesting is bounded by the parser."""
    data = markup[:LARGEST]
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass" if data.isascii() else "replace")
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, recover=True)
    else:
        parser = html.HTMLParser(remove_comments=True, remove_pis=True, recover=True)
    if not data.strip():
        return None
    if data.count(b"<") > MOST_TAGS:
        data = b"<".join(data.split(b"<", MOST_TAGS)[:MOST_TAGS])
    try:
        return html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


class Weights:
    """How much running text each element holds, and how much of it inside links."""

    def __init__(self, root: html.HtmlElement) -> None:
        self.own: dict[html.HtmlElement, int] = {}
        self.text: dict[html.HtmlElement, int] = {}
        self.linked: dict[html.HtmlElement, int] = {}
        self.order: list[html.HtmlElement] = []
        self._walk(root)

    def _walk(self, root: html.HtmlElement) -> None:
        text, linked, own = self.text, self.linked, self.own
        stack: list[tuple[html.HtmlElement, html.HtmlElement | None, bool]] = [(root, None, False)]
        parents: list[tuple[html.HtmlElement, html.HtmlElement | None]] = []
        while stack:
            element, block, in_link = stack.pop()
            tag = element.tag
            here = element if tag in _BLOCK or block is None else block
            in_link = in_link or tag == "a"
            self.order.append(element)
            parents.append((element, element.getparent()))
            n = _length(element.text)
            text[element] = text.get(element, 0) + n
            if in_link:
                linked[element] = linked.get(element, 0) + n
            else:
                own[here] = own.get(here, 0) + n
            for child in element:
                tail = _length(child.tail)
                if tail:
                    text[element] += tail
                    if in_link:
                        linked[element] = linked.get(element, 0) + tail
                    else:
                        own[here] = own.get(here, 0) + tail
                if isinstance(child.tag, str):
                    stack.append((child, here, in_link))
        for element, parent in reversed(parents):
            if parent is not None and parent in text:
                text[parent] += text[element]
                if element in linked:
                    linked[parent] = linked.get(parent, 0) + linked[element]


def _length(text: str | None) -> int:
    if not text:
        return 0
    stripped = text.strip()
    return len(stripped) + 1 if stripped else 0


def prune(root: html.HtmlElement, description: str = "") -> None:
    """Remove the elements that are never part of an article, by tag, role and name; never one that holds the article."""
    for element in list(root.iter(*_NEVER)):
        _remove(element)
    total = max(1, _plain_length(root))
    opening = _key(description)[:45]
    stack = [root]
    while stack:
        element = stack.pop()
        doubt = _furniture(element) if element.tag in _PRUNABLE else ""
        if doubt and not _holds_article(element, total, opening, certain=doubt == "certain"):
            _remove(element)
        else:
            stack += [child for child in element if isinstance(child.tag, str)]


def _holds_article(element: html.HtmlElement, total: int, opening: str, *, certain: bool) -> bool:
    plain = _plain_length(element)
    if plain < 200:
        return False
    if plain * 3 >= total or (len(opening) >= 25 and opening in _key(element.text_content()[:6000])):
        return True
    return not certain and sum(len(p.text_content()) >= 100 for p in element.iter("p")) >= 2


def _plain_length(element: html.HtmlElement) -> int:
    """Characters of text outside links."""
    whole = len(element.text_content())
    return whole - sum(len(a.text_content()) for a in element.iter("a")) if whole >= 200 else whole


def _furniture(element: html.HtmlElement) -> str:
    """Is this box furniture: "certain", "doubtful" or ""?"""
    attributes = element.attrib
    if not attributes:
        return ""
    if attributes.get("hidden") is not None or "display:none" in attributes.get("style", "").replace(" ", ""):
        return "doubtful"
    if attributes.get("role") in ("navigation", "complementary", "banner", "contentinfo", "search", "dialog"):
        return "certain"
    name = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return _name_says(name) if len(name) > 2 else ""


@lru_cache(maxsize=8192)
def _name_says(name: str) -> str:
    if _BAD_NAME.search(name):
        return "doubtful" if _GOOD_NAME.search(name) else "certain"
    return "doubtful" if _DOUBTFUL_NAME.search(name) else ""


def _remove(element: html.HtmlElement) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():
        previous = element.getprevious()
        if previous is not None:
            previous.tail = f"{previous.tail or ''} {element.tail}"
        else:
            parent.text = f"{parent.text or ''} {element.tail}"
    parent.remove(element)


def find_container(root: html.HtmlElement, description: str) -> html.HtmlElement | None:
    """The element that holds the article's text, or None if nothing looks like one."""
    weights = Weights(root)
    score: dict[html.HtmlElement, float] = {}
    anchors = _anchors(weights, description)
    for element, n in weights.own.items():
        if n < 25 or element.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "td", "th", "a"):
            continue
        worth = min(n, 1200) * (3.0 if element in anchors else 1.0)
        holder = element if element.tag in ("div", "section", "article", "main", "td") else element.getparent()
        for share in (1.0, 0.5, 0.2):
            if holder is None:
                break
            score[holder] = score.get(holder, 0.0) + worth * share
            holder = holder.getparent()
    if not score:
        return None
    return _with_siblings(max(score, key=lambda e: score[e] * _factor(e, weights)), weights)


def _with_siblings(best: html.HtmlElement, weights: Weights) -> html.HtmlElement:
    """Climb while the parent holds further parts of the same text: siblings of the same tag and class with running text."""
    for _ in range(6):
        parent = best.getparent()
        if (
            parent is None
            or parent.tag in ("body", "html")
            or best.tag not in ("div", "section", "span", "td", "article")
        ):
            break
        alike = [e for e in parent if e is not best and e.tag == best.tag and e.get("class") == best.get("class")]
        plain = sum(weights.text.get(e, 0) - weights.linked.get(e, 0) for e in alike)
        alone = weights.text.get(parent, 0) <= weights.text.get(best, 0) + 2
        ours = weights.text.get(best, 0) - weights.linked.get(best, 0)
        if not alone and (
            plain < 60 or plain * 4 < ours or any(weights.linked.get(e, 0) * 2 > weights.text.get(e, 1) for e in alike)
        ):
            break
        if alike and any(e.find(".//h2") is not None or e.find(".//h3/a") is not None for e in alike):
            break  # a list of teasers
        best = parent
    return best


def _factor(element: html.HtmlElement, weights: Weights) -> float:
    density = weights.linked.get(element, 0) / max(1, weights.text.get(element, 1))
    factor = max(0.05, 1.0 - density)
    name = f"{element.get('class', '')} {element.get('id', '')}"
    if element.get("itemprop") == "articleBody":
        factor *= 2.0
    elif _GOOD_NAME.search(name):
        factor *= 1.5
    if element.tag in ("body", "html"):
        factor *= 0.6
    return factor


def _anchors(weights: Weights, description: str) -> set[html.HtmlElement]:
    """Blocks whose text begins as the page's description does."""
    opening = _key(description)[:45]
    if len(opening) < 25:
        return set()
    return {
        e
        for e, n in weights.own.items()
        if n >= 25 and e.tag in ("p", "div", "section", "article", "span", "td", "li") and opening in _key(_opening(e))
    }


def _opening(element: html.HtmlElement) -> str:
    out, size = [], 0
    for piece in element.itertext():
        out.append(piece)
        size += len(piece)
        if size > 400:
            break
    return "".join(out)


def _key(text: str) -> str:
    return _NOT_LETTER.sub("", text.lower())
