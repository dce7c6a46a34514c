"""Runs `warta crawl` as a person would, kills it, and reads what came onto `warta.raw`."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from deploy.local.ports import is_free
from producers import seen
from producers.crawling.service import PORT_OFFSET
from tests.producers.local_web.newsroom import Plan
from tests.producers.local_web.running import LocalWeb, Published, State, local_web
from tests.servers import PATIENCE, free_port, until
from warta import kafka, settings, topics, wire
from warta.messages import RawArticle, RawMessage, Removed

#: Polls without an answer after which a broker is taken to be away.
_SILENCE = 100


class Raw:
    """What has come onto `warta.raw` since this was made."""

    def __init__(self, config: settings.Settings) -> None:
        from kafka import TopicPartition

        self.messages: list[RawMessage] = []
        self._decoder = wire.Decoder(RawMessage)
        self._consumer = kafka.consumer(config, group=None, client_id="test-crawl")
        parts = [TopicPartition(topics.RAW, p) for p in range(topics.BY_NAME[topics.RAW].partitions)]
        self._consumer.assign(parts)
        self._starts = self._consumer.end_offsets(parts)
        for part, end in self._starts.items():
            self._consumer.seek(part, end)

    def length(self) -> int:
        """How many records have come, without reading them."""
        ends = self._ends()
        return int(sum(ends.values()) - sum(self._starts.values()))

    def read(self) -> Raw:
        """Takes in what is there by now; what comes meanwhile is for the next call, for a stream may never pause."""
        ends = self._ends()
        silent = 0
        while silent < _SILENCE and any(self._consumer.position(part) < end for part, end in ends.items()):
            polled = self._consumer.poll(timeout_ms=200)
            silent = 0 if polled else silent + 1
            for records in polled.values():
                self.messages += [self._decoder.decode(record.value) for record in records]
        return self

    def _ends(self) -> dict[Any, int]:
        """Where the topic ends. A broker that has just come back may take its time to answer."""
        from kafka.errors import KafkaTimeoutError

        for _ in range(5):
            try:
                return dict(self._consumer.end_offsets(list(self._starts)))
            except KafkaTimeoutError as error:
                late = error
        raise late

    def articles(self) -> list[RawArticle]:
        return [message for message in self.messages if isinstance(message, RawArticle)]

    def removed(self) -> list[Removed]:
        return [message for message in self.messages if isinstance(message, Removed)]

    def counts(self) -> Counter[str]:
        """Messages with a page, by document."""
        return Counter(article.doc_id for article in self.articles())

    def close(self) -> None:
        self._consumer.close()


@dataclass
class Crawl:
    """One web, one home of the crawler, one broker."""

    web: LocalWeb
    raw: Raw
    home: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.home / "crawl.log"

    def start(self, *arguments: str) -> None:
        """`warta crawl` in the background; what it says goes into the log."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "warta", "crawl", *arguments]
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def run(self, *arguments: str) -> None:
        """`warta crawl` to its end, which must be a good one."""
        self.start(*arguments)
        assert self.process is not None
        code = self.process.wait(timeout=PATIENCE)
        assert code == 0, self.said()

    def replay(self, *paths: str) -> None:
        """`warta replay` of files."""
        command = [sys.executable, "-m", "warta", "replay", *paths]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stderr

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        assert self.process.poll() is None, f"it has ended by itself: {self.said()}"
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """SIGTERM, once it is up; it must end in order."""
        assert self.process is not None
        port = int(self.environment["WARTA_METRICS_PORT"]) + PORT_OFFSET
        until(lambda: not is_free(port) or not self.running(), "the crawler is up")
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=PATIENCE) == 0, self.said()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text("utf-8", "replace")[-3000:]

    def wait_for(self, wanted: Iterable[str], seconds: float = PATIENCE) -> None:
        """Until Kafka has every one of these documents; fails as soon as the crawler has ended instead."""
        missing = set(wanted)

        def arrived() -> bool:
            assert self.running(), f"the crawler has ended: {self.said()}"
            missing.difference_update(self.raw.read().counts())
            return not missing

        try:
            until(arrived, "every article is on warta.raw", seconds)
        except BaseException as error:
            names = {article.doc_id: article.url for article in self.web.published()}
            error.add_note(
                f"missing {len(missing)}: {[names.get(doc) for doc in sorted(missing)][:8]}\n{self.said()[-1500:]}"
            )
            raise

    def wait_count(self, count: int, seconds: float = PATIENCE) -> None:
        """Until so many articles have come."""
        until(lambda: len(self.raw.read().counts()) >= count or not self.running(), f"{count} articles", seconds)
        assert self.running(), f"the crawler has ended: {self.said()}"

    def wait_fetched_live(self, count: int, seconds: float = PATIENCE) -> None:
        """Until the sites have sent the pages of so many articles that came out since `go`."""

        def fetched() -> bool:
            assert self.running(), f"the crawler has ended: {self.said()}"
            return sum(number_of(key) >= self.web.plan.backlog for key in self.state().fetches) >= count

        try:
            until(fetched, f"{count} pages of live articles are fetched", seconds)
        except BaseException as error:
            error.add_note(self.said())
            raise

    def wait_for_live(self) -> None:
        """Until the web has published all it will."""
        until(lambda: len(self.web.published()) == self.web.plan.total, "everything is published")

    def rewind(self, **columns: timedelta) -> None:
        """While the crawler is stopped: its state as if so much time had passed. `points`, `urls`: when they are due;
        `robots`: when they were fetched."""
        names = {"points": "next_at", "urls": "next_at", "robots": "fetched_at"}
        with closing(sqlite3.connect(seen.path_in(self.home))) as db, db:
            for table, by in columns.items():
                db.execute(f"UPDATE {table} SET {names[table]} = {names[table]} - ?", (by.total_seconds(),))

    def in_hand(self) -> set[str]:
        """While the crawler is stopped: articles (by key) whose page the sites sent and its state does not know as fetched."""
        with closing(sqlite3.connect(seen.path_in(self.home))) as db:
            rows = db.execute("SELECT key FROM urls WHERE state IN ('spooled', 'kafka')").fetchall()
        known = {key for (key,) in rows}
        sent = self.state().fetches
        return {article.key for doc, article in self.wanted().items() if article.key in sent and doc not in known}

    def pass_hour(self) -> None:
        """An hour, as the stopped crawler's state would show it: everything is due again."""
        self.rewind(points=timedelta(hours=1), urls=timedelta(hours=1))

    def state(self) -> State:
        return self.web.state()

    def wanted(self, *hosts: str) -> dict[str, Published]:
        """What must arrive, of some hosts or of all."""
        return {doc: article for doc, article in self.web.wanted().items() if not hosts or article.host in hosts}


