"""Second visits: edits are found, removals are told, what has not changed costs a 304; robots.txt is read again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.producers.crawl.harness import by_url, crawl
from tests.producers.local_web.newsroom import Plan
from warta import settings

pytestmark = pytest.mark.integration


_PLAN = Plan(
    seed=5, backlog=6, spacing=30, delay=0.02, hosts=("media01.test", "media10.test", "ubah39.test", "hapus40.test")
)


def test_later_edits_come_as_new_texts_and_removals_as_removals(
    crawl_config: settings.Settings, tmp_path: Path
) -> None:
    with crawl(_PLAN, crawl_config, tmp_path) as run:
        run.run("--once")
        assert run.raw.read().counts() == Counter(dict.fromkeys(run.wanted(), 1))
        edited = {a.doc_id for host in ("media01.test", "ubah39.test") for a in run.web.edit(host, 2)}
        removed = {a.doc_id for a in run.web.remove("hapus40.test", 2)}
        before = run.state().hosts["media10.test"]
        # More than one pass: that a page is gone has to be seen twice, and nothing may be told twice.
        for _ in range(3):
            run.pass_hour()
            run.run("--once")
        counts = run.raw.read().counts()
        assert {doc for doc, count in counts.items() if count > 1} == edited
        assert sum(counts.values()) == len(run.wanted()) + len(edited)
        newest = [a for a in run.raw.articles() if a.doc_id in edited][-len(edited) :]
        assert all("Pembaruan ke-1" in (article.html or "") for article in newest)
        assert all(a.first_seen_at is None or a.first_seen_at < a.fetched_at for a in newest)
        assert [message.status for message in run.raw.removed()] == [410, 410]
        assert {message.doc_id for message in run.raw.removed()} == removed
        # The untouched are asked after with their validators.
        after = run.state().hosts["media10.test"]
        assert after["article 304"] >= _PLAN.backlog
        assert (after["listing 200"], after["listing 304"]) == (1, 3)
        assert after["article 200"] == before["article 200"]
        assert not run.state().broken


def test_new_rules_in_robots_txt_hold_from_the_next_reading_on(crawl_config: settings.Settings, tmp_path: Path) -> None:
    plan = Plan(seed=6, backlog=4, live=4, per_minute=600, delay=0.02, hosts=("media01.test", "media02.test"))
    with crawl(plan, crawl_config, tmp_path) as run:
        run.run("--once")
        run.web.change_robots("media01.test", disallow=["/"])
        run.web.go()
        run.wait_for_live()
        run.pass_hour()
        run.rewind(robots=timedelta(hours=25))
        before = run.state().hosts["media01.test"]
        run.run("--once")
        after = run.state().hosts["media01.test"]
        assert after["robots 200"] == before["robots 200"] + 1
        assert after["requests"] == before["requests"] + 1
        assert len(by_url(run.raw.read(), "media02.test")) == plan.backlog + plan.live
        assert not run.state().broken
