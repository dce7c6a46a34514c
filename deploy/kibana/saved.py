"""The frame of a saved object: its type's version, its tag, and how Kibana wants JSON inside JSON."""

from __future__ import annotations

import json
from typing import Any

Object = dict[str, Any]

CORE = "8.8.0"
#: The oldest type version that has our shape: newer Kibanas migrate it, older ones refuse a newer stamp.
VERSIONS = {
    "index-pattern": "8.0.0",
    "search": "8.0.0",
    "dashboard": "8.9.0",
    "map": "8.4.0",
    "tag": "8.0.0",
}
TAG = "warta"


def make(kind: str, key: str, attributes: Object, references: list[Object] | None = None) -> Object:
    """An object with the id `key`, tagged as ours where the type can be."""
    tagged = [] if kind in ("tag", "index-pattern") else [{"type": "tag", "id": TAG, "name": f"tag-ref-{TAG}"}]
    return {
        "id": key,
        "type": kind,
        "attributes": attributes,
        "references": [*(references or []), *tagged],
        "coreMigrationVersion": CORE,
        "typeMigrationVersion": VERSIONS[kind],
        "managed": False,
    }


def compact(value: Any) -> str:
    """JSON for an attribute that holds it as a string."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
