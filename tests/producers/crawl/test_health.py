"""`warta sources health` after real crawls: the words for sites that work, fail, or close their robots.txt."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from producers import catalogue, health, seen
from producers.health_monitor import Monitor
from tests.producers.crawl.harness import Crawl, crawl
from tests.producers.local_web.newsroom import Plan
from tests.servers import PATIENCE
from warta import settings
from warta.clock import SystemClock

pytestmark = pytest.mark.integration

HOSTS = ("media01.test", "rusak25.test", "tutup33.test")


def asked(run: Crawl) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "warta", "sources", "health", "--json"]
    done = subprocess.run(command, env=run.environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return {one["source"]: one for one in map(json.loads, done.stdout.splitlines())}


def test_states_of_crawled_sites(crawl_config: settings.Settings, tmp_path: Path) -> None:
    plan = Plan(seed=21, backlog=4, delay=0.02, hosts=HOSTS)
    with crawl(plan, crawl_config, tmp_path) as run:
        for _ in range(health.FAILING):
            run.run("--once")
            run.pass_hour()
        found = asked(run)
    states = {source: one["state"] for source, one in found.items()}
    assert states == {"media01": health.HEALTHY, "rusak25": health.UNREADABLE, "tutup33": health.UNREADABLE}
    assert found["media01"]["day_seen"] == 4
    assert "HTTP 500" in found["rusak25"]["detail"]
    assert found["tutup33"]["robots"] == "unreachable"


def test_freshness_and_completeness_of_a_site_that_publishes(crawl_config: settings.Settings, tmp_path: Path) -> None:
    """Its news sitemap names more after the first crawl; eleven minutes after the second they are due to have arrived."""
    plan = Plan(seed=22, backlog=3, live=12, per_minute=24.0, delay=0.02, hosts=("media13.test",))
    with crawl(plan, crawl_config, tmp_path) as run:
        run.run("--once")
        began = run.web.go()
        run.wait_for_live()
        run.rewind(points=timedelta(hours=1))
        run.run("--once")
        sources = catalogue.load(Path(run.environment["WARTA_CATALOGUE"]))
    monitor = Monitor(seen.path_in(run.home), sources)
    ended = SystemClock().now()
    now = ended + timedelta(minutes=11)
    verdict, facts = monitor.verdicts(now)["media13"], monitor.facts["media13"]
    monitor.close()
    assert (facts.listed, facts.arrived, verdict.completeness) == (12, 12, 1.0)
    assert verdict.day_seen == 15
    assert len(facts.lags) == 12
    assert verdict.lag_p95 is not None
    assert 0 < verdict.lag_p95 <= (ended - began).total_seconds()
