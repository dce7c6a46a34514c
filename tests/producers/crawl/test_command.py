"""`warta crawl` with its options: one source, backfill, WARC out and in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.producers.crawl.harness import crawl
from tests.producers.local_web.newsroom import Plan
from warta import settings

pytestmark = pytest.mark.integration


def test_one_source_is_crawled_alone_and_nobody_else_hears_of_it(
    crawl_config: settings.Settings, tmp_path: Path
) -> None:
    plan = Plan(seed=7, backlog=5, delay=0.02, hosts=("media01.test", "media02.test", "gantung26.test"))
    with crawl(plan, crawl_config, tmp_path) as run:
        run.run("--once", "--source", "media01")
        assert set(run.raw.read().counts()) == set(run.wanted("media01.test"))
        assert set(run.state().hosts) == {"media01.test"}


def test_once_ends_although_a_site_hangs(crawl_config: settings.Settings, tmp_path: Path) -> None:
    plan = Plan(seed=8, backlog=1, delay=0.02, hosts=("media01.test", "gantung26.test", "mati44.test", "rusak25.test"))
    with crawl(plan, crawl_config, tmp_path) as run:
        run.run("--once")
        assert set(run.raw.read().counts()) == set(run.wanted("media01.test"))


def test_backfill_reads_the_archive_and_marks_what_it_brings(crawl_config: settings.Settings, tmp_path: Path) -> None:
    plan = Plan(seed=9, backlog=60, spacing=6 * 3600, delay=0.02, hosts=("media16.test", "media01.test"))
    with crawl(plan, crawl_config, tmp_path) as run:
        since = sorted(a.published_at for a in run.web.published() if a.host == "media16.test")[20]
        run.run("--since", f"{since:%Y-%m-%d}", "--source", "media16")
        articles = run.raw.read().articles()
        late = {doc for doc, a in run.wanted("media16.test").items() if a.published_at.date() > since.date()}
        assert late <= {article.doc_id for article in articles}
        assert {article.origin for article in articles} == {"backfill"}
        assert max(run.raw.counts().values()) == 1
        assert set(run.state().hosts) == {"media16.test"}
        assert not run.state().broken


def test_what_was_fetched_can_be_kept_as_warc_and_replayed(crawl_config: settings.Settings, tmp_path: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator

    plan = Plan(seed=10, backlog=5, delay=0.02, hosts=("media01.test", "alih20.test"))
    with crawl(plan, crawl_config, tmp_path) as run:
        run.run("--once", "--warc", str(tmp_path / "warc"))
        files = sorted((tmp_path / "warc").glob("*.warc.gz"))
        assert files
        kept = set()
        for file in files:
            with file.open("rb") as stream:
                kept |= {
                    record.rec_headers.get_header("WARC-Target-URI")
                    for record in ArchiveIterator(stream)
                    if record.rec_type == "response"
                }
        assert {article.url for article in run.wanted().values()} <= kept
        run.replay(*map(str, files))
        counts = run.raw.read().counts()
        assert set(counts) == set(run.wanted())
        assert {article.origin for article in run.raw.articles()} == {"live", "replay"}
