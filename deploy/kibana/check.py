"""What Kibana would only show in a browser: every structural fault of the objects, and the requests inside them.

Kibana's import checks references of two types only and drops panels it cannot read without a word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from deploy.kibana.saved import CORE, VERSIONS, Object

_KQL = re.compile(r'^(?:(not)\s+)?([\w.]+)\s*(:|>=|<=|>|<)\s*("[^"]*"|\S+)$')
_REQUIRED = ("id", "type", "attributes", "references", "coreMigrationVersion", "typeMigrationVersion", "managed")
_RANGES = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def read(text: str) -> list[Object]:
    """ndjson → objects; a line that is no JSON object raises ValueError."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


#: Data view → fields of the index behind it with their types.
Mappings = dict[str, dict[str, str]]
#: A field that every document of a view has: what is counted.
_COUNTED = {"news": "doc_id", "warta-alerts": "alarm_id", "warta-series": "series"}


def faults(objects: list[Object], mappings: Mappings) -> list[str]:
    """Everything wrong with the objects."""
    known = {(item["type"], item["id"]) for item in objects}
    found = [] if len(known) == len(objects) else ["two objects have the same type and id"]
    for item in objects:
        name = f"{item['type']} {item['id']}"
        found += [f"{name}: {fault}" for fault in _shape(item, known)]
        if item["type"] == "dashboard":
            found += [f"{name}: {fault}" for fault in _dashboard(item, mappings)]
        found += [
            f"{name}: field {field} is not in {view}"
            for view, field in _fields(item)
            if field not in mappings.get(view, {})
        ]
    return found


def _shape(item: Object, known: set[tuple[str, str]]) -> Iterator[str]:
    yield from (f"{key} is missing" for key in _REQUIRED if key not in item)
    if item["coreMigrationVersion"] != CORE or item["typeMigrationVersion"] != VERSIONS[item["type"]]:
        yield "its migration versions are not the agreed ones"
    names = [reference["name"] for reference in item["references"]]
    if len(set(names)) != len(names):
        yield "two references have the same name"
    for reference in item["references"]:
        if (reference["type"], reference["id"]) not in known:
            yield f"refers to {reference['type']} {reference['id']}, which is not in the file"


def _dashboard(item: Object, mappings: Mappings) -> Iterator[str]:
    names = {reference["name"] for reference in item["references"]}
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(item["attributes"]["panelsJSON"]):
        grid, index = panel["gridData"], panel["panelIndex"]
        if grid["i"] != index:
            yield f"{index}: gridData.i differs from panelIndex"
        cells = {
            (x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])
        }
        if grid["x"] + grid["w"] > 48 or cells & taken:
            yield f"{index}: lies outside the grid or over another panel"
        taken |= cells
        if "panelRefName" in panel:
            wanted = {f"{index}:{panel['panelRefName']}"}
        else:
            attributes = panel["embeddableConfig"]["attributes"]
            wanted = {f"{index}:{reference['name']}" for reference in attributes["references"]}
            yield from (f"{index}: {fault}" for fault in _lens(attributes, mappings.get(view_of(attributes), {})))
        yield from (f"{index}: reference {name} is missing" for name in wanted - names)


def _lens(attributes: Object, mapping: dict[str, str]) -> Iterator[str]:
    state = attributes["state"]
    ((layer_id, layer),) = state["datasourceStates"]["formBased"]["layers"].items()
    columns = layer["columns"]
    if set(layer["columnOrder"]) != set(columns):
        yield "columnOrder does not name all columns"
    buckets = [columns[name]["isBucketed"] for name in layer["columnOrder"] if name in columns]
    if buckets != sorted(buckets, reverse=True):
        yield "a bucket comes after a metric"
    used = _accessors(state["visualization"])
    yield from (f"the visualization names column {name}, which is not there" for name in used - set(columns))
    if set(_values(state["visualization"], "layerId")) - {layer_id}:
        yield "the visualization names another layer"
    for column in columns.values():
        field = column.get("sourceField", "___records___")
        if field != "___records___" and mapping.get(field) in (None, "text"):
            yield f"field {field} cannot be aggregated"
        order = column.get("params", {}).get("orderBy", {}).get("columnId")
        if order and order not in columns:
            yield f"ordered by column {order}, which is not there"


def view_of(item: Object) -> str:
    """The data view that an object refers to first."""
    return next(str(ref["id"]) for ref in item["references"] if ref["type"] == "index-pattern")


def _accessors(visualization: Any) -> set[str]:
    found: set[str] = set()
    for key in ("xAccessor", "splitAccessor", "metricAccessor", "columnId"):
        found |= set(_values(visualization, key))
    for key in ("accessors", "primaryGroups", "metrics"):
        for value in _values(visualization, key):
            found |= set(value)
    return found


def _values(value: Any, key: str) -> Iterator[Any]:
    """Every value under `key`, however deep."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        for inner in value.values():
            yield from _values(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, key)


def _fields(item: Object) -> Iterator[tuple[str, str]]:
    """(data view, field) of everything that an object names outside its panels' columns."""
    attributes = item["attributes"]
    if item["type"] == "dashboard":
        yield from _dashboard_fields(item)
        return
    view = item["id"] if item["type"] == "index-pattern" else ""
    if item["type"] in ("search", "map"):
        view = view_of(item)
    if item["type"] == "index-pattern":
        fields = [
            attributes["timeFieldName"],
            *json.loads(attributes["fieldAttrs"]),
            *json.loads(attributes["fieldFormatMap"]),
        ]
        yield from ((view, field) for field in fields)
    if item["type"] == "search":
        yield from ((view, field) for field in [*attributes["columns"], *(field for field, _ in attributes["sort"])])
    yield from ((view, clause[1]) for kql in kql_of(item["attributes"]) for clause in clauses(kql))


