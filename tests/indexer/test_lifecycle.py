"""The lifecycle policy: installed where the server has ILM, left out where it has none.

The server that runs here has no ILM, so what is sent to one that has is checked on the client's side of the wire.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer import lifecycle
from indexer.apply import TEMPLATES, apply, create_month


@pytest.mark.integration
def test_a_server_without_it_gets_none_and_months_are_made_all_the_same(es: Elasticsearch) -> None:
    assert apply(es).lifecycle is False
    name = create_month(es, "news-2026.11", 1)
    assert "lifecycle" not in es.indices.get_settings(index=name)[name]["settings"]["index"]


class WithLifecycle(BaseHTTPRequestHandler):
    """The three addresses of ILM that are used, as the official server answers them; it keeps what it is sent."""

    stored: dict[str, Any]

    def do_GET(self) -> None:
        if self.path == "/_ilm/status":
            return self._answer({"operation_mode": "RUNNING"})
        return self._answer({"news": {"policy": self.stored["/_ilm/policy/news"]["policy"]}} if self.stored else {})

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.stored[self.path.partition("?")[0]] = body
        self._answer({"acknowledged": True})

    def _answer(self, body: Any) -> None:
        encoded = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/vnd.elasticsearch+json; compatible-with=9")
        self.send_header("x-elastic-product", "Elasticsearch")
        self.send_header("content-length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def server() -> Iterator[tuple[Elasticsearch, dict[str, Any]]]:
    stored: dict[str, Any] = {}
    handler = type("Handler", (WithLifecycle,), {"stored": stored})
    http = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    client = Elasticsearch(f"http://127.0.0.1:{http.server_port}", max_retries=0)
    yield client, stored
    client.close()
    http.shutdown()
    thread.join()
    http.server_close()


def test_a_server_with_it_gets_policy_then_tie_then_the_months_that_exist(
    server: tuple[Elasticsearch, dict[str, Any]],
) -> None:
    es, stored = server
    assert lifecycle.supported(es)
    assert lifecycle.apply(es, TEMPLATES) == "created"
    assert list(stored) == ["/_ilm/policy/news", "/_component_template/warta-lifecycle", "/news-*-g*/_settings"]
    assert stored["/_component_template/warta-lifecycle"]["template"]["settings"] == {"index.lifecycle.name": "news"}
    assert lifecycle.apply(es, TEMPLATES) == "unchanged"


def test_a_policy_of_an_older_version_is_upgraded(server: tuple[Elasticsearch, dict[str, Any]]) -> None:
    es, stored = server
    lifecycle.apply(es, TEMPLATES)
    stored["/_ilm/policy/news"]["policy"]["_meta"]["version"] = 0
    assert lifecycle.apply(es, TEMPLATES) == "upgraded"


def test_the_policy_deletes_nothing_and_stops_no_writing() -> None:
    phases = lifecycle.read(TEMPLATES)["policy"]["phases"]
    actions = {action for phase in phases.values() for action in phase["actions"]}
    assert not actions & {"delete", "readonly", "freeze", "searchable_snapshot", "shrink"}
