"""The saved objects themselves: data views, Discover sessions, a map and the dashboards."""

from __future__ import annotations

from deploy.kibana import lens
from deploy.kibana.dashboards import dashboards
from deploy.kibana.lens import ALARMS, HOURS, VIEW
from deploy.kibana.saved import TAG, Object, compact, make

TIME = "first_seen_at"

#: Names and explanations of fields in Discover and Lens.
FIELDS: dict[str, tuple[str, str]] = {
    "title": ("Judul", "The cleaned headline"),
    "source": ("Media", "The outlet"),
    "owner": ("Grup media", "Who owns the outlet"),
    "label": ("Nada", "The label shown: a person's correction, or the model's"),
    "main_place": ("Wilayah", "Kemendagri code of the region the article is about"),
    "places.name": ("Nama wilayah", "Regions named in the article"),
    "main_cases": ("Isu", "Cases the article is about"),
    "cases": ("Isu disebut", "Cases named in the article"),
    "url": ("Tautan", "The article"),
    "story_id": ("Berita", "The story: one text and its copies"),
    "story_relation": ("Hubungan", "original: pertama terpantau; exact, near, contained: copies"),
    "is_story_head": ("Kepala berita", "One document stands for its story"),
    "story.copies": ("Tayangan", "Documents of the story (on its head only)"),
    "story.publishers": ("Jumlah media", "Outlets of the story (on its head only)"),
    "published_at": ("Terbit", "The publisher's time; empty when it cannot be true"),
    "first_seen_at": ("Pertama terpantau", "When we first fetched it"),
    "fetched_at": ("Diambil", "When we last fetched it"),
    "sentiment.confidence": ("Keyakinan", "Of the model, 0 to 1"),
    "sentiment.uncertain": ("Perlu dicek", "The model is not sure"),
    "wire": ("Dari kantor berita", "The agency it came from"),
    "genre": ("Jenis", "news, service, roundup, opinion, factcheck, advertorial, schedule"),
    "location": ("Titik wilayah", "A point of the region, for maps"),
}


#: The same of alarms and of hour facts.
ALARM_FIELDS: dict[str, tuple[str, str]] = {
    "fired_at": ("Berbunyi", "When the alarm was first told"),
    "level": ("Tingkat", "pantau, waspada, kritis"),
    "state": ("Keadaan", "open, or resolved (mereda)"),
    "name": ("Seri", "Place, case or media group"),
    "kind": ("Jenis", "spike, build-up, spread (meluas)"),
    "observed": ("Sekarang", "Distinct negative stories; of a spread: media groups"),
    "expected": ("Biasanya", "What is usual in such hours"),
    "counting": ("Masih dihitung", "Stories that still count after corrections and merges"),
    "changes": ("Diralat", "How often that changed since"),
    "why": ("Kenapa sekarang", "What drives it"),
    "documents": ("Tayangan", "Documents of its stories"),
    "owners": ("Grup media", "Independent media groups"),
    "offices": ("Terkait", "Who usually answers"),
    "acknowledged_by": ("Ditangani", "Who took it on"),
    "silenced": ("Dibisukan", "Rings nobody"),
    "alarm_id": ("Nomor", "To answer with"),
}
HOUR_FIELDS: dict[str, tuple[str, str]] = {
    "hour": ("Jam", "Start of the hour"),
    "name": ("Seri", "Place, case or media group"),
    "series": ("Kode seri", "Its name in Warta"),
    "negative": ("Sekarang", "Distinct negative stories"),
    "expected_negative": ("Biasanya", "Expected negative stories"),
    "upper": ("Batas atas", "Upper end of what is usual"),
    "total": ("Semua berita", "Distinct stories of every label"),
    "complete": ("Data lengkap", "Our own data was whole"),
}


