"""kill -9 of the crawler and a broker that goes away: nothing is lost, and little is fetched twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.producers.crawl.harness import Crawl, crawl, doubled, fetched_more_than_once, strangers
from tests.producers.local_web.newsroom import Plan
from tests.servers import Server
from warta import settings

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

_HOSTS = tuple(f"media{number:02d}.test" for number in range(1, 17))
_KILLS = 6


def test_killed_at_random_moments_it_loses_nothing(crawl_config: settings.Settings, tmp_path: Path) -> None:
    rng = random.Random(40)
    with crawl(Plan(seed=2, backlog=45, spacing=30, delay=0.1, hosts=_HOSTS), crawl_config, tmp_path) as run:
        wanted, in_hand = run.wanted(), list[set[str]]()
        # Each kill comes when another random number of articles has arrived: early, between, and near the end.
        for moment in sorted(rng.sample(range(len(wanted) * 9 // 10), _KILLS)):
            run.start()
            run.wait_count(moment)
            run.kill()
            in_hand.append(run.in_hand())
        run.start()
        run.wait_for(wanted, 120)
        run.stop()
        raw, state = run.raw.read(), run.state()
    assert not strangers(raw, wanted.values())
    assert not state.broken, state.violations[:5]
    # Only what was under way at a kill, or sent and not confirmed yet, is fetched again, and that is a small part of it all.
    assert set(fetched_more_than_once(state, wanted.values())) <= set().union(*in_hand)
    assert {wanted[doc].key for doc in doubled(raw, wanted)} <= set().union(*in_hand)
    assert len(in_hand[-1]) < len(wanted) / 4, "a kill late in the run finds most of it done"


#: What comes out while the broker is away is more than may be in flight, so some of it lies in the spool.
_OUTAGE = Plan(seed=3, backlog=10, spacing=1, live=20, per_minute=6000, delay=0.1, hosts=_HOSTS[:8])
_MEANWHILE = _OUTAGE.total - 8 * _OUTAGE.backlog


@contextmanager
def _away(server: Server, run: Crawl, pages: int) -> Iterator[None]:
    """The broker stops; only then more comes out, so that there is something to crawl however long the stop took. The block
    runs when so many pages of it have been fetched; then the broker is back."""
    server.stop()
    try:
        run.web.go()
        run.wait_fetched_live(pages)
        yield
    finally:
        server.start()


def test_a_broker_that_goes_away_costs_no_article_and_no_second_fetch(
    crawl_config: settings.Settings, kafka_server: Server, tmp_path: Path
) -> None:
    with crawl(_OUTAGE, crawl_config, tmp_path) as run:
        run.start()
        run.wait_count(20)
        with _away(kafka_server, run, _MEANWHILE):
            pass
        run.wait_for(run.wanted(), 150)
        run.stop()
        assert len(run.wanted()) == _OUTAGE.total
        assert not strangers(run.raw.read(), run.web.published())
        assert not fetched_more_than_once(run.state(), run.web.published())


def test_killed_while_the_broker_is_away_it_still_loses_nothing(
    crawl_config: settings.Settings, kafka_server: Server, tmp_path: Path
) -> None:
    with crawl(replace(_OUTAGE, seed=4), crawl_config, tmp_path) as run:
        run.start()
        run.wait_count(20)
        with _away(kafka_server, run, _MEANWHILE // 2):
            run.kill()
        run.start()
        run.wait_for(run.wanted(), 150)
        run.stop()
        assert len(run.wanted()) == _OUTAGE.total
        assert not strangers(run.raw.read(), run.web.published())