@contextmanager
def crawl(plan: Plan, config: settings.Settings, folder: Path, **environment: str) -> Iterator[Crawl]:
    """A web of the plan and a crawler that is not started yet; both end with the block."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    raw = Raw(config)
    with local_web(plan) as web:
        made = Crawl(web, raw, home, _environment(web, config, folder, home, environment))
        try:
            yield made
        finally:
            if made.process is not None and made.process.poll() is None:
                made.process.kill()
                made.process.wait()
            raw.close()


def _environment(
    web: LocalWeb, config: settings.Settings, folder: Path, home: Path, more: dict[str, str]
) -> dict[str, str]:
    port = free_port() - PORT_OFFSET
    return {
        **os.environ,
        **web.environment(folder),
        "WARTA_HOME": str(home),
        "WARTA_KAFKA": config.kafka,
        "WARTA_METRICS_PORT": str(port),
        "OMP_NUM_THREADS": "1",
        **more,
    }


def number_of(key: str) -> int:
    """An article's place among those of its site, from its key."""
    return int(key.rpartition("/")[2])


def doubled(raw: Raw, wanted: Iterable[str]) -> dict[str, int]:
    """Documents whose page came more than once."""
    counts = raw.counts()
    return {doc: counts[doc] for doc in wanted if counts[doc] > 1}


def strangers(raw: Raw, published: Iterable[Published]) -> list[str]:
    """Addresses on the topic that no site published."""
    known = {article.doc_id for article in published}
    return [article.url for article in raw.articles() if article.doc_id not in known]


def by_url(raw: Raw, host: str) -> list[RawArticle]:
    """Pages of one host, in order of arrival."""
    return [article for article in raw.articles() if f"//{host}" in article.url]


def fetched_more_than_once(state: State, articles: Iterable[Any]) -> dict[str, int]:
    """Articles whose page the sites sent more than once, by key."""
    return {a.key: state.fetches[a.key] for a in articles if state.fetches.get(a.key, 0) > 1}