def everything(console: str = "http://127.0.0.1:8080") -> list[Object]:
    """All objects, those that others refer to first."""
    return [
        _tag(),
        _view(console),
        _plain_view(ALARMS, "Peringatan (Warta)", "fired_at", ALARM_FIELDS, f"{console}/alerts/{{{{rawValue}}}}"),
        _plain_view(HOURS, "Seri per jam (Warta)", "hour", HOUR_FIELDS),
        *_sessions(),
        _alarm_session(),
        _map(),
        *dashboards(),
    ]


def _tag() -> Object:
    return make("tag", TAG, {"name": "Warta", "description": "Made by Warta", "color": "#0b64dd"})


def _view(console: str) -> Object:
    colours = [
        {"regex": f"^{value}$", "text": "#ffffff", "background": lens.COLOURS[word], "range": "-Infinity:Infinity"}
        for word, value in lens.LABELS.items()
    ]
    link = {"type": "a", "openLinkInCurrentTab": False}
    formats = {
        "label": {"id": "color", "params": {"fieldType": "string", "colors": colours}},
        "url": {"id": "url", "params": {**link, "urlTemplate": "{{rawValue}}", "labelTemplate": "buka"}},
        "story_id": {
            "id": "url",
            "params": {**link, "urlTemplate": f"{console}/story/{{{{rawValue}}}}", "labelTemplate": "{{value}}"},
        },
        "sentiment.confidence": {"id": "percent", "params": {"pattern": "0%"}},
        "published_at": {"id": "date", "params": {"pattern": "D MMM YYYY HH:mm"}},
        "first_seen_at": {"id": "date", "params": {"pattern": "D MMM YYYY HH:mm"}},
    }
    return _index_pattern(VIEW, "Berita (Warta)", TIME, FIELDS, formats, ["applied.*", "trace.*"])


def _plain_view(key: str, name: str, time: str, fields: dict[str, tuple[str, str]], link: str = "") -> Object:
    """A data view of alarms or hour facts; `link` leads from an alarm's id to its page."""
    params = {"type": "a", "openLinkInCurrentTab": False, "urlTemplate": link, "labelTemplate": "{{value}}"}
    formats = {"alarm_id": {"id": "url", "params": params}} if link else {}
    return _index_pattern(key, name, time, fields, formats, ["details.*"] if link else [])


def _index_pattern(
    key: str, name: str, time: str, fields: dict[str, tuple[str, str]], formats: Object, hidden: list[str]
) -> Object:
    attrs = {
        field: {"customLabel": label, "customDescription": about, "count": len(fields) - place}
        for place, (field, (label, about)) in enumerate(fields.items())
    }
    return make(
        "index-pattern",
        key,
        {
            "title": key,
            "name": name,
            "timeFieldName": time,
            "fields": "[]",
            "fieldAttrs": compact(attrs),
            "fieldFormatMap": compact(formats),
            "runtimeFieldMap": "{}",
            "sourceFilters": compact([{"value": field} for field in hidden]),
            "typeMeta": "{}",
            "allowNoIndex": True,
        },
    )


def _session(
    key: str, title: str, about: str, kql: str, columns: list[str], since: str, view: str = VIEW, time: str = TIME
) -> Object:
    source = {
        "query": {"query": kql, "language": "kuery"},
        "filter": [],
        "highlightAll": True,
        "version": True,
        "indexRefName": "kibanaSavedObjectMeta.searchSourceJSON.index",
    }
    attributes = {
        "title": title,
        "description": about,
        "columns": columns,
        "sort": [[time, "desc"]],
        "grid": {},
        "hideChart": False,
        "isTextBasedQuery": False,
        "timeRestore": True,
        "timeRange": {"from": since, "to": "now"},
        "refreshInterval": {"pause": False, "value": 10_000},
        "rowHeight": 2,
        "breakdownField": "label" if view == VIEW else "level",
        "kibanaSavedObjectMeta": {"searchSourceJSON": compact(source)},
    }
    reference = {"type": "index-pattern", "id": view, "name": "kibanaSavedObjectMeta.searchSourceJSON.index"}
    return make("search", key, attributes, [reference])


