"""The publisher: what it reports as delivered is in Kafka, what it cannot deliver is on disk, in order, and goes out later."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kafka.errors import KafkaConnectionError, KafkaTimeoutError

from producers import publisher as publisher_module
from producers.publisher import Publisher, Receipt
from producers.spool import Spool
from tests.servers import Server, until
from warta import settings, topics, wire
from warta.deadletters import DeadLetter
from warta.errors import StateError, Transient
from warta.messages import RawArticle, Trace
from warta.settings import Settings

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)


def article(number: int, text: str = "isi") -> RawArticle:
    url = f"https://a.id/{number}"
    envelope = wire.envelope(doc_id=f"{number:032x}", fetched_at=NOW, origin="live", trace=Trace(id="t"))
    return RawArticle(**envelope, url=url, canonical_url=url, text=text)


class Future:
    """A delivery that the test decides."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Any], None]] = []
        self._errbacks: list[Callable[[BaseException], None]] = []
        self.returned = threading.Event()

    def add_callback(self, function: Callable[[Any], None]) -> None:
        self._callbacks.append(function)

    def add_errback(self, function: Callable[[BaseException], None]) -> None:
        self._errbacks.append(function)
        self.returned.set()

    def settle(self, error: BaseException | None) -> None:
        if error is None:
            for callback in self._callbacks:
                callback(None)
        else:
            for errback in self._errbacks:
                errback(error)


class Line:
    """A client whose every delivery fails, succeeds or waits as the test says: faults no real broker makes on demand."""

    def __init__(self) -> None:
        self.works = True
        self.holds = False
        self.raises: Exception | None = None
        self.taken: list[bytes] = []
        self.held: list[tuple[bytes, Future]] = []
        self.made = 0
        # The real client settles in order, on its one sender thread, after `send` has returned.
        self._sender = ThreadPoolExecutor(1)

    def __call__(self) -> Line:
        self.made += 1
        return self

    def send(self, topic: str, value: bytes, key: bytes, headers: Any) -> Future:
        if self.raises:
            raise self.raises
        future = Future()
        if self.holds:
            self.held.append((key, future))
        else:
            self._sender.submit(self._after_sending, key, future)
        return future

    def _after_sending(self, key: bytes, future: Future) -> None:
        future.returned.wait(60)
        self._settle(key, future)

    def _settle(self, key: bytes, future: Future) -> None:
        if self.works:
            self.taken.append(key)
        future.settle(None if self.works else KafkaConnectionError("gone"))

    def release(self) -> None:
        self.holds = False
        held, self.held = self.held, []
        for key, future in held:
            self._settle(key, future)

    def close(self, timeout: float | None = None) -> None:
        pass

    def end(self) -> None:
        self._sender.shutdown()


