"""Lens panels in the shape of Kibana 8.9, which every later one migrates (reference: exports of Kibana 8.10 to 9.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Data views: documents, alarms, hour facts.
VIEW = "news"
ALARMS = "warta-alerts"
HOURS = "warta-series"
LAYER = "layer"
#: Negative, neutral, positive; told apart without colour by their order, which `filters` buckets fix.
COLOURS = {"negatif": "#bd271e", "netral": "#98a2b3", "positif": "#209280"}
LABELS = {"negatif": "negative", "netral": "neutral", "positif": "positive"}

Column = dict[str, Any]


def count(label: str = "Tayangan", *, kql: str = "", shift: str = "") -> Column:
    """Documents."""
    return _metric("count", "___records___", label, kql, shift) | {"params": {"emptyAsNull": True}}


def unique(field: str, label: str, *, kql: str = "") -> Column:
    """Distinct values."""
    return _metric("unique_count", field, label, kql) | {"params": {"emptyAsNull": True}}


def highest(field: str, label: str) -> Column:
    """The largest value."""
    return _metric("max", field, label) | {"params": {"emptyAsNull": True}}


def mean(field: str, label: str) -> Column:
    """The average."""
    return _metric("average", field, label) | {"params": {"emptyAsNull": True}}


def earliest(field: str, label: str) -> Column:
    """The first time."""
    return _metric("min", field, label) | {"dataType": "date", "params": {"emptyAsNull": True}}


def latest(field: str, label: str) -> Column:
    """The last time."""
    return _metric("max", field, label) | {"dataType": "date", "params": {"emptyAsNull": True}}


def _metric(operation: str, field: str, label: str, kql: str = "", shift: str = "") -> Column:
    column: Column = {
        "label": label,
        "customLabel": True,
        "dataType": "number",
        "operationType": operation,
        "isBucketed": False,
        "scale": "ratio",
        "sourceField": field,
    }
    if kql:
        column["filter"] = {"query": kql, "language": "kuery"}
    if shift:
        column["timeShift"] = shift
    return column


def over_time(field: str = "first_seen_at", interval: str = "auto") -> Column:
    """Buckets of time."""
    return {
        "label": "waktu",
        "customLabel": True,
        "dataType": "date",
        "operationType": "date_histogram",
        "isBucketed": True,
        "scale": "interval",
        "sourceField": field,
        "params": {"interval": interval, "includeEmptyRows": True, "dropPartials": False},
    }


def top(field: str, label: str, by: str, size: int = 10) -> Column:
    """The most frequent values, ordered by the metric column `by`."""
    return {
        "label": label,
        "customLabel": True,
        "dataType": "string",
        "operationType": "terms",
        "isBucketed": True,
        "scale": "ordinal",
        "sourceField": field,
        "params": {
            "size": size,
            "orderBy": {"type": "column", "columnId": by},
            "orderDirection": "desc",
            "otherBucket": False,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
            "include": [],
            "exclude": [],
            "includeIsRegex": False,
            "excludeIsRegex": False,
        },
    }


def by_label() -> Column:
    """Negative, neutral, positive, in this order."""
    filters = [
        {"input": {"query": f'label : "{value}"', "language": "kuery"}, "label": word} for word, value in LABELS.items()
    ]
    return {
        "label": "nada",
        "customLabel": True,
        "dataType": "string",
        "operationType": "filters",
        "isBucketed": True,
        "scale": "ordinal",
        "params": {"filters": filters},
    }


@dataclass(frozen=True, slots=True)
class Panel:
    """One visualization: columns by id (buckets first), its kind, and where they go in it."""

    title: str
    kind: str
    columns: dict[str, Column]
    visualization: dict[str, Any]
    kql: str = ""
    view: str = VIEW
    #: Filters of the dashboard's controls name fields that this panel's view may not have.
    apart: bool = False

    def attributes(self) -> dict[str, Any]:
        """The Lens document."""
        layer = {
            "columns": self.columns,
            "columnOrder": list(self.columns),
            "incompleteColumns": {},
            "sampling": 1,
            **({"ignoreGlobalFilters": True} if self.apart else {}),
        }
        return {
            "title": self.title,
            "description": "",
            "visualizationType": self.kind,
            "type": "lens",
            "references": [
                {"type": "index-pattern", "id": self.view, "name": f"indexpattern-datasource-layer-{LAYER}"}
            ],
            "state": {
                "datasourceStates": {
                    "formBased": {"layers": {LAYER: layer}},
                    "indexpattern": {"layers": {}},
                    "textBased": {"layers": {}},
                },
                "visualization": self.visualization,
                "query": {"query": self.kql, "language": "kuery"},
                "filters": [],
                "internalReferences": [],
                "adHocDataViews": {},
            },
        }


def metric(title: str, column: Column, kql: str = "") -> Panel:
    """One big number."""
    return Panel(title, "lnsMetric", {"m": column}, {"layerId": LAYER, "layerType": "data", "metricAccessor": "m"}, kql)


def bars(
    title: str,
    x: Column,
    metrics: dict[str, Column],
    split: Column | None = None,
    *,
    shape: str = "bar_stacked",
    kql: str = "",
) -> Panel:
    """Bars, lines or areas; `split` colours them."""
    columns: dict[str, Column] = ({"s": split} if split else {}) | {"x": x} | metrics
    layer: dict[str, Any] = {
        "layerId": LAYER,
        "layerType": "data",
        "seriesType": shape,
        "xAccessor": "x",
        "accessors": list(metrics),
        "position": "top",
        "showGridlines": False,
    }
    if split:
        layer["splitAccessor"] = "s"
        if split["operationType"] == "filters":
            layer["colorMapping"] = _colours()
    yes_no = {"x": False, "yLeft": False, "yRight": False}
    shown = {"x": True, "yLeft": True, "yRight": True}
    visualization = {
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "axisTitlesVisibilitySettings": yes_no,
        "tickLabelsVisibilitySettings": shown,
        "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
        "gridlinesVisibilitySettings": shown,
        "preferredSeriesType": shape,
        "layers": [layer],
    }
    return Panel(title, "lnsXY", columns, visualization, kql)


def _colours() -> dict[str, Any]:
    assigned = [
        {
            "rule": {"type": "matchExactly", "values": [word]},
            "color": {"type": "colorCode", "colorCode": colour},
            "touched": True,
        }
        for word, colour in COLOURS.items()
    ]
    return {
        "assignments": assigned,
        "specialAssignments": [{"rule": {"type": "other"}, "color": {"type": "loop"}, "touched": False}],
        "paletteId": "eui_amsterdam_color_blind",
        "colorMode": {"type": "categorical"},
    }


def rows(title: str, buckets: dict[str, Column], metrics: dict[str, Column], kql: str = "") -> Panel:
    """A table, ordered by its first metric."""
    shown = [{"columnId": name, "isTransposed": False, "isMetric": False} for name in buckets]
    shown += [{"columnId": name, "isTransposed": False, "isMetric": True} for name in metrics]
    first = next(iter(metrics))
    visualization = {
        "layerId": LAYER,
        "layerType": "data",
        "columns": shown,
        "sorting": {"columnId": first, "direction": "desc"},
    }
    return Panel(title, "lnsDatatable", {**buckets, **metrics}, visualization, kql)


def shares(title: str, groups: Column, value: Column, kql: str = "") -> Panel:
    """A ring of shares."""
    layer: dict[str, Any] = {
        "layerId": LAYER,
        "layerType": "data",
        "primaryGroups": ["g"],
        "metrics": ["m"],
        "numberDisplay": "percent",
        "categoryDisplay": "default",
        "legendDisplay": "default",
        "nestedLegend": False,
    }
    if groups["operationType"] == "filters":
        layer["colorMapping"] = _colours()
    return Panel(title, "lnsPie", {"g": groups, "m": value}, {"shape": "donut", "layers": [layer]}, kql)
