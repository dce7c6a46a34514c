"""Kibana's objects: whole, consistent, and every query inside them answers on the real server with the sample."""

from __future__ import annotations

import asyncio
import copy
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from deploy.kibana import check
from deploy.kibana.__main__ import FILE, text
from deploy.kibana.objects import everything
from indexer.alerts_index import Indexing
from indexer.apply import load as load_templates
from indexer.notifier.config import RoutingFile
from tests import sample_index
from tests.indexer.notifier.alarm import alarm
from tests.indexer.test_alerts_index import Taken
from tests.servers import Server
from tests.stream_agents.agents import test_alerts as alerts
from warta import settings
from warta.clock import SystemClock
from warta.search.client import ALERTS, SERIES, connect
from warta.wire import encode


def mappings() -> check.Mappings:
    """Data view → field → type, sub-fields included."""
    components, templates = load_templates()
    properties = {
        "news": components["news-fields"]["template"]["mappings"]["properties"],
        **{name: templates[name]["template"]["mappings"]["properties"] for name in (ALERTS, SERIES)},
    }
    return {view: dict(_flat(found)) for view, found in properties.items()}


def _flat(properties: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, spec in properties.items():
        yield prefix + name, spec.get("type", "object")
        yield from _flat(spec.get("properties", {}), f"{prefix}{name}.")
        yield from _flat(spec.get("fields", {}), f"{prefix}{name}.")


def test_the_file_is_what_the_code_makes() -> None:
    assert FILE.read_text("utf-8") == text(), "run: python -m deploy.kibana"


def test_nothing_is_wrong_with_the_objects() -> None:
    assert check.faults(check.read(FILE.read_text("utf-8")), mappings()) == []


def _broken(change: str) -> list[dict[str, Any]]:
    objects = copy.deepcopy(everything())
    by_type = {item["type"]: item for item in objects}
    dashboard = by_type["dashboard"]["attributes"]
    panels = json.loads(dashboard["panelsJSON"])
    if change == "reference":
        by_type["search"]["references"][0]["id"] = "gone"
    elif change == "field":
        by_type["search"]["attributes"]["columns"].append("nada")
    elif change == "view":
        panels[1]["embeddableConfig"]["attributes"]["references"][0]["id"] = "news"
    elif change == "control":
        controls = json.loads(dashboard["controlGroupInput"]["panelsJSON"])
        controls["seri"]["explicitInput"]["fieldName"] = "places.name"
        dashboard["controlGroupInput"]["panelsJSON"] = json.dumps(controls)
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


@pytest.mark.parametrize("change", ["reference", "field", "view", "control", "stamp", "overlap", "column", "panel"])
def test_the_check_finds_what_a_careless_edit_breaks(change: str) -> None:
    assert check.faults(_broken(change), mappings())


BURST = alerts.BURST


@pytest.fixture(scope="module")
def sampled(elasticsearch_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Elasticsearch:
    """The sample's documents, and what the alerts stage says of a fortnight with a burst, indexed as in production."""
    client = connect(settings.load(elasticsearch=elasticsearch_server.address))
    sample_index.load(client)
    said = asyncio.run(alerts.run(alerts.ring()))
    said += [encode(alarm(alarm_id="A-open", level="kritis")), encode(alarm(alarm_id="A-quiet", silenced=True))]
    routing = RoutingFile(tmp_path_factory.mktemp("none") / "alerts.yaml")
    indexing = Indexing(client, None, SystemClock(), 0, routing)
    indexing.write([Taken(offset, value) for offset, value in enumerate(said)])
    client.indices.refresh(index=f"{ALERTS},{SERIES}")
    return client


@pytest.mark.integration
def test_every_query_in_the_objects_answers_with_the_sample(sampled: Elasticsearch) -> None:
    empty = []
    asked: Counter[str] = Counter()
    for where, index, body in check.requests(everything()):
        answer = sampled.search(index=index, **body)
        asked[index] += 1
        if not answer["hits"]["total"]["value"] or _hollow(answer.get("aggregations", {})):
            empty.append(where)
    assert asked["news"] > 20
    assert asked[ALERTS] >= 7
    assert asked[SERIES] >= 2
    # Nobody has corrected a label of the sample yet.
    assert [where for where in empty if "Dikoreksi" not in where] == []


@pytest.mark.integration
def test_the_band_shows_what_is_usual_against_the_burst(sampled: Elasticsearch) -> None:
    ((index, body),) = [(i, b) for where, i, b in check.requests(everything()) if where.endswith("biasanya, dan batas")]
    body["query"]["bool"]["filter"].append({"term": {"series": "place:32.11"}})
    for agg in body["aggs"].values():
        agg["date_histogram"]["fixed_interval"] = "1h"
    (found,) = sampled.search(index=index, **body)["aggregations"].values()
    hours = {each["key_as_string"][:13]: each for each in found["buckets"]}
    burst = hours[f"{BURST:%Y-%m-%dT%H}"]
    assert burst["now"]["value"]["value"] > burst["top"]["value"]["value"] > burst["usual"]["value"]["value"]
    quiet = [each for each in hours.values() if each["now"]["value"]["value"] <= each["top"]["value"]["value"]]
    assert len(quiet) > 0.98 * len(hours) > 100


def _hollow(aggregations: dict[str, Any]) -> bool:
    """Whether some aggregation came back without a bucket."""
    return any("buckets" in found and not found["buckets"] for found in aggregations.values())
