"""kill -9 of the crawler and a broker that goes away: nothing is lost, and little is fetched twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.producers.crawl.harness import Crawl, crawl, doubled, fetched_more_than_once, strangers
from tests.producers.local_web.newsroom import Plan
from tests.servers import Server, until
from warta import settings

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

_HOSTS = tuple(f"media{number:02d}.test" for number in range(1, 17))
_KILLS = 6


def test_killed_at_random_moments_it_loses_nothing(crawl_config: settings.Settings, tmp_path: Path) -> None:
    rng = random.Random(40)
    with crawl(Plan(seed=2, backlog=45, spacing=30, delay=0.1, hosts=_HOSTS), crawl_config, tmp_path) as run:
        wanted = run.wanted()
        # Each kill comes when another random number of articles has arrived: early, between, and near the end.
        for moment in sorted(rng.sample(range(len(wanted) * 9 // 10), _KILLS)):
            run.start()
            run.wait_count(moment)
            run.kill()
        run.start()
        run.wait_for(wanted, 120)
        run.stop()
        raw, state = run.raw.read(), run.state()
    assert not strangers(raw, wanted.values())
    assert not state.broken, state.violations[:5]
    # At each kill one request of each host may be under way, and what was sent may not be confirmed yet.
    assert len(fetched_more_than_once(state, wanted.values())) <= _KILLS * len(_HOSTS)
    assert len(doubled(raw, wanted)) <= _KILLS * len(_HOSTS)


@contextmanager
def _away(server: Server, run: Crawl, pages: int) -> Iterator[None]:
    """The broker stops; the block runs when so many pages more have been fetched without it; then it is back."""
    server.stop()
    try:
        fetched = sum(run.state().fetches.values())
        until(lambda: sum(run.state().fetches.values()) >= fetched + pages, "crawling goes on without the broker", 60)
        yield
    finally:
        server.start()


def test_a_broker_that_goes_away_costs_no_article_and_no_second_fetch(
    crawl_config: settings.Settings, kafka_server: Server, tmp_path: Path
) -> None:
    with crawl(Plan(seed=3, backlog=80, spacing=30, delay=0.5, hosts=_HOSTS[:8]), crawl_config, tmp_path) as run:
        run.start()
        run.wait_count(40)
        with _away(kafka_server, run, pages=80):
            pass
        run.wait_for(run.wanted(), 150)
        run.stop()
        assert not strangers(run.raw.read(), run.web.published())
        assert not fetched_more_than_once(run.state(), run.web.published())


def test_killed_while_the_broker_is_away_it_still_loses_nothing(
    crawl_config: settings.Settings, kafka_server: Server, tmp_path: Path
) -> None:
    with crawl(Plan(seed=4, backlog=80, spacing=30, delay=0.5, hosts=_HOSTS[:8]), crawl_config, tmp_path) as run:
        run.start()
        run.wait_count(20)
        with _away(kafka_server, run, pages=40):
            run.kill()
        run.start()
        run.wait_for(run.wanted(), 150)
        run.stop()
        assert not strangers(run.raw.read(), run.web.published())
