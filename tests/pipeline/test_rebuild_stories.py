"""The state of stories, lost to another version, is made anew from documents and decisions; the running system goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stream_agents.stories import record
from tests.pipeline.harness import Pipeline, write
from tests.servers import until
from warta import kafka, topics

pytestmark = pytest.mark.integration

TEXT = (
    "Bengkel kayu milik warga Dusun Cikembang membuat 58 bangku sekolah dari papan bekas kapal. Pengurusnya memberi upah "
    "harian kepada sembilan pemuda yang putus kerja. Bangku pertama dipakai murid kelas tiga mulai Senin pekan depan."
)
URLS = [f"https://bangku{number}.bangun-ulang.example/kayu" for number in range(4)]


def line(url: str, hour: int) -> str:
    fetched = f"2026-11-20T{hour:02d}:00:00+00:00"
    return json.dumps({"url": url, "title": "Bengkel buat bangku sekolah", "text": TEXT, "fetched_at": fetched})


def test_a_state_of_another_version_is_rebuilt_and_work_goes_on(pipeline: Pipeline, tmp_path: Path) -> None:
    def publish(*lines: str) -> None:
        pipeline.warta("replay", str(write(tmp_path / "bangku.jsonl", list(lines))), "--as-live")

    def story(url: str) -> str:
        pipeline.client.indices.refresh(index="news")
        hits = pipeline.client.search(index="news", query={"term": {"url": url}})["hits"]["hits"]
        return str(hits[0]["_source"]["story_id"]) if hits else ""

    publish(*(line(url, hour) for hour, url in enumerate(URLS[:3], 9)))
    pipeline.wait_idle()
    pipeline.warta("split", URLS[0], URLS[2])
    until(lambda: story(URLS[2]) != story(URLS[0]), "two stories")
    before = {url: story(url) for url in URLS[:3]}
    pipeline.wait_idle()

    worker = next(worker for worker in pipeline.workers if worker.program.name == "stories-0")
    pipeline.supervisor.stop("stories-0")
    producer = kafka.producer(pipeline.settings, "test")
    spoilt = json.dumps({"kind": "links", "version": record.VERSION + 1, "doc_id": "0" * 32}).encode()
    producer.send(topics.STATE_STORIES, key=b"0" * 32, value=spoilt).get(timeout=30)
    producer.close()
    done = subprocess.run(
        [sys.executable, "-m", "stream_agents.rebuild_stories"],
        env=pipeline.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pipeline.supervisor.up([worker.program])
    pipeline.wait_ready()

    publish(line(URLS[2], 13), line(URLS[3], 14))
    pipeline.wait_idle()
    assert {url: story(url) for url in URLS[:3]} == before
    assert story(URLS[3]) in before.values()