class Desk:
    """A publisher over a `Line`, with what it reported."""

    def __init__(self, folder: Path) -> None:
        self.line = Line()
        self.receipts: list[Receipt] = []
        self.folder = folder
        self.free = 0.5
        self.spool = Spool(folder / "s.sqlite", 2**30, free_share=lambda _: self.free)
        self.publisher = Publisher(
            settings.load(), self.spool, on_delivered=self.receipts.append, make_producer=self.line
        )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(publisher_module, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(publisher_module, "LAST_PAUSE", 0.02)
    desk = Desk(tmp_path)
    yield desk
    desk.line.works, desk.line.raises = True, None
    desk.line.release()
    desk.publisher.close()
    desk.line.end()


def test_a_delivery_is_reported_when_the_broker_confirmed_it_and_not_before(desk: Desk) -> None:
    desk.line.holds = True
    assert desk.publisher.publish(article(1), token="seen") == "sent"
    assert desk.receipts == []
    desk.line.release()
    assert desk.publisher.flush(60)
    assert desk.receipts == [Receipt(f"{1:032x}", "seen", topics.RAW)]


def test_failures_go_to_disk_and_out_again_in_the_order_of_publication(desk: Desk) -> None:
    desk.line.works = False
    for number in range(20):
        desk.publisher.publish(article(number), token=str(number))
    assert desk.publisher.flush(60)
    assert desk.receipts == []
    assert desk.publisher.waiting == 20
    # New records join the end of the queue while there is one.
    assert desk.publisher.publish(article(20)) == "spooled"
    desk.line.works = True
    until(lambda: desk.publisher.waiting == 0, "the spool is drained")
    assert desk.line.taken == [f"{number:032x}".encode() for number in range(21)]
    assert [receipt.token for receipt in desk.receipts[:20]] == [str(number) for number in range(20)]


def test_a_client_that_raises_loses_nothing_and_is_replaced(desk: Desk) -> None:
    desk.line.raises = KafkaTimeoutError("no metadata")
    desk.publisher.publish(article(1))
    until(lambda: desk.line.made >= 2, "the client is replaced")
    assert desk.publisher.waiting == 1
    desk.line.raises = None
    until(lambda: len(desk.receipts) == 1, "delivery")


def test_without_room_a_caller_that_must_not_wait_gets_the_spool(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.publisher._budget, "_max_count", 2)
    desk.line.holds = True
    outcomes = [desk.publisher.publish(article(n), wait=False) for n in range(3)]
    assert outcomes == ["sent", "sent", "spooled"]


def test_a_caller_that_waits_is_held_until_there_is_room(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.publisher._budget, "_max_count", 1)
    desk.line.holds = True
    desk.publisher.publish(article(1))
    done = threading.Event()

    def send() -> None:
        desk.publisher.publish(article(2))
        done.set()

    thread = threading.Thread(target=send)
    thread.start()
    assert not done.wait(0.05)
    desk.line.release()
    thread.join(60)
    assert done.is_set()


def test_a_disk_that_cannot_be_written_keeps_records_in_hand(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> None:
        raise StateError("disk full")

    desk.line.works = False
    with monkeypatch.context() as patch:
        patch.setattr(desk.spool, "put", broken)
        desk.publisher.publish(article(1))
        assert not desk.publisher.flush(0.3)
    assert desk.publisher.flush(60)
    assert desk.publisher.waiting == 1


def test_a_handler_that_fails_does_not_stop_the_line(desk: Desk) -> None:
    def fails(_: Receipt) -> None:
        raise RuntimeError("seen state is broken")

    desk.publisher._on_delivered = fails
    desk.line.holds = True
    desk.publisher.publish(article(1))
    with pytest.raises(RuntimeError):
        desk.line.release()
    assert desk.publisher.flush(60)


def test_callers_should_pause_when_the_disk_is_nearly_full(desk: Desk) -> None:
    assert not desk.publisher.full
    desk.free = 0.05
    assert desk.publisher.full


def test_a_next_start_sends_what_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Desk(tmp_path)
    first.line.works = False
    first.publisher.publish(article(1), token="t")
    first.publisher.close(patience=0.1)
    second = Desk(tmp_path)
    until(lambda: second.publisher.waiting == 0, "the spool is drained")
    assert [(r.doc_id, r.token) for r in second.receipts] == [(f"{1:032x}", "t")]
    second.publisher.close()
    first.line.end()
    second.line.end()


def test_an_end_does_not_wait_for_a_broker_that_hangs(tmp_path: Path) -> None:
    line = Line()
    line.holds = True
    publisher = Publisher(settings.load(), Spool(tmp_path / "s.sqlite", 2**30), make_producer=line)
    for number in range(3):
        publisher.publish(article(number), wait=False)
    publisher.close(patience=0.0, grace=0.0)
    line.release()  # what it says now comes too late, and changes nothing
    line.end()
    spool = Spool(tmp_path / "s.sqlite", 2**30)
    assert spool.count == 3
    spool.close()


def test_no_broker_is_said_in_words(tmp_path: Path) -> None:
    def nobody() -> None:
        raise KafkaTimeoutError("bootstrap")

    spool = Spool(tmp_path / "s.sqlite", 2**30)
    with pytest.raises(Transient, match="WARTA_KAFKA"):
        Publisher(settings.load(), spool, make_producer=nobody)
    spool.close()


@pytest.mark.integration
def test_records_and_dead_letters_on_a_real_broker(config: Settings, fresh: Callable[[str], list[Any]]) -> None:
    receipts: list[Receipt] = []
    spool = Spool(config.home / "s.sqlite", 2**30)
    with Publisher(config, spool, on_delivered=receipts.append) as publisher:
        publisher.publish(article(1), token="a")
        publisher.publish(article(2, "x" * (topics.MAX_RAW_JSON + 1)))
        publisher.refuse(b"\x00 no json", "bad-json", "f.jsonl:3: no JSON")
        publisher.refuse(b"y" * 7_000_000, "too-long", "f.jsonl:4: long")
    assert (publisher.counts.delivered, publisher.counts.dead, publisher.counts.cut) == (4, 2, 1)
    raw = {record.key.decode(): record for record in fresh(topics.RAW)}
    assert set(raw) == {f"{1:032x}", f"{2:032x}"} == {r.doc_id for r in receipts if r.topic == topics.RAW}
    decoder = wire.Decoder(RawArticle)
    assert decoder.decode(raw[f"{2:032x}"].value).truncated
    assert "publish" in decoder.decode(raw[f"{1:032x}"].value).trace.passed
    short, long = sorted(fresh(topics.dead("publish")), key=lambda record: len(record.value))
    assert short.value == b"\x00 no json"
    letter = DeadLetter.parse(short.headers)
    assert (letter.reason, letter.detail, letter.topic) == ("bad-json", "f.jsonl:3: no JSON", topics.RAW)
    assert "of 7000000 bytes are kept" in DeadLetter.parse(long.headers).detail


@pytest.mark.chaos
def test_a_broker_away_loses_nothing(
    config: Settings,
    kafka_server: Server,
    fresh: Callable[[str], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from warta import kafka

    def impatient() -> Any:
        producer = kafka.producer(config, "test")
        producer.config["max_block_ms"] = 1000
        return producer

    receipts: list[Receipt] = []
    spool = Spool(config.home / "s.sqlite", 2**30)
    publisher = Publisher(config, spool, on_delivered=receipts.append, make_producer=impatient)
    publisher.publish(article(0))
    assert publisher.flush(60)
    kafka_server.stop()
    for number in range(1, 300):
        publisher.publish(article(number))
    kafka_server.start()
    until(lambda: len({r.doc_id for r in receipts}) == 300, "all are delivered")
    publisher.close()
    assert {record.key.decode() for record in fresh(topics.RAW)} == {f"{number:032x}" for number in range(300)}