_COLUMNS = ["label", "source", "title", "places.name", "main_cases", "url"]


def _sessions() -> list[Object]:
    visible = "not hidden : true"
    return [
        _session("news-live", "Berita masuk", "As it comes in", visible, _COLUMNS, "now-1h"),
        _session(
            "news-negative",
            "Negatif 24 jam di wilayah kami",
            "Negative news of the last day; choose the region with a filter on Wilayah",
            f'label : "negative" and genre : "news" and main_place : * and {visible}',
            [*_COLUMNS, "story_id"],
            "now-24h",
        ),
        _session(
            "news-uncertain",
            "Perlu dicek",
            "The model is not sure and nobody has corrected it",
            f"sentiment.uncertain : true and not correction.label : * and {visible}",
            ["label", "sentiment.confidence", "source", "title", "url"],
            "now-7d",
        ),
        _session(
            "news-copied",
            "Paling banyak dimuat",
            "One line a story, with its copies and outlets",
            f"is_story_head : true and story.copies > 1 and {visible}",
            ["story.copies", "story.publishers", "label", "source", "title", "url"],
            "now-7d",
        ),
        _session(
            "news-export",
            "Tabel untuk diekspor",
            "Share, CSV reports",
            visible,
            ["published_at", "label", "source", "owner", "title", "main_place", "main_cases", "story_id", "url"],
            "now-24h",
        ),
    ]


def _alarm_session() -> Object:
    columns = ["level", "state", "name", "observed", "expected", "why", "acknowledged_by", "silenced", "alarm_id"]
    return _session("alarm-list", "Peringatan", "Alarms, the newest first", "", columns, "now-7d", ALARMS, "fired_at")


def _map() -> Object:
    grid = {
        "id": "grid",
        "type": "ES_GEO_GRID",
        "requestType": "point",
        "resolution": "MOST_FINE",
        "geoField": "location",
        "metrics": [{"type": "count"}],
        "applyGlobalQuery": True,
        "applyGlobalTime": True,
        "indexPatternRefName": "layer_0_source_index_pattern",
    }
    style = {
        "type": "VECTOR",
        "isTimeAware": True,
        "properties": {
            "fillColor": {"type": "STATIC", "options": {"color": "#bd271e"}},
            "lineColor": {"type": "STATIC", "options": {"color": "#ffffff"}},
            "iconSize": {
                "type": "DYNAMIC",
                "options": {"minSize": 5, "maxSize": 28, "field": {"name": "doc_count", "origin": "source"}},
            },
        },
    }
    # No base map: it would be fetched from Elastic's servers, which government networks often close.
    layer = {
        "id": "negative",
        "label": "Berita negatif",
        "type": "GEOJSON_VECTOR",
        "minZoom": 0,
        "maxZoom": 24,
        "alpha": 0.75,
        "visible": True,
        "joins": [],
        "style": style,
        "query": {"query": 'label : "negative"', "language": "kuery"},
        "sourceDescriptor": grid,
    }
    state = {
        "zoom": 4.2,
        "center": {"lon": 117.5, "lat": -2.3},
        "timeFilters": {"from": "now-7d", "to": "now"},
        "refreshConfig": {"isPaused": True, "interval": 0},
        "query": {"query": "", "language": "kuery"},
        "filters": [],
        "settings": {},
        "adHocDataViews": [],
    }
    attributes = {
        "title": "Peta berita negatif",
        "description": "Points of regions, without a base map",
        "layerListJSON": compact([layer]),
        "mapStateJSON": compact(state),
        "uiStateJSON": compact({"isLayerTOCOpen": False, "openTOCDetails": []}),
    }
    reference = {"type": "index-pattern", "id": VIEW, "name": "layer_0_source_index_pattern"}
    return make("map", "news-map", attributes, [reference])
