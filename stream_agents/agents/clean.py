"""The clean agent: a raw record in, the article and nothing but the article out."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from stream_agents.cleaning.boilerplate import KIND as BOILERPLATE
from stream_agents.cleaning.clean import Cleaned, Cleaner
from stream_agents.cleaning.cuts import Cut as DraftCut
from stream_agents.outbox import Output
from stream_agents.rules_reader import RulesReader
from stream_agents.stage import Handled, Record, Stage
from warta import publishers, topics
from warta.clock import Clock
from warta.hashing import body_hash, content_hash
from warta.messages import Article, Content, Cut, Image, RawArticle, RawMessage, Removed, Robots
from warta.publishers import Publisher
from warta.settings import Settings
from warta.wire import Decoder, believable, check_fetched_at, encode, envelope_of, passed

#: Characters of a cut passage up to which its text is kept with the document.
LONGEST_CUT = 500


class CleanStage:
    """Stateless; the work runs in one thread beside the event loop, so that heartbeats and /metrics go on."""

    name = "clean"
    batch = 16
    source = topics.RAW
    state_topic = None

    def __init__(self, rules: RulesReader, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._decoder = Decoder(RawMessage)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="clean")

    def restore(self, key: bytes, value: bytes) -> None:
        """Stateless."""

    def ready(self) -> None:
        """Know every rule before the first record: what is cleaned without them would differ from what follows."""
        self._rules.start()

    async def handle(self, record: Record) -> Handled:
        message = self._decoder.decode(record.value)
        check_fetched_at(message.fetched_at, self._clock.now())
        if isinstance(message, Removed):
            return Handled([Output(topics.ARTICLES, message.doc_id.encode(), record.value)], outcome="removed")
        article = await asyncio.get_running_loop().run_in_executor(self._pool, self._clean, message)
        return Handled([Output(topics.ARTICLES, article.body_hash.encode(), encode(article))])

    def _clean(self, raw: RawArticle) -> Article:
        return clean_message(Cleaner(self._rules.current), raw, self._clock)


def clean_message(cleaner: Cleaner, raw: RawArticle, clock: Clock) -> Article:
    """One raw article → one cleaned article, stamped.

    Raises:
        Invalid: `no-text`.
    """
    now = clock.now()
    publisher = publishers.find(raw.canonical_url, raw.source)
    raw.source = publisher.name or raw.source
    cleaned = cleaner.clean(raw, now)
    raw.trace = passed(raw.trace, "clean", now)
    return Article(
        **envelope_of(raw),
        content=content_of(raw, cleaned, publisher),
        content_hash=content_hash(cleaned.title, cleaned.body_before_rules),
        body_hash=body_hash(cleaned.body),
        hidden=raw.hidden,
    )


def content_of(raw: RawArticle, cleaned: Cleaned, publisher: Publisher) -> Content:
    """Section `content`: what was cleaned, who published it, and what the site said to machines."""
    published = cleaned.published_at if believable(cleaned.published_at, raw.fetched_at) else None
    modified = cleaned.modified_at if believable(cleaned.modified_at, raw.fetched_at) else None
    suspect = cleaned.date_suspect or published != cleaned.published_at or modified != cleaned.modified_at
    training = False if cleaned.noai else raw.robots.ai_training
    return Content(
        url=raw.url,
        canonical_url=raw.canonical_url,
        source=raw.source,
        owner=publisher.owner,
        network=publisher.network,
        platform=publisher.platform,
        media_type=publisher.media_type,
        region=publisher.region,
        title=cleaned.title,
        body=cleaned.body,
        section=cleaned.section,
        tags=list(cleaned.tags),
        lead=cleaned.lead,
        authors=list(cleaned.authors),
        wire=cleaned.wire,
        dateline=cleaned.dateline,
        image=Image(url=cleaned.image_url, caption=cleaned.image_caption) if cleaned.image_url else None,
        language=cleaned.language,
        language_confidence=round(cleaned.language_confidence, 4),
        genre=cleaned.genre,
        paywall=cleaned.paywall,
        truncated=cleaned.truncated,
        published_at=published,
        modified_at=modified,
        date_suspect=suspect,
        upstream=dict(cleaned.upstream),
        cuts=[_cut(cut, cleaned.rules_version) for cut in cleaned.cuts],
        robots=Robots(allowed=raw.robots.allowed and not cleaned.noindex, ai_training=training),
    )


def _cut(cut: DraftCut, rules_version: int | None) -> Cut:
    """A long passage is recorded by its length: the raw record still holds it, the index need not."""
    text = cut.text if len(cut.text) <= LONGEST_CUT else ""
    rule = rules_version if cut.kind == BOILERPLATE else None
    return Cut(kind=cut.kind, text=text, chars=len(cut.text), offset=cut.offset, rule=rule)


def build(settings: Settings, clock: Clock) -> Stage:
    """The stage as the settings want it."""
    return CleanStage(RulesReader(settings), clock)
