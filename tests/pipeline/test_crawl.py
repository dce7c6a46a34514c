"""From the sites into the index: what the crawler finds on the local web is searchable, each article once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.pipeline.harness import Pipeline
from tests.producers.crawl.harness import crawl
from tests.producers.local_web.newsroom import Plan
from tests.servers import until

pytestmark = pytest.mark.integration


def test_every_article_of_the_sites_is_in_the_index_once_and_clean(pipeline: Pipeline, tmp_path: Path) -> None:
    hosts = (
        "media01.test",
        "media09.test",
        "media13.test",
        "ganda36.test",
        "latin31.test",
        "hapus40.test",
        "jebak22.test",
    )
    plan = Plan(seed=50, backlog=12, spacing=30, delay=0.02, hosts=hosts)
    with crawl(plan, pipeline.settings, tmp_path) as run:
        wanted = run.wanted()
        run.run("--once")

        def found() -> Counter[str]:
            if not pipeline.client.indices.exists_alias(name="news"):
                return Counter()
            pipeline.client.indices.refresh(index="news")
            return Counter(document["doc_id"] for document in pipeline.documents() if document["doc_id"] in wanted)

        until(lambda: len(found()) == len(wanted), "every article is in the index")
        gone = {article.doc_id for article in run.web.remove("hapus40.test", 2)}
        for _ in range(2):
            run.pass_hour()
            run.run("--once")
        pipeline.wait_idle()
        documents = {document["doc_id"]: document for document in pipeline.documents()}
        assert found() == Counter(dict.fromkeys(wanted, 1))
        for doc, article in wanted.items():
            assert documents[doc]["title"] == article.title
            assert "ADVERTISEMENT" not in documents[doc]["body"]
            assert "Baca juga" not in documents[doc]["body"]
            assert "Nomor catatan peristiwa" in documents[doc]["body"]
        # The text of what its publisher took away is kept, and says so.
        assert {doc for doc in wanted if documents[doc].get("removed")} == gone
        assert all(documents[doc]["body"] for doc in gone)
