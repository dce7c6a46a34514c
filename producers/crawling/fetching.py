"""What a fetched article leads to: a record for Kafka, or a reason why not. First fetches and later visits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from producers.crawling import pages
from producers.crawling.answer import Answer, NoAnswer
from producers.crawling.jobs import Job
from producers.crawling.pages import Page
from producers.crawling.sending import Sender
from producers.crawling.stats import FETCHED_SECONDS, FOUND_SECONDS, Stats
from producers.crawling.visits import CONFIRM, next_try, next_visit
from producers.robots import Rules
from producers.seen import Address, Fetched, Seen
from warta import logs, wire
from warta.clock import Clock
from warta.errors import Invalid
from warta.identity import doc_id
from warta.messages import RawArticle, Removed, Trace

log = logs.get(__name__)

#: Statuses that say an article is not there (RFC 9110, 15.5.5 and 15.5.11).
GONE = frozenset({404, 410})
#: Tries at a new address that is not there: feeds run ahead of caches, by seconds.
NOT_THERE_TRIES = 2
#: Not the site's failure but its wish for patience: no attempt is counted.
_PATIENCE = frozenset({429, 503})
#: What no further try would change.
_FINAL = frozenset({"unsafe", "too-large", "redirects", "elsewhere", "robots"})
#: An article whose clock is behind this at its first fetch says nothing about our speed.
_STALE = timedelta(hours=6)


class Archive(Protocol):
    """Where fetched pages are kept (`--warc`)."""

    def keep(self, answer: Answer) -> None: ...


class Pages:
    """Settles first fetches and visits; never raises for what a site does."""

    def __init__(
        self,
        seen: Seen,
        sender: Sender,
        stats: Stats,
        clock: Clock,
        blocked: Callable[[str], bool] = lambda _: False,
        archive: Archive | None = None,
    ) -> None:
        self._seen = seen
        self._sender = sender
        self._stats = stats
        self._clock = clock
        self._blocked = blocked
        self._archive = archive

    async def settle(self, job: Job, result: Answer | NoAnswer, rules: Rules) -> None:
        """Act on what asking for an article gave."""
        address = job.address
        if address is None:
            raise ValueError("a fetch needs its address")
        if isinstance(result, NoAnswer) and result.reason == "soft-404":
            await self._not_there(address, 404)
        elif isinstance(result, NoAnswer):
            self._no_answer(address, result)
        elif result.status == 304 and address.state == "kafka":
            self._unchanged(address, result)
        elif result.status in GONE:
            await self._not_there(address, result.status)
        elif result.status == 200:
            await self._read(address, result, rules)
        else:
            self._again(address, f"HTTP {result.status}", result.status, result.retry_after())

    async def _read(self, address: Address, answer: Answer, rules: Rules) -> None:
        try:
            page = pages.read(answer, address.url, rules)
        except Invalid as error:
            if error.reason == "soft-404":
                await self._not_there(address, 404)
            elif address.state == "kafka":
                self._unchanged(address, answer)
            else:
                self._refuse(address, error.reason, answer.status)
            return
        except Exception:
            # A parser that stumbles over one page is that page's trouble.
            log.exception("a page cannot be read", url=answer.url)
            self._refuse(address, "unreadable", answer.status)
            return
        if address.state == "kafka":
            await self._visited(address, answer, page)
        else:
            await self._first(address, answer, page)

    async def _first(self, address: Address, answer: Answer, page: Page) -> None:
        document = doc_id(page.canonical_url)
        if self._blocked(document):
            self._refuse(address, "forgotten", answer.status)
            return
        if self._sender.carries(document) or (document != address.key and self._is_known(document)):
            self.alias(address, document)
            return
        row = _row(address, document, answer, page, 0, next_visit(answer.at, answer.at))
        self._measure(address, answer.at)
        await self._send(address, answer, page, row)
        self._stats.page("new")

    def _is_known(self, document: str) -> bool:
        known = self._seen.address(document)
        return known is not None and known.state in ("kafka", "spooled", "alias", "gone")

    async def _visited(self, address: Address, answer: Answer, page: Page) -> None:
        if page.content_hash == address.content_hash:
            self._unchanged(address, answer)
            return
        if self._blocked(address.doc_id):
            self._refuse(address, "forgotten", answer.status)
            return
        next_at = next_visit(address.delivered_at or answer.at, answer.at)
        row = _row(address, address.doc_id, answer, page, address.visits + 1, next_at)
        await self._send(address, answer, page, row)
        self._stats.page("changed")

    async def _send(self, address: Address, answer: Answer, page: Page, row: Fetched) -> None:
        if self._archive is not None:
            self._archive.keep(answer)
        message = RawArticle(
            **wire.envelope(
                doc_id=row.doc_id,
                fetched_at=answer.at,
                # Later fetches leave it to those who remember the document.
                first_seen_at=answer.at if address.state == "pending" else None,
                origin=address.origin,
                trace=Trace(id=uuid4().hex),
            ),
            url=answer.url,
            canonical_url=page.canonical_url,
            source=address.source,
            title=address.title,
            html=page.html,
            published_at=address.published_at,
            robots=page.robots,
        )
        await self._sender.send(message, address.key, row)

    def _unchanged(self, address: Address, answer: Answer) -> None:
        next_at = next_visit(address.delivered_at or answer.at, answer.at)
        self._seen.visited(address.key, answer.at, next_at, etag=answer.etag, modified=answer.modified)
        self._stats.page("unchanged")

    async def _not_there(self, address: Address, status: int) -> None:
        now = self._clock.now()
        if address.state != "kafka":
            if address.attempts + 1 >= NOT_THERE_TRIES:
                self._refuse(address, f"HTTP {status}", status)
            else:
                self._again(address, f"HTTP {status}", status, None)
        elif address.status not in GONE:
            self._seen.later(address.key, now + CONFIRM, failed=True, status=status, reason="not found; asked again")
        else:
            self._seen.later(address.key, now + CONFIRM, failed=True, status=status, reason="gone")
            message = Removed(
                **wire.envelope(
                    doc_id=address.doc_id, fetched_at=now, origin=address.origin, trace=Trace(id=uuid4().hex)
                ),
                url=address.url,
                status=status,
            )
            await self._sender.send(message, address.key)
            self._stats.page("removed")

    def _no_answer(self, address: Address, result: NoAnswer) -> None:
        if result.reason in _FINAL:
            self._refuse(address, result.reason, None)
        else:
            self._again(address, result.reason, None, None)

    def _again(self, address: Address, reason: str, status: int | None, asked: float | None) -> None:
        now = self._clock.now()
        patient = status in _PATIENCE and asked is not None
        attempts = max(1, address.attempts + (0 if patient else 1))
        at = next_try(attempts, now, asked)
        if at is None:
            self._refuse(address, reason, status)
            return
        self._seen.later(address.key, at, failed=not patient, status=status, reason=reason)
        self._stats.page("failed", reason)

    def alias(self, address: Address, document: str) -> None:
        """The address leads to a document that is known under another."""
        self._seen.alias(address.key, document)
        self._stats.page("alias")

    def postpone(self, address: Address, until: datetime, reason: str) -> None:
        """The host cannot be asked now, through no fault of the address."""
        self._seen.later(address.key, until, failed=False, status=address.status, reason=reason)

    def _refuse(self, address: Address, reason: str, status: int | None) -> None:
        """An article of ours that is refused now stays what it is; only its visits end."""
        now = self._clock.now()
        if address.state == "kafka":
            self._seen.visited(address.key, now, None)
        else:
            self._seen.refuse(address.key, reason, now, status)
        self._stats.page("refused", reason)

    def _measure(self, address: Address, at: datetime) -> None:
        if address.origin != "live":
            return
        if address.found_at is not None:
            FOUND_SECONDS.observe(max(0.0, (at - address.found_at).total_seconds()))
        if address.published_at is not None and timedelta(0) <= at - address.published_at < _STALE:
            FETCHED_SECONDS.observe((at - address.published_at).total_seconds())


def _row(address: Address, document: str, answer: Answer, page: Page, visits: int, next_at: datetime | None) -> Fetched:
    return Fetched(
        address.key,
        document,
        answer.at,
        next_at if address.origin == "live" else None,
        visits,
        answer.etag,
        answer.modified,
        page.content_hash,
        answer.status,
    )
