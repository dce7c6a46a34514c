"""Memory of `warta export`: its peak for a few documents and for many, each format (flat is the aim; limit +64 MB).

    python -m benchmarks.indexer.export [http://127.0.0.1:9200]

Use a server of your own: the news index of a month in 1990 is made and removed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from elasticsearch import Elasticsearch, helpers

from benchmarks.indexer.throughput import ALIAS, corpus, fresh
from indexer.apply import apply
from indexer.merge import Position, fold
from warta.search.client import connect
from warta.settings import load

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
MANY, FEW = 50_000, 500
LIMIT_MB = 64


def fill(es: Elasticsearch) -> None:
    """`MANY` documents in the month, of which the first `FEW` carry a tag."""
    fresh(es)
    sources = (fold(None, [(Position(0, n), m)], LONG_AGO).source or {} for n, m in enumerate(corpus(MANY)))
    actions = (
        {"_index": ALIAS, "_id": source["doc_id"], "_source": source | ({"section": "sedikit"} if n < FEW else {})}
        for n, source in enumerate(sources)
    )
    helpers.bulk(es, actions, chunk_size=1_000, refresh=True)


#: Runs the command and tells its own peak: that of getrusage would count what its parent had before the exec.
_TOLD = """
import re, runpy, sys
try:
    runpy.run_module("warta", run_name="__main__")
except SystemExit:
    pass
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
"""


def peak(address: str, query: str, form: str, folder: Path) -> tuple[float, float, str]:
    """(peak MB, seconds, what it said) of one export."""
    arguments = ["export", "--body", "-q", query, "-f", form, "-o", str(folder / f"export.{form}")]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _TOLD, *arguments],
        env={**os.environ, "WARTA_ELASTICSEARCH": address},
        capture_output=True,
        text=True,
        check=True,
    )
    said, kilobytes = done.stderr.strip().splitlines()[-2:]
    return int(kilobytes) / 1024, time.perf_counter() - began, said


def main(address: str = "http://127.0.0.1:9200") -> None:
    """Fill, export, compare, clean up."""
    es = connect(load(elasticsearch=address), retries=0)
    apply(es)
    fill(es)
    with tempfile.TemporaryDirectory() as folder:
        for form in ("jsonl", "csv", "xlsx"):
            few, _, _ = peak(address, "section:sedikit", form, Path(folder))
            many, seconds, said = peak(address, "publisher:media.example", form, Path(folder))
            verdict = "held" if many - few <= LIMIT_MB else "MISSED"
            print(
                f"{form}: {few:.0f} MB for {FEW}, {many:.0f} MB for {MANY} in {seconds:.0f} s "
                f"(limit +{LIMIT_MB} MB: {verdict}); {said}"
            )
    es.indices.delete(index=f"{ALIAS}-g1")


if __name__ == "__main__":
    main(*sys.argv[1:2])
