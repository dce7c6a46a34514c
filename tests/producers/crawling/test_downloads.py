"""The downloader itself, in a process of its own (a reactor runs once): where it connects, and what it takes."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

_SCRIPT = """
import json, sys
from producers.crawling.answer import Ask, NoAnswer
from producers.crawling.downloads import run
from warta.clock import SystemClock
from warta.settings import load

given = json.loads(sys.argv[1])

async def work(fetch):
    for url in given["urls"]:
        try:
            answer = await fetch(Ask(url, etag='"1"'))
            said = [answer.status, answer.headers, answer.body[:200].decode("latin-1"), len(answer.body)]
        except NoAnswer as error:
            said = [error.reason, str(error)]
        print(json.dumps(said), flush=True)

run(load(**given["settings"]), SystemClock(), work)
"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        body, headers = b"isi", {"Content-Type": "text/html", "ETag": '"2"'}
        status = 200
        if self.path == "/bom":
            body, headers = gzip.compress(bytes(40 * 1024 * 1024)), {"Content-Encoding": "gzip"}
        elif self.path == "/besar":
            body = bytes(6 * 1024 * 1024)
        elif self.path == "/pindah":
            status, headers = 301, {"Location": "http://127.0.0.1/"}
        elif self.path == "/gzip":
            body, headers = gzip.compress(b"isi " * 100), {"Content-Encoding": "gzip"}
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, str]]] = []


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def fetch(urls: list[str], **settings: str) -> list[list[object]]:
    given = json.dumps({"urls": urls, "settings": settings})
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, given], capture_output=True, text=True, timeout=600, check=True
    )
    assert not done.stderr.strip(), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_only_public_addresses_are_connected_to_whatever_names_them(server: Server, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 jahat.test\n::ffff:127.0.0.1 petakan.test\n")
    names = (
        "jahat.test",
        "petakan.test",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "2130706433",
    )
    urls = [f"http://{name}:{server.server_port}/" for name in names]
    found = fetch(urls, crawl_hosts=str(hosts))
    assert [one[0] for one in found[:7]] == ["unsafe"] * 7
    assert found[7][0] in ("unsafe", "no-name", "broken")
    assert server.seen == []


def test_what_it_takes_sends_and_leaves_to_us(server: Server, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 satu.test\n")
    base = f"http://satu.test:{server.server_port}"
    found = fetch(
        [f"{base}/{path}" for path in ("isi", "gzip", "pindah", "bom", "besar")],
        crawl_hosts=str(hosts),
        crawl_allowed_networks="127.0.0.0/8",
        crawl_contact="https://contoh.id/bot",
    )
    status, headers, body, _ = found[0]
    assert (status, body) == (200, "isi")
    assert isinstance(headers, dict)
    assert headers["etag"] == '"2"'
    assert found[1][3] == 400
    assert found[2][0] == 301
    assert [one[0] for one in found[3:]] == ["too-large", "too-large"]
    _, sent = server.seen[0]
    assert sent["User-Agent"].startswith("Warta/")
    assert sent["User-Agent"].endswith("(+https://contoh.id/bot)")
    assert sent["If-None-Match"] == '"1"'
    assert "Cookie" not in sent
    assert len(server.seen) == 5


def test_a_proxy_is_used_when_it_is_set_and_only_then(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = f"http://127.0.0.1:{server.server_port}"
    (answer,) = fetch(["http://contoh.id/a"], crawl_proxy=proxy)
    assert answer[0] == 200
    assert server.seen[0][0] == "http://contoh.id/a"
    monkeypatch.setenv("http_proxy", proxy)
    (answer,) = fetch(["http://tidak-ada.invalid/a"])
    assert answer[0] == "no-name"
    assert len(server.seen) == 1
