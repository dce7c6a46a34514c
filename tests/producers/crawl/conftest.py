"""A broker for the crawler's tests, and one crawl of the whole web that many tests look at."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

with warnings.catch_warnings():
    # kafka-python reads its schemas by a call that Python 3.11 deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    import kafka as _kafka  # noqa: F401

from tests.producers.crawl.harness import Raw, crawl
from tests.producers.local_web.newsroom import Plan
from tests.producers.local_web.running import Published, State
from tests.servers import Server, make_topics
from warta import settings

#: Articles of each site before the crawl, and after it has begun. What publishes twice a minute is looked at every 40 seconds
#: or so from the first look on, if it says so by dates; where it does not, the second look is minutes away.
WHOLE = Plan(backlog=24, spacing=30.0, live=8, per_minute=12.0, undated=False, delay=0.02)


@pytest.fixture(scope="session")
def crawl_config(kafka_server: Server) -> settings.Settings:
    """Settings for the broker, its topics made."""
    config = settings.load(kafka=kafka_server.address)
    make_topics(config)
    return config


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one crawl left behind."""

    raw: Raw
    published: list[Published]
    state: State
    said: str

    def wanted(self) -> dict[str, Published]:
        return {article.doc_id: article for article in self.published if article.fate == "wanted"}

    def of(self, host: str) -> list[Published]:
        return [article for article in self.published if article.host == host]


@pytest.fixture(scope="session")
def crawled(crawl_config: settings.Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """All sites at once, the hostile among them, publishing while they are crawled, until every article has come."""
    with crawl(WHOLE, crawl_config, tmp_path_factory.mktemp("whole")) as run:
        run.start()
        run.web.go()
        run.wait_for_live()
        run.wait_for(run.wanted())
        run.stop()
        yield Outcome(run.raw.read(), run.web.published(), run.state(), run.said())