def _dashboard_fields(item: Object) -> Iterator[tuple[str, str]]:
    attributes = item["attributes"]
    views = {ref["name"]: ref["id"] for ref in item["references"]}
    for name, control in json.loads(attributes["controlGroupInput"]["panelsJSON"]).items():
        yield views[f"controlGroup_{name}:optionsListDataView"], control["explicitInput"]["fieldName"]
    for panel in json.loads(attributes["panelsJSON"]):
        if inner := panel["embeddableConfig"].get("attributes"):
            yield from ((view_of(inner), clause[1]) for kql in kql_of(inner) for clause in clauses(kql))


def kql_of(attributes: Object) -> Iterator[str]:
    """Every KQL text inside, also in JSON strings."""
    for value in _unpacked(attributes):
        if isinstance(value, dict) and value.get("language") == "kuery" and value.get("query"):
            yield value["query"]


def _unpacked(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict):
        for inner in value.values():
            yield from _unpacked(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _unpacked(inner)
    elif isinstance(value, str) and value[:2] in ('{"', "[{", "[]", "{}"):
        yield from _unpacked(json.loads(value))


def clauses(kql: str) -> list[tuple[bool, str, str, str]]:
    """KQL of clauses joined by `and` → (wanted, field, operator, value); anything richer raises ValueError."""
    found = []
    for text in re.split(r"\s+and\s+", kql.strip()) if kql.strip() else []:
        match = _KQL.match(text)
        if not match:
            raise ValueError(f"KQL that this check does not read: {text}")
        found.append((match[1] is None, match[2], match[3], match[4].strip('"')))
    return found


def query(*kqls: str) -> dict[str, Any]:
    """KQL → Elasticsearch query."""
    must: list[dict[str, Any]] = []
    without: list[dict[str, Any]] = []
    for kql in kqls:
        for wanted, field, operator, value in clauses(kql):
            part: dict[str, Any]
            if operator != ":":
                part = {"range": {field: {_RANGES[operator]: value}}}
            elif value == "*":
                part = {"exists": {"field": field}}
            else:
                part = {"term": {field: value}}
            (must if wanted else without).append(part)
    return {"bool": {"filter": must, "must_not": without}}


def requests(objects: list[Object]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(where, index, search body) of every query and aggregation inside the objects."""
    titles = {item["id"]: item["attributes"]["title"] for item in objects if item["type"] == "index-pattern"}
    for item in objects:
        name = f"{item['type']} {item['id']}"
        if item["type"] == "search":
            source = json.loads(item["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
            sort = [{field: order} for field, order in item["attributes"]["sort"]]
            yield name, titles[view_of(item)], {"query": query(source["query"]["query"]), "sort": sort}
        if item["type"] == "map":
            for layer in json.loads(item["attributes"]["layerListJSON"]):
                field = layer["sourceDescriptor"]["geoField"]
                grid = {"grid": {"geotile_grid": {"field": field, "precision": 8}}}
                body = {"size": 0, "query": query(layer["query"]["query"]), "aggs": grid}
                yield name, titles[view_of(item)], body
        if item["type"] == "dashboard":
            whole = json.loads(item["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])["query"]["query"]
            for panel in json.loads(item["attributes"]["panelsJSON"]):
                if attributes := panel["embeddableConfig"].get("attributes"):
                    view = view_of(attributes)
                    yield f"{name} {panel['title']}", titles[view], _lens_request(attributes, whole, _COUNTED[view])


def _lens_request(attributes: Object, whole: str, counted: str) -> dict[str, Any]:
    state = attributes["state"]
    (layer,) = state["datasourceStates"]["formBased"]["layers"].values()
    columns = {name: layer["columns"][name] for name in layer["columnOrder"]}
    metrics = {name: _metric(column, counted) for name, column in columns.items() if not column["isBucketed"]}
    aggs: dict[str, Any] = metrics
    for name, column in reversed(columns.items()):
        if column["isBucketed"]:
            aggs = {name: {**_bucket(column, aggs), "aggs": aggs}}
    return {"size": 0, "query": query(whole, state["query"]["query"]), "aggs": aggs}


def _metric(column: Object, counted: str) -> dict[str, Any]:
    operation, field = column["operationType"], column["sourceField"]
    kinds = {"unique_count": "cardinality", "max": "max", "min": "min", "average": "avg"}
    inner = {"value_count": {"field": counted}} if operation == "count" else {kinds[operation]: {"field": field}}
    return {"filter": query(column.get("filter", {}).get("query", "")), "aggs": {"value": inner}}


def _bucket(column: Object, inside: dict[str, Any]) -> dict[str, Any]:
    if column["operationType"] == "date_histogram":
        return {"date_histogram": {"field": column["sourceField"], "fixed_interval": "3h", "min_doc_count": 1}}
    if column["operationType"] == "filters":
        filters = {each["label"]: query(each["input"]["query"]) for each in column["params"]["filters"]}
        return {"filters": {"filters": filters}}
    by = column["params"]["orderBy"]["columnId"]
    return {
        "terms": {
            "field": column["sourceField"],
            "size": column["params"]["size"],
            "order": {f"{by}>value" if by in inside else "_count": "desc"},
        }
    }
