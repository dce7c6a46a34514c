"""The text of a container as lines: one a paragraph, list item, heading or table row, with the spans of its links."""

from lxml import html

from stream_agents.cleaning.page import _BLOCK, _CAPTION_NAME, _SPACE, Block
from stream_agents.cleaning.typography import normalise

_MOST_BLOCKS = 20_000
_LONGEST = 300_000


class _Writer:
    """Collects text into blocks; a block ends where a block element begins or ends and at `<br>`."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.size = 0
        self.total = 0
        self.links: list[tuple[int, int]] = []

    def write(self, text: str | None, in_link: bool) -> None:
        if not text:
            return
        text = _SPACE.sub(" ", normalise(text))
        if not self.size:
            text = text.lstrip()
        if not text:
            return
        if in_link:
            self.links.append((self.size, self.size + len(text)))
        self.parts.append(text)
        self.size += len(text)

    def end(self, tag: str) -> None:
        text = "".join(self.parts).rstrip()
        if text and len(self.blocks) < _MOST_BLOCKS and self.total < _LONGEST:
            self.total += len(text)
            self.blocks.append(Block(text, tag, self.links))
        self.parts, self.links, self.size = [], [], 0


def blocks_of(container: html.HtmlElement) -> list[Block]:
    """The container's text as blocks, in reading order, without recursion."""
    writer = _Writer()
    stack: list[tuple[str, html.HtmlElement, str, bool]] = [("open", container, "p", False)]
    while stack:
        step, element, kind, in_link = stack.pop()
        if step == "tail":
            writer.write(element.tail, in_link)
            continue
        if step == "close":
            writer.end(kind)
            continue
        tag = element.tag
        kind_here = _kind(element, kind)
        block = tag in _BLOCK
        if tag in ("td", "th") and writer.size:
            writer.write(" | ", in_link)
        elif block or tag == "br":
            writer.end(kind)
        link_here = in_link or tag == "a"
        if block and tag not in ("td", "th"):
            stack.append(("close", element, kind_here, in_link))
        for child in reversed(element):
            stack.append(("tail", child, kind_here, link_here))
            if isinstance(child.tag, str):
                stack.append(("open", child, kind_here, link_here))
        writer.write(element.text, link_here)
    writer.end("p")
    return writer.blocks


def _kind(element: html.HtmlElement, outer: str) -> str:
    tag = element.tag
    if (
        outer == "caption"
        or tag == "figcaption"
        or (tag == "figure" and element.find(".//table") is None)
        or (tag in ("div", "p", "span", "em", "small", "center", "td") and _is_caption(element))
    ):
        return "caption"
    if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return "h"
    if tag in ("li", "dt", "dd"):
        return "li"
    if tag == "tr":
        return "row"
    return outer


def _is_caption(element: html.HtmlElement) -> bool:
    name = f"{element.get('class', '')} {element.get('id', '')}"
    return len(name) > 1 and bool(_CAPTION_NAME.search(name))


def text_of(blocks: list[Block]) -> str:
    """The blocks as one text, a line each."""
    return "\n".join(b.text for b in blocks)
