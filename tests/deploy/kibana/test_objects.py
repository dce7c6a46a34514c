"""Kibana's objects: whole, consistent, and every query inside them answers on the real server with the sample."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from deploy.kibana import check
from deploy.kibana.__main__ import FILE, text
from deploy.kibana.objects import everything
from indexer.apply import load as load_templates
from tests import sample_index
from tests.servers import Server
from warta import settings
from warta.search.client import connect


def mapping() -> dict[str, str]:
    """Field → type, sub-fields included."""
    found: dict[str, str] = {}

    def walk(properties: dict[str, Any], prefix: str) -> None:
        for name, spec in properties.items():
            found[prefix + name] = spec.get("type", "object")
            walk(spec.get("properties", {}), f"{prefix}{name}.")
            walk(spec.get("fields", {}), f"{prefix}{name}.")

    walk(load_templates()[0]["news-fields"]["template"]["mappings"]["properties"], "")
    return found


def test_the_file_is_what_the_code_makes() -> None:
    assert FILE.read_text("utf-8") == text(), "run: python -m deploy.kibana"


def test_nothing_is_wrong_with_the_objects() -> None:
    assert check.faults(check.read(FILE.read_text("utf-8")), mapping()) == []


def _broken(change: str) -> list[dict[str, Any]]:
    objects = copy.deepcopy(everything())
    by_type = {item["type"]: item for item in objects}
    dashboard = by_type["dashboard"]["attributes"]
    panels = json.loads(dashboard["panelsJSON"])
    if change == "reference":
        by_type["search"]["references"][0]["id"] = "gone"
    elif change == "field":
        by_type["search"]["attributes"]["columns"].append("nada")
    elif change == "stamp":
        by_type["map"]["typeMigrationVersion"] = "10.0.0"
    elif change == "overlap":
        panels[1]["gridData"]["x"] = 0
    elif change == "column":
        state = panels[0]["embeddableConfig"]["attributes"]
        (layer,) = state["state"]["datasourceStates"]["formBased"]["layers"].values()
        layer["columns"].popitem()
    elif change == "panel":
        by_type["dashboard"]["references"].pop(0)
    dashboard["panelsJSON"] = json.dumps(panels)
    return objects


@pytest.mark.parametrize("change", ["reference", "field", "stamp", "overlap", "column", "panel"])
def test_the_check_finds_what_a_careless_edit_breaks(change: str) -> None:
    assert check.faults(_broken(change), mapping())


@pytest.fixture(scope="module")
def sampled(elasticsearch_server: Server) -> Elasticsearch:
    client = connect(settings.load(elasticsearch=elasticsearch_server.address))
    sample_index.load(client)
    return client


@pytest.mark.integration
def test_every_query_in_the_objects_answers_with_the_sample(sampled: Elasticsearch) -> None:
    empty = []
    asked = 0
    for where, body in check.requests(everything()):
        answer = sampled.search(index="news", **body)
        asked += 1
        if not answer["hits"]["total"]["value"] or _hollow(answer.get("aggregations", {})):
            empty.append(where)
    assert asked > 20
    # Nobody has corrected a label of the sample yet.
    assert [where for where in empty if "Dikoreksi" not in where] == []


def _hollow(aggregations: dict[str, Any]) -> bool:
    """Whether some aggregation came back without a bucket."""
    return any("buckets" in found and not found["buckets"] for found in aggregations.values())
