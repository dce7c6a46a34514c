"""Templates: installed, upgraded, never downgraded; every field of the wire has a place in them."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from msgspec.structs import fields

from indexer.apply import TEMPLATES, apply, create_month, load
from tests.indexer.conftest import wipe
from warta.errors import WartaError
from warta.messages import Content, Correction, Score, Sentiment, Status, Story, StoryCounters

NEWS_FIELDS: dict[str, Any] = load()[0]["news-fields"]["template"]["mappings"]["properties"]

#: The contract of the design page, section 6, as far as it is not a section's struct.
PUBLIC = {"doc_id", "first_seen_at", "fetched_at", "indexed_at", "label", "origin", "trace", "applied"}


@pytest.mark.parametrize("section", [Content, Score, Story, Status])
def test_every_field_of_a_section_is_mapped(section: type) -> None:
    assert {info.name for info in fields(section)} <= NEWS_FIELDS.keys()


@pytest.mark.parametrize(
    ("struct", "name"), [(Sentiment, "sentiment"), (StoryCounters, "story"), (Correction, "correction")]
)
def test_every_field_of_a_struct_inside_is_mapped(struct: type, name: str) -> None:
    assert {info.name for info in fields(struct)} <= NEWS_FIELDS[name]["properties"].keys()


def test_the_rest_of_the_contract_is_mapped() -> None:
    assert NEWS_FIELDS.keys() >= PUBLIC


@pytest.mark.integration
def test_applying_again_changes_nothing(es: Elasticsearch) -> None:
    again = apply(es)
    assert (again.created, again.upgraded) == ([], [])


@pytest.mark.integration
def test_processes_that_start_together_do_not_trip_each_other(es: Elasticsearch) -> None:
    for _ in range(3):
        wipe(es)
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda _: apply(es), range(4)))


@pytest.mark.integration
def test_an_older_template_is_upgraded_and_existing_indices_get_the_field(es: Elasticsearch, tmp_path: Path) -> None:
    create_month(es, "news-2026.11", 1)
    folder = _newer(tmp_path, {"mood": {"type": "keyword"}})
    assert apply(es, folder).upgraded == ["news-fields"]
    es.index(index="news-2026.11", id="a", document={"doc_id": "a", "mood": "calm"})


@pytest.mark.integration
def test_a_newer_template_is_not_downgraded(es: Elasticsearch, tmp_path: Path) -> None:
    apply(es, _newer(tmp_path, {}))
    with pytest.raises(WartaError, match="version 2, this code knows 1"):
        apply(es)


@pytest.mark.integration
def test_an_unknown_field_is_refused(es: Elasticsearch) -> None:
    create_month(es, "news-2026.11", 1)
    with pytest.raises(Exception, match="strict_dynamic_mapping"):
        es.index(index="news-2026.11", id="a", document={"doc_id": "a", "nobody_agreed": 1})


@pytest.mark.integration
def test_no_index_appears_by_accident(es: Elasticsearch) -> None:
    with pytest.raises(Exception, match="index_not_found"):
        es.index(index="news-2026.11-g1", id="a", document={"doc_id": "a"})


@pytest.mark.integration
def test_indonesian_is_stemmed_and_the_exact_form_is_kept(es: Elasticsearch) -> None:
    create_month(es, "news-2026.11", 1)
    stemmed = es.indices.analyze(index="news-2026.11", field="title", text="Penanganan keberhasilan")
    exact = es.indices.analyze(index="news-2026.11", field="title.exact", text="Penanganan keberhasilan")
    assert [token["token"] for token in stemmed["tokens"]] == ["tangan", "hasil"]
    assert [token["token"] for token in exact["tokens"]] == ["penanganan", "keberhasilan"]


def _newer(tmp_path: Path, added: dict[str, Any]) -> Path:
    """A copy of the templates with the next version of the fields."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    path = folder / "components" / "news-fields.json"
    body = json.loads(path.read_text("utf-8"))
    body["version"] += 1
    body["template"]["mappings"]["properties"] |= added
    path.write_text(json.dumps(body), "utf-8")
    return folder
