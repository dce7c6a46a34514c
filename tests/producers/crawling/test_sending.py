"""From page to Kafka: what the seen state is told, whatever order receipts come in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from producers.crawling.sending import Sender
from producers.publisher import Outcome, Receipt
from producers.schedule import Rhythm
from producers.seen import Fetched, Found, Look, NewPoint, Seen
from warta import wire
from warta.clock import ManualClock
from warta.messages import RawArticle, RawMessage, Removed, Trace

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Publisher:
    """Does what it is told, when it is told."""

    full = False

    def __init__(self, outcome: Outcome = "sent") -> None:
        self.outcome = outcome
        self.during: list[Receipt] = []
        self.sender: Sender | None = None

    def publish(self, message: RawMessage, *, token: str = "", wait: bool = True) -> Outcome:
        for receipt in self.during:
            assert self.sender is not None
            self.sender.receipt(receipt)
            self.sender.settle()
        return self.outcome

    def flush(self, timeout: float | None = None) -> bool:
        return True


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    made = Seen(tmp_path / "seen.sqlite")
    made.watch([NewPoint("https://a.id/f", "a", "feed", NOW)])
    found = [Found(key, f"https://a.id/{key}", "a") for key in ("k1", "k2")]
    made.look(made.points()[0], Look(NOW, NOW, Rhythm()), found)
    return made


def sender(seen: Seen, publisher: Publisher) -> Sender:
    made = Sender(seen, ManualClock(NOW))
    made.use(publisher)
    publisher.sender = made
    return made


def article(doc: str) -> RawArticle:
    envelope = wire.envelope(doc_id=doc, fetched_at=NOW, origin="live", trace=Trace(id="t"))
    return RawArticle(**envelope, url="https://a.id/", canonical_url="https://a.id/")


def removed(doc: str) -> Removed:
    envelope = wire.envelope(doc_id=doc, fetched_at=NOW, origin="live", trace=Trace(id="t"))
    return Removed(**envelope, url="https://a.id/", status=410)


def row(key: str, doc: str) -> Fetched:
    return Fetched(key, doc, NOW, NOW + timedelta(minutes=15), content_hash="h")


def state(seen: Seen, key: str) -> str:
    address = seen.address(key)
    assert address is not None
    return address.state


def test_a_page_is_held_until_kafka_confirms_it(seen: Seen) -> None:
    made = sender(seen, Publisher())
    asyncio.run(made.send(article("d1"), "k1", row("k1", "d1")))
    assert (made.holds("k1"), made.carries("d1"), made.waiting) == (True, True, 1)
    assert state(seen, "k1") == "pending"
    made.receipt(Receipt("d1", "k1", "warta.raw"))
    assert made.settle() == 1
    assert (made.holds("k1"), made.carries("d1"), made.waiting, made.delivered) == (False, False, 0, 1)
    assert state(seen, "k1") == "kafka"


def test_a_spooled_page_is_known_at_once_and_confirmed_later(seen: Seen) -> None:
    made = sender(seen, Publisher("spooled"))
    asyncio.run(made.send(article("d1"), "k1", row("k1", "d1")))
    assert (state(seen, "k1"), made.waiting) == ("spooled", 0)
    made.receipt(Receipt("d1", "k1", "warta.raw"))
    made.settle()
    address = seen.address("k1")
    assert address is not None
    assert (address.state, address.content_hash) == ("kafka", "h")


def test_a_receipt_that_overtakes_the_outcome_is_not_undone(seen: Seen) -> None:
    publisher = Publisher("spooled")
    publisher.during = [Receipt("d1", "k1", "warta.raw")]
    made = sender(seen, publisher)
    asyncio.run(made.send(article("d1"), "k1", row("k1", "d1")))
    assert state(seen, "k1") == "kafka"


def test_what_an_earlier_process_left_in_the_spool_is_confirmed(seen: Seen) -> None:
    seen.mark_spooled(["k1"], NOW)
    made = sender(seen, Publisher())
    made.receipt(Receipt("d1", "k1", "warta.raw"))
    made.receipt(Receipt("x", "", "warta.raw"))
    made.settle()
    assert state(seen, "k1") == "kafka"


def test_a_removal_is_written_down_when_kafka_has_it(seen: Seen) -> None:
    seen.keep([row("k1", "d1")], "kafka", NOW)
    made = sender(seen, Publisher())
    asyncio.run(made.send(removed("d1"), "k1"))
    assert made.holds("k1")
    assert state(seen, "k1") == "kafka"
    made.receipt(Receipt("d1", "gone:k1", "warta.raw"))
    made.settle()
    address = seen.address("k1")
    assert address is not None
    assert (address.state, address.status) == ("gone", 410)


def test_an_article_without_its_row_is_a_mistake(seen: Seen) -> None:
    with pytest.raises(ValueError, match="row"):
        asyncio.run(sender(seen, Publisher()).send(article("d1"), "k1"))
