"""The dashboards: rows of panels on Kibana's grid of 48 columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deploy.kibana import lens
from deploy.kibana.lens import ALARMS, HOURS, VIEW, Panel
from deploy.kibana.saved import Object, compact, make

#: A panel by value, or the id of a Discover session or map.
Content = Panel | str
#: Height, and the panels of the row with their widths.
Row = tuple[int, list[tuple[Content, int]]]

_NEGATIVE = 'label : "negative"'
_SEEN = "not hidden : true"


def dashboards() -> list[Object]:
    """Liputan, Meja pagi, Saluran, Sentiment & alerts."""
    return [
        _dashboard(
            "news-coverage", "Liputan", "How much, in what tone, where, about what, by whom", _coverage(), "now-7d/d"
        ),
        _dashboard("news-desk", "Meja pagi", "What a desk opens in the morning", _desk(), "now-24h"),
        _dashboard("news-pipeline", "Saluran", "Freshness, cuts, uncertain labels", _pipeline(), "now-7d/d"),
        _dashboard(
            "news-alerts",
            "Sentiment & alerts",
            "Peringatan: what rings, against what is usual; top negative stories",
            _alerts(),
            "now-7d/d",
            view=HOURS,
            controls=ALERT_CONTROLS,
            kql="",
        ),
    ]


def _stories() -> lens.Column:
    return lens.unique("story_id", "Berita")


def _negative() -> lens.Column:
    return lens.count("Negatif", kql=_NEGATIVE)


def _by_place(field: str, title: str) -> Panel:
    metrics = {
        "n": lens.count(),
        "neg": _negative(),
        "pos": lens.count("Positif", kql='label : "positive"'),
        "m": lens.unique("source", "Media"),
    }
    return lens.rows(title, {"t": lens.top(field, "Wilayah", "n", 20)}, metrics)


def _coverage() -> list[Row]:
    over_time = lens.over_time()
    volume = {"n": lens.count(), "b": _stories()}
    first = lens.count("Pertama terpantau", kql='story_relation : "original"')
    media = {"n": lens.count(), "neg": _negative(), "first": first, "b": _stories()}
    cases = lens.top("main_cases", "Isu", "n", 15)
    copied = {"c": lens.highest("story.copies", "Tayangan"), "p": lens.highest("story.publishers", "Media")}
    outlets = {"t": lens.top("source", "Media", "n", 25)}
    titles = {"t": lens.top("title.raw", "Judul", "c", 15)}
    return [
        (6, [
            (lens.metric("Tayangan", lens.count()), 12),
            (lens.metric("Berita", _stories()), 12),
            (lens.metric("Media", lens.unique("source", "Media")), 12),
            (lens.metric("Tayangan negatif", lens.count(), _NEGATIVE), 12),
        ]),
        (14, [
            (lens.bars("Nada dari waktu ke waktu", over_time, {"n": lens.count()}, lens.by_label()), 32),
            (lens.shares("Porsi nada", lens.by_label(), lens.count()), 16),
        ]),
        (18, [(lens.bars("Berita dan tayangan", over_time, volume, shape="line"), 24), ("news-map", 24)]),
        (16, [
            (_by_place("places.name", "Wilayah"), 24),
            (lens.bars("Isu", cases, {"n": lens.count()}, lens.by_label(), shape="bar_horizontal_stacked"), 24),
        ]),
        (16, [
            (lens.rows("Media: berapa, seberapa negatif, yang pertama", outlets, media), 24),
            (lens.rows("Paling banyak dimuat", titles, copied, "is_story_head : true"), 24),
        ]),
    ]  # fmt: skip


def _desk() -> list[Row]:
    lately = {"now": lens.count("Minggu ini"), "before": lens.count("Minggu lalu", shift="1w")}
    trend = lens.rows(
        "Tren per isu: minggu ini dan minggu lalu", {"t": lens.top("main_cases", "Isu", "now", 20)}, lately
    )
    return [
        (18, [("news-negative", 48)]),
        (16, [(trend, 24), (_by_place("main_place", "Kami dan tetangga"), 24)]),
        (16, [("news-copied", 24), ("news-uncertain", 24)]),
    ]


def _pipeline() -> list[Row]:
    times = {
        "n": lens.count(),
        "f": lens.earliest("first_seen_at", "Pertama"),
        "l": lens.latest("fetched_at", "Terakhir"),
    }
    origins = lens.top("origin", "Asal", "n", 3)
    cut = {"n": lens.count(), "c": lens.mean("cuts.chars", "Huruf rata-rata")}
    return [
        (6, [
            (lens.metric("Perlu dicek", lens.count(), "sentiment.uncertain : true"), 12),
            (lens.metric("Dikoreksi", lens.count(), "correction.label : *"), 12),
            (lens.metric("Tanggal meragukan", lens.count(), "date_suspect : true"), 12),
            (lens.metric("Keyakinan rata-rata", lens.mean("sentiment.confidence", "Keyakinan")), 12),
        ]),
        (16, [
            (lens.bars("Terindeks", lens.over_time("indexed_at"), {"n": lens.count()}, origins), 24),
            (lens.rows("Kesegaran per media", {"t": lens.top("source", "Media", "n", 25)}, times), 24),
        ]),
        (12, [
            (lens.rows("Yang dibuang saat pembersihan", {"t": lens.top("cuts.kind", "Jenis", "n", 15)}, cut), 24),
            (lens.shares("Hubungan salinan", lens.top("story_relation", "Hubungan", "m", 5), lens.count()), 24),
        ]),
        (12, [
            (lens.shares("Jenis tulisan", lens.top("genre", "Jenis", "m", 8), lens.count()), 24),
            (lens.shares("Bahasa", lens.top("language", "Bahasa", "m", 8), lens.count()), 24),
        ]),
    ]  # fmt: skip


def _alerts() -> list[Row]:
    """The band against what is observed, alarms, and the stories behind; what is of documents stays out of the controls."""
    band = {
        "now": lens.highest("negative", "Sekarang"),
        "usual": lens.highest("expected_negative", "Biasanya"),
        "top": lens.highest("upper", "Batas atas"),
    }
    beyond = {
        "now": lens.highest("negative", "Jam terbanyak"),
        "usual": lens.mean("expected_negative", "Biasanya"),
        "top": lens.mean("upper", "Batas atas"),
        "n": lens.highest("total", "Semua berita"),
    }
    told = {"n": lens.count("Peringatan")}
    copied = {
        "c": lens.highest("story.copies", "Tayangan"),
        "p": lens.highest("story.publishers", "Media"),
        "o": lens.highest("story.owners", "Grup"),
    }
    titles, heads = {"t": lens.top("title.raw", "Judul", "c", 15)}, f"is_story_head : true and {_NEGATIVE} and {_SEEN}"

    def alarms(title: str, kql: str) -> Panel:
        return replace(lens.metric(title, lens.count(title), kql), view=ALARMS)

    # The highest of all series is `all`; one that is chosen in the control is itself.
    observed = lens.bars("Sekarang, biasanya, dan batas", lens.over_time("hour", "1h"), band, shape="line")
    worst = lens.rows("Seri: jam terburuk dan batasnya", {"t": lens.top("name", "Seri", "now", 25)}, beyond)
    stories = lens.rows("Berita negatif teratas", titles, copied, heads)
    daily = lens.bars(
        "Peringatan per hari", lens.over_time("fired_at", "1d"), told, lens.top("level", "Tingkat", "n", 3)
    )
    ringing = lens.rows("Seri yang berbunyi", {"t": lens.top("name", "Seri", "n", 20)}, told)
    tone = lens.bars("Nada dari waktu ke waktu", lens.over_time(), {"n": lens.count()}, lens.by_label(), kql=_SEEN)
    return [
        (6, [
            (alarms("Peringatan terbuka", 'state : "open"'), 12),
            (alarms("Kritis terbuka", 'state : "open" and level : "kritis"'), 12),
            (alarms("Dibisukan", "silenced : true"), 12),
            (alarms("Mereda", 'state : "resolved"'), 12),
        ]),
        (14, [(replace(observed, view=HOURS), 48)]),
        (16, [("alarm-list", 48)]),
        (16, [(replace(worst, view=HOURS), 24), (replace(stories, apart=True), 24)]),
        (14, [(replace(daily, view=ALARMS), 24), (replace(ringing, view=ALARMS), 24)]),
        (14, [(replace(tone, apart=True), 48)]),
    ]  # fmt: skip


def _placed(rows: list[Row]) -> Iterator[tuple[Content, int, int, int, int]]:
    y = 0
    for height, panels in rows:
        x = 0
        for content, width in panels:
            yield content, x, y, width, height
            x += width
        y += height


#: Controls of a dashboard, with the field of each.
CONTROLS = {"wilayah": "places.name", "isu": "main_cases", "media": "source", "nada": "label"}
ALERT_CONTROLS = {"seri": "name"}


def _dashboard(
    key: str,
    title: str,
    about: str,
    rows: list[Row],
    since: str,
    *,
    view: str = VIEW,
    controls: dict[str, str] = CONTROLS,
    kql: str = _SEEN,
) -> Object:
    """`view` is what the controls choose from, `kql` what all panels are narrowed to."""
    panels, references = [], []
    for number, (content, x, y, w, h) in enumerate(_placed(rows)):
        panel, refs = _panel(f"p{number}", content)
        panels.append({**panel, "gridData": {"x": x, "y": y, "w": w, "h": h, "i": f"p{number}"}})
        references += refs
    made = {}
    for order, (name, field) in enumerate(controls.items()):
        explicit = {"id": name, "fieldName": field, "title": name.capitalize(), "enhancements": {}}
        made[name] = {
            "order": order,
            "width": "medium",
            "grow": True,
            "type": "optionsListControl",
            "explicitInput": explicit,
        }
        references.append({"type": "index-pattern", "id": view, "name": f"controlGroup_{name}:optionsListDataView"})
    ignore = {"ignoreFilters": False, "ignoreQuery": False, "ignoreTimerange": False, "ignoreValidations": False}
    query = {"query": {"query": kql, "language": "kuery"}, "filter": []}
    attributes = {
        "title": title,
        "description": about,
        "kibanaSavedObjectMeta": {"searchSourceJSON": compact(query)},
        "timeRestore": True,
        "timeFrom": since,
        "timeTo": "now",
        "refreshInterval": {"pause": True, "value": 60_000},
        "controlGroupInput": {
            "controlStyle": "oneLine",
            "chainingSystem": "HIERARCHICAL",
            "ignoreParentSettingsJSON": compact(ignore),
            "panelsJSON": compact(made),
        },
        "panelsJSON": compact(panels),
        "optionsJSON": compact(
            {
                "useMargins": True,
                "syncColors": False,
                "syncCursor": True,
                "syncTooltips": False,
                "hidePanelTitles": False,
            }
        ),
        "version": 1,
    }
    return make("dashboard", key, attributes, references)


def _panel(index: str, content: Panel | str) -> tuple[Object, list[Object]]:
    """A panel by value (Lens) or by reference (a Discover session or the map), with its references."""
    if isinstance(content, str):
        kind = "map" if content == "news-map" else "search"
        panel = {
            "type": kind,
            "panelIndex": index,
            "panelRefName": f"panel_{index}",
            "embeddableConfig": {"enhancements": {}},
        }
        return panel, [{"type": kind, "id": content, "name": f"{index}:panel_{index}"}]
    attributes = content.attributes()
    panel = {
        "type": "lens",
        "panelIndex": index,
        "title": content.title,
        "embeddableConfig": {"attributes": attributes, "enhancements": {}},
    }
    return panel, [{**ref, "name": f"{index}:{ref['name']}"} for ref in attributes["references"]]
