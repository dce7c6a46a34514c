"""From a fetched page to Kafka: hands records to the publisher and tells the seen state what became of them.

The publisher's calls may block (metadata, the disk), so they run on a thread of their own, one after another. Receipts come
on Kafka's thread and are settled on the loop's, many in one transaction.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from producers.publisher import Outcome, Receipt
from producers.seen import Fetched, Seen
from warta.clock import Clock
from warta.messages import RawMessage, Removed

_GONE = "gone:"


class Publishes(Protocol):
    """What is asked of the publisher."""

    @property
    def full(self) -> bool: ...

    def publish(self, message: RawMessage, *, token: str = "", wait: bool = True) -> Outcome: ...

    def flush(self, timeout: float | None = None) -> bool: ...


class Sender:
    """Knows every record that is neither confirmed nor known to be of an earlier process."""

    def __init__(self, seen: Seen, clock: Clock) -> None:
        self._seen = seen
        self._clock = clock
        self._publisher: Publishes | None = None
        self._thread = ThreadPoolExecutor(1, "warta-publish")
        self._receipts: deque[Receipt] = deque()
        self._open: dict[str, Fetched | int] = {}
        self._docs: Counter[str] = Counter()
        self.delivered = 0

    def receipt(self, receipt: Receipt) -> None:
        """Kafka has a record: called on its thread."""
        self._receipts.append(receipt)

    def use(self, publisher: Publishes) -> None:
        """Name the publisher (it is made with `receipt`, so it comes later)."""
        self._publisher = publisher

    @property
    def publisher(self) -> Publishes:
        """The publisher in use."""
        if self._publisher is None:
            raise RuntimeError("Sender.use comes first")
        return self._publisher

    @property
    def waiting(self) -> int:
        """Records that Kafka has not confirmed."""
        return len(self._open)

    def holds(self, key: str) -> bool:
        """Whether a record of this address or document is on its way."""
        return key in self._open or _GONE + key in self._open

    def carries(self, doc_id: str) -> bool:
        """Whether an article of this document is on its way, from whatever address."""
        return self._docs[doc_id] > 0

    async def send(self, message: RawMessage, key: str, row: Fetched | None = None) -> None:
        """Hand a record over. An article comes with its `row`; a removal without."""
        token = _GONE + key if isinstance(message, Removed) else key
        self._open[token] = message.status if isinstance(message, Removed) else _row(row)
        self._docs[message.doc_id] += 1
        outcome = await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self.publisher.publish(message, token=token, wait=False)
        )
        # A receipt may have been settled meanwhile; then the row says `kafka` already.
        if outcome == "spooled" and row is not None and token in self._open:
            self._seen.keep([row], "spooled", self._clock.now())
            # Its row says all there is to know: the receipt will only confirm it.
            del self._open[token]
            self._leave(message.doc_id)

    def settle(self) -> int:
        """Write down what Kafka has confirmed; returns how many records."""
        receipts = [self._receipts.popleft() for _ in range(len(self._receipts))]
        if not receipts:
            return 0
        now, rows, unknown = self._clock.now(), [], []
        for receipt in receipts:
            known = self._open.pop(receipt.token, None)
            if known is not None:
                self._leave(receipt.doc_id)
            if isinstance(known, Fetched):
                rows.append(known)
            elif receipt.token.startswith(_GONE):
                self._seen.gone(receipt.token.removeprefix(_GONE), known, now)
            elif receipt.token:
                unknown.append(receipt.token)
        self._seen.keep(rows, "kafka", now)
        if unknown:
            self._seen.confirm(unknown, now)
        self.delivered += len(receipts)
        return len(receipts)

    def _leave(self, doc_id: str) -> None:
        self._docs[doc_id] -= 1
        if self._docs[doc_id] <= 0:
            del self._docs[doc_id]

    async def flush(self, seconds: float) -> bool:
        """Wait until every record is confirmed or spooled, and settle."""
        loop = asyncio.get_running_loop()
        done = await loop.run_in_executor(None, self.publisher.flush, seconds)
        # The sender's thread gives the receipt after the record has left the budget.
        await loop.run_in_executor(self._thread, lambda: None)
        self.settle()
        return bool(done)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()


def keys_in(tokens: Iterable[str]) -> list[str]:
    """Keys of the articles among the tokens of a spool."""
    return [token for token in tokens if token and not token.startswith(_GONE)]


def _row(row: Fetched | None) -> Fetched:
    if row is None:
        raise ValueError("an article is sent with its row")
    return row
