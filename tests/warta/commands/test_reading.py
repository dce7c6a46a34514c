"""`warta export`, `warta feed` and `warta kibana import` as a person runs them, on the sample in a real index."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from elasticsearch import Elasticsearch

from tests import sample_index
from tests.servers import Server
from warta import settings
from warta.search.client import connect

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def es(elasticsearch_server: Server) -> Iterator[Elasticsearch]:
    client = connect(settings.load(elasticsearch=elasticsearch_server.address))
    sample_index.load(client)
    yield client
    client.close()


@pytest.fixture
def warta(es: Elasticsearch, elasticsearch_server: Server, tmp_path: Path) -> Any:
    """Run a subcommand; returns the finished process."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "WARTA_ELASTICSEARCH": elasticsearch_server.address,
            "WARTA_HOME": str(tmp_path),
            "PATH": "",
            "PYTHONIOENCODING": "utf-8",
        }
        return subprocess.run(
            [sys.executable, "-m", "warta", *arguments],
            cwd=settings.ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_an_export_holds_every_document_of_its_query_once(es: Elasticsearch, warta: Any) -> None:
    done = warta("export", "--query", "sentiment:negative", "--since", "2020-01-01")
    ids = [json.loads(line)["doc_id"] for line in done.stdout.splitlines()]
    expected = es.count(index="news", query={"term": {"label": "negative"}})["count"]
    assert done.returncode == 0
    assert len(ids) == len(set(ids)) == expected > 20
    assert f"{expected} documents written" in done.stderr


def test_csv_and_xlsx_hold_the_same_table(warta: Any, tmp_path: Path) -> None:
    asked = ("export", "--query", "banjir", "--since", "2020-01-01", "--format")
    rows = list(csv.reader(io.StringIO(warta(*asked, "csv").stdout)))
    book = tmp_path / "laporan.xlsx"
    assert warta(*asked, "xlsx", "--out", str(book)).returncode == 0
    sheet = openpyxl.load_workbook(book, read_only=True).worksheets[0]
    cells = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert len(rows) > 3
    assert cells == rows
    assert rows[0][:3] == ["published_at", "first_seen_at", "label"]


def test_a_file_that_cannot_be_written_is_a_sentence(warta: Any, tmp_path: Path) -> None:
    done = warta("export", "--query", "banjir", "--out", str(tmp_path / "none" / "out.jsonl"))
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("query", ['"banjir', "place:", "((((", "sentiment:sedih", "since:kemarin-lusa"])
def test_a_query_that_cannot_be_read_is_explained(warta: Any, query: str) -> None:
    for command in (["export", "--query"], ["feed", "--once"], ["search"]):
        done = warta(*command, query)
        assert done.returncode in (0, 2), done.stderr  # some of these are read as plain words, which is fine
        assert "Traceback" not in done.stderr


def test_the_feed_shows_each_document_once_and_ends(es: Elasticsearch, warta: Any) -> None:
    done = warta("feed", "--once", "--json", "--since", "2020-01-01")
    ids = [json.loads(line)["doc_id"] for line in done.stdout.splitlines()]
    assert len(ids) == len(set(ids)) == es.count(index="news")["count"]


def test_copies_fold_under_their_story(warta: Any) -> None:
    lines = warta("feed", "--once", "--since", "2020-01-01", "keracunan jatinangor").stdout.splitlines()
    folded = [line for line in lines if "└" in line]
    assert folded
    assert any("salinan persis" in line for line in folded)
    assert len(folded) < len(lines)


class Kibana(BaseHTTPRequestHandler):
    """Kibana's import address: Kibana itself cannot run here."""

    imports: list[tuple[str, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.imports.append((self.path, body))
        objects = body.count('"type":') + body.count('"type" :')
        failed = (
            [{"type": "dashboard", "id": "x", "error": {"type": "missing_references"}}]
            if "/s/rusak/" in self.path
            else []
        )
        answer = json.dumps({"success": not failed, "successCount": objects, "errors": failed}).encode()
        self.send_response(200 if self.headers.get("kbn-xsrf") else 400)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def kibana() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    imports: list[tuple[str, str]] = []
    http = HTTPServer(("127.0.0.1", 0), type("Handler", (Kibana,), {"imports": imports}))
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}", imports
    http.shutdown()
    thread.join()
    http.server_close()


def test_the_import_sends_every_object_and_reads_what_kibana_says_of_each(warta: Any, kibana: Any) -> None:
    url, imports = kibana
    done = warta("kibana", "import", "--url", url)
    assert done.returncode == 0, done.stderr
    assert imports[0][0] == "/api/saved_objects/_import?overwrite=true"
    assert "index-pattern" in imports[0][1]
    broken = warta("kibana", "import", "--url", url, "--space", "rusak", "--keep")
    assert broken.returncode == 1
    assert "missing_references" in broken.stderr
    assert imports[-1][0] == "/s/rusak/api/saved_objects/_import?overwrite=false"


def test_a_kibana_that_is_away_is_a_sentence(warta: Any) -> None:
    done = warta("kibana", "import", "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
