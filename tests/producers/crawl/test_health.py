"""`warta sources health` after real crawls: the words for sites that work, fail, or close their robots.txt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from producers import health
from tests.producers.crawl.harness import Crawl, crawl
from tests.producers.local_web.newsroom import Plan
from warta import settings

pytestmark = pytest.mark.integration

HOSTS = ("media01.test", "rusak25.test", "tutup33.test")


def asked(run: Crawl) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "warta", "sources", "health", "--json"]
    done = subprocess.run(command, env=run.environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return {one["source"]: one for one in map(json.loads, done.stdout.splitlines())}


def test_states_of_crawled_sites(crawl_config: settings.Settings, tmp_path: Path) -> None:
    plan = Plan(seed=21, backlog=4, delay=0.02, hosts=HOSTS)
    with crawl(plan, crawl_config, tmp_path) as run:
        for _ in range(health.FAILING):
            run.run("--once", seconds=200)
            run.pass_hour()
        found = asked(run)
    states = {source: one["state"] for source, one in found.items()}
    assert states == {"media01": health.HEALTHY, "rusak25": health.UNREADABLE, "tutup33": health.UNREADABLE}
    assert found["media01"]["day_seen"] == 4
    assert "HTTP 500" in found["rusak25"]["detail"]
    assert found["tutup33"]["robots"] == "unreachable"
