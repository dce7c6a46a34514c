"""The cleaning stage: one raw record in, one cleaned article out, or `Invalid("no-text")`.

`Cleaner.clean` takes the wire's `RawArticle`; `clean_text` and `clean_page` take what a file holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from stream_agents.cleaning.authors import add_author, authors_in, is_person
from stream_agents.cleaning.boilerplate import EMPTY, KIND, BoilerplateRules
from stream_agents.cleaning.cuts import Cut, Draft
from stream_agents.cleaning.dates import contradicts_weekday, is_credible
from stream_agents.cleaning.extract import extract
from stream_agents.cleaning.genre import genre
from stream_agents.cleaning.language import identify
from stream_agents.cleaning.metadata import Metadata
from stream_agents.cleaning.strip import Found, strip
from stream_agents.cleaning.typography import normalise, plain_text
from stream_agents.cleaning.wire import agency
from warta.errors import Invalid
from warta.messages import Genre, RawArticle

LARGEST_TEXT = 300_000  # characters; longer texts are cut and flagged
_PARTIAL = ("...", "…", "[…]", "[...]", "(…)", "[&hellip;]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One cleaned article.

    `body` is one paragraph a line. Times are aware and keep the publisher's offset. `cuts` are in the order in which they
    were made, with offsets (characters) in `source`, the extracted text they were cut from. `body_before_rules` is the
    body as it would be without publisher rules: hash it, not `body`, to tell a replay from a revision.
    """

    title: str
    body: str
    lead: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    date_suspect: bool = False
    dateline: str = ""
    wire: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    canonical_link: str = ""
    image_url: str = ""
    image_caption: str = ""
    language: str = ""
    language_confidence: float = 0.0
    genre: Genre = "news"
    paywall: bool = False
    truncated: bool = False
    amp: bool = False
    pages: int = 1
    next_page: str = ""
    noindex: bool = False
    noai: bool = False
    upstream: Mapping[str, Any] = field(default_factory=dict)
    cuts: tuple[Cut, ...] = ()
    rules_version: int | None = None
    source: str = ""
    body_before_rules: str = ""


class Cleaner:
    """Cleaning with one set of publisher rules; holds nothing between records."""

    def __init__(self, rules: BoilerplateRules = EMPTY) -> None:
        self.rules = rules

    def clean(self, raw: RawArticle, now: datetime) -> Cleaned:
        """Clean one record as of `now`. Raises `Invalid("no-text")` when no usable text is left."""
        keys, version = self.rules.of(raw.source), self.rules.version(raw.source)
        if raw.html and raw.html.strip():
            cleaned = clean_page(raw.html, now, url=raw.url, title=raw.title, rules=keys)
        elif raw.text and raw.text.strip():
            cleaned = clean_text(raw.text, now, title=raw.title, rules=keys)
        else:
            raise Invalid("no-text", f"{raw.url}: the record holds neither text nor a page; fetch it again")
        if not cleaned.body:
            raise Invalid(
                "no-text",
                f"{raw.url}: nothing is left after cleaning; look at the page, it may need JavaScript or a login",
            )
        return _merge(cleaned, raw, now, version)


def clean_text(text: str, now: datetime, *, title: str = "", rules: frozenset[str] = frozenset()) -> Cleaned:
    """Clean a plain text (a dump's or a dashboard's); without a `title` a headline above the text is taken for it."""
    source = plain_text(text[:LARGEST_TEXT])
    draft = Draft.of_text(source)
    known = " ".join(normalise(title).split())
    found = strip(draft, known, headed=not known, rules=rules)
    cleaned = _assemble(draft, found, Metadata(), source, now)
    if any(cut.kind == KIND for cut in draft.cuts):
        cleaned = replace(cleaned, body_before_rules=clean_text(text, now, title=title).body)
    return replace(cleaned, truncated=cleaned.truncated or len(text) > LARGEST_TEXT)


def clean_page(
    markup: str | bytes, now: datetime, *, url: str = "", title: str = "", rules: frozenset[str] = frozenset()
) -> Cleaned:
    """Clean a web page; `url` resolves its links, `title` stands in where the page names none."""
    draft, seen = extract(markup, now, url)
    source = "\n".join(line.text for line in draft.lines)
    known = seen.title or " ".join(normalise(title).split())
    found = strip(draft, known, headed=False, rules=rules)
    cleaned = _assemble(draft, found, seen, source, now)
    if any(cut.kind == KIND for cut in draft.cuts):
        cleaned = replace(cleaned, body_before_rules=clean_page(markup, now, url=url, title=title).body)
    return cleaned


def _assemble(draft: Draft, found: Found, seen: Metadata, source: str, now: datetime) -> Cleaned:
    paragraphs = draft.paragraphs()
    body = "\n".join(paragraphs)
    ends = "\n".join(cut.text for cut in draft.cuts if cut.kind in ("sign-off", "credit"))
    language, confidence = identify(found.title, body)
    published, suspect = _published(found, seen, now)
    return Cleaned(
        title=found.title,
        body=body,
        lead=paragraphs[0] if paragraphs else "",
        authors=tuple(_authors(found, seen, ends)),
        published_at=published,
        modified_at=seen.modified_at,
        date_suspect=suspect or contradicts_weekday(f"{found.published_text}\n{body}"),
        dateline=found.dateline,
        wire=agency(body, ends),
        section=seen.section,
        tags=tuple(seen.tags),
        canonical_link=seen.canonical_link,
        image_url=seen.image_url,
        image_caption=next((cut.text for cut in draft.cuts if cut.kind == "caption"), "") if seen.image_url else "",
        language=language,
        language_confidence=confidence,
        genre=genre(found.title, body, seen.section, ends),
        paywall=seen.paywall,
        truncated=body.endswith(_PARTIAL) or bool(seen.next_page and seen.pages > 1),
        amp=seen.amp,
        pages=seen.pages,
        next_page=seen.next_page,
        noindex=seen.noindex,
        noai=seen.noai,
        upstream=found.upstream,
        cuts=tuple(draft.cuts),
        source=source,
        body_before_rules=body,
    )


def _published(found: Found, seen: Metadata, now: datetime) -> tuple[datetime | None, bool]:
    published = seen.published_at or found.published_at
    if published is not None and not is_credible(published, now):
        return None, True
    return published, seen.date_suspect


def _authors(found: Found, seen: Metadata, ends: str) -> list[str]:
    names = list(seen.authors)
    for name in [*found.authors, *([] if names else authors_in(ends))]:
        if is_person(name):
            add_author(names, name)
    return names


def _merge(cleaned: Cleaned, raw: RawArticle, now: datetime, version: int | None) -> Cleaned:
    """Add what the record said beside the text. A dashboard's date is when it collected, not when the publisher published."""
    upstream = {**raw.annotations, **cleaned.upstream}
    published, suspect = cleaned.published_at, cleaned.date_suspect
    if raw.published_at is not None and upstream:
        upstream.setdefault("published_at", raw.published_at.isoformat())
    elif published is None and raw.published_at is not None:
        credible = is_credible(raw.published_at, now)
        published, suspect = (raw.published_at, suspect) if credible else (None, True)
    authors = list(cleaned.authors)
    for name in raw.authors:
        add_author(authors, name)
    ruled = any(cut.kind == KIND for cut in cleaned.cuts)
    return replace(
        cleaned,
        upstream=upstream,
        published_at=published,
        date_suspect=suspect,
        authors=tuple(authors),
        truncated=cleaned.truncated or raw.truncated,
        rules_version=version if ruled else None,
    )
