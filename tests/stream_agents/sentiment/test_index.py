"""The commands that read documents of the real index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from indexer.apply import apply, create_month
from stream_agents.sentiment import command
from tests.indexer.conftest import wipe
from tests.servers import Server
from warta.errors import WartaError
from warta.identity import canonical_url, doc_id
from warta.search.client import connect
from warta.settings import load

pytestmark = pytest.mark.integration

URL = "https://kabar.example/longsor?utm_source=x"
app = typer.Typer(pretty_exceptions_enable=False)
app.command("explain")(command.explain)
app.add_typer(command.corrections, name="corrections")


@pytest.fixture
def indexed(elasticsearch_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elasticsearch]:
    config = load(elasticsearch=elasticsearch_server.address)
    monkeypatch.setattr(command, "settings", lambda: config)
    client = connect(config)
    wipe(client)
    apply(client)
    create_month(client, "news-2026.11", 1)
    base = {"title": "Longsor tewaskan warga", "body": "Warga marah karena korban tewas terus bertambah."}
    sentiment = {"label": "neutral", "model": "sentiment-id-0.2"}
    corrected = {
        "correction": {"label": "negative", "by": "rina", "at": "2026-11-20T01:00:00Z"},
        "sentiment": sentiment,
    }
    client.index(
        index="news-2026.11", id=doc_id(canonical_url(URL)), document=base | corrected | {"url": URL}, refresh=True
    )
    client.index(index="news-2026.11", id="other", document=base | {"sentiment": sentiment}, refresh=True)
    yield client
    wipe(client)
    client.close()


@pytest.mark.usefixtures("indexed")
def test_corrections_are_exported_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "corrections.jsonl"
    result = CliRunner().invoke(app, ["corrections", "export", "--out", str(out)], catch_exceptions=False)
    assert result.exit_code == 0
    (line,) = [json.loads(text) for text in out.read_text("utf-8").splitlines()]
    assert (line["url"], line["label"], line["was"], line["by"]) == (URL, "negative", "neutral", "rina")


@pytest.mark.usefixtures("indexed")
def test_an_indexed_document_is_explained_by_any_form_of_its_address() -> None:
    result = CliRunner().invoke(app, ["explain", "https://kabar.example/longsor", "--json"], catch_exceptions=False)
    shown = json.loads(result.stdout)
    assert shown["sentiment"]["label"] == "negative"
    assert shown["sentences"][0]["text"] == "Longsor tewaskan warga"
    with pytest.raises(WartaError, match=r"not in the index; 'warta trace"):
        CliRunner().invoke(app, ["explain", "https://kabar.example/lain"], catch_exceptions=False)
